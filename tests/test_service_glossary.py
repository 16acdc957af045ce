"""Lay, misspelt and foreign words lead to the administration's term."""

import pytest

from service.content import Term
from service.glossary import Glossary, QuotedTerms, tokens

CARD = Term(
    "carte-vitale",
    "carte Vitale",
    {},
    {
        "fr": ("carte verte", "kart vital"),
        "en": ("health card",),
        "ar": ("بطاقة صحية",),
        "uk": ("медична картка",),
        "tr": ("er",),
    },
)
FUND = Term("cpam", "CPAM", {}, {"fr": ("caisse d'assurance maladie",)})
GLOSSARY = Glossary([CARD, FUND])


def found(question: str, language: str) -> list[str]:
    return [term.id for term in GLOSSARY.find(question, language)]


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Where is my carte vitale?", "en"),
        ("j'ai perdu ma carte verte", "fr"),
        ("kart vital nasıl alınır", "tr"),
        ("how do I get a HEALTH CARD", "en"),
        ("two health cards", "en"),
        ("كيف أحصل على البطاقة الصحية", "ar"),
        ("де моя медичну картку", "uk"),
    ],
)
def test_what_people_say_leads_to_the_term(question: str, language: str):
    assert found(question, language) == ["carte-vitale"]


@pytest.mark.parametrize("question", ["carte", "health", "a green card for golf", "er ist da", ""])
def test_a_part_of_a_phrase_or_another_languages_short_word_is_nothing(question: str):
    assert found(question, "en") == []


def test_several_terms_come_in_the_order_of_the_question():
    assert found("la CPAM m'a envoyé ma carte verte", "fr") == ["cpam", "carte-vitale"]


def test_accents_case_and_apostrophes_fold():
    assert tokens("L’Assurance MALADIE d'été") == ("l", "assurance", "maladie", "d", "ete")


def quoted(quotation: str) -> list[str]:
    terms = [CARD, FUND, Term("carte", "carte", {}, {})]
    return [term.id for term in QuotedTerms(terms).find(quotation)]


@pytest.mark.parametrize(
    ("quotation", "terms"),
    [
        ("Your CPAM sends the carte Vitale.", ["cpam", "carte-vitale"]),
        ("Les cartes Vitale sont gratuites.", ["carte-vitale"]),
        ("La carte de séjour", ["carte"]),
        ("A cartel of health cards", []),
        ("CARTE VITALE, carte vitale", ["carte-vitale"]),
        ("", []),
    ],
)
def test_a_quotations_terms_are_found_whole_once_and_longest_first(quotation, terms):
    assert quoted(quotation) == terms
