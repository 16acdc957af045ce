"""Sentences are encoded once, in the order asked for, and memory is bounded."""

import numpy as np

from service import sentence_vectors
from service.sentence_vectors import SentenceVectors
from tests.fakes import FakeEncoder


def test_each_sentence_is_encoded_once_and_rows_follow_the_sentences():
    encoder = FakeEncoder()
    vectors = SentenceVectors(encoder)
    first = vectors(["a card", "a doctor", "a card"])
    again = vectors(["a doctor", "a letter", "a card"])
    assert encoder.seen == ["a card", "a doctor", "a letter"]
    assert np.array_equal(first[0], first[2])
    assert np.array_equal(again, encoder.encode_questions(["a doctor", "a letter", "a card"]))


def test_what_was_not_looked_at_for_longest_is_forgotten(monkeypatch):
    monkeypatch.setattr(sentence_vectors, "MOST", 2)
    encoder = FakeEncoder()
    vectors = SentenceVectors(encoder)
    vectors(["one", "two"])
    vectors(["one"])
    vectors(["three"])
    vectors(["one", "two"])
    assert encoder.seen == ["one", "two", "three", "two"]


def test_an_answer_may_have_more_sentences_than_are_kept(monkeypatch):
    monkeypatch.setattr(sentence_vectors, "MOST", 1)
    assert SentenceVectors(FakeEncoder())(["one", "two", "three"]).shape == (3, 64)
