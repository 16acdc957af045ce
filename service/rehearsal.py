"""A dry run: what a refresh would do to every page, and how its passages would then read.

Nothing is written and nothing is encoded.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from ingest.catalogue import Catalogue
from ingest.differences import Difference, differences
from ingest.errors import PageUnknown, RefreshHeld
from ingest.guarding import guard
from ingest.lint.findings import Finding
from ingest.passages import cut
from ingest.records import ChangeSet, Page, Passage
from ingest.refresh import Plan, Source, plan
from ingest.settings import PassageSettings, Settings
from service.linting import lint_plans

# Beyond this many pages nobody reads them all; one alone can still be asked for.
MOST_PREVIEWED = 200

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
    """What would happen to one page, what lint says of it, and how it would be quoted."""

    difference: Difference
    passages: tuple[PassagePreview, ...]
    findings: tuple[Finding, ...] = ()


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
    sources: Sequence[Source],
    settings: Settings,
    progress: Progress | None = None,
    preview: str | None = None,
) -> Rehearsal:
    """Read the sources and say what a refresh would do.

    Args:
        sources: what to read.
        settings: where everything is.
        progress: told how many pages are read.
        preview: key of the page whose passages are wanted, also when nothing happens to it; None
            shows those of all pages that are touched, or of none where there are more than
            `MOST_PREVIEWED`.

    Raises:
        PageUnknown: no page of the key `preview` is live, or would come.
        PasserelleError: a source or the data directory cannot be used.
    """
    began = time.perf_counter()
    catalogue = Catalogue(settings.data)
    try:
        plans: list[Plan] = []
        for source in sources:
            plans.append(plan(source, catalogue, progress, plans))
        findings = lint_plans(plans, catalogue, settings)
        pages = [
            replace(page, findings=tuple(f for f in findings if f.page == page.difference.key))
            for found in plans
            for page in _previews(found, catalogue, settings, preview)
        ]
        if preview is not None and all(page.difference.key != preview for page in pages):
            pages.append(_untouched(preview, catalogue, settings))
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
        guard(found.changes, settings.refresh.removal_share, confirmed=False)
    except RefreshHeld as error:
        return str(error)
    return None


def _previews(
    found: Plan, catalogue: Catalogue, settings: Settings, preview: str | None
) -> list[PagePreview]:
    touched = {*found.changes.changed, *found.changes.removed}
    live = {key: catalogue.live(key) for key in touched}
    fresh = {reading.page.key: reading.page for reading in found.readings}
    told = differences(found, live)
    all_of_them = preview is None and len(told) <= MOST_PREVIEWED
    return [
        PagePreview(
            one,
            _passages(fresh.get(one.key), live.get(one.key), settings.passages)
            if one.change != "removed" and (all_of_them or one.key == preview)
            else (),
        )
        for one in told
    ]


def _untouched(key: str, catalogue: Catalogue, settings: Settings) -> PagePreview:
    try:
        page = catalogue.live(key)
    except PageUnknown as error:
        raise PageUnknown(
            f"there is no page {key!r} to preview, neither live nor in what was read; `passerelle "
            "status --pages` lists the keys, and --dry-run those that would come"
        ) from error
    difference = Difference(key, "unchanged", page.title, len(page.text.split()))
    return PagePreview(difference, _passages(page, page, settings.passages))


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
