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
from ui.staff_parts import head, heading, matches, part, say, show, visitor_zone
from ui.staff_words import StaffWords

SHOWN = 40
SIGNIFICANT = 0.05
EVERY = "*"
NOTHING = "-"
# What is read first; a run may have more, and all of them are in its comparison.
FIRST = (
    "page_at_1",
    "page_at_5",
    "passage_at_5",
    "answer_span",
    "answered",
    "right_refusal",
    "refused_unanswerable",
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


def run_label(words: StaffWords, run: EvaluationSummaryOut, zone: tzinfo = UTC) -> str:
    """Name a run in a list to choose from."""
    files = words.listed(run.files, 3)
    return f"{words.moment(run.at, zone)} · {words.count('question', run.questions)} · {files}"


def spoken(words: StaffWords, name: str) -> str:
    """Write the name of a figure or a group as words."""
    what, _, which = name.partition(" ")
    if what == "language":
        return words.base.language(which)
    if what == "kind":
        return words("quality.kind", name=which)
    return words.name("figures", name).replace(" at ", " @ ")


def columns(figures: Mapping[str, Mapping[str, FigureOut]]) -> list[str]:
    """Return the figures to show, those that are read first where a run has them."""
    known = figures.get("all", {})
    return [name for name in FIRST if name in known] or [*known][:6]


def figure_rows(
    words: StaffWords, figures: Mapping[str, Mapping[str, FigureOut]], names: Sequence[str]
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return a row a group: its name, and of each figure the mean and its interval with n.

    All questions come first, then the languages, then the kinds.
    """
    groups = sorted(figures, key=lambda group: (group != "all", group.startswith("kind"), group))
    return [
        (spoken(words, g), [_cell(words, figures[g].get(name)) for name in names]) for g in groups
    ]


def moved(words: StaffWords, before: EvaluationOut, after: EvaluationOut) -> list[Moved]:
    """Compare two runs, the surest moves first."""
    found = compare_condensed(before.model_dump(), after.model_dump())
    return [
        Moved(
            spoken(words, name),
            words.decimal(figure["before"], 3),
            words.decimal(figure["after"], 3),
            words.decimal(figure["after"] - figure["before"], 3, sign=True),
            int(figure["n"]),
            words.decimal(figure["p"], 3),
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


def stamps(words: StaffWords, run: EvaluationOut) -> list[tuple[str, str]]:
    """Return what the figures of a run depend on."""
    return [(words("quality.files"), ", ".join(run.files)), *run.stamps.items()]


def _cell(words: StaffWords, figure: FigureOut | None) -> tuple[str, str]:
    if figure is None or figure.mean is None:
        return "", ""
    if figure.low is None or figure.high is None:
        return words.decimal(figure.mean), f"n {figure.n}"
    low, high = words.decimal(figure.low), words.decimal(figure.high)
    return words.decimal(figure.mean), words("quality.interval", low=low, high=high, n=figure.n)


def draw(client: StaffClient, words: StaffWords) -> None:
    """Draw the tab."""
    show(words, head(words, "quality"))
    runs = client.evaluations()
    if not runs:
        say(words, words("quality.none"))
        return
    zone = visitor_zone()
    labels = {run.name: run_label(words, run, zone) for run in runs}
    name = st.selectbox(words("quality.run"), [*labels], format_func=labels.__getitem__, key="run")
    run = client.evaluation(name)
    names = columns(run.figures)
    rows = figure_rows(words, run.figures, names)
    show(
        words,
        part(words, "figures", [spoken(words, n) for n in names], rows)
        + part(words, "stamps", stamps(words, run)),
    )
    _compare(client, words, run, {n: label for n, label in labels.items() if n != name})
    _errors(words, run.errors)


def _compare(
    client: StaffClient, words: StaffWords, run: EvaluationOut, labels: Mapping[str, str]
) -> None:
    if not labels:
        return
    heading(words, "quality.beside")
    other = st.selectbox(
        words("quality.compare"),
        [NOTHING, *labels],
        format_func=lambda name: labels.get(name, words("quality.nothing")),
        key="other",
    )
    if other == NOTHING:
        return
    rows = moved(words, client.evaluation(other), run)
    if rows:
        show(words, part(words, "moves", rows))
    else:
        say(words, words("quality.nothing_common"), "notice")


def _errors(words: StaffWords, found: Sequence[WrongAnswerOut]) -> None:
    wrong = words("quality.wrong", n=words.number(len(found)))
    show(words, part(words, "heading", wrong))
    if not found:
        say(words, words("quality.no_wrong"), "done")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        steps = [EVERY, *dict.fromkeys(e.step for e in found)]
        every = words("form.every_one")
        step = st.selectbox(
            words("quality.where"),
            steps,
            format_func=lambda name: every if name == EVERY else words.name("wrong", name),
            key="step",
        )
        languages = [EVERY, *sorted({e.language for e in found})]
        language = st.selectbox(
            words("quality.language"),
            languages,
            format_func=lambda code: every if code == EVERY else words.base.language(code),
            key="error-in",
        )
        wanted = st.text_input(words("quality.find"), key="error")
    rows = errors(found, step, language, wanted)
    show(words, part(words, "errors", rows[:SHOWN], len(rows)))
