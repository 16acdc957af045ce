"""A wrong answer is filed under the step at which it went wrong, by its first citation."""

import pytest

from service.evaluation.failures import STEPS, failures, step_of
from tests.evaluation_rows import citation, hit, question, row

RIGHT, WRONG = hit("A", "It takes two weeks. Bring a photo."), hit("B", "It takes two weeks.")
UNLIT = citation("A", RIGHT["text"], "Bring a photo.")
LIT = citation("A", RIGHT["text"], "two weeks")
OTHER = citation("B", WRONG["text"])
UNANSWERABLE = question(gold=(), spans=())

# What is asked, what came, and the step.
CASES = [
    (UNANSWERABLE, row(WRONG), "wrongly answered"),
    (UNANSWERABLE, row(WRONG, outcome="partial"), "wrongly answered"),
    (UNANSWERABLE, row(WRONG, outcome="not_found"), None),
    (question(), row(WRONG), "not retrieved"),
    (question(), row(WRONG, outcome="not_found"), "not retrieved"),
    (question(), row(WRONG, RIGHT, outcome="not_found"), "wrongly refused"),
    (question(), row(WRONG, RIGHT), "ranked low"),
    # The right page second, whatever is lit up in the wrong one.
    (question(), row(WRONG, RIGHT) | {"citations": [OTHER, LIT]}, "ranked low"),
    # The right page, but another passage of it.
    (question(), row(hit("A", "x"), RIGHT), "ranked low"),
    (question(), row(RIGHT) | {"citations": [UNLIT]}, "quoted wrongly"),
    (question(), row(RIGHT) | {"citations": [UNLIT, LIT]}, "quoted wrongly"),
    (question(), row(RIGHT) | {"citations": [LIT, OTHER]}, None),
    (question(spans=()), row(RIGHT) | {"citations": [UNLIT]}, None),
    (question(), row(RIGHT, outcome="partial"), None),
]


@pytest.mark.parametrize(("asked", "came", "step"), CASES)
def test_an_answer_is_filed_under_the_step_at_which_it_went_wrong(asked, came, step):
    assert step_of(asked, came) == step


def test_every_step_is_tried_and_the_list_is_in_their_order():
    asked, came, _ = zip(*CASES, strict=True)
    steps = [failure.step for failure in failures(asked, came)]
    assert tuple(dict.fromkeys(steps)) == STEPS


def test_the_list_shows_what_was_read_first():
    (failure,) = failures([question()], [row(RIGHT) | {"citations": [UNLIT, LIT]}])
    assert (failure.expected, failure.cited) == ("A", "A: Bring a photo.")
    (refused,) = failures([question()], [row(WRONG, RIGHT, outcome="not_found")])
    assert refused.cited == "B: It takes two weeks."
    (nothing,) = failures([question()], [row(outcome="not_found")])
    assert nothing.cited == ""
