"""Clauses of a text: where they end, which are left out, and how many there are at most."""

import time

import pytest

from service.clauses import MOST, clauses_of


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("I have no card, he hits me at night", {"I have no card", "he hits me at night"}),
        (
            "he hits me at night\nhow long for the card",
            {"he hits me at night", "how long for the card"},
        ),
        (
            "هل أحصل على البطاقة؟ زوجي يضربني كل ليلة، ماذا أفعل",
            {"هل أحصل على البطاقة", "زوجي يضربني كل ليلة"},
        ),
        ("a card costs 1,50 or 2.50 euros. yes", {"a card costs 1,50 or 2.50 euros"}),
    ],
)
def test_a_text_is_cut_at_sentences_lines_and_commas_and_short_pieces_are_left_out(text, clauses):
    assert set(clauses_of(text)) == clauses


@pytest.mark.parametrize("text", ["", "?", "where do I get the card?", "one two three four", ",,,"])
def test_a_text_of_a_single_piece_has_no_clauses(text):
    assert clauses_of(text) == ()


def test_a_single_piece_is_a_clause_where_the_whole_is_not_looked_at():
    assert clauses_of("where do I get the card?", single=True) == ("where do I get the card",)
    assert clauses_of("the card?", single=True) == ()


def test_the_longest_are_kept_each_once():
    text = ", ".join(f"one two {'x' * length}" for length in [*range(1, 20), 19])
    found = clauses_of(text)
    assert len(found) == len(set(found)) == MOST
    assert min(map(len, found)) == len("one two ") + 20 - MOST


def test_what_cannot_be_printed_is_a_space():
    assert clauses_of("he hits\x00me, \ud800 how long for it") == ("how long for it", "he hits me")


def test_a_row_of_commas_is_read_once():
    def seconds(count: int) -> float:
        text = "where is it" + "," * count + "x"
        began = time.process_time()
        for _ in range(16_000 // count):
            clauses_of(text)
        return time.process_time() - began

    # As many commas in all: read anew from each of them, the long row takes sixteen times as long.
    assert seconds(4000) < 6 * min(seconds(250) for _ in range(3)) + 0.01
