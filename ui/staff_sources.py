"""The tab of sources: when each is read next, what would change, and publishing it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import streamlit as st
from pydantic import TypeAdapter

from service.api.maintenance_schemas import RefreshOut, SourceOut
from service.rehearsal import PagePreview, Rehearsal
from ui.staff_client import StaffClient
from ui.staff_jobs import begun, ended, failure_text, follow, published_text
from ui.staff_parts import attempt, head, heading, matches, part, say, show, visitor_zone
from ui.staff_words import StaffWords, is_past

SHOWN = 40
TOUCHED = ("changed", "added", "removed")


@dataclass(frozen=True, slots=True)
class SourceCard:
    """A source as it is told: its name, facts by name, and what a maintainer should mind."""

    name: str
    facts: tuple[tuple[str, str], ...]
    remarks: tuple[str, ...]


def source_card(words: StaffWords, source: SourceOut, now: datetime | None = None) -> SourceCard:
    """Lay out a source."""
    facts = {
        "where": source.path,
        "publisher": source.publisher,
        "licence": source.licence,
        "pages": words.number(source.pages),
        "read_last": words.ago(source.last_refreshed, now),
        "read_next": _next(words, source, now),
        "verifier": source.verifier,
    }
    remarks = []
    if source.stale:
        remark = words("sources.old", pages=words.count("page", source.stale))
        if source.max_age_days:
            remark += words("sources.older_than", days=words.count("day", source.max_age_days))
        if source.verifier:
            remark += words("sources.ask", who=source.verifier)
        remarks.append(remark)
    if not source.can_refresh:
        remarks.append(words("sources.unnamed"))
    told = tuple((words(f"sources.{name}"), value) for name, value in facts.items() if value)
    return SourceCard(source.name, told, tuple(remarks))


def rehearsed(job: RefreshOut) -> Rehearsal:
    """Return what a dry run found.

    Raises:
        pydantic.ValidationError: the job was none that is done.
    """
    return _shape().validate_python(job.report)


def totals(words: StaffWords, rehearsal: Rehearsal) -> list[tuple[str, str, str]]:
    """Return how many pages would be touched in which way: name, number, remark."""
    counts = {
        name: sum(len(getattr(change, name)) for change in rehearsal.changes)
        for name in (*TOUCHED, "unchanged", "unreadable")
    }
    return [
        (
            words(f"sources.{name}"),
            words.number(n),
            words.told("sources", f"{name}_note") if n else "",
        )
        for name, n in counts.items()
    ]


def groups(
    words: StaffWords, rehearsal: Rehearsal, wanted: str = ""
) -> list[tuple[str, list[PagePreview]]]:
    """Return the pages that would be touched, by what would happen; those with words in them."""
    found = []
    for change in TOUCHED:
        pages = [
            page
            for page in rehearsal.pages
            if page.difference.change == change
            and matches(wanted, page.difference.title, page.difference.key)
        ]
        if pages:
            found.append((words(f"sources.{change}"), pages))
    return found


def unreadable(rehearsal: Rehearsal) -> list[tuple[str, str]]:
    """Return where each page is that could not be read, and why."""
    return [pair for change in rehearsal.changes for pair in change.unreadable.items()]


def held(words: StaffWords, rehearsal: Rehearsal) -> list[str]:
    """Say of which sources more pages would vanish than may go unseen."""
    if not rehearsal.held:
        return []
    shares = []
    for change in rehearsal.changes:
        removed = len(change.removed)
        before = len(change.changed) + len(change.unchanged) + removed
        if removed:
            shares.append((removed / before, removed, before, change.source))
    return [
        words("sources.held", removed=words.number(n), pages=words.count("page", of), source=name)
        for _, n, of, name in sorted(shares, reverse=True)[: len(rehearsal.held)]
    ]


def is_anything(rehearsal: Rehearsal) -> bool:
    """Whether publishing would change anything."""
    return any(change.added or change.changed or change.removed for change in rehearsal.changes)


def removals(rehearsal: Rehearsal) -> dict[str, list[str]]:
    """Return the keys of the pages that were seen to go, by source: all that is agreed to."""
    return {change.source: [*change.removed] for change in rehearsal.changes if change.removed}


def names_of(rehearsal: Rehearsal, sources: Iterable[SourceOut]) -> list[str]:
    """Return the sources that a dry run read and that can be read again."""
    can = {source.name for source in sources if source.can_refresh}
    return [change.source for change in rehearsal.changes if change.source in can]


def _next(words: StaffWords, source: SourceOut, now: datetime | None) -> str:
    if not source.schedule:
        return words("sources.when_asked" if source.can_refresh else "form.never")
    late = is_past(source.next_refresh, now)
    when = words("sources.due") if late else words.ago(source.next_refresh, now)
    return words("sources.every", when=when, schedule=source.schedule)


@cache
def _shape() -> TypeAdapter[Rehearsal]:
    return TypeAdapter(Rehearsal)


def draw(client: StaffClient, words: StaffWords) -> None:
    """Draw the tab."""
    sources = client.sources()
    cards = [source_card(words, source) for source in sources]
    show(words, head(words, "sources") + part(words, "sources", cards))
    if follow(client, words):
        return
    _tell_end(words, ended("refresh"))
    _ask(client, words, [source.name for source in sources if source.can_refresh])
    seen = ended("rehearse")
    if seen is None:
        return
    if problem := failure_text(words, seen):
        say(words, *problem)
    # What a dry run quoted is forgotten when a page is erased.
    elif seen.report is not None:
        _rehearsal(client, words, seen, sources)


def _ask(client: StaffClient, words: StaffWords, names: Sequence[str]) -> None:
    """Offer the dry run, over some of the sources where there are several."""
    if not names:
        say(words, words("sources.none"), "notice")
        return
    wanted = list(names)
    if len(names) > 1:
        wanted = st.multiselect(words("sources.choose"), names, default=names, key="read")
    st.button(
        words("sources.look"),
        type="primary",
        disabled=not wanted,
        on_click=attempt,
        args=(_start, client, wanted),
        kwargs={"dry_run": True},
    )


def _start(
    client: StaffClient,
    names: list[str],
    *,
    dry_run: bool,
    confirm_removals: bool | dict[str, list[str]] = False,
) -> None:
    begun(client.start(names, dry_run=dry_run, confirm_removals=confirm_removals))
    for forgotten in ("ended-rehearse", "ended-refresh"):
        st.session_state.pop(forgotten, None)


def _tell_end(words: StaffWords, job: RefreshOut | None) -> None:
    if job is None:
        return
    unsound = bool(job.report and job.report.get("unsound"))
    if problem := failure_text(words, job):
        say(words, *problem)
    else:
        say(words, published_text(words, job), "down" if unsound else "done")


def _rehearsal(
    client: StaffClient, words: StaffWords, seen: RefreshOut, sources: Sequence[SourceOut]
) -> None:
    """Draw what a dry run found, and the button that publishes it."""
    rehearsal = rehearsed(seen)
    at, seconds = words.moment(seen.ended, visitor_zone()), words.decimal(rehearsal.seconds, 1)
    heading(words, "sources.would")
    show(
        words,
        part(words, "note", words("sources.looked", at=at, seconds=seconds))
        + part(words, "tiles", totals(words, rehearsal)),
    )
    if failures := unreadable(rehearsal):
        show(words, part(words, "unreadable", failures))
    if not is_anything(rehearsal):
        say(words, words("sources.nothing"), "done")
        return
    wanted = ""
    if len(rehearsal.pages) > SHOWN:
        wanted = st.text_input(words("sources.find"), key="touched")
    for name, pages in groups(words, rehearsal, wanted):
        show(words, part(words, "touched", name, pages[:SHOWN], len(pages)))
    _publish(client, words, rehearsal, names_of(rehearsal, sources))


def _publish(
    client: StaffClient, words: StaffWords, rehearsal: Rehearsal, names: list[str]
) -> None:
    """Offer publishing; what the removal guard would hold has to be confirmed first."""
    heading(words, "sources.publish")
    reasons = held(words, rehearsal)
    agreed = True
    if reasons:
        show(words, part(words, "held", reasons))
        agreed = st.checkbox(words("sources.agree"))
    say(words, words("sources.publish_note"))
    st.button(
        words("sources.publish"),
        type="primary",
        disabled=not agreed or not names,
        on_click=attempt,
        args=(_start, client, names),
        kwargs={"dry_run": False, "confirm_removals": removals(rehearsal) if reasons else False},
    )
