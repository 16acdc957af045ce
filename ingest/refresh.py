"""A refresh: read a source, compare it with the catalogue, and say what changed.

`plan` writes nothing. What it finds is staged in the catalogue, published by the index, and live
once that has succeeded.
"""

import os
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from ingest import belonging, moving, readers
from ingest.catalogue import Catalogue, Known, Reading
from ingest.comparing import cleaned, compare, not_purged, without_shared_keys
from ingest.errors import PageUnreadable, SourceInvalid, SourceMissing
from ingest.guarding import guard
from ingest.records import ChangeSet, RawPage, digest_of
from ingest.settings import Settings, SourceSettings
from ingest.source_facts import source_facts
from ingest.sources import folder, service_public
from ingest.sources.web_addresses import is_address, normal
from ingest.visits import Unmodified, Visit, Visits
from ingest.web_settings import WebSettings

# Raise this when a reader or the cleaning changes, so that unchanged bytes are read again.
READING_VERSION = "5"

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Source:
    """A source of pages: its identity, where it is, and what its pages inherit from it.

    Attributes:
        name: its name in the settings, or its resolved path or address when it has none there.
        path: a folder, a file or an archive; None for a source on the web.
        web: which pages of the web it has.
        former: the name that it had before it was given one; its pages move along.
        named: every name in the settings; what is live under none of them may be taken over.
    """

    name: str
    path: Path | None = None
    publisher: str | None = None
    licence: str | None = None
    former: str | None = None
    web: WebSettings | None = None
    named: frozenset[str] | None = None

    @property
    def terms(self) -> str:
        """Names what a page's reading depends on beside its bytes and its key."""
        return digest_of(READING_VERSION, self.publisher or "", self.licence or "")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a refresh would do: the change set, the pages behind it, and what servers said of them.

    Attributes:
        visits: origin, digest of the bytes and visit of each page that came from the web.
        terms: under which they were read.
        taken_over: keys of pages that were those of a source which is in the settings no more, or
            of one that lost them to this one.
        waiting: what was read under keys that pages of other sources have.
    """

    changes: ChangeSet
    readings: tuple[Reading, ...]
    former: str | None = None
    visits: tuple[tuple[str, str, Visit], ...] = ()
    terms: str = ""
    taken_over: tuple[str, ...] = ()
    waiting: tuple[Reading, ...] = ()


def open_source(path: Path, publisher: str | None = None, licence: str | None = None) -> Source:
    """Name the source at `path` by its resolved path: one folder is one source, wherever called.

    Raises:
        SourceMissing: nothing is there.
        SourceInvalid: its name cannot be written down.
    """
    if not path.exists():
        raise SourceMissing(f"{path} does not exist; name a file, a folder or an archive")
    name = str(path.resolve())
    if (shown := os.fsencode(name).decode("utf-8", "replace")) != name:
        raise SourceInvalid(f"{shown} has a name that is not UTF-8; rename it, or what it lies in")
    return Source(name, path, publisher, licence)


def open_web(address: str, *, allow_private: bool = False) -> Source:
    """Name the source at a web address: a sitemap when it ends like one, else one page.

    Raises:
        AddressRefused: it is no address that is ever asked for.
    """
    name = normal(address)
    listed = (name,)
    if name.partition("?")[0].endswith((".xml", ".xml.gz")):
        site = WebSettings(sitemaps=listed, allow_private=allow_private)
    else:
        site = WebSettings(addresses=listed, allow_private=allow_private)
    return Source(name, web=site)


def sources_of(
    settings: Settings, places: Sequence[Path | str] = (), *, allow_private: bool = False
) -> list[Source]:
    """Return the sources to read: those at `places`, else those set, else the project's own pages.

    Args:
        settings: where sources are named.
        places: paths, and web addresses.
        allow_private: whether addresses among `places` may lead to machines of a private network.

    Raises:
        SourceMissing: nothing is at one of the paths.
        SourceInvalid: the name of one of them is not UTF-8.
        AddressRefused: one of the addresses is none that is ever asked for.
    """
    names = frozenset(settings.sources)
    named = [replace(_named(n, entry), named=names) for n, entry in settings.sources.items()]
    if not places and named:
        return named
    wanted = places or [settings.content / "pages"]
    opened = [
        open_web(str(place), allow_private=allow_private)
        if is_address(str(place))
        else open_source(Path(place))
        for place in wanted
    ]
    by_place = {source.former: source for source in named}
    return [by_place.get(source.name) or source for source in opened]


def _named(name: str, entry: SourceSettings) -> Source:
    if entry.path is not None:
        former = str(entry.path.resolve())
        return Source(name, entry.path, entry.publisher, entry.licence, former)
    listed = [*entry.addresses, *entry.sitemaps]
    alone = listed[0] if len(listed) == 1 else None
    return Source(name, None, entry.publisher, entry.licence, alone, entry)


def plan(
    source: Source,
    catalogue: Catalogue,
    progress: Progress | None = None,
    earlier: list[Plan] | None = None,
) -> Plan:
    """Read the source and compare it with what the catalogue knows of it. Writes nothing.

    A page that cannot be read keeps its last version and is listed with its reason, and so is one
    whose key another page holds already, unless that has left its own source in the same refresh:
    then it moves.

    Args:
        source: what to read.
        catalogue: what is known.
        progress: told how many pages are read.
        earlier: what other sources of the same refresh brought; their keys are taken. Those that
            a page moved from or to are replaced in the list.

    Raises:
        SourceInvalid: the source as a whole cannot be read.
    """
    earlier = [] if earlier is None else earlier
    own = (source.former, source.name)
    known = belonging.known_of(catalogue, own)
    visits = Visits(catalogue).of(known, source.terms) if source.web else {}
    claimed = belonging.claimed_by([(each.changes, each.readings) for each in earlier], catalogue)
    left = belonging.orphans(catalogue, source.name, source.named, claimed)
    read = _read(source, {**left, **known}, visits, progress)
    failures, unchanged = read.failures, read.unchanged
    # What a source took back after it had given it is not read.
    readings = [reading for reading in read.readings if reading.origin not in failures]
    readings = not_purged(readings, catalogue, failures)
    free = {*left, *moving.freed(earlier)}
    taken = belonging.held_elsewhere(catalogue, {*own}, {*unchanged}, free)
    waiting = moving.waiting(readings, taken, own, claimed)
    readings = without_shared_keys(readings, source.name, {**taken, **claimed}, failures)
    readings, waiting = cleaned(readings, catalogue, unchanged, waiting)
    here = {*unchanged, *(reading.page.key for reading in readings)}
    moved = belonging.taken_over(left, own, here, source.path)
    known.update(moved)
    not_read = belonging.unread(known, failures, source.path, here)
    changes = compare(readings, [*unchanged, *not_read], known)
    kept = tuple(key for key in changes["unchanged"] if key not in not_read)
    found = Plan(
        ChangeSet(source.name, **{**changes, "unchanged": kept}, unreadable=failures),
        tuple(readings),
        source.former,
        tuple((o, read.digests[o], v) for o, v in read.visits.items() if o not in failures),
        source.terms,
        tuple(moved),
        tuple(waiting),
    )
    return moving.settled(found, earlier)


@dataclass(slots=True)
class _Read:
    """What came of reading a source."""

    readings: list[Reading] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    failures: dict[str, str] = field(default_factory=dict)
    visits: dict[str, Visit] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)


def _read(
    source: Source, known: Mapping[str, Known], visits: Mapping[str, Visit], told: Progress | None
) -> _Read:
    """Read every page that is not the same as before."""
    by_raw = {entry.raw_digest: entry for entry in known.values()}
    by_origin = {entry.origin: entry for entry in known.values()}
    read = _Read()
    # Closed at once when reading is cut short, so that nothing is fetched that nobody waits for.
    with closing(_pages(source, read.failures, visits, read.visits)) as pages:
        for done, raw in enumerate(pages, start=1):
            if told:
                told("reading", done, 0)
            if isinstance(raw, Unmodified):
                read.unchanged.append(by_origin[raw.origin].key)
                continue
            raw_digest = digest_of(READING_VERSION, raw.digest)
            read.digests[raw.origin] = raw_digest
            before = by_raw.get(raw_digest)
            # A page of the web is remembered by where it was listed: a new place is noted.
            if before is not None and (source.web is None or before.origin == raw.origin):
                read.unchanged.append(before.key)
                continue
            try:
                page = readers.read(raw)
                read.readings.append(Reading(page, raw_digest, raw.origin, source_facts(raw, page)))
            except PageUnreadable as error:
                read.failures[raw.origin] = str(error)
    return read


def stage(plans: Sequence[Plan], catalogue: Catalogue) -> None:
    """Put what the plans found beside the live pages; `Catalogue.promote` makes it live.

    Raises:
        KeyTaken: two sources claim one key.
    """
    catalogue.discard()
    memory = Visits(catalogue)
    for found in plans:
        memory.keep(found.visits, found.terms)
        changes = found.changes
        belonging.take_over(catalogue, changes.source, found.taken_over)
        catalogue.stage(changes.source, found.readings, changes.removed, found.former)


def apply(plan: Plan, catalogue: Catalogue, *, share: float = 1.0, confirmed: bool = False) -> None:
    """Write what `plan` found into the catalogue, as `guard` and `stage` have it.

    Raises:
        RefreshHeld: more pages would vanish than `share` allows and nobody confirmed it.
    """
    guard(plan.changes, share, confirmed=confirmed)
    stage([plan], catalogue)
    catalogue.promote({plan.changes.source: plan.changes.unchanged})


def raw_pages(source: Source, failures: dict[str, str]) -> Iterator[RawPage]:
    """Yield the pages of a source as they are; `failures` receives what cannot be read."""
    for raw in _pages(source, failures, {}, {}):
        if isinstance(raw, RawPage):
            yield raw


def _pages(
    source: Source, failures: dict[str, str], known: Mapping[str, Visit], visits: dict[str, Visit]
) -> Generator[RawPage | Unmodified]:
    """Yield the pages of a source; of one on the web, those alone that have changed since."""
    name, publisher, licence = source.name, source.publisher, source.licence
    if source.web is not None:
        # Loaded where needed: most commands read nothing from the web.
        from ingest.sources.web import read_web

        site = source.web
        yield from read_web(site, name, failures, publisher, licence, known=known, visits=visits)
    elif source.path is not None:
        # As a whole, so that a page's origin is the same from wherever it is read.
        path = source.path.absolute()
        is_archive = service_public.is_archive(path)
        read = service_public.read_archive if is_archive else folder.read_folder
        yield from read(path, source=name, failures=failures, publisher=publisher, licence=licence)
