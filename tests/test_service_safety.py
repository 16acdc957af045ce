"""Personal data in a question: recall and false alarms per kind are held at what was reached."""

import json
from collections import Counter
from pathlib import Path

import pytest

from service.safety import personal_data

TEXTS = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "corpus" / "questions" / "personal-data.jsonl")
    .read_text("utf-8")
    .splitlines()
]
FOUND = [
    "social_security_number",
    "foreigner_number",
    "phone",
    "email",
    "address",
    "card_number",
    "account_number",
]


def found(text: str) -> list[tuple[str, str]]:
    return [(p.kind, text[p.start : p.end]) for p in personal_data(text)]


@pytest.mark.parametrize("kind", FOUND)
def test_all_made_up_data_of_a_kind_is_found_where_it_stands(kind):
    missed = [
        row["text"]
        for row in TEXTS
        for gold in row["found"]
        if gold["kind"] == kind
        and not any(
            p.kind == kind and p.start == gold["start"] and 0 <= p.end - gold["end"] <= 20
            for p in personal_data(row["text"])
        )
    ]
    assert missed == []


def test_texts_without_personal_data_raise_no_alarm():
    plain = [row["text"] for row in TEXTS if not row["found"]]
    assert len(plain) >= 80
    assert [(text, found(text)) for text in plain if found(text)] == []


def test_nothing_else_is_found_beside_personal_data():
    for row in TEXTS:
        kinds = Counter(gold["kind"] for gold in row["found"])
        assert Counter(p.kind for p in personal_data(row["text"])) == kinds, row["text"]


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
    assert found("BE71 0961 2345 6769 is mine") == [("account_number", "BE71 0961 2345 6769")]
    assert found("4111 1111 1111 1111") == [("card_number", "4111 1111 1111 1111")]
    assert found("4111 1111 1111 1112") == []


def test_a_business_number_that_passes_the_card_check_is_no_card():
    assert found("SIRET 732 829 320 00074") == []


def test_digits_of_any_script_are_read_and_placed():
    assert found("رقمي ٠٦ ٣٩ ٩٨ ١٢ ٣٤") == [("phone", "٠٦ ٣٩ ٩٨ ١٢ ٣٤")]


@pytest.mark.parametrize("text", ["F265", "1 000 euros", "le 14/10/2020", "art. L111-1", "115", ""])
def test_sheet_numbers_amounts_and_dates_are_not_personal(text: str):
    assert personal_data(text) == ()
