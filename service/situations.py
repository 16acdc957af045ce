"""Sibling cases of one page ("asylum seeker", "employee"): offered as choices, and chosen. Pure."""

from collections.abc import Iterator, Sequence

from index.records import Hit
from ingest.records import Passage, digest_of
from service.records import Situation

# How many of the best passages are looked at for cases, of a chosen case and of the others.
_NEAR = 10


def steer(hits: Sequence[Hit], situation: str) -> list[Hit]:
    """Put the passages of a chosen case first."""
    return sorted(hits, key=lambda hit: situation not in _case_ids(hit))


def situations(hits: Sequence[Hit], chosen: str | None = None) -> tuple[Situation, ...]:
    """Return the sibling cases among the best passages of the first page, best first.

    One case alone is no choice, so the result has none or at least two. Cases inside a case are
    offered where that one was chosen, beside its siblings, or where it has none.

    Args:
        hits: best first, those of a chosen case before the others.
        chosen: the id of the case that was chosen, if one was.
    """
    if not hits:
        return ()
    first = hits[0].passage
    others = [hit for hit in hits if chosen not in _case_ids(hit)]
    best = [*[hit for hit in hits if chosen in _case_ids(hit)][:_NEAR], *others[:_NEAR]]
    near = [hit.passage for hit in best if hit.passage.page_key == first.page_key]
    path = [digest_of(first.page_key, *first.section[:n]) for n in range(1, len(first.section) + 1)]
    offered: list[Situation] = []
    for depth in [*_depths(first), len(first.section)]:
        siblings = _siblings(near, first.section[:depth])
        if len(siblings) > 1:
            offered += siblings
            if chosen not in path[depth:]:
                break
    return tuple(offered)


def _depths(passage: Passage) -> Iterator[int]:
    """Return where in its section the cases of a passage stand; one inside may bear its name."""
    after = 0
    for case in passage.cases:
        yield (depth := passage.section.index(case, after))
        after = depth + 1


def _siblings(passages: Sequence[Passage], parent: tuple[str, ...]) -> list[Situation]:
    """Return the cases right under a section, in the order of the passages."""
    depth = len(parent)
    found: dict[str, Situation] = {}
    for passage in passages:
        path = passage.section[: depth + 1]
        if len(path) > depth and path[:depth] == parent and path[depth] in passage.cases:
            name = digest_of(passage.page_key, *path)
            found.setdefault(name, Situation(name, path[depth], passage.page_key, path))
    return list(found.values())


def _case_ids(hit: Hit) -> set[str]:
    path = hit.passage.section
    return {digest_of(hit.passage.page_key, *path[:n]) for n in range(1, len(path) + 1)}
