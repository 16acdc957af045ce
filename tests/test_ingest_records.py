"""Records: ids are hashes of what they depend on, and a page survives being stored."""

from dataclasses import replace
from datetime import date

import pytest

from ingest.readers.outline import PageBuilder
from ingest.records import (
    Basis,
    ChangeSet,
    Context,
    Page,
    Passage,
    RawPage,
    digest_of,
    page_from_json,
    page_to_json,
    section_ancestry,
)

RAW = RawPage("k", "a.md", "text/markdown", b"x", "s")


def _page() -> Page:
    builder = PageBuilder()
    builder.open_section("How?")
    builder.open_section("At 16", kind="case")
    builder.add("item", "- a “card” 😀", group=builder.new_group(), level=1)
    return builder.build(
        key="fr/k",
        title="T",
        language="fr",
        source="s",
        modified_on=date(2026, 11, 23),
        based_on=(Basis("P", published_on=date(2020, 1, 2)),),
        topics=("t",),
    )


def test_parts_of_a_digest_are_kept_apart():
    assert digest_of("ab", "c") != digest_of("a", "bc")
    assert digest_of("a") == "ca978112ca1bbdca"
    assert len(digest_of("\ud800")) == 16


@pytest.mark.parametrize(
    "change",
    [{"key": "l"}, {"content": b"y"}, {"media_type": "text/plain"}, {"url": "u"}],
)
def test_a_raw_page_is_new_when_what_reading_depends_on_is(change):
    assert replace(RAW, **change).digest != RAW.digest


def test_a_raw_page_that_moved_is_the_same():
    assert replace(RAW, origin="b.md").digest == RAW.digest


def test_a_page_comes_back_equal_from_json():
    page = _page()
    assert page_from_json(page_to_json(page)) == page


def test_what_was_lost_comes_back_and_nothing_lost_leaves_no_trace():
    page = replace(_page(), lost=("a video is left out",))
    assert page_from_json(page_to_json(page)) == page
    assert page.digest == _page().digest
    assert "lost" not in page_to_json(_page())


def test_metadata_changes_the_full_digest_alone():
    page = _page()
    other = replace(page, modified_on=date(2026, 11, 24))
    assert other.digest == page.digest
    assert other.full_digest != page.full_digest


def test_structure_changes_both_digests():
    page = _page()
    other = replace(page, blocks=(replace(page.blocks[0], kind="furniture"),))
    assert other.digest != page.digest
    assert other.full_digest != page.full_digest


def test_ancestry_goes_from_the_section_to_the_page():
    page = _page()
    assert [s.path for s in section_ancestry(page, 2)] == [("How?", "At 16"), ("How?",), ()]


def test_fields_hold_everything_that_gives_a_passage_its_meaning():
    passage = Passage(
        "i", "k", "d", 5, 9, "body", (Context(0, 4, "lead"),), ("A", "B"), "T", "en", "paragraph"
    )
    assert passage.fields() == {
        "title": "T",
        "heading": "B - A - T",
        "body": "T\nA\nB\nlead\nbody",
    }


def test_a_change_set_is_true_only_when_something_served_changes():
    assert not ChangeSet("s", unchanged=("k",), unreadable={"f": "r"})
    assert ChangeSet("s", added=("k",))
    assert ChangeSet("s", changed=("k",))
    assert ChangeSet("s", removed=("k",))
