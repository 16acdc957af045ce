"""Languages told from three words on, and by script alone where that is enough."""

import json

import pytest

from ingest.language import detect
from tests.conftest import SHARED


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("carte vitale perdue", "fr"),
        ("how to apply", "en"),
        ("where do I", "en"),
        ("cómo pedir la", "es"),
        ("onde posso pedir", "pt"),
        ("кто может получить", "ru"),
        ("як отримати картку", "uk"),
        ("sağlık kartı almak", "tr"),
        ("nasıl başvurabilirim ben", "tr"),
        ("كيف أطلب بطاقة", "ar"),
        ("چگونه کارت بگیرم", "fa"),
        ("qu'est-ce que l'AME", "fr"),
        ("wo finde ich", "de"),
        ("dove posso trovare", "it"),
        ("jak dostać kartę", "pl"),
        ("làm thế nào", "vi"),
        ("カードを失くした", "ja"),
        ("我想申请", "zh"),
        ("카드를 잃어버렸어요", "ko"),
        ("ካርድ እፈልጋለሁ", "am"),
        ("কার্ড চাই আমি", "bn"),
        ("HOW DO I APPLY", "en"),
    ],
)
def test_a_few_words_are_enough(text, language):
    assert detect(text) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("How do I apply for a carte Vitale?", "en"),
        ("ما هي carte Vitale؟", "ar"),
        ("Як отримати carte Vitale від Assurance maladie?", "uk"),
        ("¿Qué es la mutuelle?", "es"),
    ],
)
def test_french_names_in_a_question_do_not_make_it_french(text, language):
    assert detect(text) == language


@pytest.mark.parametrize("text", ["", "  \n", "123 456", "???", "\x00", "😀"])
def test_without_letters_the_default_is_the_answer(text):
    assert detect(text, default="uk") == "uk"


def test_only_the_given_languages_are_chosen_from():
    assert detect("wo finde ich", among={"en", "fr"}) in {"en", "fr"}
    assert detect("як отримати", among={"ru", "fr"}) == "ru"
    assert detect("Πού μπορώ", among={"en", "fr"}, default="en") == "en"


def test_a_lone_surrogate_and_a_very_long_text_are_no_trouble():
    assert detect("Where do I apply \ud800 for it?") == "en"
    assert detect("Où puis-je la demander ? " * 50_000) == "fr"


@pytest.mark.parametrize(
    "text",
    [
        "My name is Yıldız and I need help",
        "The card of Mr Yıldız is sent by post to the address that the fund knows.",
        "Where is the Łódź consulate in Paris?",
    ],
)
def test_a_borrowed_name_does_not_turn_a_sentence(text):
    assert detect(text) == "en"


@pytest.mark.shared
def test_every_development_question_and_nine_in_ten_of_its_first_words_are_told():
    file = SHARED / "questions" / "service-public-dev.jsonl"
    if not file.exists():
        pytest.skip(f"the measuring questions are not there: {file}")
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert [r["id"] for r in rows if detect(r["question"]) != r["language"]] == []
    cut = [(" ".join(r["question"].split()[:3]), r["language"]) for r in rows]
    assert sum(detect(text) == language for text, language in cut) / len(cut) >= 0.9
