"""The pages as a maintainer looks at them: how old each is, and one of them passage by passage."""

from collections.abc import Iterator
from dataclasses import dataclass

from index.search import Summary
from index.store import Searching
from ingest.ages import aged_from, ages, is_stale
from ingest.catalogue import Catalogue, Known
from ingest.records import Page, Passage, Place
from ingest.settings import Settings


@dataclass(frozen=True, slots=True)
class PageState:
    """One live page: its source, from when its age counts (UTC), and whether it is old."""

    key: str
    title: str
    language: str
    source: str | None
    checked_at: str | None
    stale: bool


@dataclass(frozen=True, slots=True)
class InspectedPassage:
    """A passage of a page, as it is searched and quoted.

    Attributes:
        passage: as the generation keeps it.
        place: where it stands on the page that is looked at.
        kept_on: the page that it is quoted from, when a twin of this one is; else None.
    """

    passage: Passage
    place: Place
    kept_on: str | None


@dataclass(frozen=True, slots=True)
class InspectedPage:
    """A page, its passages in order, and what is known of it beside its text.

    Attributes:
        source, origin: the source that it came from, and where in it; None when it has left the
            catalogue, as after a roll back.
        checked_at: from when its age counts (UTC).
        max_age_days: at an age of how many days it is old.
        versions: digest and first day (UTC) of every version that is kept, oldest first.
    """

    page: Page
    passages: tuple[InspectedPassage, ...]
    source: str | None
    origin: str | None
    checked_at: str | None
    stale: bool
    max_age_days: int
    versions: tuple[tuple[str, str], ...]


def inventory(searcher: Searching, settings: Settings) -> list[PageState]:
    """Return every live page by key, with how it stands."""
    catalogue = Catalogue(settings.data)
    try:
        known, since = catalogue.known(), ages(catalogue)
    finally:
        catalogue.close()
    return [
        _state(page, known.get(key := str(page["key"])), since.get(key), settings)
        for page in searcher.pages()
    ]


def inspect(key: str, searcher: Searching, settings: Settings) -> InspectedPage:
    """Return one live page as the service sees it.

    Raises:
        PageUnknown: no live page has this key.
    """
    page = searcher.page(key)
    catalogue = Catalogue(settings.data)
    try:
        known = catalogue.known().get(key)
        versions = tuple(catalogue.versions(key))
    finally:
        catalogue.close()
    since = aged_from(page, known.checked_at if known else None)
    passages = [*_placed(key, searcher.passages_of(key))]
    return InspectedPage(
        page=page,
        passages=tuple(sorted(passages, key=lambda seen: seen.place.start)),
        source=known.source if known else None,
        origin=known.origin if known else None,
        checked_at=since,
        stale=is_stale(since, _limit(known, settings)),
        max_age_days=_limit(known, settings),
        versions=versions,
    )


def _state(page: Summary, known: Known | None, since: str | None, settings: Settings) -> PageState:
    return PageState(
        key=str(page["key"]),
        title=str(page["title"]),
        language=str(page["language"]),
        source=known.source if known else None,
        checked_at=since,
        stale=is_stale(since, _limit(known, settings)),
    )


def _placed(key: str, passages: list[Passage]) -> Iterator[InspectedPassage]:
    """Yield each passage once a place that it has on the page."""
    for passage in passages:
        if passage.page_key == key:
            own = Place(key, passage.section, passage.start, passage.end)
            yield InspectedPassage(passage, own, None)
        for place in passage.also_on:
            if place.page_key == key:
                elsewhere = passage.page_key if passage.page_key != key else None
                yield InspectedPassage(passage, place, elsewhere)


def _limit(known: Known | None, settings: Settings) -> int:
    entry = settings.sources.get(known.source) if known else None
    return (entry.max_age_days if entry else None) or settings.answers.max_age_days
