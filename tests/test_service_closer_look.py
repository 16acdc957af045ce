"""Passages without lines are looked at sentence by sentence; an answer costs no more for it."""

import numpy as np

from index.records import Hit
from ingest.passages import cut
from ingest.settings import PassageSettings
from service.closer_look import FIRST, look_closer, sentence_scores
from tests.fakes import FakeEncoder, make_page

PAGE = make_page(
    "en/card",
    "One",
    "The card is green. It has a photo.",
    "Two",
    "You apply online. You receive it by post.",
    "Three",
    "A doctor reads it.",
    "Four",
    "You apply online with a photo.",
)
PASSAGES = cut(PAGE, PassageSettings())


def hits(*scores: float) -> list[Hit]:
    return [
        Hit(passage, score, parts={"body": score})
        for passage, score in zip(PASSAGES, scores, strict=True)
    ]


def vector(question: str) -> np.ndarray:
    return FakeEncoder().encode_questions([question])[0]


def looked_closer(found: list[Hit], question: str) -> list[Hit]:
    return look_closer(found, question, vector(question), FakeEncoder().encode_passages)


def test_the_passage_with_the_better_sentence_comes_first_among_near_equals():
    found = look_closer(
        hits(0.61, 0.60, 0.5, 0.4),
        "You apply online",
        vector("You apply online"),
        FakeEncoder().encode_passages,
    )
    assert [hit.passage.section for hit in found] == [("Two",), ("One",), ("Three",), ("Four",)]
    assert found[0].parts["sentence"] == found[0].parts["spelling"] == 1.0
    assert found[2].parts["spelling"] < 0.2


def test_a_clear_lead_is_kept():
    found = look_closer(
        hits(0.9, 0.1, 0.05, 0.0),
        "You apply online",
        vector("You apply online"),
        FakeEncoder().encode_passages,
    )
    assert found[0].passage.section == ("One",)


def test_only_the_first_are_looked_at_in_one_go():
    encoder, calls = FakeEncoder(), []

    def encode(sentences):
        calls.append(sentences)
        return encoder.encode_passages(sentences)

    found = look_closer(hits(0.4, 0.3, 0.2, 0.1), "card", vector("card"), encode)
    assert len(calls) == 1
    assert ["sentence" in hit.parts for hit in found] == [True] * FIRST + [False]


def test_nothing_found_costs_nothing():
    def never(_):
        raise AssertionError("nothing is to be encoded")

    assert look_closer([], "card", vector("card"), never) == []
    assert sentence_scores([], vector("card"), never) == []
