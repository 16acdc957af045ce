"""Sentence boundaries: titles, numbers and lists hold together, and no character is lost."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sentences import sentence_spans


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
        ("", []),
    ],
)
def test_sentences(text: str, sentences: list[str]):
    assert cut(text) == sentences


@given(st.text(alphabet="aB1. !?…\n«»", max_size=60))
def test_every_visible_character_is_in_one_sentence(text: str):
    spans = sentence_spans(text)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    assert "".join("".join(text[s:e].split()) for s, e in spans) == "".join(text.split())
