"""The tab of history: what was done, the receipts of what left, and going back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

import streamlit as st

from service.api.inspection_schemas import GenerationOut
from service.api.maintenance_schemas import ReceiptOut, RollbackOut, RunOut
from ui.staff_client import StaffClient
from ui.staff_jobs import follow
from ui.staff_parts import attempt, head, heading, part, say, show, visitor_zone
from ui.staff_words import StaffWords

SHOWN = 20
MOST_RECEIPTS = 200
# How the record of a purge names its page.
_PURGED = "purged "


@dataclass(frozen=True, slots=True)
class RunCard:
    """One thing that was done: a heading, facts in lines, and whether it went well."""

    id: str
    heading: str
    outcome: str
    facts: tuple[str, ...]
    sound: bool


def run_card(
    words: StaffWords, run: RunOut, zone: tzinfo = UTC, now: datetime | None = None
) -> RunCard:
    """Lay out a record."""
    at, ago = words.moment(run.began, zone), words.ago(run.began, now)
    facts = [words("history.by", at=at, ago=ago, who=run.by)]
    facts += [
        words("form.pair", name=name, value=words.counts(source))
        for name, source in run.sources.items()
    ]
    if run.detail:
        key = run.detail.removeprefix(_PURGED)
        facts.append(words("history.page", key=key) if key != run.detail else run.detail)
    if run.kind == "rollback" and run.previous:
        facts.append(words("history.from_to", before=run.previous, after=run.generation))
    elif run.generation and run.outcome == "published":
        facts.append(words("history.generation", name=run.generation))
    if run.seconds is not None:
        encoded = words.count("passage", run.encoded or 0)
        seconds = words.decimal(run.seconds, 1)
        facts.append(words("history.seconds", seconds=seconds, passages=encoded))
    if run.receipts:
        found = words("history.none_found")
        if run.unsound:
            found = words("history.found_again", n=words.number(run.unsound))
        left = words.count("passage", run.receipts)
        facts.append(words("history.receipts", passages=left, found=found))
    if run.findings:
        facts.append(words("history.lint", counts=_by_rule(run.findings)))
    outcome = "purged" if (run.kind, run.outcome) == ("purge", "published") else run.outcome
    return RunCard(
        run.id,
        words.name("history", run.kind),
        words.name("history", outcome),
        tuple(facts),
        run.outcome not in {"failed", "interrupted"} and not run.unsound,
    )


def _by_rule(findings: Mapping[str, int]) -> str:
    return ", ".join(f"{n} {rule}" for rule, n in findings.items() if n)


def receipt_rows(
    words: StaffWords, receipts: Sequence[ReceiptOut]
) -> list[tuple[str, str, str, bool]]:
    """Return page, passage, what was found of it, and whether that is nothing, a receipt a row."""
    rows = []
    for receipt in receipts:
        numbers = {
            "rows": receipt.rows,
            "vectors": receipt.vectors,
            "postings": receipt.postings,
            "returned": receipt.returned or 0,
            "lines": receipt.lines or 0,
        }
        said = words.counts(numbers)
        if receipt.returned is None:
            said = words("history.unasked", counts=said)
        rows.append((receipt.page_key, receipt.passage, said, not any(numbers.values())))
    return rows


def generation_label(words: StaffWords, found: GenerationOut, zone: tzinfo = UTC) -> str:
    """Name a generation in a list to choose from."""
    pages, passages = words.count("page", found.pages), words.count("passage", found.passages)
    return f"{words.moment(found.made_at, zone)} · {pages}, {passages} · {found.id}"


def plan_lists(words: StaffWords, plan: RollbackOut) -> list[tuple[str, list[str]]]:
    """Return what going back means: a heading and the pages under it, those that exist."""
    named = {"comes_back": plan.comes_back, "changes": plan.changes, "goes": plan.goes}
    return [(words(f"history.{name}"), pages) for name, pages in named.items() if pages]


def draw(client: StaffClient, words: StaffWords) -> None:
    """Draw the tab."""
    show(words, head(words, "history"))
    busy = follow(client, words)
    zone = visitor_zone()
    runs = client.runs()
    shown = st.session_state.get("runs", SHOWN)
    if not busy:
        _roll_back(client, words, zone)
    heading(words, "history.done")
    show(words, part(words, "runs", [run_card(words, run, zone) for run in runs[:shown]]))
    if len(runs) > shown:
        st.button(words("history.more"), on_click=_more, args=(shown,))
    _receipts(client, words, [run for run in runs if run.receipts], zone)


def _more(shown: int) -> None:
    st.session_state.runs = shown + SHOWN * 2


def _receipts(client: StaffClient, words: StaffWords, runs: Sequence[RunOut], zone: tzinfo) -> None:
    if not runs:
        return
    heading(words, "history.receipts_title")
    labels = {
        run.id: f"{words.moment(run.began, zone)} · {words.count('passage', run.receipts)}"
        for run in runs
    }
    run = st.selectbox(
        words("history.day"), [*labels], format_func=labels.__getitem__, key="receipts"
    )
    show_receipts(client, words, run)


def show_receipts(client: StaffClient, words: StaffWords, run: str) -> None:
    """Draw the receipts of one run."""
    rows = receipt_rows(words, client.receipts(run))
    show(words, part(words, "receipts", rows[:MOST_RECEIPTS], len(rows)))


def _roll_back(client: StaffClient, words: StaffWords, zone: tzinfo) -> None:
    """Offer going back: choose, look at what it means, agree."""
    heading(words, "history.back")
    if done := st.session_state.pop("went-back", None):
        say(words, words("history.went_back", name=done), "done")
    earlier = {g.id: generation_label(words, g, zone) for g in client.generations() if not g.live}
    if not earlier:
        say(words, words("history.nothing_earlier"))
        return
    chosen = st.selectbox(
        words("history.earlier"), [*earlier], format_func=earlier.__getitem__, key="earlier"
    )
    if st.button(words("history.see")):
        st.session_state.seen = chosen
    if st.session_state.get("seen") != chosen:
        return
    plan = client.roll_back(chosen)
    if plan.known:
        show(words, part(words, "plan", plan_lists(words, plan)))
    else:
        say(words, words("history.not_known"), "notice")
    agreed = st.checkbox(words("history.agree"), key=f"agreed-{chosen}")
    st.button(
        words("history.back"),
        type="primary",
        disabled=not agreed,
        on_click=attempt,
        args=(_go_back, client, chosen),
    )


def _go_back(client: StaffClient, generation: str) -> None:
    client.roll_back(generation, confirm=True)
    st.session_state.pop("seen", None)
    st.session_state["went-back"] = generation
