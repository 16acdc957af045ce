"""`passerelle ingest`: refresh each source, then publish once if what is served would change."""

import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from index.encoder import open_encoder
from index.generation import read_manifest
from index.publish import generation_name, is_live, publish
from index.records import Manifest
from ingest.catalogue import Catalogue
from ingest.records import ChangeSet
from ingest.refresh import Source, apply, plan
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
    try:
        plans = [plan(source, catalogue, _progress) for source in sources]
        changes = tuple(p.changes for p in plans)
        _warn(changes)
        if dry_run:
            return Report(changes, None, 0, 0, 0, time.perf_counter() - began)
        for found in plans:
            apply(found, catalogue, share=settings.refresh.removal_share, confirmed=confirmed)
        manifest, encoded = _publish(catalogue, settings)
        seconds = time.perf_counter() - began
        for change in changes:
            catalogue.record(change, seconds, manifest.id)
    finally:
        catalogue.close()
    counts = manifest.counts
    return Report(changes, manifest.id, counts["pages"], counts["passages"], encoded, seconds)


def _publish(catalogue: Catalogue, settings: Settings) -> tuple[Manifest, int]:
    """Publish what the catalogue holds; torch is loaded only when there is something to encode."""
    light = open_encoder(settings.encoder.model, settings.models, ingesting=False)
    name = generation_name(catalogue.corpus_digest(), settings, light.digest)
    if is_live(settings.data, name):
        return read_manifest(settings.data, name), 0
    encoder = open_encoder(settings.encoder.model, settings.models, ingesting=True)
    return publish(settings.data, [*catalogue.pages()], encoder, settings, _progress)


def _warn(changes: Sequence[ChangeSet]) -> None:
    for change in changes:
        for origin, reason in change.unreadable.items():
            sys.stderr.write(f"passerelle: {origin}: {reason}\n")


def _progress(step: str, done: int, total: int) -> None:
    """Keep one line up to date on a terminal; elsewhere write a line now and then."""
    if sys.stderr.isatty():
        end = "\n" if done == total else ""
        sys.stderr.write(f"\r{step} {done}{f'/{total}' if total else ''}{end}")
    elif total and (done == total or done % (20 * 256) == 0):
        sys.stderr.write(f"{step} {done}/{total}\n")
