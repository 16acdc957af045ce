"""The tab of one page: its text as the service sees it, facts about it, and how it would answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

import streamlit as st

from service.api.inspection_schemas import InspectedPageOut, PageStateOut
from service.api.maintenance_schemas import ExplanationOut
from ui.staff_client import StaffClient
from ui.staff_parts import head, heading, part, say, show, visitor_zone
from ui.staff_words import StaffWords
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
    words: StaffWords, seen: InspectedPageOut, zone: tzinfo = UTC, now: datetime | None = None
) -> list[tuple[str, str]]:
    """Return what is known of a page beside its text: name and value."""
    page = seen.page
    verified = words("one.not_verified")
    if page.verified_by:
        day = words.base.date(page.verified_on) or words("one.no_day")
        verified = words("one.verified_on", who=page.verified_by, day=day)
    length = words.count("word", len(page.text.split()))
    found = {
        "key": page.key,
        "address": page.url,
        "language": words.base.language(page.language),
        "source": seen.source or words("one.left_source"),
        "origin": seen.origin,
        "publisher": page.source,
        "licence": page.licence,
        "verified": verified,
        "based_on": words.listed(dict.fromkeys(basis.publisher for basis in page.based_on)),
        "published_on": words.base.date(page.published_on),
        "modified_on": words.base.date(page.modified_on),
        "sources_read": words.base.date(seen.checked_at) if page.based_on else None,
        "checked": None if page.based_on else _checked(words, seen.checked_at, zone, now),
        "since": words.moment(seen.versions[-1].since, zone) if seen.versions else None,
        "versions": words.number(len(seen.versions)) if len(seen.versions) > 1 else None,
        "length": f"{length}, {_passages(words, seen)}",
    }
    return [(words(f"one.{name}"), str(value)) for name, value in found.items() if value]


def _checked(words: StaffWords, at: str | None, zone: tzinfo, now: datetime | None) -> str:
    return f"{words.moment(at, zone)} ({words.ago(at, now)})"


def remarks(words: StaffWords, seen: InspectedPageOut) -> list[str]:
    """Return what a maintainer should mind about a page."""
    found = []
    if seen.stale:
        name = "one.stale_sources" if seen.page.based_on else "one.stale"
        found.append(words(name, days=words.count("day", seen.max_age_days)))
    if seen.page.changed_since:
        found.append(words("one.changed_since", day=words.base.date(seen.page.changed_since)))
    if not seen.passages:
        found.append(words("one.no_passage"))
    return found


def preview(words: StaffWords, found: ExplanationOut, page_key: str) -> Preview:
    """Say what a question brings, and what became of one page."""
    quoted = [c for c in found.answer.citations if c.page_key == page_key]
    places = [n for n, hit in enumerate(found.hits, start=1) if hit.page_key == page_key]
    if quoted:
        said = words("one.quoted", n=quoted[0].number)
    elif places:
        said = words("one.not_quoted", place=words.ordinal(places[0]))
    else:
        said = words("one.not_among", passages=words.count("passage", len(found.hits)))
    outcome = found.answer.outcome
    told = words(f"one.{outcome}" if outcome in {"answered", "partial"} else "one.not_found")
    told = words("one.sure", answer=told, percent=words.percent(found.confidence))
    return Preview(
        told, said, tuple(card(citation, words.base) for citation in found.answer.citations)
    )


def _passages(words: StaffWords, seen: InspectedPageOut) -> str:
    twins = sum(passage.kept_on is not None for passage in seen.passages)
    said = words.count("passage", len(seen.passages))
    return words("one.twins", passages=said, n=words.number(twins)) if twins else said


def draw(client: StaffClient, words: StaffWords) -> None:
    """Draw the tab."""
    show(words, head(words, "one"))
    key = _choose(words, client.inventory())
    if key is None:
        return
    seen = client.inspect(key)
    page, zone = seen.page, visitor_zone()
    told = facts(words, seen, zone)
    show(words, part(words, "page_facts", page.title, page.language, told, remarks(words, seen)))
    _findings(client, words, key)
    _try(client, words, key)
    show(words, part(words, "passages", seen.passages, page.language))
    if len(seen.versions) > 1:
        versions = [(v.digest, words.moment(v.since, zone)) for v in seen.versions]
        show(words, part(words, "versions", versions))


def _choose(words: StaffWords, pages: Sequence[PageStateOut]) -> str | None:
    titles = {page.key: label(page) for page in sorted(pages, key=lambda p: p.title.casefold())}
    key: str | None = st.selectbox(
        words("one.page"),
        [*titles],
        index=None,
        format_func=lambda one: titles.get(one, one),
        placeholder=words("one.choose"),
        key="page",
    )
    return key


def _findings(client: StaffClient, words: StaffWords, key: str) -> None:
    found = client.findings()
    own = [finding for finding in found.findings if finding.page == key]
    if own:
        heading(words, "one.findings")
        show(words, part(words, "finding_list", own))
    elif found.looked_at:
        ago = words.ago(found.looked_at)
        show(words, part(words, "line", words("one.no_finding", ago=ago)))


def _try(client: StaffClient, words: StaffWords, key: str) -> None:
    """Offer to ask something and see what this page gives."""
    heading(words, "one.how")
    with st.form("try", border=False):
        question = st.text_input(words("one.question"))
        st.form_submit_button(words("one.try"))
    if question.strip():
        found = preview(words, client.explain(question), key)
        show(words, part(words, "preview", found, key))
    else:
        say(words, words("one.try_note"))
