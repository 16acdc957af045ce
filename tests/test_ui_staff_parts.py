"""Times, counts and lists as a maintainer reads them; every tab's HTML escapes what pages say."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from ingest.errors import KeyRefused, RequestRefused
from tests.test_ui_markup import ATTACKS, harmless
from ui import staff_parts
from ui.staff_parts import attempt, failure, matches, part
from ui.staff_words import staff_words

EN, FR = staff_words("en"), staff_words("fr")
NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("2026-11-26T11:59:40+00:00", "just now"),
        ("2026-11-26T11:59:00+00:00", "1 minute ago"),
        ("2026-11-26T09:30:00+00:00", "2 hours ago"),
        ("2026-11-25T00:00:00+00:00", "36 hours ago"),
        ("2026-11-23T12:00:00+00:00", "3 days ago"),
        ("2026-11-26T18:00:00+00:00", "in 6 hours"),
        ("2026-11-26T09:30:00", "2 hours ago"),
        (None, "never"),
    ],
)
def test_a_moment_is_told_in_the_largest_unit_that_tells_something(at, said):
    assert EN.ago(at, NOW) == said


def test_a_moment_is_written_in_the_readers_own_time_zone():
    at = "2026-11-26T23:30:00+00:00"
    assert EN.moment(at) == "26 November 2026, 23:30"
    assert EN.moment(at, ZoneInfo("Europe/Paris")) == "27 November 2026, 00:30"
    assert EN.moment(None) == "never"


def test_numbers_come_with_their_noun():
    assert [EN.count("page", n) for n in (0, 1, 2310)] == ["0 pages", "1 page", "2,310 pages"]
    assert EN.counts({"added": 3, "removed": 0, "changed": 1}) == "3 added, 1 changed"
    assert EN.counts({"added": 0}) == "nothing"
    assert EN.listed(["a", "b", "c"], 2) == "a, b and 1 more"


def test_every_word_that_is_looked_for_must_stand_somewhere():
    assert matches("CARTE fr", "La carte Vitale", "fr/carte", None)
    assert not matches("carte en", "La carte Vitale", "fr/x")
    assert matches("", "anything")


def test_a_button_that_is_refused_leaves_the_reason_and_no_traceback(monkeypatch):
    state = type("State", (), {})()
    monkeypatch.setattr(staff_parts.st, "session_state", state)

    def refused():
        raise RequestRefused("a refresh is under way")

    attempt(refused)
    assert str(state.problem) == "a refresh is under way"
    assert failure(EN, state.problem) == ("a refresh is under way.", "")
    said, detail = failure(FR, state.problem)
    assert (said[:10], detail) == ("Le service", "a refresh is under way.")
    assert failure(FR, KeyRefused("no key")) == (FR("problems.KeyRefused"), "")


@pytest.mark.parametrize("words", [EN, FR], ids=["en", "fr"])
@pytest.mark.parametrize("attack", ATTACKS)
def test_what_pages_and_people_say_is_text_in_every_part(attack, words):
    page = {"title": attack, "key": attack, "language": attack, "source": attack, "checked": attack}
    rows = [{**page, "stale": True, "cited": 1, "reports": attack}]
    difference = {
        "title": attack,
        "key": attack,
        "moved": attack,
        "change": "changed",
        "words": 3,
        "metadata": [[attack, attack, attack]],
        "lines": [f"+{attack}", f"-{attack}", f" {attack}", "@@"],
    }
    finding = {"severity": "error", "line": 1, "reason": attack, "rule": attack}
    quoted = {"section": [attack], "context": [attack], "text": attack, "fresh": True}
    touched = {"difference": difference, "findings": [finding], "passages": [quoted]}
    seen = {**quoted, "start": 0, "end": 1, "kept_on": attack, "also_on": [attack]}
    wrong = {
        **dict.fromkeys(("id", "step", "kind", "language", "question", "expected"), attack),
        "cited": attack,
        "confidence": 0.5,
    }
    parts = [
        part(words, "page_table", rows, 1, kept=True),
        part(words, "touched", attack, [touched], 1),
        part(words, "finding_pages", [(attack, [finding])], 1),
        part(words, "passages", [seen], attack),
        part(words, "page_facts", attack, attack, [(attack, attack)], [attack]),
        part(words, "unreadable", [(attack, attack)]),
        part(words, "held", [attack]),
        part(words, "plan", [(attack, [attack])]),
        part(words, "errors", [wrong], 1),
        part(words, "remark", attack, "down", attack),
        part(words, "flags", [attack]),
        part(words, "erased", [(attack, attack, attack)]),
        part(words, "receipts", [(attack, attack, attack, False)], 1),
    ]
    for html in parts:
        harmless(html)
