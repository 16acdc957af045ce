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
from ui.staff_parts import ago, attempt, counted, matches, moment, part, say, show, visitor_zone

SHOWN = 40
NAMES = {"changed": "Would change", "added": "Would be added", "removed": "Would go"}


@dataclass(frozen=True, slots=True)
class SourceCard:
    """A source as it is told: its name, facts by name, and what a maintainer should mind."""

    name: str
    facts: tuple[tuple[str, str], ...]
    remarks: tuple[str, ...]


def source_card(source: SourceOut, now: datetime | None = None) -> SourceCard:
    """Lay out a source."""
    facts = [
        ("Where", source.path),
        ("Published by", source.publisher),
        ("Licence", source.licence),
        ("Pages", f"{source.pages:,}"),
        ("Read last", ago(source.last_refreshed, now)),
        ("Read next", _next(source, now)),
        ("Whom to ask", source.verifier),
    ]
    remarks = []
    if source.stale:
        days = f" (more than {source.max_age_days} days ago)" if source.max_age_days else ""
        who = f"; ask {source.verifier}" if source.verifier else ""
        remarks.append(f"{counted(source.stale, 'page')} checked too long ago{days}{who}")
    if not source.can_refresh:
        remarks.append(
            "It is not in the settings, so it cannot be read from here: its pages came from a "
            "place that was named once. They stay as they are."
        )
    told = tuple((name, value) for name, value in facts if value)
    return SourceCard(source.name, told, tuple(remarks))


def rehearsed(job: RefreshOut) -> Rehearsal:
    """Return what a dry run found.

    Raises:
        pydantic.ValidationError: the job was none that is done.
    """
    return _shape().validate_python(job.report)


def totals(rehearsal: Rehearsal) -> list[tuple[str, str, str]]:
    """Return how many pages would be touched in which way: name, number, remark."""
    counts = {
        name: sum(len(getattr(change, name)) for change in rehearsal.changes)
        for name in ("changed", "added", "removed", "unchanged", "unreadable")
    }
    remarks = {"unreadable": "nothing of them changes", "unchanged": "stay as they are"}
    return [
        (NAMES.get(name, name.capitalize()), f"{n:,}", remarks.get(name, "") if n else "")
        for name, n in counts.items()
    ]


def groups(rehearsal: Rehearsal, wanted: str = "") -> list[tuple[str, list[PagePreview]]]:
    """Return the pages that would be touched, by what would happen; those with words in them."""
    found = []
    for change, name in NAMES.items():
        pages = [
            page
            for page in rehearsal.pages
            if page.difference.change == change
            and matches(wanted, page.difference.title, page.difference.key)
        ]
        if pages:
            found.append((name, pages))
    return found


def unreadable(rehearsal: Rehearsal) -> list[tuple[str, str]]:
    """Return where each page is that could not be read, and why."""
    return [pair for change in rehearsal.changes for pair in change.unreadable.items()]


def is_anything(rehearsal: Rehearsal) -> bool:
    """Whether publishing would change anything."""
    return any(change.added or change.changed or change.removed for change in rehearsal.changes)


def names_of(rehearsal: Rehearsal, sources: Iterable[SourceOut]) -> list[str]:
    """Return the sources that a dry run read and that can be read again."""
    can = {source.name for source in sources if source.can_refresh}
    return [change.source for change in rehearsal.changes if change.source in can]


def _next(source: SourceOut, now: datetime | None) -> str:
    if not source.schedule:
        return "when somebody asks for it" if source.can_refresh else "never"
    due = ago(source.next_refresh, now)
    late = due == "just now" or due.endswith(" ago")
    when = "due now" if late else due
    return f"{when}, every {source.schedule}"


@cache
def _shape() -> TypeAdapter[Rehearsal]:
    return TypeAdapter(Rehearsal)


def draw(client: StaffClient) -> None:
    """Draw the tab."""
    sources = client.sources()
    show(
        part("head", "Sources", "Where the pages come from. Look first, then publish.")
        + part("sources", [source_card(source) for source in sources])
    )
    if follow(client):
        return
    _tell_end(ended("refresh"))
    _ask(client, [source.name for source in sources if source.can_refresh])
    seen = ended("rehearse")
    if seen is None:
        return
    if problem := failure_text(seen):
        say(problem, "notice" if seen.state == "cancelled" else "down")
        return
    _rehearsal(client, seen, sources)


def _ask(client: StaffClient, names: Sequence[str]) -> None:
    """Offer the dry run, over some of the sources where there are several."""
    if not names:
        say("No source is named in the settings, so there is nothing to read.", "notice")
        return
    wanted = list(names)
    if len(names) > 1:
        wanted = st.multiselect("Read these sources", names, default=names, key="read")
    st.button(
        "See what would change",
        type="primary",
        disabled=not wanted,
        on_click=attempt,
        args=(_start, client, wanted),
        kwargs={"dry_run": True},
    )


def _start(
    client: StaffClient, names: list[str], *, dry_run: bool, confirm_removals: bool = False
) -> None:
    begun(client.start(names, dry_run=dry_run, confirm_removals=confirm_removals))
    for forgotten in ("ended-rehearse", "ended-refresh"):
        st.session_state.pop(forgotten, None)


def _tell_end(job: RefreshOut | None) -> None:
    if job is None:
        return
    unsound = bool(job.report and job.report.get("unsound"))
    if problem := failure_text(job):
        say(problem, "notice" if job.state in {"cancelled", "held"} else "down")
    else:
        say(published_text(job), "down" if unsound else "done")


def _rehearsal(client: StaffClient, seen: RefreshOut, sources: Sequence[SourceOut]) -> None:
    """Draw what a dry run found, and the button that publishes it."""
    rehearsal = rehearsed(seen)
    show(
        part("heading", "What would change")
        + part("looked", moment(seen.ended, visitor_zone()), rehearsal.seconds)
        + part("tiles", totals(rehearsal))
    )
    if failures := unreadable(rehearsal):
        show(part("unreadable", failures))
    if not is_anything(rehearsal):
        say("Nothing would change: every page that can be read is live as it stands there.", "done")
        return
    wanted = ""
    if len(rehearsal.pages) > SHOWN:
        wanted = st.text_input("Find a page among them", key="touched")
    for name, pages in groups(rehearsal, wanted):
        show(part("touched", name, pages[:SHOWN], len(pages)))
    _publish(client, rehearsal, names_of(rehearsal, sources))


def _publish(client: StaffClient, rehearsal: Rehearsal, names: list[str]) -> None:
    """Offer publishing; what the removal guard would hold has to be confirmed first."""
    show(part("heading", "Publish"))
    held = list(rehearsal.held)
    agreed = True
    if held:
        show(part("held", [_plain(reason) for reason in held]))
        agreed = st.checkbox("I have looked at the pages that would go, and they shall go.")
    say(
        "The sources are read once more, and what stands there then is published. It can be undone "
        "under History."
    )
    st.button(
        "Publish",
        type="primary",
        disabled=not agreed or not names,
        on_click=attempt,
        args=(_start, client, names),
        kwargs={"dry_run": False, "confirm_removals": bool(held)},
    )


def _plain(reason: str) -> str:
    """Leave out of a reason what only a command line offers."""
    said, _, _ = reason.partition(";")
    return f"{said}. That is more than may go unseen."
