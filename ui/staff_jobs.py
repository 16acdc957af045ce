"""What runs for a maintainer: its progress, its end, and stopping it. One thing runs at a time."""

import streamlit as st

from ingest.errors import PasserelleError, RequestRefused
from service.api.maintenance_schemas import RefreshOut
from ui.staff_client import StaffClient
from ui.staff_parts import attempt, counted, say

DOING = {
    "rehearse": "Seeing what would change",
    "refresh": "Publishing",
    "lint": "Looking through all pages",
}
STEPS = {
    "starting": "starting",
    "reading": "reading pages",
    "encoding passages": "making passages findable",
    "proving what left": "proving that what left is gone",
}


def progress_text(job: RefreshOut) -> str:
    """Say what a job is doing and how far it is."""
    step = STEPS.get(job.step, job.step)
    how_far = f" {job.done:,}"
    if job.total:
        how_far += f" of {job.total:,}"
    return f"{DOING.get(job.task, job.task)}: {step}{how_far if job.done or job.total else ''}"


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


def follow(client: StaffClient) -> bool:
    """Draw what is running, whoever started it; False when nothing is."""
    job = _known(client, st.session_state.get("job")) or client.running()
    if job is None:
        return False
    if job.state != "running":
        _keep(job)
        return False
    st.session_state.job = job.id
    _watch(client, job.id)
    return True


@st.fragment(run_every=1.0)  # type: ignore[untyped-decorator]
def _watch(client: StaffClient, name: str) -> None:
    try:
        job = _known(client, name)
    except PasserelleError as error:
        say(f"{error}. It is tried again every second.", "down")
        return
    if job is None:
        st.rerun()
        return
    if job.state != "running":
        _keep(job)
        st.rerun()
    st.progress(progress_share(job), text=progress_text(job))
    if job.task == "refresh":
        say("Questions are answered from the pages that are live until the new ones are ready.")
    st.button("Stop it", on_click=attempt, args=(client.cancel, name), key="stop")


def _known(client: StaffClient, name: str | None) -> RefreshOut | None:
    """Return a job; None, and it is forgotten, when the service knows it no more."""
    try:
        return client.job(name) if name else None
    except RequestRefused:
        st.session_state.pop("job", None)
        return None


def failure_text(job: RefreshOut) -> str:
    """Say in one line why a job did not do what it was asked for; empty when it did."""
    if job.state == "done":
        return ""
    what = DOING.get(job.task, job.task)
    if job.state == "cancelled":
        return f"{what} was stopped. Nothing was published."
    return f"{what} did not end well: {job.error}"


def published_text(job: RefreshOut) -> str:
    """Say what a refresh did, receipts included."""
    report = job.report or {}
    if not report.get("encoded") and not _touched(report):
        return "Nothing had changed, so nothing was published."
    text = (
        f"Published: {counted(report['pages'], 'page')}, "
        f"{counted(report['passages'], 'passage')}, "
        f"{report['passages_encoded']:,} of them made findable anew."
    )
    if report["receipts"]:
        left = counted(report["receipts"], "passage")
        found = f"{report['unsound']:,} WERE FOUND AGAIN" if report["unsound"] else "none is left"
        text += f" {left} left; each was looked for everywhere: {found}."
    return text


def _touched(report: dict[str, object]) -> list[object]:
    changes = report.get("changes")
    found = changes if isinstance(changes, list) else []
    return [one[name] for one in found for name in ("added", "changed", "removed") if one[name]]


def _keep(job: RefreshOut) -> None:
    st.session_state.pop("job", None)
    st.session_state[f"ended-{job.task}"] = job
