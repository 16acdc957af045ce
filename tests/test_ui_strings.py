"""Every interface language is complete, and a language we lack falls back on English."""

import tomllib

import pytest

from ui.strings import FOLDER, available, choose, direction, strings

FILES = sorted(FOLDER.glob("*.toml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_language_has_every_string_with_the_same_placeholders(file):
    english = tomllib.loads((FOLDER / "en.toml").read_text("utf-8"))
    other = tomllib.loads(file.read_text("utf-8"))
    assert other.keys() == english.keys()
    assert other["language_names"].keys() == english["language_names"].keys()
    assert other["code"] == file.stem
    assert other["direction"] == direction(file.stem)
    for name, text in english.items():
        if isinstance(text, str):
            assert other[name].strip(), name
            for placeholder in ("{language}", "{date}", "{who}", "{number}"):
                assert (placeholder in text) == (placeholder in other[name]), name


@pytest.mark.parametrize(
    ("wanted", "accept", "code"),
    [
        ("fr", "en", "fr"),
        (None, "fr-CH, fr;q=0.9, en;q=0.8", "fr"),
        (None, "ja, en;q=0.5", "en"),
        ("xx", "ja", "en"),
        ("../en", None, "en"),
        (None, None, "en"),
    ],
)
def test_the_language_asked_for_comes_first_then_the_browsers(wanted, accept, code):
    assert choose(wanted, accept) == code


def test_an_unknown_language_is_english():
    assert strings("xx").code == "en"
    assert strings("../../etc/passwd").code == "en"


def test_every_file_is_in_the_menu():
    assert set(available()) == {file.stem for file in FILES}


def test_days_are_written_as_in_france():
    assert strings("en").date("2023-05-31T10:00:00+00:00") == "31/05/2023"
    assert strings("en").date(None) == ""
