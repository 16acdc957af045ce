"""Danger by wordings: what was reached on the questions is held, per language and kind."""

import json
import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from ingest.settings import Settings
from service.content import KINDS, LANGUAGES, load_content
from service.danger import FOLDER, beside_danger, urgent_kind

FILES = Path(__file__).parents[1] / "corpus" / "questions"


def rows_of(name: str) -> list[dict[str, str]]:
    """The questions of danger and look-alikes in one file."""
    return [json.loads(line) for line in (FILES / name).read_text("utf-8").splitlines()]


QUESTIONS = rows_of("urgent.jsonl")
# Written before a wording was seen; floors a little under what is reached.
SECOND = rows_of("urgent-second.jsonl")
THIRD = rows_of("urgent-third.jsonl")
FOURTH = rows_of("urgent-fourth.jsonl")
FIFTH = rows_of("urgent-fifth.jsonl")
# No rule, wording or example was chosen by it, and none may be: its figures are the ones to trust.
SIXTH = rows_of("urgent-sixth.jsonl")
URGENT = [row for row in QUESTIONS if row["kind"] != "none"]
LOOK_ALIKES = [row for row in QUESTIONS if row["kind"] == "none"]


def test_the_questions_are_as_many_in_each_language_and_known_by_kind():
    assert Counter(row["language"] for row in QUESTIONS) == dict.fromkeys(LANGUAGES, 36)
    assert {row["kind"] for row in QUESTIONS} == {*KINDS, "none"}
    assert len({row["id"] for row in QUESTIONS}) == len({row["question"] for row in QUESTIONS})


def test_the_second_set_is_as_large_in_each_language_and_shares_no_question_with_the_first():
    urgent = [row for row in SECOND if row["kind"] != "none"]
    assert Counter(row["language"] for row in SECOND) == dict.fromkeys(LANGUAGES, 50)
    assert Counter(row["kind"] for row in urgent) == dict.fromkeys(KINDS, 36)
    both = [row[key] for row in [*QUESTIONS, *SECOND] for key in ("id", "question")]
    assert len(both) == len(set(both))


def test_the_third_set_is_as_large_in_each_language_and_shares_no_question_with_the_others():
    urgent = [row for row in THIRD if row["kind"] != "none"]
    assert Counter(row["language"] for row in THIRD) == dict.fromkeys(LANGUAGES, 40)
    assert Counter(row["kind"] for row in urgent) == dict.fromkeys(KINDS, 27)
    every = [row[key] for row in [*QUESTIONS, *SECOND, *THIRD] for key in ("id", "question")]
    assert len(every) == len(set(every))


@pytest.mark.parametrize("rows", [FOURTH, FIFTH, SIXTH])
def test_a_set_is_written_as_a_whole_and_shares_no_question_with_the_others(rows):
    urgent = [row for row in rows if row["kind"] != "none"]
    assert {row["split"] for row in rows} == {"gate"}
    assert Counter(row["language"] for row in rows) == dict.fromkeys(LANGUAGES, 40)
    assert Counter((row["language"], row["kind"]) for row in urgent) == {
        (language, kind): 3 for language in LANGUAGES for kind in KINDS
    }
    every = [
        row[key]
        for row in [*QUESTIONS, *SECOND, *THIRD, *FOURTH, *FIFTH, *SIXTH]
        for key in ("id", "question")
    ]
    assert len(every) == len(set(every))


def test_wordings_alone_keep_to_the_fourth_set_over_all_and_in_every_language_and_kind():
    urgent = [row for row in FOURTH if row["kind"] != "none"]
    found = [row for row in urgent if urgent_kind(row["question"])]
    right = [row for row in found if urgent_kind(row["question"]) == row["kind"]]
    assert len(found) / len(urgent) >= 0.68
    assert len(right) / len(urgent) >= 0.59
    languages = Counter(row["language"] for row in found)
    assert min(languages[language] for language in LANGUAGES) >= 11, languages
    kinds = Counter(row["kind"] for row in found)
    assert min(kinds[kind] for kind in KINDS) >= 14, kinds
    look_alikes = [row for row in FOURTH if row["kind"] == "none"]
    false = [row["id"] for row in look_alikes if urgent_kind(row["question"])]
    assert len(false) <= 0.09 * len(look_alikes), false


@pytest.mark.parametrize("language", LANGUAGES)
def test_wordings_alone_find_eight_in_ten_of_the_third_set_in_every_language(language):
    rows = [row for row in THIRD if row["language"] == language and row["kind"] != "none"]
    missed = [row["id"] for row in rows if not urgent_kind(row["question"])]
    assert len(missed) <= 0.2 * len(rows), missed


def test_wordings_alone_keep_to_the_third_set_over_all_languages():
    urgent = [row for row in THIRD if row["kind"] != "none"]
    found = [(urgent_kind(row["question"]), row["kind"]) for row in urgent]
    assert sum(kind is not None for kind, _ in found) / len(urgent) >= 0.9
    assert sum(kind == right for kind, right in found) / len(urgent) >= 0.83
    look_alikes = [row for row in THIRD if row["kind"] == "none"]
    false = [row["id"] for row in look_alikes if urgent_kind(row["question"])]
    assert len(false) <= 0.02 * len(look_alikes), false


@pytest.mark.parametrize("language", LANGUAGES)
def test_wordings_alone_find_nine_in_ten_of_the_second_set_in_every_language(language):
    rows = [row for row in SECOND if row["language"] == language and row["kind"] != "none"]
    missed = [row["id"] for row in rows if not urgent_kind(row["question"])]
    assert len(missed) <= 0.1 * len(rows), missed


def test_wordings_alone_keep_to_the_second_set_over_all_languages():
    urgent = [row for row in SECOND if row["kind"] != "none"]
    found = [(urgent_kind(row["question"]), row["kind"]) for row in urgent]
    assert sum(kind is not None for kind, _ in found) / len(urgent) >= 0.96
    assert sum(kind == right for kind, right in found) / len(urgent) >= 0.9
    look_alikes = [row for row in SECOND if row["kind"] == "none"]
    false = [row["id"] for row in look_alikes if urgent_kind(row["question"])]
    assert len(false) <= 0.04 * len(look_alikes), false


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
        "есть ли другой способ заплатить за квартиру",
        "hay otra forma de pagar el alquiler?",
        "tengo que dejar la casa hoy, dónde dejo las llaves?",
        "",
        "I want to know how I can pay",
        "they put a crown in my mouth, how much is reimbursed",
        "ameli is not responding",
        "I'm confused since I moved to PUMa",
        "FranceConnect does not recognise me",
        "when I'm not there, who signs?",
        "it is the last day to send the form",
        "what's the point of renewing my card",
        "I had to give my phone to the repair shop, I need another number on ameli",
        "I prepared my papers, where do I send the letter",
        "can the hospital make me pay if I have no card",
        "will they cancel my cover if I leave my job?",
        "I owe the hospital 300 euros until I pay can I still see a doctor",
        "I can't go to the dentist until I pay",
        "they do not reply to my letter, do they check",
        "please get me an appointment",
        "does CAF count us in when my mother lives here",
        "he asked for something else, other papers",
        "on 16 June I married, must I tell the CPAM",
        "I gave them my papers and they did not send them back",
        "peut-on me faire payer la consultation",
        "la date de naissance a été corrigée",
        "c'est le dernier jour pour envoyer le dossier",
        "je ne sais pas comment je dois payer",
        "je dois avancer les frais avant de me faire rembourser ?",
        "je ne peux pas aller chez le dentiste sans payer",
        "si no estoy asegurado, quién paga",
        "mi cuenta ameli, cuando entro sale un error",
        "debo pagar algo antes de pagar la mutuelle",
        "me duele la espalda abajo",
        "vivo en un piso con otras chicas, somos estudiantes",
        "el dentista dice que no puedo masticar hasta mañana, lo reembolsan?",
        "operación de rodilla, el médico exige un anticipo",
        "minha conta ameli, quando entro sai um erro",
        "devo pagar antes de sair do hospital",
        "kocam başvuru yaptı, ne zaman cevap gelir",
        "muayene işimi bitirdim, parayı ne zaman alırım",
        "karım diyor ki kart iki haftada gelir",
        "eşimin yanına gideceğim, sigortam ne olur",
        "ben gittikten sonra sigortam biter mi",
        "sigorta para vermiyor, ne yapabilirim",
        "kimse beni kabul etmiyor, aile doktoru bulamıyorum",
        "я опять упала в рейтинге очереди",
        "должна ли я прежде чем заплатить получить карту",
        "если откажусь от mutuelle, какие документы нужны",
        "сайт не відкриває сторінку про картку дитини",
        "коли мене не буде вдома, хто забере лист",
        "انكسرت يدي السنة الماضية، هل يدفع التأمين",
        "هذا آخر يوم لإرسال الملف",
        "؟",
    ],
)
def test_what_only_sounds_like_danger_is_no_alarm(question):
    assert urgent_kind(question) is None


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("to kill time I write: my husband beats me", "violence"),
        ("what is a protection order, my husband hits me", "violence"),
        ("I work as a cleaner and my boss raped me", "rape"),
        ("formation de cuisine, mais mon mari est violent et j'ai peur", "violence"),
        ("trabajo en limpieza y mi jefe me violó", "rape"),
        ("çalışmaya başladım ama kocam şiddet uyguluyor", "violence"),
        ("we have no insurance and my father is having a stroke", "medical_emergency"),
        ("у меня нет страховки, у мамы инфаркт", "medical_emergency"),
        ("the paperwork is killing me and my husband beats me", "violence"),
        ("ce dossier me tue, et mon mari me frappe", "violence"),
        ("I am a law student and my parents force me to marry my cousin", "forced_marriage"),
        ("last year my husband broke my arm and now he hits me again", "violence"),
        ("I need an interpreter, my husband is violent", "violence"),
        ("can I call the police they leave the kids alone all night", "child_in_danger"),
        ("je voudrais un interprète pour parler des violences de mon mari", "violence"),
        ("me rompió el brazo el año pasado y sigue pegándome", "violence"),
        ("ele partiu-me o braço no ano passado e ameaça-me", "violence"),
        ("كم سعر الاسعاف، ابي عنده جلطة", "medical_emergency"),
        ("он сломал мне руку в прошлом году и опять бьёт", "violence"),
        ("шукаю притулок на ніч з дитиною", "no_roof"),
        ("işten gelince beni öldürecek", "violence"),
        ("هزینه آمبولانس چند است بابام سکته کرده", "medical_emergency"),
    ],
)
def test_danger_beside_harmless_words_is_found_all_the_same(question, kind):
    assert urgent_kind(question) == kind


@pytest.mark.parametrize(
    ("question", "beside"),
    [
        ("my husband beats me. How do I get it? Is it free?", "How do I get it? Is it free?"),
        (
            "Comment faire ? Mon mari me frappe, et c'est gratuit ?",
            "Comment faire ? et c'est gratuit ?",
        ),
        ("my husband beats me", ""),
        ("How do I get it? Is it free?", ""),
    ],
)
def test_what_is_asked_beside_danger_stays_as_it_was_typed(question, beside):
    assert beside_danger(question) == beside


def test_nearness_is_asked_only_when_no_wording_is_found_for_the_question_as_it_stands():
    asked: list[str] = []
    assert urgent_kind("a question,\nthat nobody worded", lambda text: asked.append(text) or "rape")
    assert urgent_kind("my husband beats me", lambda _: "rape") == "violence"
    assert asked == ["a question,\nthat nobody worded"]


@pytest.mark.parametrize(
    ("question", "read"),
    [
        ("where to watch suicide squad", ""),
        ("where to watch suicide squad? He is here again", "He is here again"),
        (
            "He is here again, how much does an ambulance cost, and the mask",
            "He is here again\nand the mask",
        ),
    ],
)
def test_nearness_does_not_read_the_clauses_in_which_words_only_sound_like_danger(question, read):
    asked: list[str] = []
    assert urgent_kind(question, asked.append) is None
    assert [text.strip() for text in asked] == [read]


def test_every_language_has_wordings_of_every_kind():
    wordings: Counter[str] = Counter()
    for language in LANGUAGES:
        text = (FOLDER / f"{language}.toml").read_text("utf-8")
        assert re.findall(r"^(\w+) = \[$", text, re.MULTILINE)[1:] == list_of_kinds(text)
        raw = tomllib.loads(text)
        wordings.update({kind: len(raw["wordings"][kind]) for kind in KINDS})
    assert all(wordings[kind] > 100 for kind in KINDS), wordings


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
