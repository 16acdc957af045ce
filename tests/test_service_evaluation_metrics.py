"""The figures of one question and the curves over many, on rows small enough to count by hand."""

import math

import pytest

from service.evaluation.figures import compare, figures, quality, refusal_recall_at
from service.evaluation.metrics import (
    auroc,
    expected_calibration_error,
    percentile,
    risk_coverage,
    score,
)
from tests.evaluation_rows import citation, hit, question, row


def test_a_page_counts_once_however_many_of_its_passages_come_first():
    found = score(row(hit("B", "x"), hit("B", "y"), hit("A", "in Two\n weeks")), question())
    assert (found.page_at_1, found.page_at_5, found.passage_at_5) == (0.0, 1.0, 1.0)


def test_the_places_of_a_folded_twin_count():
    found = score(row(hit("B", "two weeks", also_on=("A",))), question())
    assert (found.page_at_1, found.passage_at_5, found.answer_span) == (1.0, 1.0, 1.0)


def test_the_twins_of_every_passage_of_a_page_count():
    found = score(row(hit("B", "x"), hit("B", "two weeks", also_on=("A",))), question())
    assert (found.page_at_1, found.passage_at_1, found.passage_at_5) == (1.0, 0.0, 1.0)


def test_the_right_span_on_the_wrong_page_is_no_answer():
    found = score(row(hit("B", "two weeks")), question())
    assert (found.passage_at_5, found.answer_span) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("quote", "lit", "span", "worth"),
    [
        ("It takes two months or ten weeks.", ("It takes two", "weeks."), "takes two weeks", 0.0),
        ("It takes two\n weeks.", ("It takes two", "weeks."), "takes two weeks", 1.0),
        ("It takes two weeks.", ("It takes ", "two weeks."), "takes two weeks", 1.0),
        ("It takes two weeks.", ("two weeks.", "It takes two"), "takes two weeks", 1.0),
        ("It takes two weeks.", ("It takes",), "takes two weeks", 0.0),
    ],
)
def test_an_answer_stands_in_one_stretch_of_highlights(quote, lit, span, worth):
    shown = row(hit("A", quote)) | {"citations": [citation("A", quote, *lit)]}
    assert score(shown, question(spans=(span,))).answer_span == worth


def test_highlighted_words_are_counted_in_the_first_citation_alone():
    shown = row(hit("A", "x")) | {
        "citations": [citation("A", "one two three four", "one two", "four"), citation("A", "more")]
    }
    assert score(shown, question()).highlight_words == 3.0


def test_two_translations_of_one_page_among_the_first_five_are_told():
    en, fr = ({**hit(key, "x"), "original": "fr/a"} for key in ("en/a", "fr/a"))
    other = {**hit("en/b", "x"), "original": "en/b"}
    assert score(row(en, en, other), question()).no_twins_at_5 == 1.0
    assert score(row(en, other, fr), question()).no_twins_at_5 == 0.0
    assert score(row(en, *[other] * 4, fr), question()).no_twins_at_5 == 1.0
    assert score(row(hit("A", "x")), question()).no_twins_at_5 is None
    assert score(row(outcome="not_found"), question()).no_twins_at_5 is None


GOLD = [
    {"page_key": "en/a", "original": "fr/a", "spans": ["two weeks", "a photo"]},
    {"page_key": "fr/a", "original": "fr/a", "spans": ["deux semaines", "une photo"]},
    {"page_key": "en/b", "original": "fr/b", "spans": ["by post"]},
]


@pytest.mark.parametrize(
    ("quotes", "recall"),
    [
        ([("en/a", "Two weeks."), ("en/a", "Bring a photo."), ("en/b", "Send it by post.")], 1.0),
        ([("fr/a", "Deux semaines, une photo.")], 2 / 3),
        ([("fr/a", "Deux semaines."), ("en/a", "Two weeks.")], 1 / 3),
        ([("en/c", "Two weeks, a photo, by post.")], 0.0),
        ([], 0.0),
    ],
)
def test_recall_counts_each_fact_once_whatever_language_quotes_it(quotes, recall):
    asked = question(("en/a", "fr/a", "en/b"), ("two weeks",))
    shown = row(hit("x", "x")) | {"gold": GOLD, "citations": [citation(*q) for q in quotes]}
    assert score(shown, asked).citation_recall == pytest.approx(recall)


def test_recall_is_not_counted_where_nobody_knows_what_the_pages_say():
    assert score(row(hit("A", "two weeks")), question()).citation_recall is None
    none_held = row(hit("A", "x")) | {"gold": [{"page_key": "A", "original": "A", "spans": []}]}
    assert score(none_held, question()).citation_recall is None


def test_fidelity_is_the_share_of_citations_that_were_looked_at_and_found_identical():
    cited = [citation("A", "x") | {"faithful": True}, citation("A", "y") | {"faithful": False}]
    shown = row(hit("A", "x"))
    assert score(shown | {"citations": cited}, question()).quote_fidelity == 0.5
    assert score(shown | {"citations": cited[:1]}, question()).quote_fidelity == 1.0
    assert score(shown, question()).quote_fidelity is None


def test_a_notice_has_to_say_something_in_a_refusal_too():
    refused = row(hit("A", "x"), outcome="not_found")
    for notice, worth in (("No legal advice.", 1.0), (" ", 0.0)):
        assert score(refused | {"notice": notice}, question()).notice_present == worth
    assert score(refused, question()).notice_present is None


def test_partial_is_a_share_of_what_was_answered_by_kind_too():
    questions = [question(id_=name) for name in "abc"]
    rows = [
        row(hit("A", "two weeks"), outcome=outcome, id_=name)
        for outcome, name in zip(("answered", "partial", "not_found"), "abc", strict=True)
    ]
    for group in ("all", "kind kind"):
        partial = figures(questions, rows)[group]["partial"]
        assert (partial["n"], partial["mean"]) == (2, 0.5)


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


def test_an_answer_from_the_wrong_page_is_a_risk_and_leaves_the_calibration_alone():
    questions = [question(id_="a"), question(id_="b"), question(id_="c"), question((), id_="d")]
    right = [
        row(hit("A", "two weeks"), confidence=0.9, id_="a"),
        row(hit("A", "two weeks"), confidence=0.8, id_="b"),
        row(hit("A", "two weeks"), confidence=0.3, outcome="not_found", id_="c"),
        row(hit("B", "x"), confidence=0.1, outcome="not_found", id_="d"),
    ]
    # The refused ones are judged by what they would have shown.
    wrong = [*right[:1], right[1] | row(hit("B", "two weeks"), confidence=0.8, id_="b"), *right[2:]]
    before, after = quality(questions, right), quality(questions, wrong)
    assert [risk for *_, risk in before["risk_coverage"]] == [0.0, 0.0, 0.0, 0.25]
    assert [risk for *_, risk in after["risk_coverage"]] == [0.0, 0.5, pytest.approx(1 / 3), 0.5]
    same = before.keys() - {"risk_coverage", "parity"}
    assert {name: before[name] for name in same} == {name: after[name] for name in same}


def test_a_refusal_that_shows_nothing_is_a_risk_when_it_is_answered():
    refused = row(outcome="not_found", confidence=0.3)
    assert quality([question()], [refused])["risk_coverage"] == [(0.3, 1.0, 1.0)]


def test_curves_have_intervals_around_them():
    questions = [question(("A",) if n % 3 else (), id_=str(n)) for n in range(60)]
    sure = [(0.4 + 0.01 * (n % 7)) if n % 3 else 0.38 + 0.015 * (n % 5) for n in range(60)]
    rows = [
        row(hit("A", "two weeks"), confidence=chance, id_=q.id)
        for q, chance in zip(questions, sure, strict=True)
    ]
    found = quality(questions, rows)
    assert found["intervals"].keys() == {
        "auroc",
        "expected_calibration_error",
        "refusal_recall_at_95_coverage",
    }
    for name, bounds in found["intervals"].items():
        assert bounds["n"] == 60
        assert bounds["low"] <= found[name] <= bounds["high"]
        assert bounds["low"] < bounds["high"]
    answered_all = quality([question()], [row(hit("A", "two weeks"))])
    assert (answered_all["auroc"], answered_all["intervals"]["auroc"]) == (None, None)


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
