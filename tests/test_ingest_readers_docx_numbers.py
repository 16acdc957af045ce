"""DOCX lists: an item has the number that a word processor shows, or none where it is unsure."""

import pytest

from ingest import readers
from ingest.records import RawPage
from tests.docx_files import docx, item, kind_of_list, level, list_of, paragraph, style

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _text(body: str, numbering: str, styles: str = "") -> str:
    content = docx(body, numbering=numbering, styles=styles)
    return readers.read(RawPage("k", "k.docx", MEDIA_TYPE, content, "s")).text


def _items(*levels: int, list_id: int = 1) -> str:
    return "".join(item(chr(ord("p") + n), at, list_id) for n, at in enumerate(levels))


@pytest.mark.parametrize(
    ("levels", "text"),
    [
        ((level(0, "%1."),), "1. p\n2. q"),
        ((level(0, "%1)", start=4),), "4) p\n5) q"),
        ((level(0, "Step %1:"),), "Step 1: p\nStep 2: q"),
        ((level(0, "%1.", "lowerRoman"),), "i) p\nii) q"),
        ((level(0, "(%1)", "upperLetter"),), "(A) p\n(B) q"),
        ((level(0, "\u2022", "bullet"),), "p\nq"),
        ((level(0, "%1.", "arabicAlpha"),), "p\nq"),
        ((level(1, "%1."),), "p\nq"),
        ((), "p\nq"),
    ],
)
def test_items_have_the_numbers_that_their_list_writes(levels, text):
    assert _text(_items(0, 0), kind_of_list(7, *levels) + list_of(1, 7)) == text


def test_a_deeper_level_begins_anew_unless_it_must_not():
    deep = level(0, "%1.", "upperRoman"), level(1, "%1.%2.", inside="<w:isLgl/>")
    numbering = kind_of_list(7, *deep) + list_of(1, 7)
    assert _text(_items(0, 1, 1, 0, 1), numbering) == "I) p\n1.1. q\n1.2. r\nII) s\n2.1. t"
    on = level(0, "%1."), level(1, "%2)", "lowerLetter", '<w:lvlRestart w:val="0"/>')
    numbering = kind_of_list(7, *on) + list_of(1, 7)
    assert _text(_items(0, 1, 0, 1), numbering) == "1. p\na) q\n2. r\nb) s"


def test_lists_of_one_kind_count_on_unless_one_says_where_it_starts():
    begin = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="8"/></w:lvlOverride>'
    numbering = kind_of_list(7, level(0, "%1.")) + list_of(1, 7) + list_of(2, 7)
    body = item("a", 0, 1) + item("b", 0, 2)
    assert _text(body, numbering) == "1. a\n\n2. b"
    numbering = kind_of_list(7, level(0, "%1.")) + list_of(1, 7) + list_of(2, 7, begin)
    assert _text(body + item("c", 0, 2), numbering) == "1. a\n\n8. b\n9. c"


def test_headings_empty_items_and_cells_count_and_deleted_ones_do_not():
    numbered = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    heading = paragraph("H", inside=f'{numbered}<w:outlineLvl w:val="1"/>')
    deleted = paragraph("", inside=f"{numbered}<w:rPr><w:del/></w:rPr>")
    table = f"<w:tbl><w:tr><w:tc>{item('b')}</w:tc><w:tc>{item('c')}</w:tc></w:tr></w:tbl>"
    numbering = kind_of_list(7, level(0, "%1."), level(1, "%1.%2")) + list_of(1, 7)
    body = paragraph("a") + heading + item("p", 1) + item("") + deleted + table + item("d")
    assert _text(body, numbering) == "a\n\nH\n\n1.1 p\n\n3. b | 4. c\n\n5. d"


def test_a_style_is_counted_at_the_level_that_is_linked_to_it():
    levels = level(0, "%1."), level(1, "%1.%2", inside='<w:pStyle w:val="Second"/>')
    numbering = kind_of_list(7, *levels) + list_of(1, 7)
    in_list = '<w:numPr><w:numId w:val="1"/></w:numPr>'
    styles = style("First", "First", in_list) + style("Second", "Second", in_list)
    styles += style("Own", "Own", based_on="Second")
    body = paragraph("a", style="First") + paragraph("b", style="Second")
    assert _text(body + paragraph("c", style="Own"), numbering, styles) == "1. a\n1.1 b\n1.2 c"


def test_a_number_that_the_author_wrote_stands_once():
    numbering = kind_of_list(7, level(0, "%1.")) + list_of(1, 7)
    assert _text(item("1. a") + item("b"), numbering) == "1. a\n2. b"
