"""The highlight: the best whole sentences, within a budget of words."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from service.quoting import candidate_spans, count_words, highlight

QUOTE = "The card is free. Apply online or by post. It takes two weeks. Call if it is lost."


def shown(scores: list[float], budget: int, most: int = 0) -> list[str]:
    spans = candidate_spans(QUOTE)
    return [
        QUOTE[start:end]
        for start, end in highlight(QUOTE, spans, scores, budget, max(budget, most))
    ]


def test_the_best_sentence_alone_when_the_budget_is_small():
    assert shown([0.1, 0.9, 0.2, 0.3], budget=6) == ["Apply online or by post."]


def test_the_next_best_sentence_comes_along_wherever_it_stands():
    assert shown([0.1, 0.9, 0.2, 0.5], budget=10) == [
        "Apply online or by post.",
        "Call if it is lost.",
    ]


def test_neighbours_are_one_highlight():
    assert shown([0.1, 0.9, 0.5, 0.3], budget=9) == ["Apply online or by post. It takes two weeks."]


def test_the_first_sentence_wins_among_equals():
    assert shown([0.50, 0.52, 0.1, 0.1], budget=4) == ["The card is free."]


def test_sentences_that_are_as_good_as_the_best_have_more_room():
    near = [0.1, 0.9, 0.87, 0.3]
    assert shown(near, budget=6, most=20) == ["Apply online or by post. It takes two weeks."]
    assert shown(near, budget=6, most=8) == ["Apply online or by post."]
    # The fourth is not as good, and finds no room in the budget.
    assert shown([0.1, 0.9, 0.87, 0.8], budget=9, most=20) == [
        "Apply online or by post. It takes two weeks."
    ]


def test_a_sentence_longer_than_the_budget_is_never_cut():
    assert shown([0.1, 0.9, 0.2, 0.3], budget=2) == ["Apply online or by post."]


def test_no_sentence_gives_no_highlight():
    assert highlight("- \n- ", [], []) == ()


STEPS = """How to apply:

1. Log in.
2. Choose a card.

By post:

1. Fill it in. Sign.
2. Send it."""


def steps_shown(scores: list[float], budget: int) -> list[str]:
    spans = candidate_spans(STEPS)
    assert len(spans) == len(scores)
    return [STEPS[start:end] for start, end in highlight(STEPS, spans, scores, budget, budget)]


def test_a_numbered_step_brings_those_before_it_and_what_leads_to_their_list():
    #         how  log  chse post fill sign send
    scores = [0.0, 0.1, 0.9, 0.0, 0.2, 0.0, 0.6]
    assert steps_shown(scores, budget=10) == ["How to apply:\n\n1. Log in.\n2. Choose a card."]
    assert steps_shown(scores, budget=19) == [
        "How to apply:\n\n1. Log in.\n2. Choose a card.\n\nBy post:\n\n1. Fill it in.",
        "2. Send it.",
    ]
    # The best list brings its lead-in although another one stands first.
    assert steps_shown([0.0, 0.0, 0.0, 0.0, 0.9, 0.0, 0.0], budget=6) == [
        "By post:\n\n1. Fill it in."
    ]


def test_a_step_whose_list_is_too_long_stands_alone_or_not_at_all():
    assert steps_shown([0.0, 0.1, 0.9, 0.0, 0.2, 0.0, 0.6], budget=4) == ["2. Choose a card."]
    assert steps_shown([0.9, 0.1, 0.0, 0.0, 0.0, 0.0, 0.8], budget=6) == [
        "How to apply:\n\n1. Log in."
    ]


def test_a_list_that_goes_on_from_another_passage_brings_what_is_there():
    quote = "3. Wait for the letter. 4. Sign it. Keep a copy."
    spans = candidate_spans(quote)
    assert highlight(quote, spans, [0.0, 0.9, 0.0], budget=8) == ((0, 35),)


def test_a_list_within_a_step_leaves_the_steps_around_it_together():
    quote = "To apply:\n\n1. Gather:\n\n1. A passport.\n2. A photo.\n\n2. Send them.\n3. Wait."
    spans = candidate_spans(quote)
    assert len(spans) == 6
    (found,) = highlight(quote, spans[:2] + spans[4:], [0.0, 0.0, 0.0, 0.9], budget=12)
    assert quote[slice(*found)].startswith("To apply")
    shown = highlight(quote, spans, [0.0, 0.0, 0.0, 0.0, 0.0, 0.9], budget=10)
    text = " ".join(quote[start:end] for start, end in shown)
    assert all(step in text for step in ("To apply", "1. Gather", "2. Send", "3. Wait"))


@given(st.lists(st.floats(0, 1), min_size=4, max_size=4), st.integers(5, 40), st.integers(0, 20))
def test_a_highlight_never_cuts_a_sentence_and_keeps_to_its_budget(scores, budget, more):
    spans = candidate_spans(QUOTE)
    found = highlight(QUOTE, spans, scores, budget, budget + more)
    assert {start for start, _ in found} <= {s for s, _ in spans}
    assert {end for _, end in found} <= {e for _, e in spans}
    assert all(a[1] < b[0] for a, b in pairwise(found))
    assert sum(count_words(QUOTE, span) for span in found) <= budget + more
