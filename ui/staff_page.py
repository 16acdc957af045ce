"""The tab of one page: its text as the service sees it, facts about it, and how it would answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

import streamlit as st

from service.api.inspection_schemas import InspectedPageOut, PageStateOut
from service.api.maintenance_schemas import ExplanationOut
from ui.staff_client import StaffClient
from ui.staff_parts import WORDS, ago, counted, listed, moment, part, say, show, visitor_zone
from ui.view import Card, card


@dataclass(frozen=True, slots=True)
class Preview:
    """What a question brings: a line on the answer, one on the page looked at, the quotations."""

    answer: str
    page: str
    cards: tuple[Card, ...]


def label(page: PageStateOut) -> str:
    """Name a page in a list to choose from."""
    return f"{page.title} · {page.key}"


def facts(
    seen: InspectedPageOut, zone: tzinfo = UTC, now: datetime | None = None
) -> list[tuple[str, str]]:
    """Return what is known of a page beside its text: name and value."""
    page = seen.page
    verified = f"{page.verified_by}, {page.verified_on or 'no day given'}"
    basis = listed(dict.fromkeys(basis.publisher for basis in page.based_on))
    found = [
        ("Key", page.key),
        ("Address", page.url),
        ("Language", WORDS.language(page.language)),
        ("Source", seen.source or "left its source"),
        ("Read from", seen.origin),
        ("Published by", page.source),
        ("Licence", page.licence),
        ("Verified by", verified if page.verified_by else "nobody has verified this text"),
        ("Written from", basis),
        ("Published on", page.published_on and WORDS.date(page.published_on)),
        ("Changed on", page.modified_on and WORDS.date(page.modified_on)),
        ("Checked", f"{moment(page.checked_at, zone)} ({ago(page.checked_at, now)})"),
        ("Reads so since", moment(seen.versions[-1].since, zone) if seen.versions else None),
        ("Versions kept", f"{len(seen.versions):,}" if len(seen.versions) > 1 else None),
        ("Length", f"{counted(len(page.text.split()), 'word')}, {_passages(seen)}"),
    ]
    return [(name, str(value)) for name, value in found if value]


def remarks(seen: InspectedPageOut) -> list[str]:
    """Return what a maintainer should mind about a page."""
    found = []
    if seen.stale:
        found.append(f"It was last checked more than {counted(seen.max_age_days, 'day')} ago.")
    if seen.page.changed_since:
        found.append(
            f"The source reads otherwise since {WORDS.date(seen.page.changed_since)}: this version "
            "came back with a roll back."
        )
    if not seen.passages:
        found.append("It has no passage, so it can never be quoted.")
    return found


def preview(found: ExplanationOut, page_key: str) -> Preview:
    """Say what a question brings, and what became of one page."""
    sure = f"{found.confidence:.0%} sure that the pages answer"
    quoted = [c for c in found.answer.citations if c.page_key == page_key]
    places = [n for n, hit in enumerate(found.hits, start=1) if hit.page_key == page_key]
    if quoted:
        said = f"This page is quoted, as number {quoted[0].number}."
    elif places:
        said = f"This page is not quoted; its best passage came {_ordinal(places[0])}."
    else:
        said = f"This page was not among the {counted(len(found.hits), 'passage')} found."
    headings = {"answered": "It would be answered", "partial": "A part would be answered"}
    told = headings.get(found.answer.outcome, "It would not be answered")
    cards = tuple(card(citation, WORDS) for citation in found.answer.citations)
    return Preview(f"{told} ({sure}).", said, cards)


def _passages(seen: InspectedPageOut) -> str:
    twins = sum(passage.kept_on is not None for passage in seen.passages)
    said = counted(len(seen.passages), "passage")
    return f"{said}, {twins:,} of them quoted from a twin" if twins else said


def _ordinal(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number % 100 in (11, 12, 13) else ending}"


def draw(client: StaffClient) -> None:
    """Draw the tab."""
    show(part("head", "One page", "A page as the service sees it: what is searched and quoted."))
    pages = client.inventory()
    key = _choose(pages)
    if key is None:
        return
    seen = client.inspect(key)
    zone = visitor_zone()
    show(part("page_facts", seen.page.title, seen.page.language, facts(seen, zone), remarks(seen)))
    _findings(client, key)
    _try(client, key)
    show(part("passages", seen.passages, seen.page.language))
    if len(seen.versions) > 1:
        show(part("versions", [(v.digest, moment(v.since, zone)) for v in seen.versions]))


def _choose(pages: Sequence[PageStateOut]) -> str | None:
    titles = {page.key: label(page) for page in sorted(pages, key=lambda p: p.title.casefold())}
    key: str | None = st.selectbox(
        "Page",
        [*titles],
        index=None,
        format_func=lambda one: titles.get(one, one),
        placeholder="Type a part of its title or key",
        key="page",
    )
    return key


def _findings(client: StaffClient, key: str) -> None:
    found = client.findings()
    own = [finding for finding in found.findings if finding.page == key]
    if own:
        show(part("heading", "Findings") + part("finding_list", own))
    elif found.looked_at:
        show(part("line", f"No finding on it; all pages were looked at {ago(found.looked_at)}."))


def _try(client: StaffClient, key: str) -> None:
    """Offer to ask something and see what this page gives."""
    show(part("heading", "How it would answer"))
    with st.form("try", border=False):
        question = st.text_input("A question that somebody might ask, in any language")
        st.form_submit_button("Try it")
    if question.strip():
        found = preview(client.explain(question), key)
        show(part("preview", found, key))
    else:
        say("What you try here is neither counted nor kept.")
