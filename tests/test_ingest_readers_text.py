"""Plain text pages: lines, paragraphs, items, and the title made from the file's name."""

import pytest

from ingest import readers
from ingest.errors import PageUnreadable
from ingest.records import Page, RawPage


def _read(text: str | bytes, key: str = "fr/a-b_c") -> Page:
    content = text if isinstance(text, bytes) else text.encode()
    return readers.read(RawPage(key, "f.txt", "text/plain", content, "s"))


def _blocks(page: Page) -> list[tuple[str, str, int]]:
    return [(b.kind, page.text[b.start : b.end], b.group) for b in page.blocks]


def test_the_title_is_the_name_made_readable_and_the_language_is_detected():
    page = _read("The card is free of charge.", "en/carte-vitale-as-scraped")
    assert (page.title, page.language) == ("Carte vitale as scraped", "en")


def test_each_line_is_a_block_when_lines_are_not_wrapped():
    page = _read(
        "One short line\nAnother one, which is quite a bit longer than the first\nThird.\n"
    )
    assert [text for _, text, _ in _blocks(page)] == [
        "One short line",
        "Another one, which is quite a bit longer than the first",
        "Third.",
    ]


def test_a_wrapped_paragraph_is_one_block():
    page = _read(
        "You can apply for the card as soon as you have received\n"
        "your social security number. The card is free of charge.\n"
        "\n"
        "It is valid everywhere in France.\n"
    )
    assert page.text == (
        "You can apply for the card as soon as you have received your social security number. "
        "The card is free of charge.\n\nIt is valid everywhere in France."
    )


def test_items_are_told_by_their_marker_and_share_a_group():
    page = _read("Bring:\n- a photo\n* a form\n• a card\n1. and\n2) more\nThen wait.\n- again")
    assert _blocks(page) == [
        ("paragraph", "Bring:", 0),
        ("item", "- a photo", 1),
        ("item", "* a form", 1),
        ("item", "• a card", 1),
        ("item", "1. and", 1),
        ("item", "2) more", 1),
        ("paragraph", "Then wait.", 0),
        ("item", "- again", 2),
    ]
    assert page.text.startswith("Bring:\n\n- a photo\n* a form\n")


def test_an_indented_line_goes_on_with_its_item():
    assert _blocks(_read("- a photo\n  of you\n- a form")) == [
        ("item", "- a photo of you", 1),
        ("item", "- a form", 1),
    ]


@pytest.mark.parametrize("line", ["2020 was the year", "-5 degrees", "1.5 million people"])
def test_a_number_or_a_sign_alone_makes_no_item(line):
    assert _blocks(_read(line)) == [("paragraph", line, 0)]


def test_text_in_utf_16_with_its_mark_is_read():
    assert _read("Une carte gratuite.".encode("utf-16")).text == "Une carte gratuite."


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the page is empty; give it some text, or remove it"),
        (b" \n\x00\n", "the page is empty; give it some text, or remove it"),
        (b"ok \xff", "byte 3 (0xff) is not valid UTF-8; save the file as UTF-8"),
    ],
)
def test_an_unreadable_page_says_why(content, reason):
    with pytest.raises(PageUnreadable) as caught:
        _read(content)
    assert str(caught.value) == reason
