"""Going back: what would come back, what would change, what would go."""

from dataclasses import dataclass
from pathlib import Path

from index import generation
from index.passage_table import PassageTable
from ingest.errors import IndexMissing


@dataclass(frozen=True, slots=True)
class RollbackPlan:
    """What switching from one generation to another means, in page keys."""

    current: str
    target: str
    made_at: str
    comes_back: tuple[str, ...]
    changes: tuple[str, ...]
    goes: tuple[str, ...]


def plan_rollback(data: Path, target: str | None = None) -> RollbackPlan:
    """Compare the live generation with an earlier one; nothing is switched.

    Args:
        data: the data directory.
        target: its name, or None for the newest one before the live one.

    Raises:
        IndexMissing: there is no such generation.
        GenerationDamaged: the target fails its checks. The live one may be damaged.
    """
    current = generation.live_id(data)
    others = [name for name in generation.generations(data) if name != current]
    chosen = target or (others[-1] if others else None)
    if chosen is None or chosen not in others:
        kept = ", ".join(others) or "none"
        raise IndexMissing(f"no generation {chosen or 'before this one'} in {data}; kept: {kept}")
    manifest = generation.verify(data, chosen)
    before, after = _pages(data, current), _pages(data, chosen)
    return RollbackPlan(
        current=current,
        target=chosen,
        made_at=manifest.made_at,
        comes_back=tuple(sorted(after.keys() - before.keys())),
        changes=tuple(sorted(k for k in after.keys() & before.keys() if after[k] != before[k])),
        goes=tuple(sorted(before.keys() - after.keys())),
    )


def _pages(data: Path, name: str) -> dict[str, str]:
    table = PassageTable(generation.folder_of(data, name) / "passages.sqlite")
    found = table.full_digests()
    table.close()
    return found
