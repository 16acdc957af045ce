"""What runs for a maintainer: its progress, its end, and stopping it. One thing runs at a time."""

import streamlit as st

from ingest.errors import KeyRefused, PasserelleError, RequestRefused
from service.api.maintenance_schemas import RefreshOut
from ui.staff_client import StaffClient
from ui.staff_parts import attempt, say, say_failure
from ui.staff_words import StaffWords


def progress_text(words: StaffWords, job: RefreshOut) -> str:
    """Say what a job is doing and how far it is."""
    form = "of" if job.total else "so_far" if job.done else "progress"
    return words(
        f"jobs.{form}",
        what=words.name("jobs", job.task),
        step=words.name("steps", job.step),
        done=words.number(job.done),
        total=words.number(job.total),
    )


def progress_share(job: RefreshOut) -> float:
    """Return how far the present step is, from 0 to 1; 0 while nobody knows how much there is."""
    return min(job.done / job.total, 1.0) if job.total else 0.0


def begun(job: RefreshOut) -> None:
    """Remember a job that was just started, and forget how the last one of its kind ended."""
    st.session_state.job = job.id
    st.session_state.pop(f"ended-{job.task}", None)


def ended(task: str) -> RefreshOut | None:
    """Return how the last job of a kind ended that this visitor has seen end."""
    found: RefreshOut | None = st.session_state.get(f"ended-{task}")
    return found


def follow(client: StaffClient, words: StaffWords) -> bool:
    """Draw what is running, whoever started it; False when nothing is."""
    job = _known(client, st.session_state.get("job")) or client.running()
    if job is None:
        return False
    if job.state != "running":
        _keep(job)
        return False
    st.session_state.job = job.id
    _watch(client, words, job.id)
    return True


@st.fragment(run_every=1.0)  # type: ignore[untyped-decorator]
def _watch(client: StaffClient, words: StaffWords, name: str) -> None:
    try:
        job = _known(client, name)
    except KeyRefused:
        # Drawn anew as a whole, the page asks with the key, is refused, and forgets all it opened.
        st.rerun()
    except PasserelleError as error:
        say_failure(words, error)
        say(words, words("jobs.lost"))
        return
    if job is None:
        st.rerun()
        return
    if job.state != "running":
        _keep(job)
        st.rerun()
    st.progress(progress_share(job), text=progress_text(words, job))
    if job.task in {"refresh", "purge"}:
        say(words, words("jobs.meanwhile"))
    # Nobody can take back what a purge began, so it goes on to its end.
    if job.task != "purge":
        st.button(words("jobs.stop"), on_click=attempt, args=(client.cancel, name), key="stop")


def _known(client: StaffClient, name: str | None) -> RefreshOut | None:
    """Return a job; None, and it is forgotten, when the service knows it no more."""
    try:
        return client.job(name) if name else None
    except RequestRefused:
        st.session_state.pop("job", None)
        return None


def failure_text(words: StaffWords, job: RefreshOut) -> tuple[str, str, str] | None:
    """Say why a job did not do what it was asked for; None when it did.

    Returns:
        The text, how grave it is, and what the service said itself.
    """
    if job.state == "done":
        return None
    what = words.name("jobs", job.task)
    if job.state == "cancelled":
        return words("jobs.stopped", what=what), "notice", ""
    kind = "notice" if job.state == "held" else "down"
    return words("jobs.ill", what=what), kind, job.error or ""


def published_text(words: StaffWords, job: RefreshOut) -> str:
    """Say what a refresh did, receipts included."""
    report = job.report or {}
    if not report.get("encoded") and not _touched(report):
        return words("jobs.unchanged")
    text = words(
        "jobs.published",
        pages=words.count("page", report["pages"]),
        passages=words.count("passage", report["passages"]),
        fresh=words.number(report["passages_encoded"]),
    )
    if report["receipts"]:
        found = words("jobs.none_left")
        if report["unsound"]:
            found = words("jobs.found_again", n=words.number(report["unsound"]))
        left = words.count("passage", report["receipts"])
        text += " " + words("jobs.left", passages=left, found=found)
    return text


def _touched(report: dict[str, object]) -> list[object]:
    changes = report.get("changes")
    found = changes if isinstance(changes, list) else []
    return [one[name] for one in found for name in ("added", "changed", "removed") if one[name]]


def _keep(job: RefreshOut) -> None:
    st.session_state.pop("job", None)
    st.session_state[f"ended-{job.task}"] = job
