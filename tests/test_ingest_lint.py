"""Lint on the pages that it was made for, and on what it must let be."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest

from ingest import readers
from ingest.cleaning import clean
from ingest.lint.findings import Known, Subject
from ingest.lint.provenance import digits
from ingest.lint.rules import lint
from ingest.records import RawPage
from ingest.settings import Settings
from ingest.source_facts import source_facts
from ingest.sources.service_public import read_archive
from service.linting import lint_sources
from tests.conftest import SHARED
from tests.test_ingest_sources_service_public import ARCHIVE, needs_archive
from tests.test_ui_cli import home, run

__all__ = ["home"]

SCRAPED = SHARED / "pages" / "carte-vitale-as-scraped.txt"


def subject(text, key="en/page", language="en", **front):
    front = {"title": "A page", "language": language, "slug": key.split("/")[1], **front}
    head = "\n".join(f"{name}: {value}" for name, value in front.items())
    content = f"---\n{head}\n---\n\n{text}\n".encode()
    raw = RawPage(key, f"{key}.md", "text/markdown", content, "test")
    page = readers.read(raw)
    return Subject(clean(page), source_facts(raw, page))


def rules(*subjects, **known):
    return [(f.page, f.line, f.rule) for f in lint(subjects, Known(**known))]


@pytest.mark.shared
@pytest.mark.skipif(not SCRAPED.exists(), reason="needs the measuring data beside the checkout")
def test_the_scraped_page_has_every_lost_list_and_every_teaser_named_with_its_line():
    raw = RawPage("card", "card.txt", "text/plain", SCRAPED.read_bytes(), "test")
    page = readers.read(raw)
    found = lint([Subject(clean(page), source_facts(raw, page))], Known())
    assert [f.line for f in found if f.rule == "list-lost"] == [13, 16]
    assert [f.line for f in found if f.rule == "teaser"] == [1, 2, 22, 23, 24, 25, 26, 27, 28, 29]


@needs_archive
def test_the_national_sheet_that_says_five_and_seven_days_is_found():
    raw = next(raw for raw in read_archive(ARCHIVE, source="x", failures={}) if raw.key == "F265")
    (finding,) = [
        f for f in lint([Subject(clean(readers.read(raw)))], Known()) if f.rule == "two-numbers"
    ]
    assert "says 7 (day)" in finding.reason
    assert "says 5 (day)" in finding.reason


def test_the_projects_own_pages_are_clean(tmp_path):
    from ingest.refresh import sources_of

    settings = Settings(data=tmp_path)
    findings, failures = lint_sources(sources_of(settings), settings)
    assert (findings, failures) == ([], {})


def test_a_link_by_the_name_of_a_file_leads_to_a_page_of_another_slug():
    def page(name, slug, text):
        content = f"---\ntitle: A\nlanguage: en\nslug: {slug}\n---\n\n{text}\n".encode()
        raw = RawPage(name, f"{name}.md", "text/markdown", content, "test")
        return Subject(readers.read(raw), source_facts(raw, readers.read(raw)))

    links = "See [b](02-rent.md), [c](rent.md) and [d](sub/x.md), not [e](03-gone.md)."
    pages = [page("01-card", "card", links), page("02-rent", "rent", "x"), page("sub/x", "y", "x")]
    found = [f for f in lint(pages, Known()) if f.rule == "dead-link"]
    assert [f.reason for f in found] == [
        "the link leads to 'en/03-gone', and there is no such page"
    ]


def test_a_passage_without_spaces_or_places_to_cut_it_is_long():
    assert "passage-long" in {rule for _, _, rule in rules(subject("你可以在网上申请" * 80))}


def test_lines_are_those_of_the_file_under_mark_up_and_front_matter():
    text = (
        "## A **bold** heading\n\nA [link](https://example.org/x) opens *this* sentence here.\n\n"
        "- one item of a list\n- another item of it\n\n## What do I do?\n\nTo do it:\n"
    )
    (found,) = rules(subject(text, related="[]"))
    # Six lines of front matter and a blank one stand above the first heading.
    assert found == ("en/page", 17, "lead-in")


@pytest.mark.parametrize(
    "text",
    [
        "## How?\n\nTo apply:\n\n- one thing\n- another thing",
        "## How?\n\nYou need this: a photo and a paper of identity.",
        "## How?\n\n### By post\n\nSend the form to the office in an envelope.",
        "## What?\n\nRead more about your rights before you sign anything at all.",
        "## What?\n\nThe aid is 3500 euros a year and costs 3 400 people their time.",
        "## Who?\n\nCall the police on 17 at any hour of the day or night.",
    ],
)
def test_what_is_well_written_is_let_be(text):
    assert rules(subject(text), numbers=frozenset({"17"})) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            "For tenants the office pays rent of 50 euros.",
            "For owners the office pays rent of 90 euros.",
        ),
        ("If you work the office pays rent of 50 euros.", "The office pays rent of 90 euros."),
        (
            "The office pays rent of 50 euros for 2 rooms.",
            "The office pays rent of 90 euros for 3 rooms.",
        ),
        ("The office pays rent of 50 euros.", "The office pays rent of 50 euros or 90 euros."),
        (
            "It is paid by the office for rent within 5 days.",
            "It is paid by the office for rent within 7 days.",
        ),
    ],
)
def test_two_numbers_for_two_situations_are_let_be(first, second):
    assert rules(subject(f"{first}\n\n## When?\n\n{second}")) == []


def test_a_fuller_sentence_contradicts_from_another_section_and_not_from_beside():
    first = "The office pays rent of 50 euros."
    second = "Without a lease the office pays rent of 90 euros."
    apart = rules(subject(f"{first}\n\n## When?\n\n{second}"))
    assert [rule for _, _, rule in apart] == ["two-numbers"]
    assert rules(subject(f"{first}\n\n{second}")) == []


def test_the_same_fact_with_two_numbers_on_two_pages_is_found_once_where_it_is_rarer():
    usual = "Each tenant of the town gets the paper of the office within 5 days of asking."
    pages = [subject(usual, f"en/p{n}", title=f"Street {n}") for n in range(2)]
    other = subject(usual.replace("5", "8"), "en/other", title="Another matter")
    found = [f for f in rules(*pages, other) if f[2] == "two-numbers"]
    assert found == [("en/other", 7, "two-numbers")]


def test_numbers_written_as_words_count_as_numbers():
    text = "The office answers tenants within two weeks.\n\nThe office answers tenants in 3 weeks."
    assert rules(subject(text)) == [("en/page", 9, "two-numbers")]


@pytest.mark.parametrize(
    "number", ["01 99 00 12 34", "+33 1 99 00 12 34", "0199001234", "+33 (0)1 99 00 12 34"]
)
def test_one_number_is_the_same_however_it_is_written(number):
    page = subject(f"## Who?\n\nThe office answers on {number} in the morning.")
    assert rules(page, numbers=frozenset({"0199001234"})) == []
    assert [found[2] for found in rules(page, numbers=frozenset())] == ["number-unknown"]
    assert digits(number) == "0199001234"


def test_a_number_is_told_once_a_page_with_how_often_it_stands_there():
    text = "Call 01 99 00 12 34.\n\nCall +33 1 99 00 12 34.\n\nOr call 01 99 00 56 78."
    found = lint([subject(text)], Known(numbers=frozenset()))
    assert [(f.line, f.reason[:14]) for f in found] == [
        (7, "01 99 00 12 34"),
        (11, "01 99 00 56 78"),
    ]
    assert found[0].reason.endswith("(2 times on this page)")
    assert found[1].reason.endswith("or add it there")


@pytest.mark.parametrize(
    "word", ["Fax:", "By fax", "Par télécopie :", "Télécopieur", "Fax (night)"]
)
def test_nobody_calls_a_fax(word):
    assert rules(subject(f"{word} 01 99 00 12 34"), numbers=frozenset()) == []
    # Nothing is known of a number that stands behind the fax's own.
    both = subject(f"{word} 01 99 00 12 34, office 01 99 00 56 78")
    assert [rule for _, _, rule in rules(both, numbers=frozenset())] == ["number-unknown"]


@pytest.mark.parametrize("word", ["Tel. / fax:", "Phone and fax", "Téléphone et fax :", "Phone:"])
def test_a_number_that_is_a_telephone_as_well_is_looked_at(word):
    found = rules(subject(f"{word} 01 99 00 12 34"), numbers=frozenset())
    assert [rule for _, _, rule in found] == ["number-unknown"]


def variant(name, text):
    common = " ".join(
        f"The office asks each tenant of street {n} for paper {n} of the file in year {n}."
        for n in ("one", "two", "three", "four", "five", "six", "seven", "eight")
    )
    return subject(f"{text}\n\n{common}", f"en/{name.lower()}", title=f"Lost papers after {name}")


def test_variants_whose_text_bears_out_what_their_titles_say_are_let_be():
    loss = variant(
        "loss", "A loss is told to the town. Losses cost nothing. A loss is written down."
    )
    theft = variant(
        "theft", "A theft is told to the police. After a theft, the theft is written down."
    )
    assert rules(loss, theft) == []
    # A code parts pages as well, though a word reads alike.
    words = "It is paid at the desk, at noon: it is kept, and it stays at home."
    codes = [variant(c, f"The {c} is old. An {c} is kept. {words}") for c in ("IT", "AT")]
    assert rules(*codes) == []


@pytest.mark.parametrize(
    "text", ["Bring it.", "A loss or a theft is told; after theft or loss, wait."]
)
def test_variants_in_the_title_alone_are_near_duplicates(text):
    found = rules(variant("loss", text), variant("theft", text))
    assert found == [("en/theft", 1, "near-duplicate")]


def test_a_page_is_told_of_once_with_the_page_that_holds_most_of_it():
    gone = "Bring a picture of each key that is gone."
    pages = [
        variant("loss", gone),
        variant("theft", "Bring every paper that the house has kept."),
        variant("fire", gone),
    ]
    (found,) = [f for f in lint(pages, Known()) if f.page == "en/fire"]
    assert "100% of it stands on en/loss" in found.reason


def test_a_page_with_much_of_its_own_is_no_near_duplicate():
    first = "Whoever misses a paper writes down where it was and whom they saw, and asks the town."
    second = "People who know who took it can say so at the desk, and need no other proof at all."
    assert rules(variant("loss", first), variant("theft", second)) == []
    found = rules(variant("loss", "Bring it."), variant("theft", second))
    assert found == [("en/loss", 1, "near-duplicate")]


def test_the_source_decides_how_old_a_page_may_be():
    page = subject("## What?\n\nThe aid pays a part of the rent of people who earn little.")
    now = datetime(2026, 6, 1, tzinfo=UTC)
    checked = {"en/page": (now - timedelta(days=40)).isoformat()}
    for days, expected in ((30, ["old"]), (50, [])):
        found = rules(page, now=now, checked_at=checked, max_age_days={"test": days})
        assert [rule for _, _, rule in found] == expected


def test_the_command_names_page_line_and_rule_and_counts(home, capsys):
    (home / "pages" / "bad.md").write_text("# Bad\n\n## How?\n\nTo apply:\n", "utf-8")
    (home / "pages" / "broken.md").write_bytes(b"\xff\xfe\x00")
    assert run(home, "lint", str(home / "pages"), "--json") == 1
    found = json.loads(capsys.readouterr().out)
    assert {(f["page"], f["line"], f["rule"]) for f in found["findings"]} == {
        ("bad", 1, "language-missing"),
        ("bad", 5, "lead-in"),
    }
    assert len(found["unreadable"]) == 1
    (home / "pages" / "bad.md").unlink()
    (home / "pages" / "broken.md").unlink()
    assert run(home, "lint", str(home / "pages")) == 0
    assert capsys.readouterr().out.strip() == "0 findings"


def test_a_dry_run_and_a_refresh_say_what_lint_says_of_the_pages_they_touch(home, capsys):
    (home / "pages" / "bad.md").write_text("# Bad\n\n## How?\n\nTo apply:\n", "utf-8")
    assert run(home, "ingest", str(home / "pages"), "--dry-run") == 0
    assert "line 5, error: «To apply:» leads into something" in capsys.readouterr().out
    assert run(home, "ingest", str(home / "pages"), "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert report["findings"] == {"language-missing": 1, "lead-in": 1}
    assert run(home, "ingest", str(home / "pages"), "--json") == 0
    assert json.loads(capsys.readouterr().out)["findings"] == {}


@pytest.mark.parametrize(
    "text",
    [
        "1" * 300_000,
        "call 3 " * 50_000,
        "call 3919 " * 30_000,
        "\n\n".join(f"The office answers within {n} days of asking." for n in range(5_000)),
        "To apply:\n\n" * 10_000,
        "[a](b.md) " * 20_000,
        "## \n\n" * 10_000,
    ],
    ids=["digits", "calls", "numbers", "facts", "lead-ins", "links", "headings"],
)
def test_a_hostile_page_is_looked_at_in_bounded_time(text):
    began = time.process_time()
    lint([subject(f"Words.\n\n{text}")], Known(numbers=frozenset()))
    assert time.process_time() - began < 20
