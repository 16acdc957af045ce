"""When each source is to be read next: by its own schedule, from when it last was."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from ingest.catalogue import Catalogue
from ingest.history import History
from ingest.refresh import Source
from ingest.settings import Settings, interval


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
        now = datetime.now(UTC)
        return [
            source
            for source in sources
            if (at := next_reading(source.name, settings, history)) is None or at <= now
        ]
    finally:
        catalogue.close()
