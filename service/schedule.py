"""The sources as they stand: their pages, how many are old, when each was and will be read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from ingest.ages import ages, is_stale
from ingest.catalogue import Catalogue
from ingest.history import History
from ingest.refresh import Source, sources_of
from ingest.settings import Settings, interval


@dataclass(frozen=True, slots=True)
class SourceState:
    """One source, as the settings name it, and how it stands.

    `can_refresh` is false for one that is not in the settings: its pages came from a path that
    somebody named once.
    """

    name: str
    path: str
    publisher: str | None
    licence: str | None
    verifier: str | None
    max_age_days: int | None
    schedule: str | None
    can_refresh: bool
    pages: int
    stale: int
    last_refreshed: str | None
    next_refresh: str | None


def next_reading(name: str, settings: Settings, history: History) -> datetime | None:
    """Return when a source is due (UTC); None when it has no schedule of its own.

    A source that was never read is due at once.
    """
    entry = settings.sources.get(name)
    if entry is None or entry.schedule is None:
        return None
    last = history.last_of(name)
    if last is None:
        return datetime.now(UTC)
    return datetime.fromisoformat(last) + timedelta(seconds=interval(entry.schedule))


def due(sources: Sequence[Source], settings: Settings) -> list[Source]:
    """Return the sources to read now: those that are due, and those without a schedule."""
    catalogue = Catalogue(settings.data)
    try:
        history = History(catalogue)
        return [
            source
            for source in sources
            if (at := next_reading(source.name, settings, history)) is None
            or at <= datetime.now(UTC)
        ]
    finally:
        catalogue.close()


def overview(settings: Settings) -> list[SourceState]:
    """Return every source that is set, and every other one whose pages are live."""
    catalogue = Catalogue(settings.data)
    try:
        history = History(catalogue)
        named = [source.name for source in sources_of(settings)]
        since = ages(catalogue)
        held = {entry.source for entry in catalogue.known().values()}
        return [
            replace(_state(name, settings, catalogue, history, since), can_refresh=name in named)
            for name in dict.fromkeys([*named, *sorted(held)])
        ]
    finally:
        catalogue.close()


def _state(
    name: str,
    settings: Settings,
    catalogue: Catalogue,
    history: History,
    since: Mapping[str, str | None],
) -> SourceState:
    entry = settings.sources.get(name)
    limit = entry.max_age_days if entry else None
    pages = catalogue.known(name)
    days = limit or settings.answers.max_age_days
    coming = next_reading(name, settings, history)
    return SourceState(
        name=name,
        path=entry.place if entry else name,
        publisher=entry.publisher if entry else None,
        licence=entry.licence if entry else None,
        verifier=entry.verifier if entry else None,
        max_age_days=limit,
        schedule=entry.schedule if entry else None,
        can_refresh=True,
        pages=len(pages),
        stale=sum(is_stale(since.get(key), days) for key in pages),
        last_refreshed=history.last_of(name),
        next_refresh=coming.isoformat(timespec="seconds") if coming else None,
    )
