"""The tab of what is live: the generation, every page with its age and use, what found nothing."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import streamlit as st

from service.api.inspection_schemas import PageStateOut
from service.api.maintenance_schemas import UseOut
from service.api.schemas import StatusOut
from ui.staff_client import StaffClient
from ui.staff_parts import WORDS, ago, matches, moment, part, say, show, visitor_zone

SHOWN = 50
EVERY_MONTH = "All months"
ALL, OLD, REPORTED, UNCITED = "All", "Checked too long ago", "Reported by askers", "Never cited"


@dataclass(frozen=True, slots=True)
class PageRow:
    """One page in the list of pages; `reports` says what askers said of it, and how often."""

    key: str
    title: str
    language: str
    source: str
    checked: str
    stale: bool
    cited: int
    reports: str


@dataclass(frozen=True, slots=True)
class TopicRow:
    """How many questions came near to a topic, and how many of them found nothing."""

    name: str
    asked: int
    not_found: int


def tiles(status: StatusOut, stale: int, now: datetime | None = None) -> list[tuple[str, str, str]]:
    """Return what is told at a glance: a name, a value, and a remark under it."""
    languages = sorted(status.languages.items(), key=lambda found: -found[1])
    return [
        ("Pages", f"{status.pages:,}", f"{stale:,} checked too long ago" if stale else ""),
        ("Passages", f"{status.passages:,}", "what is searched and quoted"),
        ("Published", ago(status.made_at, now), ""),
        (
            "Languages",
            f"{len(languages)}",
            ", ".join(f"{WORDS.language(code)} {n:,}" for code, n in languages),
        ),
    ]


def months(use: UseOut) -> list[str]:
    """Return the months that something was counted in, newest first, before them all together."""
    return [EVERY_MONTH, *sorted({tally.month for tally in use.tallies}, reverse=True)]


def page_rows(
    pages: Sequence[PageStateOut],
    use: UseOut,
    month: str = EVERY_MONTH,
    now: datetime | None = None,
) -> list[PageRow]:
    """Return a row a page: those that people reported first, then the old, then the most cited."""
    cited: Counter[str] = Counter()
    for tally in use.tallies:
        if tally.kind == "cited" and month in (tally.month, EVERY_MONTH):
            cited[tally.name] += tally.count
    said: dict[str, list[tuple[str, int]]] = {}
    for reported in use.reported:
        said.setdefault(reported.page_key, []).append((reported.kind, reported.count))
    rows = [
        PageRow(
            key=page.key,
            title=page.title,
            language=WORDS.language(page.language),
            source=page.source or "no source any more",
            checked=ago(page.checked_at, now),
            stale=page.stale,
            cited=cited[page.key],
            reports=_reports(said.get(page.key, ())),
        )
        for page in pages
    ]
    return sorted(rows, key=lambda row: (not row.reports, not row.stale, -row.cited, row.key))


def chosen(rows: Iterable[PageRow], which: str, wanted: str) -> list[PageRow]:
    """Return the rows of one kind in whose title, key or source all the words stand."""
    return [
        row
        for row in rows
        if (row.stale or which != OLD)
        and (row.reports or which != REPORTED)
        and (not row.cited or which != UNCITED)
        and matches(wanted, row.title, row.key, row.source)
    ]


def topic_rows(use: UseOut, month: str = EVERY_MONTH) -> list[TopicRow]:
    """Return the topics of which some question found nothing, the most frequent first."""
    found: dict[str, Counter[str]] = {"asked": Counter(), "not_found": Counter()}
    for tally in use.tallies:
        if tally.kind in found and month in (tally.month, EVERY_MONTH):
            found[tally.kind][tally.name] += tally.count
    rows = [
        TopicRow("near no topic" if name == "(none)" else name, found["asked"][name], count)
        for name, count in found["not_found"].items()
    ]
    return sorted(rows, key=lambda row: (-row.not_found, row.name))


def _reports(said: Iterable[tuple[str, int]]) -> str:
    names = WORDS.tables["feedback_kinds"]
    return ", ".join(f"{names.get(kind, kind)}: {count}" for kind, count in said)


def draw(client: StaffClient) -> None:
    """Draw the tab."""
    status, pages, use = client.status(), client.inventory(), client.use()
    zone = visitor_zone()
    show(
        part("head", "What is live", "What people are answered from at this moment.")
        + part("tiles", tiles(status, sum(page.stale for page in pages)))
        + part("generation", status, moment(status.made_at, zone))
    )
    if status.error:
        say(f"A newer generation could not be opened, so this one stays: {status.error}", "down")
    month = EVERY_MONTH
    if len(months(use)) > 2:
        month = st.selectbox("Count what people were shown in", months(use), key="month")
    show(part("heading", "Pages"))
    kinds = (ALL, OLD, REPORTED, UNCITED) if use.kept else (ALL, OLD)
    which = st.segmented_control("Show", kinds, default=ALL, required=True, key="which")
    wanted = st.text_input("Find a page by its title, key or source", key="wanted")
    rows = chosen(page_rows(pages, use, month), which, wanted)
    shown = st.session_state.get("rows", SHOWN)
    show(part("page_table", rows[:shown], len(rows), use.kept))
    if len(rows) > shown:
        st.button("Show more pages", on_click=_more, args=(shown,))
    show(part("heading", "Questions that found nothing"))
    if use.kept:
        show(part("topic_table", topic_rows(use, month)))
    else:
        say(
            "Nothing is counted here. Name who reads it as `service.maintainer` in the settings, "
            "and pages are counted when they are cited: numbers only, never a question."
        )


def _more(shown: int) -> None:
    st.session_state.rows = shown + SHOWN * 4
