"""Contacts and notices are data that someone in danger acts on: each rule on them is held here."""

import re
import tomllib
from datetime import date
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

CORPUS = Path(__file__).parents[1] / "corpus"
LANGUAGES = {"en", "fr", "es", "pt", "ar", "uk", "ru", "tr", "fa"}
REQUIRED = {"id", "name", "emergency", "channels", "source", "source_url", "for"}
OPTIONAL = {"cost", "languages", "source_date", "other_sources"}
KINDS = {
    "violence",
    "watched_or_held",
    "child_in_danger",
    "suicide",
    "rape",
    "forced_marriage",
    "no_roof",
    "medical_emergency",
}
FIRST = ["police", "european-emergency", "emergency-text"]
PLACEHOLDERS = {"other_language": {"language"}, "may_be_old": {"date"}, "partial": {"parts"}}
KEYS = {
    "language",
    "language_name",
    "direction",
    "not_legal_advice",
    "not_verified",
    "other_language",
    "may_be_old",
    "not_found",
    "out_of_scope",
    "partial",
    "who_can_help",
    "urgent",
    "not_for_emergencies",
    "personal_data",
    "service_down",
}
HOURS = re.compile(
    r"\b\d{1,2}\s?h(?:\s?\d{2})?\b|\b\d{1,2}:\d{2}\b|\b24\s?/\s?24|\b7\s?/\s?7|\b[ap]\.?m\.?\b",
    re.IGNORECASE,
)
NUMBERS = {
    "samu": "15",
    "police": "17",
    "fire": "18",
    "european-emergency": "112",
    "emergency-text": "114",
    "emergency-shelter": "115",
    "child-in-danger": "119",
    "suicide-prevention": "3114",
    "violences-femmes-info": "3919",
    "victims": "116 006",
    "ameli": "36 46",
}


def read(name: str) -> dict[str, Any]:
    return tomllib.loads((CORPUS / name).read_text("utf-8"))


RAW = read("contacts.toml")
CONTACTS = {entry["id"]: entry for entry in RAW["contacts"]}
DANGER = {entry["kind"]: entry for entry in RAW["danger"]}


def notices(code: str) -> dict[str, str]:
    return read(f"notices/{code}.toml")


def sources(entry: dict[str, Any]) -> list[dict[str, Any]]:
    return [entry, *entry.get("other_sources", ())]


def test_every_contact_has_an_id_of_its_own() -> None:
    assert len(CONTACTS) == len(RAW["contacts"])
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) for name in CONTACTS)


@pytest.mark.parametrize("name", CONTACTS)
def test_a_contact_has_the_fields_of_the_schema_and_no_others(name: str) -> None:
    keys = set(CONTACTS[name])
    assert keys >= REQUIRED
    assert keys <= REQUIRED | OPTIONAL
    assert isinstance(CONTACTS[name]["emergency"], bool)


@pytest.mark.parametrize("name", CONTACTS)
def test_a_channel_is_of_a_known_kind_and_its_value_fits(name: str) -> None:
    for channel in CONTACTS[name]["channels"]:
        assert set(channel) == {"kind", "value"}
        assert channel["kind"] in {"call", "text", "chat", "fax", "web"}
        web = channel["kind"] in {"chat", "web"}
        assert re.fullmatch(r"https://\S+" if web else r"\d+( \d+)*", channel["value"])


@pytest.mark.parametrize("name", CONTACTS)
def test_each_source_has_an_address_and_no_date_in_the_future(name: str) -> None:
    for source in sources(CONTACTS[name]):
        assert source["source"]
        assert source["source_url"].startswith(("https://", "http://"))
        assert "source_date" not in source or date(2015, 1, 1) < source["source_date"]
        assert "source_date" not in source or source["source_date"] <= date.today()


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_rests_on_a_dated_source(name: str) -> None:
    assert isinstance(CONTACTS[name]["source_date"], date)


@pytest.mark.parametrize("name", CONTACTS)
def test_a_contact_says_for_what_in_nine_languages(name: str) -> None:
    said = CONTACTS[name]["for"]
    assert set(said) == LANGUAGES
    assert all(said.values())
    assert len(set(said.values())) == len(LANGUAGES)


def test_the_numbers_are_these_and_no_others() -> None:
    dialled = {
        name: [c["value"] for c in entry["channels"] if c["kind"] in {"call", "text", "fax"}]
        for name, entry in CONTACTS.items()
    }
    assert {name: values for name, values in dialled.items() if values} == {
        name: [number] for name, number in NUMBERS.items()
    }


def test_114_is_reached_by_text_first() -> None:
    assert CONTACTS["emergency-text"]["channels"][0] == {"kind": "text", "value": "114"}


def test_emergency_numbers_are_marked_and_listening_lines_are_not() -> None:
    urgent = {name for name, entry in CONTACTS.items() if entry["emergency"]}
    assert urgent == {
        "samu",
        "police",
        "fire",
        "european-emergency",
        "emergency-text",
        "emergency-shelter",
        "child-in-danger",
        "suicide-prevention",
    }


def test_every_kind_of_danger_is_there_once_and_awaits_review() -> None:
    assert set(DANGER) == KINDS
    assert len(RAW["danger"]) == len(KINDS)
    assert {entry["review"] for entry in DANGER.values()} == {"awaiting review by a specialist"}


def test_every_contact_that_is_named_exists() -> None:
    named = [name for entry in DANGER.values() for name in entry["contacts"]]
    assert set(named + RAW["support"]["contacts"]) <= set(CONTACTS)
    for listed in [RAW["support"]["contacts"], *(e["contacts"] for e in DANGER.values())]:
        assert listed
        assert len(set(listed)) == len(listed)


@pytest.mark.parametrize(
    "kind", ["violence", "watched_or_held", "child_in_danger", "rape", "forced_marriage"]
)
def test_17_then_112_then_114_come_first_in_immediate_danger(kind: str) -> None:
    assert DANGER[kind]["contacts"][:3] == FIRST


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_no_emergency_contact_stands_below_one_that_is_not(kind: str) -> None:
    marks = [CONTACTS[name]["emergency"] for name in DANGER[kind]["contacts"]]
    assert marks[0] is True
    assert marks == sorted(marks, reverse=True)


@pytest.mark.parametrize(
    ("kind", "first"),
    [
        ("suicide", ["suicide-prevention", "samu", "european-emergency"]),
        ("no_roof", ["emergency-shelter"]),
        ("medical_emergency", ["samu", "european-emergency", "emergency-text"]),
    ],
)
def test_other_dangers_begin_with_the_line_made_for_them(kind: str, first: list[str]) -> None:
    assert DANGER[kind]["contacts"][: len(first)] == first


def test_there_is_one_notices_file_a_language() -> None:
    assert {file.stem for file in (CORPUS / "notices").glob("*.toml")} == LANGUAGES


@pytest.mark.parametrize("code", sorted(LANGUAGES))
def test_notices_are_complete_and_name_their_own_language(code: str) -> None:
    found = notices(code)
    assert set(found) == KEYS
    assert all(isinstance(text, str) and text for text in found.values())
    assert found["language"] == code
    assert found["direction"] == ("rtl" if code in {"ar", "fa"} else "ltr")


@pytest.mark.parametrize("code", sorted(LANGUAGES - {"en"}))
def test_no_notice_was_left_in_english(code: str) -> None:
    english = notices("en")
    assert [key for key, text in notices(code).items() if text == english[key]] in (
        ["direction"],
        [],
    )


@pytest.mark.parametrize(
    ("code", "own", "foreign"),
    [
        ("uk", "[іїє]", "[ыэёъ]"),
        ("ru", "[ыэ]", "[іїєґ]"),
        ("ar", "[ةي]", "[پچژگیک]"),
        ("fa", "[پچگیک]", "[ةيك]"),
        ("tr", "[ığş]", "[qwx]"),
    ],
)
def test_a_language_is_written_in_its_own_letters(code: str, own: str, foreign: str) -> None:
    said = " ".join([*notices(code).values(), *(e["for"][code] for e in CONTACTS.values())])
    assert re.search(own, said)
    assert re.findall(foreign, said) == []


@pytest.mark.parametrize("code", sorted(LANGUAGES))
def test_placeholders_stand_where_they_are_filled_and_nowhere_else(code: str) -> None:
    for key, text in notices(code).items():
        fields = {field for _, field, _, _ in Formatter().parse(text) if field is not None}
        assert fields == PLACEHOLDERS.get(key, set()), key


@pytest.mark.parametrize("code", sorted(LANGUAGES))
def test_notices_of_danger_give_the_numbers_in_order(code: str) -> None:
    found = notices(code)
    assert re.findall(r"\d+", found["urgent"]) == ["17", "112", "114"]
    assert re.findall(r"\d+", found["not_for_emergencies"]) == ["17", "112", "114"]
    assert re.findall(r"\d+", found["service_down"]) == ["112", "17", "15", "114"]


def test_the_english_notice_begins_as_agreed() -> None:
    assert notices("en")["not_legal_advice"].startswith("This is not legal advice")


@pytest.mark.parametrize("text", ["9h-19h", "9 h 30", "24/24", "7 / 7", "08:30", "9 am"])
def test_the_pattern_of_opening_hours_recognises_them(text: str) -> None:
    assert HOURS.search(text)


def test_no_opening_hours_are_written_anywhere() -> None:
    said = [text for entry in CONTACTS.values() for text in entry["for"].values()]
    said += [text for code in LANGUAGES for text in notices(code).values()]
    assert [text for text in said if HOURS.search(text)] == []
