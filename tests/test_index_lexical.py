"""The analysers: elision, accents, stems; and no analyser for a language that has none."""

import numpy as np
import pytest

from index.lexical import LexicalIndex, analyse, supports
from ingest.errors import GenerationDamaged


@pytest.mark.parametrize(
    ("language", "text", "stems"),
    [
        ("fr", "L’assurance des élèves salariés", ["assur", "elev", "salar"]),
        ("fr", "l'assurance d'un eleve salarie", ["assur", "elev", "salar"]),
        ("fr", "Comment est-ce que je fais ?", []),
        ("en", "How do I renew the cards?", ["renew", "card"]),
        ("es", "¿Cómo renuevo la tarjeta?", ["renuev", "tarjet"]),
        ("ru", "Как получить карты", ["получ", "карт"]),
        ("fr", "3646 ou 12,5", ["3646", "12", "5"]),
        ("uk", "картка", []),
        ("xx", "word", []),
        ("fr", "", []),
    ],
)
def test_an_analyser_keeps_the_words_that_carry_meaning(language, text, stems):
    assert analyse(language, text) == stems


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("ru", "социальный", "социальная"),
        ("ru", "бесплатной", "бесплатный"),
        ("ru", "Жилой", "жилая"),
        ("ru", "ребёнок", "ребенок"),
        # Decomposed, as some systems write it.
        ("ru", "социальныи\u0306", "социальный"),
        ("fr", "ma sœur", "ma soeur"),
        ("fr", "ŒUVRE", "oeuvre"),
        ("fr", "ex æquo", "ex aequo"),
        ("en", "cœliac", "coeliac"),
    ],
)
def test_what_people_write_in_two_ways_is_one_word(language, one, other):
    assert analyse(language, one) == analyse(language, other) != []


def test_a_word_with_a_joined_vowel_is_found_however_it_is_asked():
    for text, question in (("ma sœur", "soeur"), ("ma soeur", "sœur")):
        found = LexicalIndex.build(["fr", "fr"], [text, "mon loyer"])
        assert found.scores("fr", analyse("fr", question))[0] > 0


def test_some_languages_have_no_analyser():
    assert [code for code in ("fr", "en", "ar", "uk", "fa") if supports(code)] == ["fr", "en", "ar"]


@pytest.fixture
def lexical():
    return LexicalIndex.build(
        ["fr", "en", "fr", "uk"],
        ["le loyer du logement", "the rent of the flat", "la caution", "оренда"],
    )


def test_a_score_is_zero_where_no_word_is_shared(lexical):
    assert (lexical.scores("fr", analyse("fr", "mon loyer")) > 0).tolist() == [
        True,
        False,
        False,
        False,
    ]
    assert not lexical.scores("fr", ["zzz"]).any()
    assert not lexical.scores("uk", ["оренда"]).any()


def test_what_was_saved_scores_the_same(lexical, tmp_path):
    lexical.save(tmp_path / "words")
    loaded = LexicalIndex.load(tmp_path / "words")
    stems = analyse("fr", "loyer logement")
    assert np.allclose(loaded.scores("fr", stems), lexical.scores("fr", stems))


def test_a_missing_file_is_named(lexical, tmp_path):
    lexical.save(tmp_path / "words")
    (tmp_path / "words" / "fr" / "rows.npy").unlink()
    with pytest.raises(GenerationDamaged, match="words cannot be read"):
        LexicalIndex.load(tmp_path / "words")


def test_no_passage_reaches_the_most_and_more_words_come_nearer_to_it(lexical):
    asked = analyse("fr", "loyer logement inconnu")

    def share(words):
        return lexical.scores("fr", analyse("fr", words))[0] / lexical.most("fr", asked)

    assert 0 < share("loyer") < share("loyer logement") < 1
    assert lexical.most("fr", ["inconnu"]) > lexical.most("fr", analyse("fr", "loyer"))
    assert lexical.most("uk", ["word"]) == lexical.most("fr", []) == 0
