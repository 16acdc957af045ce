"""The figures of one question and the curves over many, on rows small enough to count by hand."""

import math

import pytest

from service.evaluation.figures import compare, figures, refusal_recall_at
from service.evaluation.metrics import (
    auroc,
    expected_calibration_error,
    percentile,
    risk_coverage,
    score,
)
from service.evaluation.questions import GoldQuestion


def question(gold: tuple[str, ...] = ("A",), spans: tuple[str, ...] = ("two weeks",), id_="q"):
    return GoldQuestion(id_, "en", "How long?", gold, spans, "kind/sub", "", id_, "dev")


def hit(page: str, text: str, also_on: tuple[str, ...] = ()) -> dict:
    places = [{"page_key": key, "section": []} for key in also_on]
    return {"page_key": page, "also_on": places, "start": 0, "end": 9, "text": text, "score": 1.0}


def row(*hits: dict, outcome: str = "answered", confidence: float = 0.9, id_: str = "q") -> dict:
    cited = [
        {
            "page_key": h["page_key"],
            "also_on": h["also_on"],
            "quote": h["text"],
            "highlights": [(0, len(h["text"]))],
        }
        for h in hits[:1]
    ]
    return {
        "id": id_,
        "outcome": outcome,
        "confidence": confidence,
        "retrieved": list(hits),
        "citations": cited if outcome == "answered" else [],
        "seconds": 0.01,
    }


def test_a_page_counts_once_however_many_of_its_passages_come_first():
    found = score(row(hit("B", "x"), hit("B", "y"), hit("A", "in Two\n weeks")), question())
    assert (found.page_at_1, found.page_at_5, found.passage_at_5) == (0.0, 1.0, 1.0)


def test_the_places_of_a_folded_twin_count():
    found = score(row(hit("B", "two weeks", also_on=("A",))), question())
    assert (found.page_at_1, found.passage_at_5, found.answer_span) == (1.0, 1.0, 1.0)


def test_the_right_span_on_the_wrong_page_is_no_answer():
    assert score(row(hit("B", "two weeks")), question()).passage_at_5 == 0.0


def test_a_refusal_of_an_unanswerable_question_is_right():
    found = score(row(hit("B", "x"), outcome="not_found"), question(gold=()))
    assert (found.right_refusal, found.refused_unanswerable, found.page_at_1) == (1.0, 1.0, None)


def test_a_refusal_of_an_answerable_question_is_wrong_but_its_retrieval_counts():
    found = score(row(hit("A", "two weeks"), outcome="not_found"), question())
    assert (found.right_refusal, found.page_at_1, found.answer_span) == (0.0, 1.0, 0.0)


def test_auroc_counts_ties_half():
    assert auroc([0.9, 0.5, 0.5, 0.1], [True, True, False, False]) == pytest.approx(3.5 / 4)
    assert auroc([0.9], [True]) is None


def test_calibration_error_is_the_mean_distance_of_the_bins():
    assert expected_calibration_error([0.25, 0.25], [True, False]) == pytest.approx(0.25)
    assert expected_calibration_error([], []) == 0.0


def test_risk_coverage_answers_the_most_confident_first():
    curve = risk_coverage([0.2, 0.9], [False, True])
    assert curve == [(0.9, 0.5, 0.0), (0.2, 1.0, 0.5)]


def test_refusal_recall_keeps_the_coverage_asked_for():
    confidences = [0.9, 0.8, 0.7, 0.6, 0.65, 0.1]
    answerable = [True, True, True, True, False, False]
    assert refusal_recall_at(confidences, answerable, 1.0) == 0.5
    assert refusal_recall_at(confidences, answerable, 0.75) == 1.0
    assert refusal_recall_at([0.5], [True], 0.95) is None


def test_percentiles_are_values_that_occurred():
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert math.isnan(percentile([], 0.5))


def test_figures_have_n_interval_and_ranking():
    questions = [question(id_="a"), question(id_="b"), question(gold=(), id_="c")]
    rows = [
        row(hit("A", "two weeks"), id_="a"),
        row(hit("B", "x"), hit("A", "two weeks"), id_="b"),
        row(hit("B", "x"), outcome="not_found", id_="c"),
    ]
    table = figures(questions, rows)
    assert table["all"]["page_at_1"]["mean"] == 0.5
    assert table["all"]["page_at_1"]["n"] == 2
    assert table["all"]["mrr"]["mean"] == pytest.approx(0.75)
    assert table["all"]["page_at_1"]["low"] <= 0.5 <= table["all"]["page_at_1"]["high"]
    assert set(table) == {"all", "language en", "kind kind"}


def test_two_runs_are_compared_on_the_same_questions():
    questions = [question(id_=str(n)) for n in range(12)]
    good = [row(hit("A", "two weeks"), id_=q.id) for q in questions]
    bad = [row(hit("B", "x"), id_=q.id) for q in questions]
    moved = compare(questions, good, bad)["page_at_1"]
    assert (moved["before"], moved["after"]) == (1.0, 0.0)
    assert moved["p"] < 0.05
    assert compare(questions, good, good)["page_at_1"]["p"] == 1.0
