"""Sibling cases of one page ("asylum seeker", "employee"): offered as choices, and chosen. Pure."""

from collections.abc import Sequence

from index.records import Hit
from ingest.records import digest_of
from service.records import Situation


def steer(hits: Sequence[Hit], situation: str) -> list[Hit]:
    """Put the passages of a chosen case first."""
    return sorted(hits, key=lambda hit: situation not in _case_ids(hit))


def situations(hits: Sequence[Hit]) -> tuple[Situation, ...]:
    """Return the sibling cases among the best passages of the first page, best first.

    One case alone is no choice, so the result has none or at least two.
    """
    if not hits:
        return ()
    page = hits[0].passage.page_key
    found: dict[str, Situation] = {}
    for hit in hits[:10]:
        passage = hit.passage
        if passage.page_key != page or not passage.cases:
            continue
        label = passage.cases[0]
        section = passage.section[: passage.section.index(label) + 1]
        if section[:-1] == _parent(hits[0]):
            name = digest_of(page, *section)
            found.setdefault(name, Situation(name, label, page, section))
    return tuple(found.values()) if len(found) > 1 else ()


def _parent(hit: Hit) -> tuple[str, ...]:
    passage = hit.passage
    if not passage.cases:
        return passage.section
    return passage.section[: passage.section.index(passage.cases[0])]


def _case_ids(hit: Hit) -> set[str]:
    path = hit.passage.section
    return {digest_of(hit.passage.page_key, *path[:n]) for n in range(1, len(path) + 1)}
