"""A dry run: what a refresh would do to every page, and how its passages would then read.

Nothing is written and nothing is encoded.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ingest.catalogue import Catalogue
from ingest.differences import Difference, differences
from ingest.errors import RefreshHeld
from ingest.passages import cut
from ingest.records import ChangeSet, Page, Passage
from ingest.refresh import Plan, Source, guard, plan
from ingest.settings import PassageSettings, Settings

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class PassagePreview:
    """A passage as it would be quoted; `fresh` when no passage of the page reads so today."""

    section: tuple[str, ...]
    context: tuple[str, ...]
    text: str
    fresh: bool


@dataclass(frozen=True, slots=True)
class PagePreview:
    """What would happen to one page, and the passages that it would answer with."""

    difference: Difference
    passages: tuple[PassagePreview, ...]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a refresh would do: the change set of each source, and every page it touches."""

    changes: tuple[ChangeSet, ...]
    pages: tuple[PagePreview, ...]
    held: tuple[str, ...]
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """Return it for a program."""
        return {**asdict(self), "dry_run": True}


def rehearse(
    sources: Sequence[Source], settings: Settings, progress: Progress | None = None
) -> Rehearsal:
    """Read the sources and say what a refresh would do.

    Raises:
        PasserelleError: a source or the data directory cannot be used.
    """
    began = time.perf_counter()
    catalogue = Catalogue(settings.data)
    try:
        plans: list[Plan] = []
        for source in sources:
            plans.append(plan(source, catalogue, progress, plans))
        pages = [page for found in plans for page in _previews(found, catalogue, settings)]
    finally:
        catalogue.close()
    return Rehearsal(
        changes=tuple(found.changes for found in plans),
        pages=tuple(pages),
        held=tuple(reason for found in plans if (reason := _held(found, settings))),
        seconds=round(time.perf_counter() - began, 3),
    )


def _held(found: Plan, settings: Settings) -> str | None:
    try:
        guard(found, settings.refresh.removal_share, confirmed=False)
    except RefreshHeld as error:
        return str(error)
    return None


def _previews(found: Plan, catalogue: Catalogue, settings: Settings) -> list[PagePreview]:
    touched = {*found.changes.changed, *found.changes.removed}
    live = {key: catalogue.live(key) for key in touched}
    fresh = {reading.page.key: reading.page for reading in found.readings}
    return [
        PagePreview(
            difference,
            _passages(fresh.get(difference.key), live.get(difference.key), settings.passages)
            if difference.change != "removed"
            else (),
        )
        for difference in differences(found, live)
    ]


def _passages(
    page: Page | None, before: Page | None, settings: PassageSettings
) -> tuple[PassagePreview, ...]:
    if page is None:
        return ()
    today = {_read(p) for p in cut(before, settings)} if before else set()
    return tuple(
        PassagePreview(p.section, tuple(c.text for c in p.context), p.text, _read(p) not in today)
        for p in cut(page, settings)
    )


def _read(passage: Passage) -> tuple[object, ...]:
    return passage.section, tuple(c.text for c in passage.context), passage.text
