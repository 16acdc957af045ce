"""Personal data is left out of a question before anything is searched."""

import pytest

from ui.asked import look_at

LONGEST = 4000


@pytest.mark.parametrize(
    ("text", "searched", "shown", "kinds"),
    [
        ("How do I get a card?", "How do I get a card?", "How do I get a card?", ()),
        (
            " call me on 06 12 34 56 78 about my card ",
            "call me on about my card",
            "call me on … about my card",
            ("phone",),
        ),
        ("me@example.org, you@example.org", "", "…, …", ("email",)),
        ("06 12 34 56 78", "", "…", ("phone",)),
    ],
)
def test_a_number_that_nobody_needs_goes_no_further(text, searched, shown, kinds):
    asked = look_at(text, LONGEST)
    assert (asked.searched, asked.shown, asked.kinds) == (searched, shown, kinds)


def test_it_is_searched_all_the_same_when_she_wants_it():
    asked = look_at("call 06 12 34 56 78", LONGEST, keep=True)
    assert asked.searched == asked.shown == "call 06 12 34 56 78"
    assert asked.kinds == ()


def test_a_text_that_will_be_refused_is_not_searched_through():
    assert look_at("06 12 34 56 78 " * 400, LONGEST).kinds == ()


def test_an_amount_a_date_and_a_sheet_stay():
    text = "F265: 1 234,56 € since 31/05/2023, article L. 111-1"
    assert look_at(text, LONGEST).searched == text
