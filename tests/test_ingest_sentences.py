"""Sentence boundaries: titles, numbers and lists hold together, and no character is lost."""

from itertools import pairwise
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sentences import count_words, sentence_spans


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("It is free. You can ask.", ["It is free.", "You can ask."]),
        ("Voir Mme. Dupont au 3 rue Lamy. Merci !", ["Voir Mme. Dupont au 3 rue Lamy.", "Merci !"]),
        ("Selon l'art. L. 111 du code. Fin.", ["Selon l'art. L. 111 du code.", "Fin."]),
        ("Pièces : photo, etc. Ensuite, attendez.", ["Pièces : photo, etc.", "Ensuite, attendez."]),
        ("- un\n- deux", ["- un", "- deux"]),
        ("1. Log in.\n2. Order.", ["1. Log in.", "2. Order."]),
        ("It costs 12.50 euros. Really?", ["It costs 12.50 euros.", "Really?"]),
        ("هل هي مجانية؟ نعم.", ["هل هي مجانية؟", "نعم."]),
        ("Він сказав: «Так.» Потім пішов.", ["Він сказав: «Так.»", "Потім пішов."]),
        (
            "你好。可以吗？！可以！「好。」他说",
            ["你好。", "可以吗？！", "可以！", "「好。」", "他说"],
        ),
        ("３．５ユーロです．次は", ["３．５ユーロです．", "次は"]),
        ("I live at my cousin's. Is it free?", ["I live at my cousin's.", "Is it free?"]),
        ("Ask J. Martin. Soon.", ["Ask J. Martin.", "Soon."]),
        ("", []),
    ],
)
def test_sentences(text: str, sentences: list[str]):
    assert cut(text) == sentences


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("Bring - two photos.", 4),
        ("你好吗", 2),
        ("你好，带 2 张照片。", 4),
        ("สวัสดีครับ", 5),
        ("CAF 的网站", 3),
    ],
)
def test_where_no_space_keeps_words_apart_two_characters_are_one(text, count):
    assert count_words(text) == count


@pytest.mark.parametrize(
    "text",
    [
        "." * 200_000 + "x",
        "。" * 200_000,
        '."' * 100_000,
        "\n1" * 100_000,
        "a\n75001 Pa" * 30_000,
        "т. 5 " * 60_000,
    ],
)
def test_a_hostile_text_is_cut_in_bounded_time(text):
    started = perf_counter()
    sentence_spans(text)
    assert perf_counter() - started < 3


@pytest.mark.parametrize(
    "text",
    [
        "Depuis le 15 janv. 2024",
        "From 15 Sept. 2025",
        "On Feb. 3",
        "15 may. 2024",
        "тел. 01 23 45 67 89",
        "тел. +33 1 23 45 67 89",
        "tfno. 91 123 45 67",
        "tél. 01 23 45 67 89",
        "núm. 5",
        "nº. 5",
        "ул. Ленина, д. 5",
        "вул. Хрещатик, буд. 5",
        "Atatürk Cad. 5",
        "هاتف. 01 23 45 67 89",
        "تلفن. ۰۱ ۲۳",
        "12 rue de la Paix\n75001 Paris",
        "12 rue Lamy CS 12345\n75001 Paris cedex 12",
    ],
)
def test_no_date_number_or_address_is_cut(text):
    assert cut(f"Avant.\n\n{text}") == ["Avant.", text]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Go out. 3 steps follow.", ["Go out.", "3 steps follow."]),
        ("Use the app. 5 minutes.", ["Use the app.", "5 minutes."]),
        ("Tome la dosis. 3 días.", ["Tome la dosis.", "3 días."]),
        ("В 2024 году. 5 дней.", ["В 2024 году.", "5 дней."]),
        ("Lyon :\n69001 Lyon", ["Lyon :", "69001 Lyon"]),
        ("69001 Lyon\n75001 Paris", ["69001 Lyon", "75001 Paris"]),
        ("Coût\n12000 euros", ["Coût", "12000 euros"]),
        ("12 rue Lamy\n\n75001 Paris", ["12 rue Lamy", "75001 Paris"]),
        ("Ville | Lieu\n75001 Paris | Mairie", ["Ville | Lieu", "75001 Paris | Mairie"]),
    ],
)
def test_before_a_number_a_sentence_may_end_all_the_same(text, sentences):
    assert cut(text) == sentences


@given(st.text(alphabet="aB1. !?…\n«»。！．字", max_size=60))
def test_every_visible_character_is_in_one_sentence(text: str):
    spans = sentence_spans(text)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    assert "".join("".join(text[s:e].split()) for s, e in spans) == "".join(text.split())
