"""Danger by wordings: what was reached on the questions is held, per language and kind."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from ingest.settings import Settings
from service.content import LANGUAGES, load_content
from service.danger import FOLDER, KINDS, urgent_kind, wordings_by_kind

QUESTIONS = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "corpus" / "questions" / "urgent.jsonl")
    .read_text("utf-8")
    .splitlines()
]
URGENT = [row for row in QUESTIONS if row["kind"] != "none"]
LOOK_ALIKES = [row for row in QUESTIONS if row["kind"] == "none"]


def test_the_questions_are_as_many_in_each_language_and_known_by_kind():
    assert Counter(row["language"] for row in QUESTIONS) == dict.fromkeys(LANGUAGES, 36)
    assert {row["kind"] for row in QUESTIONS} == {*KINDS, "none"}
    assert len({row["id"] for row in QUESTIONS}) == len({row["question"] for row in QUESTIONS})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("split", ["tune", "dev", "gate"])
def test_every_urgent_question_is_recognised(language, split):
    missed = [
        row["question"]
        for row in URGENT
        if row["language"] == language
        and row["split"] == split
        and not urgent_kind(row["question"])
    ]
    assert missed == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_kind_is_right_for_nearly_every_question(kind):
    rows = [row for row in URGENT if row["kind"] == kind]
    right = sum(urgent_kind(row["question"]) == kind for row in rows)
    assert right / len(rows) >= 0.96


def test_no_look_alike_raises_an_alarm():
    assert [row["question"] for row in LOOK_ALIKES if urgent_kind(row["question"])] == []


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("my husband beats me and I have no papers", "violence"),
        ("Mon mari m’a frappée, où aller ?", "violence"),
        ("زوجي يضربني ماذا أفعل؟", "violence"),
        ("mi marido me pega", "violence"),
        ("O meu marido bateu-me", "violence"),
        ("Мій чоловік б'є мене", "violence"),
        ("муж избил меня", "violence"),
        ("Kocam beni dövüyor", "violence"),
        ("شوهرم مرا کتک می زند", "violence"),
        ("il menace de me tuer", "violence"),
        ("je veux me tuer", "suicide"),
        ("he took my passport and locks me in", "watched_or_held"),
        ("je veux mourir", "suicide"),
        ("J'ai été violée", "rape"),
        ("on veut me marier de force", "forced_marriage"),
        ("أنام في الشارع الليلة", "no_roof"),
        ("Mon fils ne respire plus", "medical_emergency"),
        ("mon mari me frape, help me please", "violence"),
    ],
)
def test_danger_is_recognised(question, kind):
    assert urgent_kind(question) == kind


@pytest.mark.parametrize(
    "question",
    [
        "emergency contraception price",
        "I want to kill time at the prefecture",
        "How do I apply for a carte vitale?",
        "qui paie le médecin",
        "viol de domicile, que dit la loi",
        "est-ce que je peux toucher le RSA avec un enfant",
        "",
        "؟",
    ],
)
def test_what_only_sounds_like_danger_is_no_alarm(question):
    assert urgent_kind(question) is None


def test_danger_beside_harmless_words_is_found_all_the_same():
    assert urgent_kind("to kill time I write: my husband beats me") == "violence"


def test_nearness_is_asked_only_when_no_wording_is_found_and_harmless_words_overrule_it():
    assert urgent_kind("a question that nobody worded", lambda: "rape") == "rape"
    assert urgent_kind("my husband beats me", lambda: "rape") == "violence"
    assert urgent_kind("where to watch suicide squad", lambda: "suicide") is None


def test_every_language_has_wordings_of_every_kind():
    for language in LANGUAGES:
        text = (FOLDER / f"{language}.toml").read_text("utf-8")
        assert re.findall(r"^(\w+) = \[$", text, re.MULTILINE)[1:] == list_of_kinds(text)
    assert {kind: count > 100 for kind, count in wordings_by_kind().items()} == dict.fromkeys(
        KINDS, True
    )


def list_of_kinds(text: str) -> list[str]:
    """The kinds in the order of the file, each once."""
    kinds = re.findall(rf"^({'|'.join(KINDS)}) = \[$", text, re.MULTILINE)
    assert sorted(kinds) == sorted(KINDS)
    return kinds


@pytest.mark.parametrize(
    "kind", ["violence", "watched_or_held", "child_in_danger", "rape", "forced_marriage"]
)
def test_17_112_and_by_text_114_come_first_and_listening_lines_after_them(kind):
    contacts = load_content(Settings().content).danger[kind]
    numbers = [contact.channels[0].value for contact in contacts]
    assert numbers[:3] == ["17", "112", "114"]
    assert contacts[2].channels[0].kind == "text"
    for number in {"3919", "116 006"} & set(numbers):
        assert contacts[numbers.index(number)].emergency is False
        assert numbers.index(number) >= 3
