"""The tab of quality, for evaluators: runs that were kept, one beside another, and their errors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo

import streamlit as st

from service.api.inspection_schemas import (
    EvaluationOut,
    EvaluationSummaryOut,
    FigureOut,
    WrongAnswerOut,
)
from service.evaluation.condensing import compare_condensed
from ui.staff_client import StaffClient
from ui.staff_parts import WORDS, counted, listed, matches, moment, part, say, show, visitor_zone

SHOWN = 40
SIGNIFICANT = 0.05
EVERY = "All"
NOTHING = "Nothing"
# What is read first; a run may have more, and all of them are in its comparison.
FIRST = (
    "page_at_1",
    "page_at_5",
    "passage_at_5",
    "answer_span",
    "coverage",
    "refusal_precision",
    "refusal_recall",
)


@dataclass(frozen=True, slots=True)
class Moved:
    """A figure in two runs, on the questions that both asked."""

    name: str
    before: str
    after: str
    change: str
    n: int
    p: str
    real: bool


def run_label(run: EvaluationSummaryOut, zone: tzinfo = UTC) -> str:
    """Name a run in a list to choose from."""
    files = listed(run.files, 3)
    return f"{moment(run.at, zone)} · {counted(run.questions, 'question')} · {files}"


def spoken(name: str) -> str:
    """Write the name of a figure or a group as words."""
    what, _, which = name.partition(" ")
    if what == "language":
        return WORDS.language(which)
    if what == "kind":
        return f"kind: {which}"
    return name.replace("_at_", " @ ").replace("_", " ")


def columns(figures: Mapping[str, Mapping[str, FigureOut]]) -> list[str]:
    """Return the figures to show, those that are read first where a run has them."""
    known = figures.get("all", {})
    return [name for name in FIRST if name in known] or [*known][:6]


def figure_rows(
    figures: Mapping[str, Mapping[str, FigureOut]], names: Sequence[str]
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return a row a group: its name, and of each figure the mean and its interval with n.

    All questions come first, then the languages, then the kinds.
    """
    groups = sorted(figures, key=lambda group: (group != "all", group.startswith("kind"), group))
    return [(spoken(g), [_cell(figures[g].get(name)) for name in names]) for g in groups]


def moved(before: EvaluationOut, after: EvaluationOut) -> list[Moved]:
    """Compare two runs, the surest moves first."""
    found = compare_condensed(before.model_dump(), after.model_dump())
    return [
        Moved(
            spoken(name),
            f"{figure['before']:.3f}",
            f"{figure['after']:.3f}",
            f"{figure['after'] - figure['before']:+.3f}",
            int(figure["n"]),
            f"{figure['p']:.3f}",
            figure["p"] < SIGNIFICANT,
        )
        for name, figure in sorted(found.items(), key=lambda item: (item[1]["p"], item[0]))
    ]


def errors(
    found: Sequence[WrongAnswerOut], step: str = EVERY, language: str = EVERY, wanted: str = ""
) -> list[WrongAnswerOut]:
    """Return the wrong answers of a step and a language in which all the words stand."""
    return [
        e
        for e in found
        if step in (e.step, EVERY)
        and language in (e.language, EVERY)
        and matches(wanted, e.id, e.question, e.expected, e.cited)
    ]


def stamps(run: EvaluationOut) -> list[tuple[str, str]]:
    """Return what the figures of a run depend on."""
    return [("question files", ", ".join(run.files)), *run.stamps.items()]


def _cell(figure: FigureOut | None) -> tuple[str, str]:
    if figure is None or figure.mean is None:
        return "", ""
    if figure.low is None or figure.high is None:
        return f"{figure.mean:.2f}", f"n {figure.n}"
    return f"{figure.mean:.2f}", f"{figure.low:.2f} to {figure.high:.2f}, n {figure.n}"


def draw(client: StaffClient) -> None:
    """Draw the tab."""
    show(part("head", "Quality", "How well questions are answered, as it was measured."))
    runs = client.evaluations()
    if not runs:
        say(
            "Nothing has been measured here yet. Whoever runs Passerelle measures with `passerelle "
            "evaluate --questions FILE`; each run is kept and shown here."
        )
        return
    zone = visitor_zone()
    labels = {run.name: run_label(run, zone) for run in runs}
    name = st.selectbox("Run", [*labels], format_func=labels.__getitem__, key="run")
    run = client.evaluation(name)
    names = columns(run.figures)
    show(
        part("figures", [spoken(n) for n in names], figure_rows(run.figures, names))
        + part("stamps", stamps(run))
    )
    _compare(client, run, {n: label for n, label in labels.items() if n != name})
    _errors(run.errors)


def _compare(client: StaffClient, run: EvaluationOut, labels: Mapping[str, str]) -> None:
    if not labels:
        return
    show(part("heading", "Beside another run"))
    other = st.selectbox(
        "Compare with",
        [NOTHING, *labels],
        format_func=lambda name: labels.get(name, name),
        key="other",
    )
    if other == NOTHING:
        return
    rows = moved(client.evaluation(other), run)
    if rows:
        show(part("moves", rows))
    else:
        say("The two runs have no question in common, so nothing can be compared.", "notice")


def _errors(found: Sequence[WrongAnswerOut]) -> None:
    show(part("heading", f"Wrong answers ({len(found):,})"))
    if not found:
        say("None: every question was answered or refused rightly.", "done")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        steps = [EVERY, *dict.fromkeys(e.step for e in found)]
        step = st.selectbox("Where it went wrong", steps, key="step")
        languages = [EVERY, *sorted({e.language for e in found})]
        language = st.selectbox("Language", languages, format_func=WORDS.language, key="error-in")
        wanted = st.text_input("Find in question or quotation", key="error")
    rows = errors(found, step, language, wanted)
    show(part("errors", rows[:SHOWN], len(rows)))
