"""The tokeniser against the `tokenizers` library, and what a hostile text does to it."""

from pathlib import Path

import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

from index import bundled_model
from index.tokens import Specials, Tokeniser

TEXTS = [
    "Le titre de séjour doit être renouvelé deux mois avant l’expiration.",
    "How long is a residence permit valid?   (Article L.421-1)",
    "كيف أجدد تصريح الإقامة الخاص بي؟",
    "Как продлить вид на жительство во Франции?",
    "如何续签我的居留许可？需要哪些文件",
    "ተፈላጊ ሰነዶች ምንድን ናቸው?",
    "د استوګنې اجازه څنګه نوې کړم؟",
    "निवास परमिट कैसे नवीनीकृत करें?",
    "ขอใบอนุญาตพำนักอย่างไร",
    "𓀀𓀁 x 𓀂 unknown 🜁🜂 signs",
]


@pytest.fixture(scope="module")
def tokeniser(models_folder: Path) -> Tokeniser:
    return bundled_model.open_model(bundled_model.build(models_folder)).tokeniser


@pytest.fixture(scope="module")
def reference(models_folder: Path) -> Tokenizer:
    folder = bundled_model.build(models_folder)
    weights = bundled_model.WeightsFile(bundled_model.weights_path()).vocabulary
    assert folder.is_dir()
    pieces = list(zip(weights.pieces, weights.scores.tolist(), strict=True))
    found = Tokenizer(models.Unigram(pieces, unk_id=weights.unknown, byte_fallback=False))
    found.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=True)
    return found


@pytest.mark.parametrize("text", TEXTS)
def test_pieces_are_those_of_the_library(
    tokeniser: Tokeniser, reference: Tokenizer, text: str
) -> None:
    # The library is given the text as it is after replacement, which for these is plain spacing.
    plain = " ".join(tokeniser._normalised(text).split())
    assert tokeniser(text)[1:-1] == reference.encode(plain).ids


def small(limit: int = 6) -> Tokeniser:
    pieces = ["<s>", "<pad>", "</s>", "<unk>", "▁", "a", "b", "▁ab", "é"]
    scores = [0.0, 0.0, 0.0, 0.0, -1.0, -2.0, -3.0, -2.5, -2.0]
    return Tokeniser(pieces, scores, Specials(0, 2, 1, 3), {9: " ", 1: ""}, limit)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("", [0, 2]),
        (" \t ", [0, 2]),
        ("ab", [0, 7, 2]),
        ("ab\tba", [0, 7, 4, 6, 5, 2]),
        ("a\x01b\x00", [0, 7, 2]),
        ("aé", [0, 4, 5, 8, 2]),
        ("ae\u0301", [0, 4, 5, 8, 2]),
        ("a??", [0, 4, 5, 3, 2]),
        ("\ud800", [0, 4, 3, 2]),
        ("ab ab ab ab ab", [0, 7, 7, 7, 7, 2]),
        ("</s>", [0, 4, 3, 2]),
    ],
)
def test_text_becomes_exactly_these_numbers(text: str, numbers: list[int]) -> None:
    assert small()(text) == numbers


def test_count_goes_beyond_the_limit() -> None:
    assert small().count("ab " * 50) == 52


def test_word_of_a_million_letters_is_cut_at_the_limit() -> None:
    assert len(small()("a" * 1_000_000)) == 6


def test_words_are_forgotten_when_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.tokens._CACHED_WORDS", 2)
    cut = small(20)
    assert cut("ab a b ab") == [0, 7, 4, 5, 4, 6, 7, 2]
    assert len(cut._words) <= 2
