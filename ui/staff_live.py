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
from ui.staff_parts import head, heading, matches, part, say, show, visitor_zone
from ui.staff_words import StaffWords

SHOWN = 50
EVERY_MONTH = "*"
ALL, OLD, REPORTED, UNCITED = "all", "old", "reported", "uncited"


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


def tiles(
    words: StaffWords, status: StatusOut, stale: int, now: datetime | None = None
) -> list[tuple[str, str, str]]:
    """Return what is told at a glance: a name, a value, and a remark under it."""
    languages = sorted(status.languages.items(), key=lambda found: -found[1])
    return [
        (
            words("live.pages"),
            words.number(status.pages),
            words("live.too_long", n=words.number(stale)) if stale else "",
        ),
        (words("live.passages"), words.number(status.passages), words("live.passages_note")),
        (words("live.published"), words.ago(status.made_at, now), ""),
        (
            words("live.languages"),
            words.number(len(languages)),
            ", ".join(f"{words.base.language(code)} {words.number(n)}" for code, n in languages),
        ),
    ]


def months(use: UseOut) -> list[str]:
    """Return the months that something was counted in, newest first, before them all together."""
    return [EVERY_MONTH, *sorted({tally.month for tally in use.tallies}, reverse=True)]


def page_rows(
    words: StaffWords,
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
            language=words.base.language(page.language),
            source=page.source or words("live.no_source"),
            checked=words.ago(page.checked_at, now),
            stale=page.stale,
            cited=cited[page.key],
            reports=_reports(words, said.get(page.key, ())),
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


def topic_rows(words: StaffWords, use: UseOut, month: str = EVERY_MONTH) -> list[TopicRow]:
    """Return the topics of which some question found nothing, the most frequent first."""
    found: dict[str, Counter[str]] = {"asked": Counter(), "not_found": Counter()}
    for tally in use.tallies:
        if tally.kind in found and month in (tally.month, EVERY_MONTH):
            found[tally.kind][tally.name] += tally.count
    rows = [
        TopicRow(words("live.no_topic") if name == "(none)" else name, found["asked"][name], count)
        for name, count in found["not_found"].items()
    ]
    return sorted(rows, key=lambda row: (-row.not_found, row.name))


def _reports(words: StaffWords, said: Iterable[tuple[str, int]]) -> str:
    names = words.base.tables["feedback_kinds"]
    return ", ".join(
        words("form.pair", name=names.get(kind, kind), value=words.number(count))
        for kind, count in said
    )


def draw(client: StaffClient, words: StaffWords) -> None:
    """Draw the tab."""
    status, pages, use = client.status(), client.inventory(), client.use()
    zone = visitor_zone()
    show(
        words,
        head(words, "live")
        + part(words, "tiles", tiles(words, status, sum(page.stale for page in pages)))
        + part(words, "generation", status, words.moment(status.made_at, zone)),
    )
    if status.error:
        say(words, words("live.not_opened"), "down", status.error)
    month = EVERY_MONTH
    if len(months(use)) > 2:
        month = st.selectbox(
            words("live.month"),
            months(use),
            format_func=lambda one: words("live.every_month") if one == EVERY_MONTH else one,
            key="month",
        )
    heading(words, "live.pages")
    kinds = (ALL, OLD, REPORTED, UNCITED) if use.kept else (ALL, OLD)
    which = st.segmented_control(
        words("live.show"),
        kinds,
        format_func=lambda kind: words(f"live.{kind}"),
        default=ALL,
        required=True,
        key="which",
    )
    wanted = st.text_input(words("live.find"), key="wanted")
    rows = chosen(page_rows(words, pages, use, month), which, wanted)
    shown = st.session_state.get("rows", SHOWN)
    show(words, part(words, "page_table", rows[:shown], len(rows), use.kept))
    if len(rows) > shown:
        st.button(words("live.more"), on_click=_more, args=(shown,))
    heading(words, "live.unanswered")
    if use.kept:
        show(words, part(words, "topic_table", topic_rows(words, use, month)))
    else:
        say(words, words("live.not_counted"))


def _more(shown: int) -> None:
    st.session_state.rows = shown + SHOWN * 4
