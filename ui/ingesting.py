"""`passerelle ingest`: refresh each source, then publish once if what is served would change."""

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ingest.catalogue import Catalogue
from ingest.records import ChangeSet
from ingest.refresh import Source, plan
from ingest.settings import Settings


@dataclass(frozen=True, slots=True)
class Report:
    """What an ingest did: the change set of each source, and what came of it."""

    changes: tuple[ChangeSet, ...]
    generation: str | None
    pages: int
    passages: int
    encoded: int
    seconds: float

    @property
    def read_anything(self) -> bool:
        """Whether at least one page could be read, or nothing was there to read."""
        return all(c.added or c.changed or c.unchanged or not c.unreadable for c in self.changes)

    def as_json(self) -> dict[str, Any]:
        """Return the report for a program."""
        return asdict(self)

    def as_text(self) -> str:
        """Return the report for a person."""
        lines = []
        for c in self.changes:
            counts = {
                "added": len(c.added),
                "changed": len(c.changed),
                "unchanged": len(c.unchanged),
                "removed": len(c.removed),
                "unreadable": len(c.unreadable),
            }
            lines.append(f"{c.source}: " + ", ".join(f"{n} {name}" for name, n in counts.items()))
        if self.generation:
            lines.append(
                f"generation {self.generation}: {self.pages} pages, {self.passages} passages, "
                f"{self.encoded} texts encoded, {self.seconds:.1f} s"
            )
        else:
            lines.append("dry run: nothing was written")
        return "\n".join(lines)


def ingest_sources(
    sources: Sequence[Source], settings: Settings, *, dry_run: bool, confirmed: bool
) -> Report:
    """Read the sources and publish what changed.

    Raises:
        RefreshHeld: too many pages of a source would vanish and nobody confirmed it.
        PasserelleError: a source, the data directory or the encoder cannot be used.
    """
    began = time.perf_counter()
    catalogue = Catalogue(settings.data)
    plans = [plan(source, catalogue, _progress) for source in sources]
    changes = tuple(p.changes for p in plans)
    _warn(changes)
    if dry_run:
        return Report(changes, None, 0, 0, 0, time.perf_counter() - began)
    _apply(plans, catalogue, settings, confirmed=confirmed)
    encoded = _publish(catalogue, settings)
    manifest = live_manifest(settings.data)
    seconds = time.perf_counter() - began
    for change in changes:
        catalogue.record(change, seconds, manifest.id)
    catalogue.close()
    counts = manifest.counts
    return Report(changes, manifest.id, counts["pages"], counts["passages"], encoded, seconds)
