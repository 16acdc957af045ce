"""Every interface language is complete, and a language we lack falls back on English."""

import re
import tomllib
from datetime import date

import pytest

from ui.plurals import category
from ui.strings import FOLDER, available, choose, direction, strings

FILES = sorted(FOLDER.glob("*.toml"))


PLACEHOLDERS = re.compile(r"\{(\w+)\}")
# What CLDR's rules need for whole numbers, by language.
CATEGORIES = {
    "en": {"one", "other"},
    "fr": {"one", "many", "other"},
    "es": {"one", "many", "other"},
    "pt": {"one", "many", "other"},
    "ar": {"zero", "one", "two", "few", "many", "other"},
    "uk": {"one", "few", "many"},
    "ru": {"one", "few", "many"},
    "tr": {"one", "other"},
    "fa": {"one", "other"},
}


def leaves(table, path=()):
    for name, value in table.items():
        if isinstance(value, dict):
            yield from leaves(value, (*path, name))
        else:
            yield (*path, name), value


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_language_has_every_string_with_the_same_placeholders(file):
    english = dict(leaves(tomllib.loads((FOLDER / "en.toml").read_text("utf-8"))))
    other = dict(leaves(tomllib.loads(file.read_text("utf-8"))))
    plural = {path for path in (*english, *other) if path[0] == "plurals"}
    assert other.keys() - plural == english.keys() - plural
    assert other[("code",)] == file.stem
    assert other[("direction",)] == direction(file.stem)
    assert len(other[("months",)]) == 12
    for path in english.keys() - plural - {("months",)}:
        assert other[path].strip(), path
        assert set(PLACEHOLDERS.findall(other[path])) == set(PLACEHOLDERS.findall(english[path]))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_string_was_left_in_english(file):
    english = dict(leaves(tomllib.loads((FOLDER / "en.toml").read_text("utf-8"))))
    other = dict(leaves(tomllib.loads(file.read_text("utf-8"))))
    same = {path for path in english if other.get(path) == english[path] and len(path) == 1}
    alike = {("title",), ("comma",), ("colon",), ("digits",), ("date",), ("direction",)}
    alike |= {("chat",), ("fax",), ("page",), ("text",)}
    if file.stem != "en":
        assert same <= alike


@pytest.mark.parametrize("code", CATEGORIES)
def test_every_number_has_its_plural_form(code):
    words = strings(code)
    for forms in words.plurals.values():
        assert set(forms) == CATEGORIES[code]
    used = {category(code, n) for n in (*range(300), 1_000_000)}
    assert used == CATEGORIES[code]


@pytest.mark.parametrize(
    ("code", "n", "text"),
    [
        ("en", 1, "1 quotation"),
        ("en", 0, "0 quotations"),
        ("fr", 0, "0 citation"),
        ("fr", 2, "2 citations"),
        ("pt", 0, "0 citações"),
        ("ar", 2, "اقتباسان"),
        ("ar", 3, "3 اقتباسات"),
        ("ar", 11, "11 اقتباساً"),
        ("ar", 100, "100 اقتباس"),
        ("uk", 21, "21 цитата"),
        ("uk", 3, "3 цитати"),
        ("ru", 12, "12 цитат"),
        ("fa", 3, "۳ نقل قول"),
    ],
)
def test_a_count_is_said_as_the_language_says_it(code, n, text):
    assert strings(code).count("quotations", n) == text


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


@pytest.mark.parametrize("code", ["ar", "fa", "dv", "ur"])
def test_a_page_in_a_script_from_right_to_left_is_shown_so(code):
    assert (direction(code), direction("tr")) == ("rtl", "ltr")


def test_no_string_is_kept_that_nothing_shows():
    kept = tomllib.loads((FOLDER / "en.toml").read_text("utf-8"))
    files = [f for f in FOLDER.parent.rglob("*.*") if f.suffix in {".py", ".html", ".js"}]
    source = "".join(f.read_text("utf-8") for f in files)
    names = {name for name, text in kept.items() if isinstance(text, str)}
    shown = {n for n in names if re.search(rf'["\']{n}["\']|words\.{n}\b', source)}
    # Named by a number, by what a contact's way is, or by what came of a question.
    named = {"example_1", "example_2", "example_3", "chat", "web", "out_of_scope"}
    assert names - shown == named


def test_every_file_is_in_the_menu():
    assert set(available()) == {file.stem for file in FILES}


@pytest.mark.parametrize(
    ("code", "written"),
    [
        ("en", "31 May 2023"),
        ("fr", "31 mai 2023"),
        ("es", "31 de mayo de 2023"),
        ("uk", "31 травня 2023 р."),
        ("ar", "\u206831/05/2023\u2069"),
        ("fa", "\u2068۳۱ مه ۲۰۲۳\u2069"),
    ],
)
def test_a_day_is_written_as_its_reader_writes_it(code, written):
    assert strings(code).date(date(2023, 5, 31)) == written
    assert strings(code).date("2023-05-31T10:00:00+00:00") == written
    assert strings(code).date(None) == ""


def test_a_month_of_one_figure_keeps_its_nought_where_months_are_numbers():
    assert strings("ar").date("2023-02-03") == "\u206803/02/2023\u2069"
    assert strings("en").date("2023-02-03") == "3 February 2023"


def test_foreign_words_cannot_turn_the_sentence_around_them():
    assert strings("en").isolate("CAF") == "CAF"
    assert strings("ar").isolate("CAF") == "\u2068CAF\u2069"
    assert strings("en").isolate("بطاقة") == "\u2068بطاقة\u2069"
    assert strings("en").isolate("a\u202eb\u2066c") == "abc"
