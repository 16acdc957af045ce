"""Going back: what would come back, what would change, what would go."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from index import generation
from index.passage_table import PassageTable
from ingest.errors import GenerationDamaged, IndexMissing


@dataclass(frozen=True, slots=True)
class RollbackPlan:
    """What switching from one generation to another means, in page keys.

    `known` is false when the live generation is too damaged to say what it serves: what comes back,
    changes and goes is empty then because nobody knows it. `current` is `generation.UNKNOWN` when
    not even its name can be told.
    """

    current: str
    target: str
    made_at: str
    comes_back: tuple[str, ...]
    changes: tuple[str, ...]
    goes: tuple[str, ...]
    known: bool = True


def plan_rollback(data: Path, target: str | None = None) -> RollbackPlan:
    """Compare the live generation with an earlier one; nothing is switched.

    Args:
        data: the data directory.
        target: its name, or None for the newest one that was made before the live one; where
            nobody can tell which one is live, the newest of all.

    Raises:
        IndexMissing: there is no such generation.
        GenerationDamaged: the target fails its checks. The live one may be damaged.
    """
    current = _live(data)
    manifest = generation.verify(data, _chosen(data, current, target))
    chosen = manifest.id
    after = _pages(data, chosen)
    try:
        before = _pages(data, current)
    except GenerationDamaged:
        return RollbackPlan(current, chosen, manifest.made_at, (), (), (), known=False)
    return RollbackPlan(
        current=current,
        target=chosen,
        made_at=manifest.made_at,
        comes_back=tuple(sorted(after.keys() - before.keys())),
        changes=tuple(sorted(k for k in after.keys() & before.keys() if after[k] != before[k])),
        goes=tuple(sorted(before.keys() - after.keys())),
    )


def _live(data: Path) -> str:
    try:
        return generation.live_id(data)
    except GenerationDamaged:
        return generation.UNKNOWN


def _chosen(data: Path, current: str, target: str | None) -> str:
    others = [name for name in generation.generations(data) if name != current]
    if target is not None and target in others:
        return target
    kept = f"kept: {', '.join(others) or 'none'}"
    if target:
        raise IndexMissing(f"no generation {target} in {data}; {kept}")
    older = generation.earlier(data, current)
    if not older:
        raise IndexMissing(
            f"no generation before this one in {data}; {kept}"
            + ("; one that was made after it has to be named" if others else "")
        )
    return older[-1]


def _pages(data: Path, name: str) -> dict[str, str]:
    with closing(PassageTable(generation.folder_of(data, name) / "passages.sqlite")) as table:
        return table.full_digests()
