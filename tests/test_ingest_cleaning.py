"""What is no content is marked and stays in the text; what is content is left alone."""

from dataclasses import replace
from datetime import date

import pytest

from ingest import readers
from ingest.cleaning import clean, repeated_furniture
from ingest.records import Page, RawPage
from tests.conftest import SHARED

TITLE = "Take out a private policy known as a “mutuelle”"
CUT = "To be reimbursed as much as possible, it is generally advised to take…"


def _page(text: str, media_type: str = "text/plain", key: str = "k") -> Page:
    return readers.read(RawPage(key, "f", media_type, text.encode(), "s"))


def _furniture(page: Page) -> list[str]:
    return [page.text[b.start : b.end] for b in page.blocks if b.kind == "furniture"]


def _marked(text: str, media_type: str = "text/plain") -> list[str]:
    return _furniture(clean(_page(text, media_type)))


@pytest.mark.parametrize("cut", [CUT, CUT[:-1] + "...", CUT + "2", CUT + " "])
def test_a_teaser_is_marked_with_its_title(cut):
    assert _marked(f"The card is free.\n{TITLE}\n{cut}\nIt is valid.") == [TITLE, cut.strip()]


def test_marking_leaves_the_text_and_every_offset_as_they_were():
    page = _page(f"The card is free.\n{TITLE}\n{CUT}\n")
    cleaned = clean(page)
    assert cleaned.text == page.text
    assert [(b.start, b.end, b.section) for b in cleaned.blocks] == [
        (b.start, b.end, b.section) for b in page.blocks
    ]
    assert cleaned.blocks[0] == page.blocks[0]


@pytest.mark.parametrize(
    "text",
    [
        f"This sentence is whole.\n{CUT}",
        f"{TITLE}\nBring a document (passport, identity card, permit...",
        f"{TITLE}\nBring a document (an identity card that is still in force...).",
        f"{TITLE}\nCourses: against theft, against the use of drugs, for safety on the road...",
        f"{TITLE}\nBring your passport, your permit, your bills...",
        f"- {TITLE}\n- {CUT}",
        f"{TITLE}\nWait…",
    ],
)
def test_an_ellipsis_alone_makes_no_teaser(text):
    assert _marked(text) == []


def test_links_under_headings_of_their_own_are_teasers_when_there_are_several():
    head = "# T\n\nThe card is free.\n\n"
    teasers = f"## Mutuelle\n\n{CUT}\n\n## CSS\n\n{CUT}\n"
    assert _marked(head + teasers, "text/markdown") == [CUT, CUT]
    assert _marked(f"{head}## Mutuelle\n\n{CUT}\n", "text/markdown") == []


@pytest.mark.parametrize(
    ("line", "who", "day"),
    [
        ("Verified by Comede on 31/05/2023", "Comede", date(2023, 5, 31)),
        ("Reviewed by the Bar of Paris on 2024-02-01.", "the Bar of Paris", date(2024, 2, 1)),
        ("Vérifié par le CIDFF le 1.2.2024", "le CIDFF", date(2024, 2, 1)),
    ],
)
def test_a_verification_line_is_read_and_marked(line, who, day):
    page = clean(_page(f"The card is free.\n{line}"))
    assert (page.verified_by, page.verified_on) == (who, day)
    assert _furniture(page) == [line]


def test_what_the_page_says_of_its_verification_itself_comes_first():
    page = replace(_page("Free.\nVerified by A on 31/05/2023"), verified_by="B")
    assert (clean(page).verified_by, clean(page).verified_on) == ("B", None)


@pytest.mark.parametrize(
    "line",
    [
        "Verified by Comede on 31/13/2023",
        "Your identity is verified by the town hall on 31/05/2023 at the latest",
    ],
)
def test_what_only_looks_like_a_verification_is_left_alone(line):
    page = clean(_page(line))
    assert (page.verified_by, _furniture(page)) == (None, [])


@pytest.mark.parametrize(
    "line",
    [
        "We took care, but this page is not intended to replace legal or professional advice. Ask.",
        "The information on this site doesn't constitute legal advice.",
        "Cette page ne remplace pas les conseils d'un professionnel ou un avis juridique.",
        "Les informations de ce site ne constituent pas un conseil juridique.",
    ],
)
def test_a_legal_disclaimer_is_marked(line):
    assert _marked(f"The card is free.\n{line}") == [line]


@pytest.mark.parametrize(
    "line",
    [
        "You do not need a lawyer to get legal advice at a free advice centre.",
        "Cette aide ne couvre pas la consultation d'un avocat.",
    ],
)
def test_a_sentence_about_legal_advice_is_content(line):
    assert _marked(line) == []


def test_a_lead_in_before_another_topic_has_lost_its_list():
    topic = "You will receive the card within two weeks if you apply online, three weeks by post."
    assert _marked(f"The card is free.\nTo apply:\n{topic}") == ["To apply:"]
    assert _marked(f"The card is free.\n{topic}\nTo apply :") == ["To apply :"]
    assert _marked(f"# T\n\n## A\n\nTo apply:\n\n## B\n\n{topic}", "text/markdown") == ["To apply:"]


@pytest.mark.parametrize(
    ("text", "media_type"),
    [
        ("To apply:\n- write\n- wait", "text/plain"),
        ("To apply:\nlog in and follow the steps", "text/plain"),
        ("# T\n\n## A\n\nTwo cases:\n\n### One\n\nx\n\n### Two\n\ny", "text/markdown"),
        (
            "# T\n\n## A\n\nTwo cases:\n\n### One\n\nYou receive the card within two weeks of the "
            "day when you ask for it.\n\n### Two\n\nIt comes by post within three weeks.",
            "text/markdown",
        ),
        ("# T\n\nTwo ways:\n\n| a | b |\n|---|---|\n| c | d |", "text/markdown"),
        (
            "- one\n- two\n\nThe rule:\n"
            "You receive the card within two weeks when you ask for it online and by post later.",
            "text/plain",
        ),
    ],
)
def test_a_lead_in_that_may_have_its_list_is_kept(text, media_type):
    assert _marked(text, media_type) == []


def _site(count: int, footer_on: int) -> list[Page]:
    footer = "Was this page useful? "
    return [
        _page(f"Fact {n}.\n{footer if n < footer_on else 'Other ' + str(n)}", key=f"k{n}")
        for n in range(count)
    ]


@pytest.mark.parametrize(
    ("count", "footer_on", "found"),
    [(5, 5, True), (4, 4, False), (16, 5, True), (17, 5, False), (20, 6, True)],
)
def test_a_block_repeats_from_5_pages_and_30_percent_on(count, footer_on, found):
    expected = {"was this page useful?"} if found else set()
    assert repeated_furniture(_site(count, footer_on)) == expected


def test_repeated_blocks_are_marked_and_cleaned_pages_still_count():
    pages = _site(6, 6)
    repeated = repeated_furniture(pages)
    cleaned = [clean(page, repeated) for page in pages]
    assert _furniture(cleaned[0]) == ["Was this page useful?"]
    assert repeated_furniture(cleaned) == repeated


def test_a_block_that_stands_twice_on_a_page_counts_once():
    pages = [_page("Again.\nAgain.\nAgain.", key=str(n)) for n in range(4)]
    assert repeated_furniture(pages) == frozenset()


def test_long_blocks_and_table_rows_are_never_repeated_furniture():
    long = " ".join(["word"] * 41)
    pages = [_page(f"# T\n\n{long}\n\n| a |\n|---|\n| b |", "text/markdown") for _ in range(6)]
    assert repeated_furniture(pages) == frozenset()


@pytest.mark.shared
def test_the_scraped_page_loses_its_teasers_its_notices_and_nothing_else():
    file = SHARED / "pages" / "carte-vitale-as-scraped.txt"
    if not file.exists():
        pytest.skip(f"the scraped page is not there: {file}")
    lines = file.read_text("utf-8").splitlines()
    page = clean(_page("\n".join(lines)))
    lost = {"To apply:", next(line for line in lines if line.startswith("A few things"))}
    notice = next(line for line in lines if line.startswith("While the utmost care"))
    expected = [*lines[:2], lines[3], *(x for x in lines if x in lost), notice, *lines[-8:]]
    assert _furniture(page) == expected
    assert (page.verified_by, page.verified_on) == ("Comede", date(2023, 5, 31))
    assert len(page.blocks) - len(expected) == 15
