"""The builder of pages: whatever is put in, text, sections and blocks fit together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import PageUnreadable
from ingest.readers.outline import PageBuilder
from ingest.records import Page

FIELDS = {"key": "k", "title": "T", "language": "fr", "source": "s"}


def _extents(page: Page) -> list[str]:
    return [page.text[s.start : s.end] for s in page.sections]


def test_a_section_without_level_lasts_until_it_is_closed():
    builder = PageBuilder()
    builder.open_section("Chapter")
    builder.open_section("At 16", kind="case")
    builder.add("paragraph", "a")
    builder.close_section()
    builder.add("paragraph", "after the cases")
    page = builder.build(**FIELDS)
    assert [(s.path, s.kind, s.parent) for s in page.sections] == [
        ((), "heading", None),
        (("Chapter",), "heading", 0),
        (("Chapter", "At 16"), "case", 1),
    ]
    assert _extents(page)[2] == "At 16\n\na"
    assert [b.section for b in page.blocks] == [2, 1]


def test_a_section_with_an_empty_heading_adds_nothing_to_text_and_path():
    builder = PageBuilder()
    builder.open_section("")
    builder.add("paragraph", "a")
    page = builder.build(**FIELDS)
    assert page.text == "a"
    assert page.sections[1].path == ()
    assert page.sections[1].heading_start == page.sections[1].heading_end == 0


def test_lines_of_one_group_follow_by_line_and_all_else_by_paragraph():
    builder = PageBuilder()
    builder.add("paragraph", "p")
    for _ in range(2):
        group = builder.new_group()
        builder.add("header", "h", group=group)
        builder.add("row", "r", group=group)
    builder.add("item", "alone")
    builder.add("item", "alone")
    assert builder.text == "p\n\nh\nr\n\nh\nr\n\nalone\n\nalone"


def test_control_characters_and_blank_blocks_never_get_in():
    builder = PageBuilder()
    builder.add("paragraph", " \x00\n ")
    builder.add("paragraph", " a\x00\x1b\r\nb\ud800\ufeff ")
    assert builder.build(**FIELDS).text == "a\nb"


def test_headings_alone_are_an_empty_page():
    builder = PageBuilder()
    builder.open_section("A")
    assert not builder.has_text
    with pytest.raises(PageUnreadable, match="the page is empty"):
        builder.build(**FIELDS)


_WORDS = st.text(st.characters(codec="utf-8"), max_size=8)
_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("open"), _WORDS, st.one_of(st.none(), st.integers(1, 6))),
        st.tuples(st.just("close"), st.just(""), st.none()),
        st.tuples(st.just("add"), _WORDS, st.none()),
    ),
    max_size=12,
)


@given(_STEPS)
def test_any_page_keeps_every_word_once_in_order_with_sections_nested(steps):
    builder = PageBuilder()
    for step, words, level in steps:
        if step == "open":
            builder.open_section(words, level=level)
        elif step == "close":
            builder.close_section()
        else:
            builder.add("paragraph", words)
    builder.add("paragraph", "end")
    page = builder.build(**FIELDS)
    pieces = [(b.start, b.end) for b in page.blocks]
    pieces += [(s.heading_start, s.heading_end) for s in page.sections if s.heading_end > s.start]
    assert "\n\n".join(page.text[a:b] for a, b in sorted(pieces)) == page.text
    for section in page.sections[1:]:
        parent = page.sections[section.parent]
        assert parent.start <= section.start <= section.end <= parent.end
    for block in page.blocks:
        assert page.sections[block.section].start <= block.start
        assert block.end <= page.sections[block.section].end
