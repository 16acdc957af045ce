"""The tab of history: what was done, the receipts of what left, and going back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

import streamlit as st

from service.api.inspection_schemas import GenerationOut
from service.api.maintenance_schemas import ReceiptOut, RollbackOut, RunOut
from ui.staff_client import StaffClient
from ui.staff_jobs import follow
from ui.staff_parts import ago, attempt, counted, counts, moment, part, say, show, visitor_zone

SHOWN = 20
MOST_RECEIPTS = 200
KINDS = {"refresh": "Refresh", "rollback": "Roll back", "purge": "Page erased for good"}
OUTCOMES = {
    "published": "published",
    "unchanged": "nothing had changed",
    "held": "held: somebody had to confirm",
    "failed": "failed",
    "cancelled": "stopped, nothing published",
    "interrupted": "interrupted; the next refresh mended it",
    "running": "running",
}


@dataclass(frozen=True, slots=True)
class RunCard:
    """One thing that was done: a heading, facts in lines, and whether it went well."""

    id: str
    heading: str
    outcome: str
    facts: tuple[str, ...]
    sound: bool


def run_card(run: RunOut, zone: tzinfo = UTC, now: datetime | None = None) -> RunCard:
    """Lay out a record."""
    facts = [f"{moment(run.began, zone)} ({ago(run.began, now)}), by {run.by}"]
    facts += [f"{name}: {counts(source)}" for name, source in run.sources.items()]
    if run.kind == "rollback" and run.previous:
        facts.append(f"from {run.previous} back to {run.generation}")
    elif run.generation and run.outcome == "published":
        facts.append(f"generation {run.generation}")
    if run.seconds is not None:
        facts.append(f"{run.seconds:.1f} seconds, {counted(run.encoded or 0, 'passage')} encoded")
    if run.receipts:
        found = f"{run.unsound:,} FOUND AGAIN" if run.unsound else "none found again"
        facts.append(f"{counted(run.receipts, 'passage')} left, with a receipt: {found}")
    if run.findings:
        facts.append(f"lint: {counts(run.findings)}")
    if run.detail:
        facts.append(run.detail)
    return RunCard(
        run.id,
        KINDS.get(run.kind, run.kind),
        OUTCOMES.get(run.outcome, run.outcome),
        tuple(facts),
        run.outcome not in {"failed", "interrupted"} and not run.unsound,
    )


def receipt_rows(receipts: Sequence[ReceiptOut]) -> list[tuple[str, str, str, bool]]:
    """Return page, passage, what was found of it, and whether that is nothing, a receipt a row."""
    rows = []
    for receipt in receipts:
        numbers = {
            "rows": receipt.rows,
            "vectors": receipt.vectors,
            "postings": receipt.postings,
            "times returned when asked": receipt.returned or 0,
        }
        said = counts(numbers)
        if receipt.returned is None:
            said += "; its words are no longer known, so they were not asked"
        rows.append((receipt.page_key, receipt.passage, said, not any(numbers.values())))
    return rows


def generation_label(found: GenerationOut, zone: tzinfo = UTC) -> str:
    """Name a generation in a list to choose from."""
    return (
        f"{moment(found.made_at, zone)} · {counted(found.pages, 'page')}, "
        f"{counted(found.passages, 'passage')} · {found.id}"
    )


def plan_lists(plan: RollbackOut) -> list[tuple[str, list[str]]]:
    """Return what going back means: a heading and the pages under it, those that exist."""
    named = (
        ("Would come back", plan.comes_back),
        ("Would read as they did then", plan.changes),
        ("Would go", plan.goes),
    )
    return [(name, pages) for name, pages in named if pages]


def draw(client: StaffClient) -> None:
    """Draw the tab."""
    show(part("head", "History", "What was done, by whom, and how to undo it."))
    busy = follow(client)
    zone = visitor_zone()
    runs = client.runs()
    shown = st.session_state.get("runs", SHOWN)
    if not busy:
        _roll_back(client, zone)
    show(part("heading", "What was done"))
    show(part("runs", [run_card(run, zone) for run in runs[:shown]]))
    if len(runs) > shown:
        st.button("Show more", on_click=_more, args=(shown,))
    _receipts(client, [run for run in runs if run.receipts], zone)


def _more(shown: int) -> None:
    st.session_state.runs = shown + SHOWN * 2


def _receipts(client: StaffClient, runs: Sequence[RunOut], zone: tzinfo) -> None:
    if not runs:
        return
    show(part("heading", "Receipts of what left"))
    labels = {
        run.id: f"{moment(run.began, zone)} · {counted(run.receipts, 'passage')}" for run in runs
    }
    run = st.selectbox("Of which day", [*labels], format_func=labels.__getitem__, key="receipts")
    rows = receipt_rows(client.receipts(run))
    show(part("receipts", rows[:MOST_RECEIPTS], len(rows)))


def _roll_back(client: StaffClient, zone: tzinfo) -> None:
    """Offer going back: choose, look at what it means, agree."""
    show(part("heading", "Go back"))
    if done := st.session_state.pop("went-back", None):
        say(f"Done: {done} is live again.", "done")
    earlier = {g.id: generation_label(g, zone) for g in client.generations() if not g.live}
    if not earlier:
        say("Nothing earlier is kept, so there is nothing to go back to.")
        return
    chosen = st.selectbox(
        "To what was published on", [*earlier], format_func=earlier.__getitem__, key="earlier"
    )
    if st.button("See what would come back and go"):
        st.session_state.seen = chosen
    if st.session_state.get("seen") != chosen:
        return
    plan = client.roll_back(chosen)
    show(part("plan", plan_lists(plan)))
    agreed = st.checkbox("I have read this, and it shall be so.", key=f"agreed-{chosen}")
    st.button(
        "Go back",
        type="primary",
        disabled=not agreed,
        on_click=attempt,
        args=(_go_back, client, chosen),
    )


def _go_back(client: StaffClient, generation: str) -> None:
    client.roll_back(generation, confirm=True)
    st.session_state.pop("seen", None)
    st.session_state["went-back"] = generation
