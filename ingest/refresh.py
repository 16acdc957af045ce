"""A refresh: read a source, compare it with the catalogue, and say what changed.

`plan` writes nothing. What it finds is staged in the catalogue, published by the index, and live
once that has succeeded.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ingest import cleaning, readers
from ingest.catalogue import Catalogue, Known, Reading
from ingest.errors import KeyTaken, PageUnreadable, RefreshHeld, SourceMissing
from ingest.purging import Purged
from ingest.records import ChangeSet, RawPage, digest_of
from ingest.settings import Settings
from ingest.source_facts import source_facts
from ingest.sources import folder, service_public

# Raise this when a reader or the cleaning changes, so that unchanged bytes are read again.
READING_VERSION = "2"

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Source:
    """A source of pages: its identity, where it is, and what its pages inherit from it.

    Attributes:
        name: its name in the settings, or its resolved path when it has none there.
        former: the name that it had before it was given one; its pages move along.
    """

    name: str
    path: Path
    publisher: str | None = None
    licence: str | None = None
    former: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a refresh would do: the change set, and the pages behind it."""

    changes: ChangeSet
    readings: tuple[Reading, ...]
    former: str | None = None


def open_source(path: Path, publisher: str | None = None, licence: str | None = None) -> Source:
    """Name the source at `path` by its resolved path: one folder is one source, wherever called.

    Raises:
        SourceMissing: nothing is there.
    """
    if not path.exists():
        raise SourceMissing(f"{path} does not exist; name a file, a folder or an archive")
    return Source(str(path.resolve()), path, publisher, licence)


def sources_of(settings: Settings, paths: Sequence[Path] = ()) -> list[Source]:
    """Return the sources to read: those at `paths`, else those set, else the project's own pages.

    Raises:
        SourceMissing: nothing is at one of the paths.
    """
    named = {
        entry.path.resolve(): Source(
            name, entry.path, entry.publisher, entry.licence, str(entry.path.resolve())
        )
        for name, entry in settings.sources.items()
    }
    if not paths and named:
        return [*named.values()]
    wanted = paths or [settings.content / "pages"]
    return [named.get(path.resolve()) or open_source(path) for path in wanted]


def plan(
    source: Source,
    catalogue: Catalogue,
    progress: Progress | None = None,
    earlier: Sequence[Plan] = (),
) -> Plan:
    """Read the source and compare it with what the catalogue knows of it. Writes nothing.

    A page that cannot be read keeps its last version and is listed with its reason, and so is one
    whose key another page holds already.

    Args:
        source: what to read.
        catalogue: what is known.
        progress: told how many pages are read.
        earlier: what other sources of the same refresh brought; their keys are taken.

    Raises:
        SourceInvalid: the source as a whole cannot be read.
    """
    failures: dict[str, str] = {}
    known = _known(catalogue, source)
    by_raw = {entry.raw_digest: entry for entry in known.values()}
    readings: list[Reading] = []
    unchanged: list[str] = []
    for done, raw in enumerate(raw_pages(source, failures), start=1):
        if progress:
            progress("reading", done, 0)
        raw_digest = digest_of(READING_VERSION, raw.digest)
        if raw_digest in by_raw:
            unchanged.append(by_raw[raw_digest].key)
            continue
        try:
            page = readers.read(raw)
            readings.append(Reading(page, raw_digest, raw.origin, source_facts(raw, page)))
        except PageUnreadable as error:
            failures[raw.origin] = str(error)
    readings = _not_purged(readings, catalogue, failures)
    taken = {r.page.key: r.origin for found in earlier for r in found.readings}
    readings = _without_shared_keys(readings, unchanged, catalogue, source, failures, taken)
    readings = _cleaned(readings, catalogue, unchanged)
    unread = {entry.key for entry in known.values() if entry.origin in failures}
    changes = _compare(readings, [*unchanged, *unread], known)
    kept = tuple(key for key in changes["unchanged"] if key not in unread)
    return Plan(
        ChangeSet(source.name, **{**changes, "unchanged": kept}, unreadable=failures),
        tuple(readings),
        source.former,
    )


def guard(plan: Plan, share: float, *, confirmed: bool) -> None:
    """Stop a refresh that would take more pages away than anybody meant.

    Args:
        plan: what the refresh would do.
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


def stage(plans: Sequence[Plan], catalogue: Catalogue) -> None:
    """Put what the plans found beside the live pages; `Catalogue.promote` makes it live.

    Raises:
        KeyTaken: two sources claim one key.
    """
    catalogue.discard()
    for found in plans:
        changes = found.changes
        catalogue.stage(changes.source, found.readings, changes.removed, found.former)


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
    guard(plan, share, confirmed=confirmed)
    stage([plan], catalogue)
    catalogue.promote({plan.changes.source: plan.changes.unchanged})


def _known(catalogue: Catalogue, source: Source) -> dict[str, Known]:
    return {
        key: entry
        for name in dict.fromkeys(filter(None, (source.former, source.name)))
        for key, entry in catalogue.known(name).items()
    }


def _not_purged(
    readings: list[Reading], catalogue: Catalogue, failures: dict[str, str]
) -> list[Reading]:
    """Leave out pages that were erased for good and still stand in their source."""
    purged = Purged(catalogue).keys()
    for reading in readings:
        if reading.page.key in purged:
            failures[reading.origin] = (
                f"{reading.page.key} was purged on {purged[reading.page.key][:10]} and is not read "
                "again; take it out of its source, or pass the key to `passerelle purge --readmit`"
            )
    return [reading for reading in readings if reading.page.key not in purged]


def raw_pages(source: Source, failures: dict[str, str]) -> Iterator[RawPage]:
    """Yield the pages of a source as they are; `failures` receives what cannot be read."""
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
    return [replace(r, page=cleaning.clean(r.page, repeated)) for r in readings]


def _without_shared_keys(
    readings: list[Reading],
    unchanged: Iterable[str],
    catalogue: Catalogue,
    source: Source,
    failures: dict[str, str],
    earlier: Mapping[str, str],
) -> list[Reading]:
    """Leave out a page whose key another page holds; the holder stays, the failure names both."""
    held = set(unchanged)
    everywhere = catalogue.known()
    own = {source.name, source.former}
    taken = {k: e.origin for k, e in everywhere.items() if k in held or e.source not in own}
    taken.update(earlier)
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
