"""Markdown pages: front matter, structure, and what makes a page unreadable."""

from datetime import date

import pytest

from ingest import readers
from ingest.errors import PageUnreadable
from ingest.records import Basis, Page, RawPage

HEAD = "---\ntitle: T\nlanguage: en\nslug: t\n---\n"


def _read(text: str | bytes, key: str = "k") -> Page:
    content = text if isinstance(text, bytes) else text.encode()
    return readers.read(RawPage(key, f"{key}.md", "text/markdown", content, "s"))


def _blocks(page: Page) -> list[tuple[str, str]]:
    return [(b.kind, page.text[b.start : b.end]) for b in page.blocks]


def _reason(text: str | bytes) -> str:
    with pytest.raises(PageUnreadable) as caught:
        _read(text)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_front_matter_becomes_the_fields_of_the_page():
    page = _read(
        "---\ntitle: The carte Vitale\nlanguage: en\nslug: carte-vitale\n"
        "translation_of: fr/carte-vitale\ntopics: [health, card]\nrelated:\n  - en/mutuelle\n"
        "modified_on: 2026-11-23\npublished_on: '2026-01-02'\nverified_by: Comede\n"
        "verified_on: 2023-05-31\nlicence: CC-BY-4.0\npublisher: Us\nurl: https://example.org/c\n"
        "based_on:\n  - publisher: DILA\n    title: Carte Vitale\n    url: https://example.org/F265\n"
        "    published_on: 2020-10-14\n    consulted_on: 2026-11-23\n---\n\nText.\n"
    )
    assert (page.key, page.title, page.language) == ("en/carte-vitale", "The carte Vitale", "en")
    assert page.translation_of == "fr/carte-vitale"
    assert (page.topics, page.related) == (("health", "card"), ("en/mutuelle",))
    assert (page.published_on, page.modified_on) == (date(2026, 1, 2), date(2026, 11, 23))
    assert (page.verified_by, page.verified_on) == ("Comede", date(2023, 5, 31))
    assert (page.licence, page.publisher, page.url) == ("CC-BY-4.0", "Us", "https://example.org/c")
    assert page.based_on == (
        Basis(
            "DILA",
            "Carte Vitale",
            "https://example.org/F265",
            date(2020, 10, 14),
            date(2026, 11, 23),
        ),
    )
    assert page.text == "Text."


def test_what_the_source_says_holds_where_the_page_says_nothing():
    raw = RawPage("k", "k.md", "text/markdown", b"# T\n\nx", "s", "https://u", "Pub", "Lic")
    page = readers.read(raw)
    assert (page.key, page.url, page.publisher, page.licence) == ("k", "https://u", "Pub", "Lic")
    assert page.source == "s"


def test_source_is_another_name_for_publisher():
    assert _read("---\ntitle: T\nsource: Comede\n---\nx").publisher == "Comede"


def test_markup_goes_and_words_stay():
    page = _read(
        HEAD
        + "Go to **[ameli](https://ameli.fr)** and *wait*,\nthen `call` <b>us</b> &amp; ask.  \n"
        "Line two."
    )
    assert page.text == "Go to ameli and wait, then call us & ask.\nLine two."


def test_headings_are_sections_and_part_of_the_text():
    page = _read(HEAD + "Intro.\n\n## A\n\nOne.\n\n### B\n\nTwo.\n\n## C\n\nThree.\n")
    assert page.text == "Intro.\n\nA\n\nOne.\n\nB\n\nTwo.\n\nC\n\nThree."
    assert [(s.path, s.parent) for s in page.sections] == [
        ((), None),
        (("A",), 0),
        (("A", "B"), 1),
        (("C",), 0),
    ]
    assert [page.text[s.heading_start : s.heading_end] for s in page.sections] == [
        "",
        "A",
        "B",
        "C",
    ]
    assert [page.text[s.start : s.end] for s in page.sections] == [
        page.text,
        "A\n\nOne.\n\nB\n\nTwo.",
        "B\n\nTwo.",
        "C\n\nThree.",
    ]
    assert [b.section for b in page.blocks] == [0, 1, 2, 3]


def test_lists_keep_their_markers_their_depth_and_their_group():
    page = _read(
        HEAD + "Bring:\n\n- a card\n  1. copy\n\n     of both sides\n  2. photo\n- a form\n"
    )
    assert page.text == "Bring:\n\n- a card\n1. copy\nof both sides\n2. photo\n- a form"
    assert [(b.kind, b.group, b.level) for b in page.blocks] == [
        ("paragraph", 0, 0),
        ("item", 1, 0),
        ("item", 1, 1),
        ("item", 1, 1),
        ("item", 1, 1),
        ("item", 1, 0),
    ]


def test_two_lists_are_two_groups():
    page = _read(HEAD + "- a\n\nthen\n\n- b\n")
    assert [b.group for b in page.blocks] == [1, 0, 2]


def test_a_table_is_a_header_and_rows():
    page = _read(HEAD + "| Way | Delay |\n|---|---|\n| online | *two* weeks |\n| post | three |\n")
    assert _blocks(page) == [
        ("header", "Way | Delay"),
        ("row", "online | two weeks"),
        ("row", "post | three"),
    ]
    assert page.text == "Way | Delay\nonline | two weeks\npost | three"
    assert {b.group for b in page.blocks} == {1}


def test_a_quoted_warning_is_a_note_and_another_quote_is_not():
    page = _read(HEAD + "> **Warning:** keep it.\n\n> À savoir : gratuit.\n\n> He said so.\n")
    assert _blocks(page) == [
        ("note", "Warning: keep it."),
        ("note", "À savoir : gratuit."),
        ("paragraph", "He said so."),
    ]


def test_code_and_raw_html_become_plain_words():
    page = _read(
        HEAD + "```\nline 1\n```\n\n<div><script>no()</script><p>Raw <b>words</b></p></div>\n"
    )
    assert [kind for kind, _ in _blocks(page)] == ["paragraph", "paragraph"]
    assert "no()" not in page.text
    assert page.text.split() == ["line", "1", "Raw", "words"]


def test_a_plain_page_takes_its_first_heading_as_title_and_its_language_is_detected():
    page = _read("# La carte Vitale\n\nVous pouvez la demander en ligne ou par la poste.\n", "fr/x")
    assert (page.key, page.title, page.language) == ("fr/x", "La carte Vitale", "fr")
    assert page.text == "Vous pouvez la demander en ligne ou par la poste."


def test_a_first_heading_that_is_not_the_title_stays():
    page = _read(HEAD + "# Other\n\nx\n")
    assert page.text == "Other\n\nx"


def test_byte_order_mark_line_ends_and_control_characters_go():
    page = _read(b"\xef\xbb\xbf# T\r\n\r\na\x00b\x07 cd\r\n\r\ne")
    assert page.text == "ab cd\n\ne"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "the page has no title; add title: to its front matter, or a # heading"),
        ("words only", "the page has no title; add title: to its front matter, or a # heading"),
        ("# T\n\n", "the page is empty; give it some text, or remove it"),
        (HEAD + "## A\n", "the page is empty; give it some text, or remove it"),
        (
            "---\ntitle: T\n\nx",
            "the front matter that opens on line 1 is never closed; end it with a line of ---",
        ),
        (
            "---\ntitle: T\nlang: en\n---\nx",
            "front matter: lang is not a known key; did you mean language?",
        ),
        (
            "---\ntitle: A: B\n---\nx",
            "front matter, line 2: mapping values are not allowed here; "
            "put a value that holds a colon in quotes",
        ),
        (
            "---\ntitle: T\nmodified_on: soon\n---\nx",
            "front matter: modified_on is 'soon'; expected a date such as 2026-01-31",
        ),
        (
            "---\ntitle: T\nlanguage: no\n---\nx",
            "front matter: language is False; "
            "expected a code such as en or fr, in quotes if it is no",
        ),
        (
            "---\ntitle: T\nlanguage: en\nslug: ../up\n---\nx",
            "front matter: slug is '../up'; expected letters, digits and hyphens",
        ),
        (
            "---\ntitle: T\ntopics: health\n---\nx",
            "front matter: topics is 'health'; expected a list, one entry a line after a dash",
        ),
        (
            "---\ntitle: T\nbased_on:\n  - title: A\n---\nx",
            "front matter: based_on[1] names no publisher; add one",
        ),
        (
            "---\ntitle: T\nbased_on:\n  - publisher: A\n    consulted: 2026-01-01\n---\nx",
            "front matter: based_on[1].consulted is not a known key; "
            "did you mean based_on[1].consulted_on?",
        ),
        ("---\n- a\n---\nx", "front matter is no list of keys; expected lines such as title: ..."),
        (
            "---\ntitle: T\nmodified_on: 2026-13-45\n---\nx",
            "front matter is not valid YAML: month must be in 1..12; correct it",
        ),
        (
            b"# T\n\ncaf\xe9",
            "byte 8 (0xe9) is not valid UTF-8; save the file as UTF-8",
        ),
    ],
)
def test_an_unreadable_page_says_what_is_wrong_and_the_way_out(text, reason):
    assert _reason(text) == reason


def test_an_unknown_media_type_names_the_known_ones():
    with pytest.raises(PageUnreadable, match="no reader for 'image/png'; there is one for "):
        readers.read(RawPage("k", "k", "image/png", b"", "s"))


def test_struck_out_words_are_never_read_and_are_said_to_be_lost():
    page = _read(
        HEAD
        + "It costs ~~10 *or* 11~~ 12 <del>or 13</del> euros.\n\n- ~~Come on Monday.~~\n- Go.\n\n"
        "<p>Ask <s>the town hall</s> the prefecture.</p>\n\nIt is 1~2 days~.\n"
    )
    words = " ".join(page.text.split())
    assert words == "It costs 12 euros. - Go. Ask the prefecture. It is 1~2 days~."
    assert page.lost == (
        "4 struck-out stretches are left out, as they hold no more; "
        "take what is still valid out of the strike",
    )


@pytest.mark.parametrize("half", ["verified_by: Comede", "verified_on: 2023-05-31"])
def test_half_a_verification_is_refused_with_what_is_missing(half):
    said = _reason(HEAD.replace("slug", f"{half}\nslug") + "Free.\n")
    assert f"{half.split(':')[0]} is given without verified_" in said
