"""Several questions in one are told apart where a reader would, and one question stays one."""

import time

import pytest

from service.parts import asked_in_story, parts_of


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (
            "How do I apply for the card? And how long does it take?",
            ("How do I apply for the card?", "how long does it take?"),
        ),
        (
            "Where do I send the form and who can help me with it",
            ("Where do I send the form", "who can help me with it"),
        ),
        (
            "Comment demander la carte, et combien ça coûte ?",
            ("Comment demander la carte", "combien ça coûte ?"),
        ),
        (
            "هل أحتاج إلى موعد في العيادة، وهل يعالجون الأطفال؟",
            ("هل أحتاج إلى موعد في العيادة", "هل يعالجون الأطفال؟"),
        ),
        (
            "Які потрібні документи для картки і скільки чекати на відповідь?",
            ("Які потрібні документи для картки", "скільки чекати на відповідь?"),
        ),
        (
            "Kart için ne gerekir ve nasıl başvurulur acaba?",
            ("Kart için ne gerekir", "nasıl başvurulur acaba?"),
        ),
        (
            "Comment inscrire mon enfant qui ne parle pas français ? Qui peut m'aider à l'école ?",
            (
                "Comment inscrire mon enfant qui ne parle pas français ?",
                "Qui peut m'aider à l'école ?",
            ),
        ),
        ("what is the CMP and is it gratuit?", ("what is the CMP", "is it gratuit?")),
        (
            "I came in May. Who pays the doctor? My son is ill. What does a mutuelle cover?",
            ("I came in May. Who pays the doctor?", "My son is ill. What does a mutuelle cover?"),
        ),
    ],
)
def test_parts_begin_where_another_question_does(question, parts):
    assert parts_of(question) == parts


@pytest.mark.parametrize(
    "question",
    [
        "",
        "carte vitale",
        "What is a mutuelle?",
        "I came in May with my two children and my husband. Who pays the doctor?",
        "Do I need a doctor who speaks Turkish, and a translator?",
        "J'ai perdu ma carte et mon passeport, que faire ?",
        "Is it free? Thanks!",
        "How do I get a carte Vitale? Thank you very much for your help!",
        "Comment obtenir la carte Vitale ? Merci beaucoup d'avance.",
        "Who pays the doctor? I came in May and do not have a job yet.",
        "I live in Lyon and am a student, how do I get a card",
        "Je suis enceinte et quand je vais accoucher qui paie",
        "Comment faire pour ma femme qui est enceinte et qui ne parle pas français",
        "Comment faire si je suis malade et que je n'ai pas de papiers ?",
        "What happens when I lose my job and when I have no savings?",
        "شوهرم کار می‌کند و من بیمه ندارم، چه کار کنم",
        "أنا من سوريا ومن دون أوراق كيف أتعالج",
        "? ? ?",
    ],
)
def test_one_question_has_no_parts(question):
    assert parts_of(question) == ()


def test_a_short_rest_stays_with_what_it_leans_on():
    asked = "Where do I send the form? And the photo? And who answers me in the end?"
    assert parts_of(asked) == (
        "Where do I send the form? And the photo?",
        "who answers me in the end?",
    )


def test_every_question_is_a_part_however_many_there_are():
    assert len(parts_of("How do I get a card? " * 100)) == 100


STORY = "We came in May, my wife and I, and live in a room at my cousin's. " * 5


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        (STORY + "Is it free? How do I get a card?", ("How do I get a card?", "Is it free?")),
        ("How do I get a card? " + STORY, ("How do I get a card?",)),
        (STORY + "How do I get a card ? thanks. Good day.", ("How do I get a card ?",)),
        (STORY + "Please tell me about the card.", ("Please tell me about the card.",)),
        ("then " * 70 + "how do I get a card", ("then " * 24 + "how do I get a card",)),
        ("How do I get a card? We came in May.", ()),
    ],
)
def test_what_a_story_asks_is_what_has_a_question_mark_or_comes_last(text, asked):
    assert asked_in_story(text) == asked


def test_a_row_of_commas_is_read_once():
    def seconds(count: int) -> float:
        text = "where is it" + ", " * count + "x"
        began = time.process_time()
        for _ in range(16_000 // count):
            parts_of(text)
        return time.process_time() - began

    # As many commas in all: read anew from each of them, the long row takes sixteen times as long.
    assert seconds(4000) < 6 * min(seconds(250) for _ in range(3)) + 0.01
