"""Lay, misspelt and foreign words lead to the administration's term."""

import pytest

from ingest.settings import Settings
from service.content import Term, load_content
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


@pytest.mark.parametrize(
    ("known", "question", "language"),
    [
        ("psychologue", "un suivi psychologique", "fr"),
        ("mutuelle", "un accord mutuel", "fr"),
        ("Samu", "Samuel est mon fils", "fr"),
        ("ameli", "je m'appelle Amélie", "fr"),
        ("viol", "un pull violet", "fr"),
        ("vacuna", "el vacuno", "es"),
        ("intérprete", "¿quién interpretó el himno?", "es"),
        ("estupro", "uma pergunta estúpida", "pt"),
        ("лікарня", "мені не платять лікарняний", "uk"),
        ("стоматолог", "школа стоматологии", "ru"),
        ("карта", "картошка", "ru"),
        ("eczane", "eczacılık okumak", "tr"),
        ("محامية", "محامل السيارة", "ar"),
        ("وکیل", "وکالت خواندم", "fa"),
    ],
)
def test_another_word_that_begins_alike_is_not_the_term(known: str, question: str, language: str):
    terms = [Term("x", "une autre chose", {}, {language: (known,)})]
    assert Glossary(terms).find(question, language) == ()


@pytest.mark.parametrize(
    ("known", "forms", "language"),
    [
        ("dentiste", "dentistes", "fr"),
        ("avocat", "avocats avocate avocates", "fr"),
        ("divorce", "divorcer divorcé divorcée divorcées", "fr"),
        ("viol", "viols", "fr"),
        ("pharmacy", "pharmacies", "en"),
        ("vaccine", "vaccines", "en"),
        ("abogado", "abogada abogados abogadas", "es"),
        ("hospital", "hospitais", "pt"),
        ("vacinação", "vacinações", "pt"),
        ("страховка", "страховки страховку страховке страховкой страховками", "ru"),
        ("карта", "карты карту карте картой картами картах", "ru"),
        ("медицинский", "медицинская медицинского медицинскую медицинские медицинских", "ru"),
        ("лікарня", "лікарні лікарню лікарнею лікарнях", "uk"),
        ("адвокат", "адвоката адвокату адвокатом адвокатів адвокати", "uk"),
        ("медична", "медичну медичної медичною медичні медичний", "uk"),
        ("sigorta", "sigortam sigortamı sigortası sigortasını sigortasına sigortadan", "tr"),
        ("kart", "kartı kartım kartımı kartımın kartlar kartında karta kartla", "tr"),
        ("sağlık", "saglik sağlığı sağlığım sağlığımın", "tr"),
        ("boşanmak", "boşanma boşandım boşandık boşanıyorum boşanacağım", "tr"),
        ("بطاقة", "البطاقة بطاقتي بطاقته بطاقتها بطاقات بالبطاقة", "ar"),
        ("محامي", "المحامي محاميك محاميه محامية للمحامي", "ar"),
        ("بیمه", "بیمه‌ام بیمه‌های بیمه‌ی بیمهٔ بیمه‌مان", "fa"),
        ("وکیل", "وکیلم وکیلی وکیلها وکیلمان", "fa"),
    ],
)
def test_an_inflected_form_of_a_word_is_the_term(known: str, forms: str, language: str):
    glossary = Glossary([Term("x", "une autre chose", {}, {language: (known,)})])
    lost = [form for form in forms.split() if not glossary.find(form, language)]
    assert lost == []


def test_a_slip_at_the_end_of_a_word_passes_where_the_other_words_agree():
    glossary = Glossary([Term("x", "assistante sociale", {}, {})])
    assert glossary.find("une assistante socialle", "fr")
    assert not glossary.find("une assistante agréée", "fr")


def test_everything_the_corpus_says_finds_its_own_term():
    terms = load_content(Settings().content).glossary
    glossary = Glossary(terms)
    lost = [
        (term.id, language, words)
        for term in terms
        for language, phrases in (*term.also_said.items(), ("fr", (term.term,)))
        for words in phrases
        if term not in glossary.find(words, language)
    ]
    assert lost == []
    assert len(terms) >= 150


def test_several_terms_come_in_the_order_of_the_question():
    assert found("la CPAM m'a envoyé ma carte verte", "fr") == ["cpam", "carte-vitale"]


def test_accents_case_and_apostrophes_fold():
    assert tokens("L’Assurance MALADIE d'été") == ("l", "assurance", "maladie", "d", "ete")


def quoted(quotation: str) -> list[str]:
    fund = Term("cpam", "caisse primaire (CPAM)", {}, {}, ("CAPM", "caisse locale"))
    terms = [CARD, fund, Term("carte", "carte", {}, {})]
    return [term.id for term in QuotedTerms(terms).find(quotation)]


@pytest.mark.parametrize(
    ("quotation", "terms"),
    [
        ("Your CPAM sends the carte Vitale.", ["carte-vitale", "cpam"]),
        ("Les cartes Vitale sont gratuites.", ["carte-vitale"]),
        ("Les caisses primaires d’assurance maladie", ["cpam"]),
        ("a CAPM", ["cpam"]),
        ("a capm, a caisse locale", []),
        ("La carte de séjour", ["carte"]),
        ("A cartel of health cards", []),
        ("CARTE VITALE, carte vitale", ["carte-vitale"]),
        ("", []),
    ],
)
def test_a_quotations_terms_are_found_whole_once_and_longest_first(quotation, terms):
    assert quoted(quotation) == terms
