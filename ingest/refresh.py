"""A refresh: read a source, compare it with the catalogue, and say what changed.

`plan` writes nothing. What it finds is applied by `apply`, in one transaction; publishing what
came of it is the index's work.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ingest import cleaning, readers
from ingest.catalogue import Catalogue, Known, Reading
from ingest.errors import KeyTaken, PageUnreadable, RefreshHeld, SourceMissing
from ingest.records import ChangeSet, RawPage, digest_of
from ingest.sources import folder, service_public

# Raise this when a reader or the cleaning changes, so that unchanged bytes are read again.
READING_VERSION = "1"

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Source:
    """A source of pages: its identity, where it is, and what its pages inherit from it."""

    name: str
    path: Path
    publisher: str | None = None
    licence: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a refresh would do: the change set, and the pages behind it."""

    changes: ChangeSet
    readings: tuple[Reading, ...]


def open_source(path: Path, publisher: str | None = None, licence: str | None = None) -> Source:
    """Name the source at `path` by its resolved path: one folder is one source, wherever called.

    Raises:
        SourceMissing: nothing is there.
    """
    if not path.exists():
        raise SourceMissing(f"{path} does not exist; name a file, a folder or an archive")
    return Source(str(path.resolve()), path, publisher, licence)


def plan(source: Source, catalogue: Catalogue, progress: Progress | None = None) -> Plan:
    """Read the source and compare it with what the catalogue knows of it. Writes nothing.

    A page that cannot be read keeps its last version and is listed with its reason, and so is one
    whose key another page holds already.

    Raises:
        SourceInvalid: the source as a whole cannot be read.
    """
    failures: dict[str, str] = {}
    known = catalogue.known(source.name)
    by_raw = {entry.raw_digest: entry for entry in known.values()}
    readings: list[Reading] = []
    unchanged: list[str] = []
    for done, raw in enumerate(_raw_pages(source, failures), start=1):
        if progress:
            progress("reading", done, 0)
        raw_digest = digest_of(READING_VERSION, raw.digest)
        if raw_digest in by_raw:
            unchanged.append(by_raw[raw_digest].key)
            continue
        try:
            readings.append(Reading(readers.read(raw), raw_digest, raw.origin))
        except PageUnreadable as error:
            failures[raw.origin] = str(error)
    readings = _without_shared_keys(readings, unchanged, catalogue, source, failures)
    readings = _cleaned(readings, catalogue, unchanged)
    unread = {entry.key for entry in known.values() if entry.origin in failures}
    changes = _compare(readings, [*unchanged, *unread], known)
    kept = tuple(key for key in changes["unchanged"] if key not in unread)
    return Plan(
        ChangeSet(source.name, **{**changes, "unchanged": kept}, unreadable=failures),
        tuple(readings),
    )


def apply(plan: Plan, catalogue: Catalogue, *, share: float = 1.0, confirmed: bool = False) -> None:
    """Write what `plan` found into the catalogue.

    Args:
        plan: what to write.
        catalogue: where to.
        share: the share of the source's known pages above which removal needs confirmation.
        confirmed: a person has seen the removals and wants them.

    Raises:
        RefreshHeld: more pages would vanish than `share` allows and nobody confirmed it.
    """
    changes = plan.changes
    before = len(changes.changed) + len(changes.unchanged) + len(changes.removed)
    if not confirmed and changes.removed and len(changes.removed) > share * before:
        raise RefreshHeld(
            f"{len(changes.removed)} of {before} pages of {changes.source} would vanish; "
            "nothing was published. Look at them with --dry-run, then pass --confirm-removals"
        )
    catalogue.apply(changes.source, plan.readings, changes.unchanged, changes.removed)


def _raw_pages(source: Source, failures: dict[str, str]) -> Iterator[RawPage]:
    read = service_public.read_archive if service_public.is_archive(source.path) else _folder
    yield from read(
        source.path,
        source=source.name,
        failures=failures,
        publisher=source.publisher,
        licence=source.licence,
    )


_folder = folder.read_folder


def _cleaned(
    readings: list[Reading], catalogue: Catalogue, unchanged: Iterable[str]
) -> list[Reading]:
    """Mark furniture; what repeats is judged against the source's unchanged pages as well."""
    kept = set(unchanged)
    others = [page for page in catalogue.pages() if page.key in kept] if readings and kept else []
    repeated = cleaning.repeated_furniture([*others, *(r.page for r in readings)])
    return [Reading(cleaning.clean(r.page, repeated), r.raw_digest, r.origin) for r in readings]


def _without_shared_keys(
    readings: list[Reading],
    unchanged: Iterable[str],
    catalogue: Catalogue,
    source: Source,
    failures: dict[str, str],
) -> list[Reading]:
    """Leave out a page whose key another page holds; the holder stays, the failure names both."""
    held = set(unchanged)
    everywhere = catalogue.known()
    taken = {k: e.origin for k, e in everywhere.items() if k in held or e.source != source.name}
    kept: list[Reading] = []
    for reading in readings:
        other = taken.setdefault(reading.page.key, reading.origin)
        if other == reading.origin:
            kept.append(reading)
        else:
            failures[reading.origin] = str(
                KeyTaken(
                    f"{reading.origin} and {other} both have the key {reading.page.key!r}; "
                    "give one of them another slug"
                )
            )
    return kept


def _compare(
    readings: list[Reading], unchanged: Iterable[str], known: Mapping[str, Known]
) -> dict[str, tuple[str, ...]]:
    """Sort page keys by what happened to them."""
    groups: dict[str, list[str]] = {"added": [], "changed": [], "unchanged": [*unchanged]}
    for page in (reading.page for reading in readings):
        before = known.get(page.key)
        if before is None:
            groups["added"].append(page.key)
        else:
            same = before.full_digest == page.full_digest
            groups["unchanged" if same else "changed"].append(page.key)
    here = {key for keys in groups.values() for key in keys}
    groups["removed"] = [key for key in known if key not in here]
    return {name: tuple(sorted(keys)) for name, keys in groups.items()}
