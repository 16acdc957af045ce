"""The tab that erases a page for good: choose, see what goes, agree, read the receipt."""

from collections.abc import Sequence
from datetime import UTC, tzinfo

import streamlit as st

from service.api.maintenance_schemas import RefreshOut
from service.api.purge_schemas import KeptPageOut, PurgedOut, PurgeOut
from ui.staff_client import StaffClient
from ui.staff_history import show_receipts
from ui.staff_jobs import begun, ended, failure_text, follow
from ui.staff_parts import attempt, head, heading, part, say, show, visitor_zone
from ui.staff_words import StaffWords


def label(words: StaffWords, page: KeptPageOut) -> str:
    """Name a page in a list to choose from."""
    said = words("erase.label", title=page.title, key=page.key)
    return said if page.live else words("erase.not_live", label=said)


def tiles(words: StaffWords, plan: PurgeOut) -> list[tuple[str, str, str]]:
    """Return how much would go with a page: name, number, remark."""
    counts = {
        "versions": plan.versions,
        "passages": plan.passages,
        "lines": plan.lines,
        "earlier": len(plan.generations),
    }
    return [
        (
            words(f"erase.{name}"),
            words.number(n),
            words.told("erase", f"{name}_note") if n else "",
        )
        for name, n in counts.items()
    ]


def warnings(words: StaffWords, plan: PurgeOut, zone: tzinfo = UTC) -> list[str]:
    """Return what whoever erases a page should know first."""
    found = [words("erase.live" if plan.live else "erase.gone")]
    if plan.generations:
        days = words.listed((words.moment(at, zone) for at in plan.generations), 5)
        found.append(words("erase.days", days=days))
    return found


def erased_text(words: StaffWords, job: RefreshOut) -> str:
    """Say what a purge took, and whether anything of it was found again."""
    report = job.report or {}
    took = words(
        "erase.done",
        key=report["key"],
        versions=words.count("version", report["versions"]),
        states=words.count("state", report["generations"]),
        vectors=words.count("vector", report["vectors"]),
    )
    found = words("erase.none_found")
    if report["unsound"]:
        found = words("erase.found_again", n=words.number(report["unsound"]))
    passages = words.count("passage", report["receipts"])
    return f"{took} {words('erase.proof', passages=passages, found=found)}"


def erased_rows(
    words: StaffWords, pages: Sequence[PurgedOut], zone: tzinfo = UTC
) -> list[tuple[str, str, str]]:
    """Return key, when and by whom, and what is still under way, of each erased page."""
    return [
        (
            page.key,
            words("erase.erased_by", at=words.moment(page.at, zone), who=page.by),
            "" if page.finished else words("erase.unfinished"),
        )
        for page in pages
    ]


def draw(client: StaffClient, words: StaffWords) -> None:
    """Draw the tab."""
    show(words, head(words, "erase"))
    if follow(client, words):
        return
    _tell_end(client, words)
    found = client.purges()
    say(words, words("erase.instead"))
    _choose(client, words, found.kept)
    _erased(client, words, found.purged)


def _tell_end(client: StaffClient, words: StaffWords) -> None:
    """Tell how the last purge ended, with its receipt."""
    job = ended("purge")
    if job is None:
        return
    if problem := failure_text(words, job):
        say(words, *problem)
        return
    report = job.report or {}
    say(words, erased_text(words, job), "down" if report["unsound"] else "done")
    heading(words, "erase.receipt")
    show_receipts(client, words, report["run"])


def _choose(client: StaffClient, words: StaffWords, pages: Sequence[KeptPageOut]) -> None:
    if not pages:
        say(words, words("erase.none"))
        return
    titles = {p.key: label(words, p) for p in sorted(pages, key=lambda p: p.title.casefold())}
    key: str | None = st.selectbox(
        words("erase.page"),
        [*titles],
        index=None,
        format_func=lambda one: titles.get(one, one),
        placeholder=words("erase.choose"),
        key="to-erase",
    )
    if st.button(words("erase.see"), disabled=key is None):
        st.session_state["erasing"] = key
    if key is not None and st.session_state.get("erasing") == key:
        _agree(client, words, client.purge(key))


def _agree(client: StaffClient, words: StaffWords, plan: PurgeOut) -> None:
    """Show what would go, and let it go only when somebody says so of this very page."""
    heading(words, "erase.what")
    show(
        words,
        part(words, "tiles", tiles(words, plan))
        + part(words, "flags", warnings(words, plan, visitor_zone())),
    )
    heading(words, "erase.stays")
    show(words, part(words, "items", [words("erase.stays_key"), words("erase.stays_copies")]))
    agreed = st.checkbox(
        words("erase.agree", title=plan.title), key=f"erase-agreed-{plan.page_key}"
    )
    st.button(
        words("erase.button"),
        type="primary",
        disabled=not agreed,
        on_click=attempt,
        args=(_erase, client, plan.page_key),
    )


def _erase(client: StaffClient, key: str) -> None:
    job = client.purge(key, confirm=True).job
    for forgotten in ("erasing", "to-erase", "readmitted", "ended-rehearse"):
        st.session_state.pop(forgotten, None)
    if job:
        begun(job)


def _erased(client: StaffClient, words: StaffWords, pages: Sequence[PurgedOut]) -> None:
    """List what was erased, and offer to let one in again."""
    heading(words, "erase.erased")
    if key := st.session_state.pop("readmitted", None):
        say(words, words("erase.readmitted", key=key), "done")
    if not pages:
        show(words, part(words, "line", words("erase.no_erased")))
        return
    show(words, part(words, "erased", erased_rows(words, pages, visitor_zone())))
    chosen = st.selectbox(words("erase.readmit"), [page.key for page in pages], key="to-readmit")
    say(words, words("erase.readmit_note"))
    st.button(words("erase.readmit_button"), on_click=attempt, args=(_readmit, client, chosen))


def _readmit(client: StaffClient, key: str) -> None:
    client.readmit(key)
    st.session_state["readmitted"] = key
