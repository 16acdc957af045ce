"""Danger and personal data, recognised by rules alone."""

import pytest

from service.danger import KINDS, urgent_kind, wordings_by_kind
from service.safety import personal_data


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
        ("he took my passport and locks me in", "watched_or_held"),
        ("je veux mourir", "suicide"),
        ("J'ai été violée", "rape"),
        ("on veut me marier de force", "forced_marriage"),
        ("أنام في الشارع الليلة", "no_roof"),
        ("Mon fils ne respire plus", "medical_emergency"),
    ],
)
def test_danger_is_recognised(question: str, kind: str):
    assert urgent_kind(question) == kind


@pytest.mark.parametrize(
    "question",
    [
        "emergency contraception price",
        "I want to kill time at the prefecture",
        "How do I apply for a carte vitale?",
        "qui paie le médecin",
        "viol de domicile, que dit la loi",
        "What is a mutuelle?",
        "",
    ],
)
def test_a_look_alike_is_no_alarm(question: str):
    assert urgent_kind(question) is None


def test_every_kind_of_danger_has_rules():
    assert {kind: count > 5 for kind, count in wordings_by_kind().items()} == dict.fromkeys(
        KINDS, True
    )


def found(text: str) -> list[tuple[str, str]]:
    return [(p.kind, text[p.start : p.end]) for p in personal_data(text)]


def test_personal_data_is_named_and_placed():
    text = "nir 2 69 05 49 588 157 80, tel 06 12 34 56 78, a.b@c.fr"
    assert found(text) == [
        ("social_security_number", "2 69 05 49 588 157 80"),
        ("phone", "06 12 34 56 78"),
        ("email", "a.b@c.fr"),
    ]


def test_account_and_card_numbers_need_their_check_digits():
    assert found("FR76 3000 6000 0112 3456 7890 189") == [
        ("account_number", "FR76 3000 6000 0112 3456 7890 189")
    ]
    assert found("4111 1111 1111 1111") == [("card_number", "4111 1111 1111 1111")]
    assert found("4111 1111 1111 1112") == []


@pytest.mark.parametrize("text", ["F265", "1 000 euros", "le 14/10/2020", "art. L111-1", "115", ""])
def test_sheet_numbers_amounts_and_dates_are_not_personal(text: str):
    assert personal_data(text) == ()
