"""PDF: a printed page put back together, and one clear line where that cannot be done."""

import zlib
from datetime import date
from pathlib import Path

import pytest

from ingest import readers
from ingest.cleaning import clean
from ingest.errors import PageUnreadable
from ingest.readers import pdf_file
from ingest.records import Page, RawPage
from tests.memory import peak_of_reading
from tests.pdf_files import Words, lines, of_objects, pdf, raw_stream, stream

DOCUMENTS = Path(__file__).resolve().parent / "documents"


def _read(content: bytes) -> Page:
    return readers.read(RawPage("en/the-card", "k.pdf", "application/pdf", content, "s"))


def _blocks(page: Page) -> list[tuple[str, str]]:
    return [(b.kind, page.text[b.start : b.end]) for b in page.blocks]


def _cells(base: float, *texts: str, bold: bool = False) -> list[Words]:
    return [(60 + 150 * n, base, 11, text, bold) for n, text in enumerate(texts)]


LONG = (
    "Nobody pays for the card, and the office sends it to the address that",
    "it knows; whoever has moved had better say so before asking for it, as",
    "a card that comes back is not sent again.",
)


def test_size_and_weight_make_headings_and_lines_make_paragraphs():
    page = _read(
        pdf(
            [
                [
                    (60, 760, 20, "The card", True),
                    *lines(*LONG, top=730),
                    (60, 680, 14, "Who can have", True),
                    (60, 663, 14, "it?", True),
                    *lines("Everybody.", top=640),
                    (60, 615, 11, "With children", True),
                    *lines("Them too.", top=600),
                ]
            ],
            title="The Card",
        )
    )
    assert (page.title, page.language, page.modified_on) == ("The card", "en", date(2025, 4, 1))
    assert [s.path for s in page.sections] == [
        (),
        ("Who can have it?",),
        ("Who can have it?", "With children"),
    ]
    assert _blocks(page) == [
        ("paragraph", " ".join(LONG)),
        ("paragraph", "Everybody."),
        ("paragraph", "Them too."),
    ]


@pytest.mark.parametrize("title", ["Microsoft Word - Document1", "card_v3.docx", ""])
def test_a_title_that_a_program_made_up_is_none(title):
    assert _read(pdf([lines(*LONG)], title=title)).title == "The card"


def test_words_cut_at_line_ends_are_mended_and_hyphens_of_words_stay():
    page = _read(
        pdf(
            [
                lines(
                    "An application is free, and the rendez-vous at the office too. Whoever asks",
                    "for the card brings the filled form to the desk, where every appli-",
                    "cation is looked at, and where a new rendez-",
                    "vous is given.",
                )
            ]
        )
    )
    assert "every application is looked at" in page.text
    assert "a new rendez-vous is given" in page.text


def test_page_numbers_and_running_lines_are_left_out_and_sentences_go_on_over_the_page():
    def sheet(number: int, *texts: str) -> list[Words]:
        head = [
            (60, 800, 9, "Guide to the card", False),
            (300, 30, 9, f"Page {number} of 3", False),
        ]
        return [*head, *lines(*texts)]

    page = _read(
        pdf(
            [
                sheet(1, *LONG[:2]),
                sheet(
                    2,
                    LONG[2],
                    "Call 36 46 on any working day from half past eight to five, or come.",
                ),
                sheet(3, "That is all."),
            ]
        )
    )
    assert "Guide" not in page.text
    assert "of 3" not in page.text
    assert page.text.startswith(" ".join(LONG))


def test_a_heading_that_counts_at_the_top_of_each_page_is_no_running_line():
    pages = [[(60, 790, 16, f"Part {n}", True), *lines(*LONG, top=760)] for n in (7, 9, 2)]
    headings = [s.path[-1] for s in _read(pdf(pages, title="The book")).sections[1:]]
    assert headings == ["Part 7", "Part 9", "Part 2"]


def test_lists_keep_numbers_and_depth_and_leave_bullets_out():
    page = _read(
        pdf(
            [
                [
                    *lines("Bring these:", top=700),
                    *lines(
                        "• a form that is filled in and signed by everybody who lives with you in",
                        top=680,
                    ),
                    *lines("the same house;", top=666.8, left=68),
                    *lines("- a copy;", top=650, left=80),
                    *lines("• a photo.", top=635),
                    *lines("Then:", top=610),
                    *lines("1. Sign.", top=595),
                    *lines("2. Send.", top=580),
                ]
            ]
        )
    )
    assert [(b.kind, b.level, page.text[b.start : b.end]) for b in page.blocks] == [
        ("paragraph", 0, "Bring these:"),
        (
            "item",
            0,
            "a form that is filled in and signed by everybody who lives with you in the "
            "same house;",
        ),
        ("item", 1, "a copy;"),
        ("item", 0, "a photo."),
        ("paragraph", 0, "Then:"),
        ("item", 0, "1. Sign."),
        ("item", 0, "2. Send."),
    ]


def test_a_table_is_read_row_by_row():
    page = _read(
        pdf(
            [
                [
                    *lines(*LONG, top=760),
                    *_cells(700, "Way", "Delay", bold=True),
                    (60, 680, 11, "Online, with an", False),
                    (60, 666.8, 11, "account", False),
                    (210, 673, 11, "two weeks", False),
                    *_cells(645, "By post", "a month"),
                    *lines("That is all.", top=600),
                ]
            ]
        )
    )
    assert _blocks(page)[1:] == [
        ("header", "Way | Delay"),
        ("row", "Online, with an account | two weeks"),
        ("row", "By post | a month"),
        ("paragraph", "That is all."),
    ]


def test_columns_are_read_one_after_the_other():
    left = lines("The left column has some words", "that go down the page and then", "stop here.")
    right = lines("The right one has others, and it", "begins where the left began.", left=320)
    assert _blocks(_read(pdf([[*left, *right]]))) == [
        ("paragraph", "The left column has some words that go down the page and then stop here."),
        ("paragraph", "The right one has others, and it begins where the left began."),
    ]


def test_a_line_that_says_who_verified_the_text_is_found():
    page = clean(_read(pdf([[*lines(*LONG), *lines("Verified by Comede on 31/05/2023", top=600)]])))
    assert (page.verified_by, page.verified_on) == ("Comede", date(2023, 5, 31))


@pytest.mark.parametrize("name", ["arabic.pdf", "arabic-tagged.pdf"])
def test_right_to_left_text_is_in_reading_order(name):
    page = _read((DOCUMENTS / name).read_bytes())
    assert (page.language, page.title) == ("ar", "بيت في الزاوية")
    for words in (
        "خذ القطار رقم 12 إلى آخر محطة، ثم اعبر الجسر",
        "أن تسأل الجارة Anne Roche إذا كان الطقس سيئا.",
        "يوم الاثنين من 8:30 إلى 12:00؛",
        "الدخول مجاني. الهاتف: 01 23 45 67 89.",
    ):
        assert words in page.text


def _picture(*, text: str = "") -> bytes:
    words = f"BT /F1 11 Tf 60 800 Td ({text}) Tj ET " if text else ""
    return of_objects(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<"
            b"/Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>/XObject<</I 5 0 R>>>>>>",
            stream(f"{words}q 500 0 0 700 50 50 cm /I Do Q".encode()),
            stream(
                b"\0" * 16,
                b"/Type/XObject/Subtype/Image/Width 4/Height 4/BitsPerComponent 8"
                b"/ColorSpace/DeviceGray",
            ),
        ]
    )


def test_a_page_that_is_a_picture_is_said_to_be_lost():
    assert _read(_picture(text="Annex")).lost == (
        "page 1 is a picture; if words stand in it, run text recognition over it",
    )


def _locked() -> bytes:
    lock = b"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<%s>/U<%s>>>/ID[<00><00>]"
    content = pdf([lines("a")])
    trailer = lock % (b"11" * 32, b"22" * 32)
    return content.replace(b"/Info 3 0 R", b"/Info 3 0 R" + trailer)


def _in_a_circle() -> bytes:
    return of_objects(
        [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>"]
    )


SCANNED = (
    "its 1 pages are pictures without text, as a scanner makes them; "
    "run text recognition over it first"
)
DAMAGED = "it is damaged or no PDF; save or fetch it again"
EMPTY = "the page is empty; give it some text, or remove it"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", DAMAGED),
        (b"hello", DAMAGED),
        (b"%PDF-1.7\n%%EOF", DAMAGED),
        (_locked(), "it is protected by a password; save it without one"),
        (_picture(), SCANNED),
        (pdf([[]]), EMPTY),
        (pdf([[]] * 501), "501 pages are more than a page may have; split it"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(content, reason):
    with pytest.raises(PageUnreadable) as caught:
        _read(content)
    assert str(caught.value) == reason


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.99])
def test_a_file_that_breaks_off_is_refused_or_read_in_part(share):
    whole = (DOCUMENTS / "everything.pdf").read_bytes()
    try:
        page = _read(whole[: int(len(whole) * share)])
    except PageUnreadable:
        return
    assert page.title.startswith("The house")


def test_pages_in_a_circle_end():
    with pytest.raises(PageUnreadable):
        _read(_in_a_circle())


def _bomb(megabytes: int) -> bytes:
    packer = zlib.compressobj(9)
    first, other = (
        packer.compress(b" " * 1_000_000) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2)
    )
    packed = first + other * (megabytes - 1) + packer.flush()
    return of_objects(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>",
            raw_stream(packed, b"/Filter/FlateDecode"),
        ]
    )


def test_a_bomb_is_refused_and_the_process_that_read_it_stayed_in_bounds():
    bomb = _bomb(2000)
    assert len(bomb) < 3_000_000
    with pytest.raises(PageUnreadable, match="the parser broke off: it takes more memory"):
        _read(bomb)
    assert peak_of_reading(bomb, "application/pdf") < 1_000_000_000


def test_a_parser_that_never_ends_is_stopped(monkeypatch, tmp_path):
    program = tmp_path / "slow.py"
    program.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(pdf_file, "_PROGRAM", program)
    monkeypatch.setattr(pdf_file, "MOST_SECONDS", 0.5)
    with pytest.raises(PageUnreadable, match=r"reading it takes more than 0\.5 seconds"):
        _read(pdf([lines("a")]))
