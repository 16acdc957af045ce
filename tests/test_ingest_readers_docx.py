"""DOCX: what a reader of the finished document sees, and nothing that a stranger hid in it."""

import io
import socket
import zipfile
from datetime import date

import pytest

from ingest import readers
from ingest.errors import PageUnreadable
from ingest.readers.docx_package import MAX_PART_BYTES
from ingest.records import Page, RawPage
from tests.docx_files import document, docx, item, paragraph, relations, style
from tests.memory import peak_of_reading

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _read(content: bytes, key: str = "en/the-card") -> Page:
    return readers.read(RawPage(key, "card.docx", MEDIA_TYPE, content, "s"))


def _body(*parts: str) -> Page:
    return _read(docx("".join(parts)))


def _blocks(page: Page) -> list[tuple[str, str]]:
    return [(b.kind, page.text[b.start : b.end]) for b in page.blocks]


@pytest.mark.parametrize(
    ("name", "title"),
    [("Heading1", "heading 1"), ("Titre1", "Titre 1"), ("berschrift1", "Überschrift 1")],
)
def test_headings_are_known_by_their_style_in_the_authors_language(name, title):
    page = _read(docx(paragraph("a") + paragraph("B", style=name), styles=style(name, title)))
    assert [s.path for s in page.sections] == [(), ("B",)]


def test_headings_are_known_by_their_outline_level_and_by_what_a_style_is_based_on():
    styles = style("Mine", "Mine", based_on="Base") + style(
        "Base", "Base", '<w:outlineLvl w:val="1"/>'
    )
    own = paragraph("D", inside='<w:outlineLvl w:val="2"/>')
    body_text = paragraph("e", inside='<w:outlineLvl w:val="9"/>')
    page = _read(
        docx(f"{paragraph('a')}{paragraph('C', style='Mine')}{own}{body_text}", styles=styles)
    )
    assert [s.path for s in page.sections] == [(), ("C",), ("C", "D")]
    assert _blocks(page) == [("paragraph", "a"), ("paragraph", "e")]


def test_styles_in_a_circle_end_where_it_closes():
    styles = style("A", "A", based_on="B") + style("B", "B", based_on="A")
    assert _read(docx(paragraph("a", style="A"), styles=styles)).text == "a"


@pytest.mark.parametrize(
    ("body", "core", "title"),
    [
        (paragraph("The card", style="T") + paragraph("H", style="H"), "", "The card"),
        (paragraph("The card", style="H") + paragraph("a"), "", "The card"),
        (paragraph("a") + paragraph("H", style="H"), "<title>The card</title>", "The card"),
        (paragraph("H", style="H") + paragraph("I", style="H"), "", "Carte-vitale"),
    ],
)
def test_the_title_is_found_where_the_document_has_it(body, core, title):
    styles = style("T", "Title") + style("H", "heading 1")
    page = _read(docx(body + paragraph("x"), styles=styles, core=core), "fr/carte-vitale")
    assert page.title.replace(" ", "-") == title.replace(" ", "-")
    assert title not in page.text


def test_language_and_date_come_from_the_properties():
    core = "<language>fr-FR</language><modified>2025-04-01T10:00:00Z</modified>"
    page = _read(docx(paragraph("Where can I apply for the card?"), core=core))
    assert (page.language, page.modified_on, page.published_on) == ("fr", date(2025, 4, 1), None)


def test_a_language_that_is_not_stated_is_detected():
    assert _body(paragraph("Where can I apply for the card?")).language == "en"


def test_lists_keep_their_depth_and_deeper_items_stay_in_the_list():
    page = _body(
        paragraph("Bring:"), item("a"), item("b", 1, 2), item("c"), item("d", 0, 3), item("e", 0, 0)
    )
    assert [(page.text[b.start : b.end], b.kind, b.level, b.group) for b in page.blocks] == [
        ("Bring:", "paragraph", 0, 0),
        ("a", "item", 0, 1),
        ("b", "item", 1, 1),
        ("c", "item", 0, 1),
        ("d", "item", 0, 2),
        ("e", "paragraph", 0, 0),
    ]


def test_a_list_may_come_from_a_style_alone():
    page = _read(
        docx(
            paragraph("a", style="L") + paragraph("b", style="M"),
            styles=style("L", "List Bullet") + style("M", "Liste à puces 2"),
        )
    )
    assert [(b.kind, b.level) for b in page.blocks] == [("item", 0), ("item", 1)]


def _cell(text: str, inside: str = "") -> str:
    return f"<w:tc><w:tcPr>{inside}</w:tcPr>{paragraph(text)}</w:tc>"


def test_a_table_is_its_header_and_its_rows_and_a_merged_cell_stands_once():
    down = "<w:vMerge w:val='restart'/>", "<w:vMerge/>"
    page = _body(
        "<w:tbl><w:tr><w:trPr><w:tblHeader/></w:trPr>", _cell("Way"), _cell("Delay"), "</w:tr>",
        "<w:tr>", _cell("Online", down[0]), _cell("two weeks"), "</w:tr>",
        "<w:tr>", _cell("", down[1]), _cell("a month"), "</w:tr>",
        "<w:tr><w:trPr><w:del/></w:trPr>", _cell("gone"), "</w:tr></w:tbl>",
    )  # fmt: skip
    assert _blocks(page) == [
        ("header", "Way | Delay"),
        ("row", "Online | two weeks"),
        ("row", "a month"),
    ]
    assert {b.group for b in page.blocks} == {1}


def test_a_table_of_one_cell_is_a_box():
    page = _body("<w:tbl><w:tr>", _cell("Call 15."), "</w:tr></w:tbl>", paragraph("a"))
    assert _blocks(page) == [("note", "Call 15."), ("paragraph", "a")]


def test_a_table_that_only_lays_out_is_read_through():
    heading = paragraph("Left", inside="<w:outlineLvl w:val='0'/>")
    left = f"<w:tc>{heading}{paragraph('a')}</w:tc>"
    page = _body("<w:tbl><w:tr>", left, _cell("b"), "</w:tr></w:tbl>")
    assert [s.path for s in page.sections] == [(), ("Left",)]
    assert _blocks(page) == [("paragraph", "a"), ("paragraph", "b")]


def test_the_text_reads_as_if_every_change_was_accepted():
    page = _body(
        "<w:p><w:r><w:t xml:space='preserve'>It costs </w:t></w:r>"
        "<w:del><w:r><w:delText>10 </w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t xml:space='preserve'>12 </w:t></w:r></w:ins>"
        "<w:moveFrom><w:r><w:t>pounds</w:t></w:r></w:moveFrom>"
        "<w:hyperlink><w:r><w:t>euros</w:t></w:r></w:hyperlink>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t> secretly</w:t></w:r>"
        "<w:r><w:instrText>PAGE</w:instrText></w:r>"
        "<w:fldSimple><w:r><w:tab/><w:t>a year</w:t></w:r></w:fldSimple>"
        "<w:r><w:br/><w:t>rendez</w:t><w:noBreakHyphen/><w:t>vous</w:t><w:softHyphen/></w:r></w:p>"
    )
    assert page.text == "It costs 12 euros a year\nrendez\u2011vous"


def test_a_text_box_is_a_note_and_stands_once():
    box = f"<w:txbxContent>{paragraph('Call 15.')}</w:txbxContent>"
    page = _body(
        "<w:p><w:r><w:t>a</w:t><AlternateContent><Choice><w:drawing>", box,
        "</w:drawing></Choice><Fallback><w:pict>", box, "</w:pict></Fallback></AlternateContent>",
        "</w:r></w:p>",
    )  # fmt: skip
    assert _blocks(page) == [("paragraph", "a"), ("note", "Call 15.")]
    assert page.lost == ()


def test_a_footnote_stands_behind_its_paragraph_or_its_list():
    call = "<w:r><w:footnoteReference w:id='2'/></w:r>"
    in_list = item("b").replace("</w:p>", f"{call}</w:p>")
    notes = f"<w:footnote w:id='2'>{paragraph('Since 2020.')}</w:footnote>"
    page = _read(docx(f"{paragraph('a')}{in_list}{item('c')}{paragraph('d')}", footnotes=notes))
    assert _blocks(page) == [
        ("paragraph", "a"),
        ("item", "b"),
        ("item", "c"),
        ("note", "Since 2020."),
        ("paragraph", "d"),
    ]


def test_a_table_of_contents_is_furniture():
    page = _read(docx(paragraph("Who? 3", style="C") + paragraph("a"), styles=style("C", "toc 1")))
    assert _blocks(page) == [("furniture", "Who? 3"), ("paragraph", "a")]


def test_pictures_and_embedded_documents_are_said_to_be_lost():
    page = _body(paragraph("a"), "<w:p><w:r><w:drawing/><w:pict/></w:r></w:p><w:altChunk/>")
    assert page.lost == (
        "1 embedded document is left out; if words stand there, write them in the text",
        "2 pictures are left out; if words stand there, write them in the text",
    )


def test_struck_out_words_are_never_read_and_are_said_to_be_lost():
    def run(text, how=""):
        return f"<w:r><w:rPr>{how}</w:rPr><w:t xml:space='preserve'>{text}</w:t></w:r>"

    page = _body(
        "<w:p>", run("It costs "), run("1", "<w:strike/>"), run("0", "<w:b/><w:strike/>"),
        run(" 12", "<w:strike w:val='0'/>"), run(" or 11", "<w:dstrike/>"), run(" euros."),
        "</w:p><w:p>", run("An old rule.", "<w:strike w:val='true'/>"), "</w:p>",
    )  # fmt: skip
    assert page.text == "It costs 12 euros."
    assert page.lost == (
        "3 struck-out stretches are left out, as they hold no more; "
        "take what is still valid out of the strike",
    )


def test_a_table_with_a_look_that_is_no_number_is_read():
    row = "<w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc><w:tc><w:p/></w:tc></w:tr>"
    look = "<w:tblPr><w:tblLook w:val='auto'/></w:tblPr>"
    assert _body(f"<w:tbl>{look}{row}{row}</w:tbl>").text == "a |\na |"


@pytest.mark.parametrize("error", [ValueError, KeyError, IndexError, RecursionError, TypeError])
def test_what_no_reader_foresaw_is_one_pages_failure(monkeypatch, error):
    def broken(_):
        raise error("odd\nfile")

    monkeypatch.setattr("ingest.readers.docx.read", broken)
    with pytest.raises(PageUnreadable, match=r"^reading en/the-card as .*not foreseen") as caught:
        _read(b"")
    assert error.__name__ in str(caught.value)
    assert "\n" not in str(caught.value)


def test_macros_are_said_and_the_text_is_read():
    page = _read(docx(paragraph("a"), members={"word/vbaProject.bin": b"\xd0\xcf\x11\xe0"}))
    assert page.text == "a"
    assert page.lost == ("it carries macros, which were not touched; only its text was read",)


def test_external_entities_are_refused_and_nothing_is_opened(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("the secret")
    entity = f'<!DOCTYPE d [<!ENTITY x SYSTEM "file://{secret}">]>'
    main = entity + document(paragraph("&x;"))
    with pytest.raises(PageUnreadable, match="declares entities") as caught:
        _read(docx("", members={"word/document.xml": main}))
    assert "secret" not in str(caught.value)


def test_nothing_outside_is_fetched():
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/t.dotx"
        outside = {"attachedTemplate": address, "styles": address, "footnotes": address}
        members: dict[str, str | bytes] = {
            "word/_rels/document.xml.rels": relations({}, outside),
        }
        assert _read(docx(paragraph("a"), members=members)).text == "a"
        with pytest.raises(TimeoutError):
            server.accept()


def test_names_that_climb_out_are_only_names(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    page = _read(docx(paragraph("a"), members={"../../evil.xml": "<x/>", "/etc/evil": "x"}))
    assert page.text == "a"
    assert list(tmp_path.iterdir()) == []
    climbs = relations({"officeDocument": "../../../../etc/passwd"})
    with pytest.raises(PageUnreadable, match="no document is inside"):
        _read(docx(paragraph("a"), members={"_rels/.rels": climbs}))


def test_a_bomb_is_refused_before_it_fills_the_memory():
    bomb = docx(paragraph("a"), members={"word/document.xml": b" " * 100_000_000})
    assert len(bomb) < 1_000_000
    with pytest.raises(PageUnreadable) as caught:
        _read(bomb)
    assert str(caught.value) == (
        "word/document.xml inside unpacks to more than 10 MB; split the document"
    )
    assert peak_of_reading(bomb, MEDIA_TYPE) < 220_000_000


def test_elements_nested_without_end_are_refused():
    deep = "<w:ins>" * 10_000 + "</w:ins>" * 10_000
    with pytest.raises(PageUnreadable, match=r"no well-formed XML: .*depth"):
        _read(docx(deep))


def test_as_much_text_as_is_allowed_is_read_in_bounded_memory():
    short = paragraph("a" * 1000)
    many = short * (MAX_PART_BYTES // len(short) - 1)
    assert peak_of_reading(docx(many), MEDIA_TYPE) < 300_000_000


def _truncated() -> bytes:
    return docx(paragraph("a"))[:-60]


def _corrupt() -> bytes:
    content = bytearray(docx(paragraph("a" * 5000)))
    at = content.index(b"word/document.xml") + 60
    content[at : at + 8] = b"\0" * 8
    return bytes(content)


def _locked() -> bytes:
    content = bytearray(docx(paragraph("a")))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        offset = archive.getinfo("_rels/.rels").header_offset
    content[offset + 6] |= 1
    central = content.index(b"PK\x01\x02")
    content[central + 8] |= 1
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is damaged or no DOCX: .*; save the file again"),
        (b"hello", "it is damaged or no DOCX: File is not a zip file; save the file again"),
        (_truncated(), "it is damaged or no DOCX: .*; save the file again"),
        (_corrupt(), "word/document.xml inside is damaged: .*; save the file again"),
        (_locked(), "_rels/.rels inside cannot be unpacked: .*; save the file without a password"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99, "it is protected by a password or .*"),
        (docx(""), "the page is empty; give it some text, or remove it"),
        (docx("", members={"word/document.xml": "<x/>"}), "the document has no body; .*"),
        (docx("<w:p>"), "word/document.xml inside is no well-formed XML: .*; save the file again"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(content, reason):
    with pytest.raises(PageUnreadable, match=f"^{reason}$"):
        _read(content)
