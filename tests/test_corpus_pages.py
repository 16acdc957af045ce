"""The corpus is what its schema says, and each check on it names a fault that is planted."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.settings import Settings
from tests import corpus_checks as checks
from tests.corpus_phones import phone_numbers

CORPUS = Settings().content
CHECKS: tuple[Callable[[Path], list[str]], ...] = (
    checks.topic_faults,
    checks.front_matter_faults,
    checks.translation_faults,
    checks.link_faults,
    checks.length_faults,
    checks.phone_faults,
    checks.notice_faults,
    checks.danger_faults,
)
CARD = "pages/en/carte-vitale.md"
CARTE = "pages/fr/carte-vitale.md"


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_corpus_holds_to_its_schema(check):
    assert check(CORPUS) == []


def test_the_corpus_has_at_least_24_topics():
    assert len(checks.TOPICS) >= 24
    assert len(checks.page_files(CORPUS)) >= 2 * 24


@pytest.fixture
def folder(tmp_path):
    """A copy of the corpus, to plant a fault in."""
    return Path(shutil.copytree(CORPUS, tmp_path / "corpus"))


def _replace(folder: Path, name: str, old: str, new: str) -> None:
    file = folder / name
    text = file.read_text("utf-8")
    assert old in text, f"{name} holds no {old!r} to plant a fault in"
    file.write_text(text.replace(old, new, 1), "utf-8")


@pytest.mark.parametrize(
    ("check", "name", "old", "new", "named"),
    [
        (checks.front_matter_faults, CARD, "title:", "titel:", "titel is not a known key"),
        (checks.front_matter_faults, CARD, "slug: c", "slug: d", "slug names another file"),
        (checks.front_matter_faults, CARD, "language: en", "language: fr", "names another file"),
        (checks.front_matter_faults, CARD, "topics: [", "topics: [] # [", "topics is missing"),
        (checks.front_matter_faults, CARD, "topics: [", "topics: x # [", "expected a list"),
        (checks.front_matter_faults, CARD, "modified_on: 2", "modified_on: x2", "expected a date"),
        (checks.front_matter_faults, CARD, "CC-BY-4.0", "MIT", "its licence is not CC-BY-4.0"),
        (
            checks.front_matter_faults,
            CARD,
            "based_on:",
            "related: []\nbased_on: []\nx:",
            "x is not",
        ),
        (
            checks.front_matter_faults,
            CARD,
            "slug:",
            "verified_by: DILA\nverified_on: 2026-01-02\nslug:",
            "verified_by is set",
        ),
        (
            checks.front_matter_faults,
            CARD,
            "slug:",
            "verified_on: 2026-01-02\nverified_by: DILA\nslug:",
            "verified_on is set",
        ),
        (
            checks.front_matter_faults,
            CARD,
            "    consulted_on:",
            "    # ",
            "[1] has no consulted_on",
        ),
        (checks.front_matter_faults, CARD, "https://", "ht:", "[1]: url is no address"),
        (
            checks.front_matter_faults,
            CARD,
            "    consulted_on: 2026",
            "    consulted_on: 1999",
            "[1] was published after it was consulted",
        ),
        (checks.translation_faults, CARD, "\n## ", "\n### ", "headings at levels [3, 2"),
        (
            checks.translation_faults,
            CARTE,
            "\n## ",
            "\n## Un mot de plus ?\n\nOui.\n\n## ",
            "levels",
        ),
        (
            checks.translation_faults,
            CARD,
            "translation_of: fr/",
            "translation_of: fr/x-",
            "expected",
        ),
        (checks.translation_faults, CARD, "translation_of:", "# ", "must link it"),
        (checks.translation_faults, CARD, "url: ", "url: https://example.org/ # ", "other sources"),
        (
            checks.link_faults,
            CARD,
            "](who-can-help.md)",
            "](who-could-help.md)",
            "who-could-help.md",
        ),
        (checks.link_faults, CARD, "](who-can-help.md)", "](../fr/who-can-help.md)", "../fr/"),
        (checks.link_faults, CARD, "](who-can-help.md)", "](http://example.org)", "http://example"),
        (
            checks.length_faults,
            CARD,
            "\n## ",
            "\n" + 700 * "word " + "\n\n## ",
            "expected 250 to 700",
        ),
        (checks.phone_faults, CARD, "36 46", "36 47", "en/carte-vitale: 3647 is no number"),
        (checks.phone_faults, CARD, "title: ", "title: Call 3920 # ", "3920 is no number"),
        (checks.phone_faults, "contacts.toml", '"3919"', '"3920"', "3919 is no number"),
        (
            checks.notice_faults,
            "notices/fa.toml",
            "urgent =",
            "urgant =",
            "fa.toml: urgent is missing",
        ),
        (
            checks.notice_faults,
            "notices/fa.toml",
            "urgent =",
            "urgant =",
            "urgant is not in en.toml",
        ),
        (checks.notice_faults, "notices/uk.toml", "{language}", "{lang}", "other placeholders"),
        (checks.notice_faults, "notices/tr.toml", "not_found =", 'not_found = " " #', "is empty"),
        (checks.danger_faults, "contacts.toml", '"no_roof"', '"rape"', "danger rape stands twice"),
        (checks.danger_faults, "contacts.toml", '"no_roof"', '"cold"', "danger no_roof is missing"),
        (checks.danger_faults, "contacts.toml", '"no_roof"', '"cold"', "cold is none that"),
    ],
)
def test_a_planted_fault_is_named(folder, check, name, old, new, named):
    _replace(folder, name, old, new)
    assert [finding for finding in check(folder) if named in finding] != []


def test_a_page_that_is_missing_or_alone_in_its_language_is_named(folder):
    (folder / CARTE).unlink()
    (folder / "pages/en/new-topic.md").write_text((folder / CARD).read_text("utf-8"), "utf-8")
    assert checks.topic_faults(folder) == ["fr/carte-vitale is missing", "fr/new-topic is missing"]


def test_a_page_that_is_too_short_is_named(folder):
    text = (folder / CARD).read_text("utf-8")
    (folder / CARD).write_text(text[: text.index("\n## ")] + "\n", "utf-8")
    assert len(checks.length_faults(folder)) == 1


def test_a_language_without_notices_is_named(folder):
    (folder / "notices/pt.toml").unlink()
    assert checks.notice_faults(folder) == ["notices/pt.toml is missing"]


@pytest.mark.parametrize(
    ("text", "words"),
    [("", 0), ("One - two: three.", 3), ("Voir l'aide « ameli » ?", 3), ("36 46 and 1,000 €", 4)],
)
def test_words_are_counted_between_spaces_and_hold_a_letter_or_a_digit(text, words):
    assert checks.word_count(text) == words


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Call 17 or 112. Send a text message to 114.", ["17", "112", "114"]),
        ("Calls to 15, 17, 18 and 112 are free.", ["15", "17", "18", "112"]),
        ("Call 15 (Samu, the doctors) or 18 (the fire brigade).", ["15", "18"]),
        ("Appelez d'abord le 115.", ["115"]),
        ("Envoyez un SMS au 114 ou appelez le 17 ou le 112.", ["114", "17", "112"]),
        ("- 119: a child is in danger", ["119"]),
        ("- 17 or 112 if you are in danger", ["17", "112"]),
        ("- Le 3919 est pour les femmes", ["3919"]),
        ("119 for a child in danger, 115 if you have nowhere to sleep", ["119", "115"]),
        ("Write, or call 36 46 (or 01 23 45 67 89).", ["3646", "0123456789"]),
        ("Par téléphone au 0 800 123 456, +33 1 23 45 67 89", ["0800123456", "33123456789"]),
        ("116 006 helps victims", ["116006"]),
        ("The 115 team looks for a place. Then 3120.", ["115", "3120"]),
    ],
)
def test_numbers_to_call_or_text_are_found(text, numbers):
    assert sorted(phone_numbers(text)) == sorted(numbers)


@pytest.mark.parametrize(
    "text",
    [
        "Children under 18, from 16 to 18, and at 18.",
        "In 2020 you had 15 days; the 2026 budget.",
        "Le 15 avril 2025, le 1er décembre, au 31 décembre.",
        "It pays back 15 % or 3,500 euros, at most 3 500 €.",
        "The form S3704, number 14445, article R. 1112-13.",
        "les jeunes de moins de 18 ans, jusqu'à 48 heures",
        "A child has 20 compulsory check-ups.",
    ],
)
def test_ages_dates_amounts_and_forms_are_no_numbers_to_call(text):
    assert phone_numbers(text) == []
