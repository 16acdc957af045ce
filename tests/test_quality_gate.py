"""The gate over a fixed part of the gate third: a few topics, every language, answers and refusals.

`make quality` measures the whole; this part is small enough for every test run. Floors stand a
little under what was reached, so that a real loss fails and noise does not; a move from the
committed baseline that chance does not explain fails too, whichever way it goes.
"""

import json
import os
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice, zip_longest
from pathlib import Path
from typing import Any

import pytest

from index.generation import open_live
from index.search import Searcher
from service import quoting
from service.answering import Answerer, Found
from service.evaluation.condensing import SIGNIFICANT, compare_condensed, summary
from service.evaluation.figures import per_question
from service.evaluation.questions import GoldQuestion, load_questions
from service.evaluation.run import ask
from service.records import Question
from tests.conftest import TOPICS

BASELINE = Path(__file__).with_name("quality") / "topics.json"
FLOORS = {
    "page_at_1": 0.85,
    "page_at_5": 0.95,
    "passage_at_5": 0.85,
    "right_refusal": 0.75,
    "refused_unanswerable": 0.6,
    "answer_span": 0.6,
    "citation_recall": 0.6,
    "quote_fidelity": 1.0,
    "notice_present": 1.0,
    "no_twins_at_5": 1.0,
    # By the pages alone, as where nobody has written lines of what people ask.
    "alone_page_at_1": 0.9,
    "alone_passage_at_5": 0.65,
}
ALONE = ("page_at_1", "passage_at_5")


@pytest.fixture(scope="module")
def questions() -> list[GoldQuestion]:
    files = sorted((Path(__file__).parents[1] / "corpus" / "questions").glob("??.jsonl"))
    gate = [question for question in load_questions(files) if question.split == "gate"]
    here = {f"{language}/{topic}" for language in ("en", "fr") for topic in TOPICS}
    answerable = [q for q in gate if q.answerable and set(q.gold_pages) <= here]
    by_language: dict[str, list[GoldQuestion]] = {}
    for question in gate:
        if not question.answerable:
            by_language.setdefault(question.language, []).append(question)
    in_turn = filter(None, chain.from_iterable(zip_longest(*by_language.values())))
    return [*answerable, *islice(in_turn, len(answerable))]


def find(answerer: Answerer, questions: Sequence[GoldQuestion]) -> list[Found]:
    return [answerer.find(Question(question.question)) for question in questions]


def measured(
    answerer: Answerer, questions: Sequence[GoldQuestion], found: Sequence[Found]
) -> dict[str, Any]:
    rows = [ask(q, answerer, one) for q, one in zip(questions, found, strict=True)]
    return {
        "values": per_question(questions, rows),
        "sources": {question.id: question.source_id for question in questions},
        "stamps": {},
    }


def alone(answerer: Answerer, answerable: Sequence[GoldQuestion]) -> dict[str, Any]:
    """Measure what the pages bring without lines of what people ask."""
    answerer = changed(answerer, "search", asked_weight=0.0)
    found = measured(answerer, answerable, find(answerer, answerable))
    return found | {"values": {f"alone_{name}": found["values"][name] for name in ALONE}}


def means(found: Mapping[str, Any]) -> dict[str, float]:
    return {name: statistics.fmean(by_id.values()) for name, by_id in found["values"].items()}


def fallen(found: Mapping[str, Any]) -> set[str]:
    """Return the figures under their floor, and those that moved from the baseline for a reason."""
    low = {name for name, mean in means(found).items() if mean < FLOORS.get(name, 0.0)}
    moved = compare_condensed(json.loads(BASELINE.read_text("utf-8")), found)
    return low | {name for name, figure in moved.items() if figure["p"] < SIGNIFICANT}


@pytest.fixture(scope="module")
def answerable(questions):
    return [question for question in questions if question.answerable]


@pytest.fixture(scope="module")
def found(engine, questions):
    return find(engine.answerer, questions)


@pytest.fixture(scope="module")
def reached(engine, questions, answerable, found):
    now = measured(engine.answerer, questions, found)
    now["values"] |= alone(engine.answerer, answerable)["values"]
    if os.environ.get("PASSERELLE_TEST_REBASE"):
        BASELINE.write_text(summary(now), "utf-8")
    return now


def test_what_was_reached_is_held(reached, questions):
    """After a move that was meant, run it once with PASSERELLE_TEST_REBASE=1 and say why."""
    assert len(questions) > 60
    assert reached["values"].keys() >= FLOORS.keys()
    assert fallen(reached) == set(), means(reached)


def changed(answerer: Answerer, group: str, **change: float) -> Answerer:
    """Return the answerer with other settings; sentences that it knows are not encoded again."""
    worse = getattr(answerer.settings, group).model_copy(update=change)
    settings = answerer.settings.model_copy(update={group: worse})
    searcher = Searcher(open_live(settings.data, answerer.encoder), settings.search)
    return replace(answerer, settings=settings, searcher=searcher)


@pytest.mark.parametrize(
    ("threshold", "falls"), [(0.0, "refused_unanswerable"), (0.99, "right_refusal")]
)
def test_a_threshold_that_was_moved_fails_the_gate(engine, questions, found, threshold, falls):
    answerer = changed(engine.answerer, "answers", threshold=threshold)
    assert falls in fallen(measured(answerer, questions, found))


def test_words_that_drown_all_else_fail_the_gate(engine, answerable):
    # A weight with its decimal point in the wrong place.
    answerer = changed(engine.answerer, "search", lexical_weight=18.0, asked_weight=0.0)
    assert "passage_at_5" in fallen(measured(answerer, answerable, find(answerer, answerable)))


def test_sentences_that_do_not_answer_fail_the_gate(engine, questions, found, monkeypatch):
    monkeypatch.setattr(quoting, "highlight", lambda _, spans, __: tuple(spans[-1:]))
    assert "answer_span" in fallen(measured(engine.answerer, questions, found))


def test_twins_that_are_not_folded_fail_the_gate(engine, answerable, monkeypatch):
    monkeypatch.setattr(Answerer, "_one_language_a_page", lambda _, hits, __: list(hits))
    answerer = engine.answerer
    assert "no_twins_at_5" in fallen(measured(answerer, answerable, find(answerer, answerable)))
