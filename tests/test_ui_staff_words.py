"""The maintainers' page says everything in every language that it is offered in."""

import json
import re
import tomllib
from dataclasses import fields, replace
from pathlib import Path

import pytest

from index import publish
from ingest.differences import _METADATA
from ingest.records import Asked
from ingest.settings import Settings
from service.evaluation.failures import STEPS
from service.evaluation.metrics import Scores
from tests.fakes import CARD, FakeEncoder
from ui import staff_quality
from ui import staff_words as module
from ui.staff_words import FOLDER, choose_staff, is_past, staff_languages, staff_words

PLACEHOLDERS = re.compile(r"\{(\w+)\}")
ENGLISH = tomllib.loads((FOLDER / "en.toml").read_text("utf-8"))
# Words that are the same in French.
ALIKE = {
    *("tabs.sources", "tabs.page", "live.pages", "live.passages", "live.page", "live.source"),
    *("sources.title", "sources.pages", "one.page", "one.source", "one.version"),
    *("history.receipt_page", "history.receipt_passage", "history.page", "erase.label"),
    *("erase.versions", "erase.passages", "sources.licence", "one.licence", "metadata.licence"),
    *(
        "figures.mrr",
        "figures.ndcg_at_10",
        "quality.questions",
        "form.form",
        "one.verified_on",
        "one.place",
    ),
}


@pytest.fixture(params=[code for code in staff_languages() if code != "en"])
def other(request):
    return tomllib.loads((FOLDER / f"{request.param}.toml").read_text("utf-8"))


def texts(raw):
    return {
        f"{table}.{name}": text
        for table, names in raw.items()
        if table != "plurals"
        for name, text in names.items()
    }


def test_every_step_of_a_publish_has_words(tmp_path, monkeypatch):
    monkeypatch.setattr(publish, "FEWEST_TITLES", 1)
    told = set()
    page = replace(CARD, asked=(Asked(1, "en", "how do I get the card"),))
    settings = Settings(data=tmp_path)
    publish.publish(tmp_path, [page], FakeEncoder(), settings, lambda step, *_: told.add(step))
    assert told == {"encoding passages", "encoding titles", "encoding lines"}
    assert told <= ENGLISH["steps"].keys()


def test_a_language_has_every_text_with_the_same_values_to_fill_in(other):
    english, told = texts(ENGLISH), texts(other)
    assert told.keys() == english.keys()
    for name, text in english.items():
        # What the service says itself is English: only there English has nothing to add.
        if text:
            assert told[name].strip(" "), name
        if name.partition(".")[0] not in {"rules", "problems"}:
            assert set(PLACEHOLDERS.findall(told[name])) == set(PLACEHOLDERS.findall(text)), name
        elif not text:
            assert told[name].strip(" "), name


def test_every_counted_thing_has_both_forms(other):
    assert other["plurals"].keys() == ENGLISH["plurals"].keys()
    for forms in (*other["plurals"].values(), *ENGLISH["plurals"].values()):
        assert len(forms) == 2
        assert all("{n}" in form for form in forms)


def test_no_text_was_left_in_english(other):
    english, told = texts(ENGLISH), texts(other)
    same = {name for name, text in english.items() if text and told[name] == text}
    assert {name for name in same if re.search("[a-z]{3}", told[name])} <= ALIKE


def test_french_puts_no_break_before_its_double_signs():
    raw = tomllib.loads((FOLDER / "fr.toml").read_text("utf-8"))
    for name, text in texts(raw).items():
        assert not re.search(r"(?<=\S) [:;?!»%]|« ", text), name


def test_what_is_asked_for_by_name_is_known():
    root = Path(module.__file__).parent
    code = "".join(file.read_text("utf-8") for file in root.glob("staff*.py"))
    code += (root / "templates" / "staff.html").read_text("utf-8")
    asked = set(re.findall(r"(?:\bw|words|heading\(words,) ?\(?\"(\w+\.\w+)\"", code))
    assert len(asked) > 100
    assert asked <= texts(ENGLISH).keys()
    counted = set(re.findall(r"count\([\"'](\w+)[\"']", code))
    assert counted <= ENGLISH["plurals"].keys()


def test_what_the_service_names_has_words():
    documented = (Path(__file__).parents[1] / "docs" / "lint.md").read_text("utf-8")
    rules = set(re.findall(r"^## ([a-z]+(?:-[a-z]+)*)$", documented, re.MULTILINE))
    assert len(rules) == 19
    assert rules == ENGLISH["rules"].keys()
    assert set(_METADATA) == ENGLISH["metadata"].keys()
    assert set(STEPS) == ENGLISH["wrong"].keys()


def test_every_figure_that_the_harness_writes_has_a_name_and_no_other():
    written = {field.name for field in fields(Scores)} | {"mrr", "ndcg_at_10"}
    summary = Path(__file__).with_name("quality") / "gate.json"
    assert json.loads(summary.read_text("utf-8"))["values"].keys() == written
    assert ENGLISH["figures"].keys() - {"all"} == written
    assert set(staff_quality.FIRST) <= written


@pytest.mark.parametrize(
    ("wanted", "accept", "code"),
    [
        (None, "fr-FR,fr;q=0.9,en;q=0.8", "fr"),
        (None, "ar,es;q=0.9,fr;q=0.1", "fr"),
        (None, "uk", "en"),
        ("en", "fr", "en"),
        ("xx", None, "en"),
    ],
)
def test_the_language_is_the_one_chosen_or_the_browsers(wanted, accept, code):
    assert choose_staff(wanted, accept) == code
    assert staff_words(code).code == code


def test_a_language_that_we_lack_is_english():
    assert staff_words("../en").code == "en"
    assert staff_languages() == {"en": "English", "fr": "Français"}


def test_numbers_are_written_as_their_readers_write_them():
    english, french = staff_words("en"), staff_words("fr")
    assert (english.number(12345), french.number(12345)) == ("12,345", "12\u202f345")
    assert (english.decimal(0.5), french.decimal(0.5)) == ("0.50", "0,50")
    assert (english.percent(0.873), french.percent(0.873)) == ("87%", "87\u00a0%")
    assert (english.count("page", 0), french.count("page", 0)) == ("0 pages", "0 page")
    assert (english.ordinal(12), english.ordinal(22)) == ("12th", "22nd")
    assert (french.ordinal(1), french.ordinal(2)) == ("premier", "2e")


def test_a_moment_without_a_day_has_not_come():
    assert not is_past(None)
    assert is_past("2020-01-01T00:00:00")
