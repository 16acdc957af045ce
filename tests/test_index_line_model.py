"""What is learned from lines: sections are told apart where their nearest lines are not."""

import numpy as np
import pytest

from index import line_model
from index.line_model import LineModel
from tests.fakes import FakeEncoder

ENCODER = FakeEncoder()
LINES = {
    "how do I ask for a carte vitale": 0,
    "where do I send the form for the card": 0,
    "carte vitale lost in the train": 1,
    "my card was stolen, what now": 1,
    "how much is a crown": 2,
    "price of glasses": 2,
}


def fitted(lines=LINES):
    belongs = np.zeros((len(lines), 3), np.float32)
    belongs[range(len(lines)), list(lines.values())] = 1
    return LineModel.fit(list(lines), ENCODER.encode_passages(list(lines)), belongs)


def scores(model, question):
    return model.scores(question, ENCODER.encode_questions([question])[0])


@pytest.mark.parametrize(
    ("question", "group"),
    [("form for a carte vitale", 0), ("stolen carte vitale", 1), ("price of a crown", 2)],
)
def test_a_question_is_given_to_its_group(question, group):
    found = scores(fitted(), question)
    assert found.argmax() == group
    assert found[group] > 0.45


def test_a_line_itself_scores_near_one_and_what_is_like_none_gets_the_mean():
    model = fitted()
    assert scores(model, "price of glasses")[2] == pytest.approx(1, abs=0.2)
    assert scores(model, "zzzz") == pytest.approx([1 / 3] * 3, abs=0.15)


def test_the_same_line_twice_is_no_obstacle():
    twice = LINES | {"Price of glasses": 2}
    assert np.isfinite(scores(fitted(twice), "price of glasses")).all()


def test_more_lines_than_can_be_learned_from_are_thinned_evenly(monkeypatch):
    monkeypatch.setattr(line_model, "MOST_LINES", 3)
    assert scores(fitted(), "carte vitale lost").argmax() == 1


def test_what_was_learned_reads_back():
    model = fitted()
    again = LineModel.of_arrays(model.arrays())
    assert scores(again, "stolen card").tolist() == scores(model, "stolen card").tolist()
