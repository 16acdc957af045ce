"""National sheets: every word a visitor sees stands once, in order, under its case."""

import itertools
import re
from datetime import date
from xml.etree import ElementTree

import pytest

from ingest.errors import PageUnreadable
from ingest.readers.service_public import read
from ingest.records import Page, RawPage
from ingest.sources.service_public import read_archive
from tests.test_ingest_sources_service_public import ARCHIVE, needs_archive

DC = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'


def page_of(body: str, head: str = "<dc:title>Library card</dc:title>") -> Page:
    content = f'<Publication {DC} ID="F1" spUrl="https://example.org/F1">{head}{body}</Publication>'
    return read(RawPage("F1", "a.zip!F1.xml", "x", content.encode(), "guide", publisher="DILA"))


def outline(page: Page) -> list[tuple[str, str, tuple[str, ...]]]:
    """Kind, text and section of each block."""
    return [
        (b.kind, page.text[b.start : b.end], page.sections[b.section].path) for b in page.blocks
    ]


def p(text: str) -> str:
    return f"<Paragraphe>{text}</Paragraphe>"


def titled(tag: str, title: str, inner: str) -> str:
    return f"<{tag}><Titre>{p(title)}</Titre>{inner}</{tag}>"


def case(title: str, inner: str) -> str:
    return f"<Cas><Titre>{title}</Titre>{inner}</Cas>"


def test_metadata_of_a_sheet():
    head = """<dc:title>Library card</dc:title><dc:date>modified 2020-10-14</dc:date>
        <Theme ID="N1"><Titre>Culture</Titre></Theme><SousThemePere ID="N2">Books</SousThemePere>
        <DossierPere ID="N3"><Titre>Libraries</Titre><Fiche ID="F9">Loans</Fiche></DossierPere>
        <SousDossierPere>Books</SousDossierPere>"""
    links = "".join(f'<LienInterne LienPublication="{k}">a</LienInterne> ' for k in _LINKS)
    page = page_of(f"<Texte>{p(links)}</Texte>", head)
    assert (page.key, page.title, page.language) == ("F1", "Library card", "fr")
    assert (page.url, page.publisher) == ("https://example.org/F1", "DILA")
    assert page.modified_on == date(2020, 10, 14)
    assert page.topics == ("Culture", "Books", "Libraries")
    assert page.related == ("F8", "N3")


def test_links_into_the_guides_for_firms_and_associations_lead_to_no_page_of_this_one():
    links = "".join(
        f'<LienInterne LienPublication="{key}" audience="{audience}">a</LienInterne> '
        for key, audience in (
            ("F7", "Professionnels"),
            ("F8", "Particuliers"),
            ("F9", "Associations"),
        )
    )
    assert page_of(f"<Texte>{p(links)}</Texte>").related == ("F8",)


_LINKS = ("F8", "R5", "F1", "N3", "F8")


@pytest.mark.parametrize("day", ["", "modified soon", "modified 2020-02-31"])
def test_a_date_that_is_none_is_left_out(day: str):
    head = f"<dc:title>T</dc:title><dc:date>{day}</dc:date>"
    assert page_of(f"<Texte>{p('Words.')}</Texte>", head).modified_on is None


def test_chapters_cases_and_what_follows_them():
    inner = (
        p("It depends:")
        + "<BlocCas>"
        + case("Adult", p("Ten euros.") + "<BlocCas>" + case("Student", p("Five.")) + "</BlocCas>")
        + case("Child", p("Free."))
        + "</BlocCas>"
        + p("For everyone: bring a photo.")
    )
    page = page_of(
        f"<Texte>{titled('Chapitre', 'Cost', titled('SousChapitre', 'Fee', inner))}</Texte>"
    )
    fee = ("Cost", "Fee")
    assert outline(page) == [
        ("paragraph", "It depends:", fee),
        ("paragraph", "Ten euros.", (*fee, "Adult")),
        ("paragraph", "Five.", (*fee, "Adult", "Student")),
        ("paragraph", "Free.", (*fee, "Child")),
        ("paragraph", "For everyone: bring a photo.", fee),
    ]
    kinds = [(section.path[-1:], section.kind) for section in page.sections[1:]]
    assert kinds == [
        (("Cost",), "heading"),
        (("Fee",), "heading"),
        (("Adult",), "case"),
        (("Student",), "case"),
        (("Child",), "case"),
    ]


def test_situations_are_cases_and_their_introduction_is_theirs():
    body = f"""<Introduction><Texte>{p("Who may borrow.")}</Texte></Introduction>
        <ListeSituations><Situation><Titre>At home</Titre>
        <Introduction><Texte>{p("By post.")}</Texte></Introduction><Texte>{p("Call.")}</Texte>
        </Situation></ListeSituations>"""
    page = page_of(body)
    assert outline(page) == [
        ("paragraph", "Who may borrow.", ()),
        ("paragraph", "By post.", ("At home",)),
        ("paragraph", "Call.", ("At home",)),
    ]
    assert page.sections[1].kind == "case"


@pytest.mark.parametrize("tag", ["ANoter", "ASavoir", "Attention", "Rappel"])
def test_a_box_is_one_note_with_its_title_once(tag: str):
    inner = f"{p('closed')}<Liste><Item>{p('on Monday')}</Item></Liste>"
    box = f"<{tag}><Titre>Note</Titre>{inner}</{tag}>"
    assert outline(page_of(f"<Texte>{box}</Texte>")) == [("note", "Note\nclosed\non Monday", ())]


def test_an_address_in_a_box_comes_after_the_words_before_it():
    desk = "<OuSAdresser><Titre>Desk</Titre></OuSAdresser>"
    box = f"<ANoter><Titre>Note</Titre>{p('ask')}{desk}</ANoter>"
    assert outline(page_of(f"<Texte>{box}</Texte>")) == [
        ("note", "Note\nask", ()),
        ("contact", "Desk", ()),
    ]


def test_a_warning_stands_under_its_own_title():
    body = f"""<Avertissement><Titre>New rules</Titre><Texte>{p("From May:")}
        <Liste><Item>{p("one book")}</Item></Liste></Texte></Avertissement>
        <Texte>{p("Two.")}</Texte>"""
    assert outline(page_of(body)) == [
        ("warning", "From May:", ("New rules",)),
        ("warning", "one book", ("New rules",)),
        ("paragraph", "Two.", ()),
    ]


def test_a_numbered_list_has_the_numbers_that_a_visitor_sees():
    inner = f"<Liste type='puce'><Item>{p('with a stamp')}</Item></Liste>"
    steps = f"<Item>{p('Write:')}{inner}{p('and sign')}</Item><Item/><Item>{p('Wait')}{p('a week')}"
    numbered = f"<Liste type='numero'>{steps}</Item></Liste>"
    assert outline(page_of(f"<Texte>{numbered}<ANoter>{numbered}</ANoter></Texte>")) == [
        ("item", "1. Write:", ()),
        ("item", "with a stamp", ()),
        ("item", "and sign", ()),
        ("item", "3. Wait\na week", ()),
        ("note", "1. Write:\nwith a stamp\nand sign\n3. Wait\na week", ()),
    ]


def test_nested_lists_keep_their_depth_and_one_group():
    inner = f"<Liste><Item>{p('pass')}</Item></Liste>"
    items = f"<Item>{p('a photo')}</Item><Item>{p('a proof:')}{inner}{p('or a letter')}</Item>"
    page = page_of(f"<Texte><Liste>{items}</Liste></Texte>")
    assert [(page.text[b.start : b.end], b.level, b.group) for b in page.blocks] == [
        ("a photo", 0, 1),
        ("a proof:", 0, 1),
        ("pass", 1, 1),
        ("or a letter", 0, 1),
    ]
    assert page.text == "a photo\na proof:\npass\nor a letter"


def test_contacts_keep_their_own_words_only():
    office = f"""<OuSAdresser><Titre>Main library</Titre><Complement>To join</Complement>
        <PivotLocal>bib</PivotLocal><RessourceWeb URL="x"/><Source ID="R1">City</Source>
        <Texte>{titled("Chapitre", "By post", p("1 Book Street"))}</Texte></OuSAdresser>"""
    form = """<ServiceEnLigne URL="x"><Titre>Join</Titre><Source ID="R1">City</Source>
        <NoticeLiee URL="y">How to fill it in</NoticeLiee></ServiceEnLigne>"""
    page = page_of(f"<Texte>{p('Ask.')}</Texte>{office}{form}")
    assert outline(page) == [
        ("paragraph", "Ask.", ()),
        ("contact", "Main library\nTo join\nBy post\n1 Book Street", ()),
        ("contact", "Join\nHow to fill it in", ()),
    ]
    # They close the page, so they are no part of the section of its last words.
    assert [block.section for block in page.blocks] == [0, 1, 1]


def test_the_glossary_is_a_section_a_term():
    body = f"<Texte>{p('Pay the fee.')}</Texte>" + "".join(
        f"<{tag}><Titre>{term}</Titre><Texte>{p(text)}</Texte></{tag}>"
        for tag, term, text in (("Definition", "Fee", "A sum."), ("Abreviation", "ID", "Identity"))
    )
    assert outline(page_of(body))[1:] == [
        ("note", "A sum.", ("Fee",)),
        ("note", "Identity", ("ID",)),
    ]


def test_links_to_other_pages_are_furniture_and_laws_are_left_out():
    body = f"""<Texte>{p("Words.")}</Texte><SousDossier><Titre>More</Titre>
        <Fiche ID="F2">Loans</Fiche></SousDossier>
        <QuestionReponse>Lost it?</QuestionReponse><PourEnSavoirPlus><Titre>Guide</Titre>
        <Source>City</Source></PourEnSavoirPlus><VoirAussi><Fiche><Titre>Films</Titre>
        <Theme><Titre>Culture</Titre></Theme></Fiche></VoirAussi>
        <Reference><Titre>Law 1</Titre></Reference>"""
    page = page_of(body)
    furniture = [text for kind, text, _ in outline(page) if kind == "furniture"]
    assert furniture == ["Loans", "Lost it?", "Guide", "Films"]
    assert page.text == "Words.\n\nMore\n\nLoans\n\nLost it?\n\nGuide\n\nFilms"


def test_a_guided_search_keeps_its_explanations_under_their_path():
    leaf = titled("Branche", "Adult", "")
    branch = titled("Branche", "Student", f"<Aide>{p('Any school.')}</Aide>")
    body = (
        f"<Problematiques>{titled('Problematique', 'You are new', leaf + branch)}</Problematiques>"
    )
    assert outline(page_of(body)) == [
        ("furniture", "Adult", ("You are new",)),
        ("note", "Any school.", ("You are new", "Student")),
    ]


def test_an_image_gives_its_words_once():
    image = "<Image><Legende>Hours</Legende><Credits><Paragraphe>me</Paragraphe></Credits>"
    image += f"<TexteDeRemplacement>Open at 9</TexteDeRemplacement><Description>{p('Hours')}"
    image += "</Description></Image>"
    assert outline(page_of(f"<Texte>{p('See' + image)}</Texte>")) == [
        ("paragraph", "See", ()),
        ("paragraph", "Hours\nOpen at 9", ()),
    ]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("a\n  b\t c", "a b c"),
        ("1\u00a0000\u00a0€", "1\u00a0000\u00a0€"),
        ("pay<Valeur>5 €</Valeur>now", "pay5 €now"),
        ("1<Exposant>er</Exposant> May", "1er May"),
        ("the <LienExterne>site</LienExterne>\n\n, then", "the site, then"),
        ("the <LienExterne>site</LienExterne>\n\nthen", "the site then"),
        ("fee of euro1 <!-- x -->only", "fee of euro1 only"),
    ],
)
def test_words_of_a_paragraph(source: str, text: str):
    assert page_of(f"<Texte>{p(source)}</Texte>").text == text


def row(*cells: str, kind: str = "normal") -> str:
    return f'<Rangée type="{kind}">{"".join(cells)}</Rangée>'


def cell(text: str, attributes: str = "") -> str:
    return f"<Cellule {attributes}>{p(text)}</Cellule>"


def table(columns: int, *rows: str, title: str = "") -> list[tuple[str, str, int]]:
    caption = f"<Titre>{title}</Titre>" if title else ""
    grid = f"<Tableau>{caption}{'<Colonne/>' * columns}{''.join(rows)}</Tableau>"
    page = page_of(f"<Texte>{grid}</Texte>")
    return [(b.kind, page.text[b.start : b.end], b.level) for b in page.blocks]


def test_a_table_with_two_header_rows_and_merged_cells():
    lines = table(
        3,
        row(
            cell("Age", 'fusionVerticale="2"'), cell("Fee", 'fusionHorizontale="2"'), kind="header"
        ),
        row(cell("Town"), cell("Elsewhere"), kind="header"),
        row(cell("Under 16"), cell("0 €"), "<Cellule/>"),
        title="Fees",
    )
    assert lines == [
        ("header", "Fees", 0),
        ("header", "Age | Fee", 0),
        ("header", "Town | Elsewhere", 0),
        ("row", "Under 16 | 0 €", 0),
    ]


def test_rows_under_a_spanning_label_say_how_many_labels_they_stand_under():
    lines = table(
        3,
        row(cell("North", 'fusionVerticale="3"'), cell("Adult", 'fusionVerticale="2"'), cell("1")),
        row(cell("2")),
        row(cell("Child"), cell("3")),
        row(cell("South"), cell("Adult"), cell("4")),
    )
    assert lines == [
        ("row", "North | Adult | 1", 0),
        ("row", "2", 2),
        ("row", "Child | 3", 1),
        ("row", "South | Adult | 4", 0),
    ]


def test_a_short_cell_across_the_table_is_a_header_of_what_follows():
    lines = table(2, row(cell("Winter", 'fusionHorizontale="2"')), row(cell("Monday"), cell("9 h")))
    assert lines == [("header", "Winter", 0), ("row", "Monday | 9 h", 0)]


@pytest.mark.parametrize("span", ["0", "-1", "x", "99999999999"])
def test_a_damaged_span_stops_nothing(span: str):
    cells = (cell("a", f'fusionVerticale="{span}" fusionHorizontale="{span}"'), cell("b"))
    assert table(2, row(*cells), row(cell("c")))[0] == ("row", "a | b", 0)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("<Publication>", "no well-formed XML"),
        ("<Publication/>", "the sheet has no dc:title"),
        (f"<Publication {DC}><dc:title>T</dc:title></Publication>", "the page is empty"),
    ],
)
def test_what_cannot_be_read_is_refused(content: str, reason: str):
    with pytest.raises(PageUnreadable, match=reason):
        read(RawPage("F1", "o", "x", content.encode(), "s"))


def test_an_entity_is_neither_fetched_nor_expanded():
    content = f"""<!DOCTYPE Publication [<!ENTITY a "boom"><!ENTITY b SYSTEM "file:///etc/passwd">]>
        <Publication {DC}><dc:title>T</dc:title><Texte>{p("x &a; y &b; z")}</Texte></Publication>"""
    assert read(RawPage("F1", "o", "x", content.encode(), "s")).text == "x y z"


_LEFT_OUT = {
    *("DossierPere", "SousDossierPere", "SousThemePere", "Theme", "FilDAriane", "SurTitre"),
    *("Audience", "Canal", "Cible", "Reference", "Source", "Credits", "PivotLocal", "Resume"),
    *("TitreAlternatif", "IntituleSiSelectionne"),
}
# Their image says the same words two or three times.
_REPEATING = {"F1468", "F21088", "F308"}


def visible(element: ElementTree.Element) -> str:
    if element.tag in _LEFT_OUT or element.tag.startswith("{"):
        return ""
    numbers = itertools.count(1)
    numbered = element.get("type") == "numero"
    inner = (
        (f"{next(numbers)}. " if numbered and child.tag == "Item" else "")
        + visible(child)
        + (child.tail or "")
        for child in element
    )
    return (element.text or "") + "".join(inner)


@pytest.mark.shared
@needs_archive
def test_every_visible_character_of_the_archive_stands_once_and_in_order():
    different = set()
    for raw in read_archive(ARCHIVE, source="s", failures={}):
        source = visible(ElementTree.fromstring(raw.content))
        if re.sub(r"[\s|]", "", source) != re.sub(r"[\s|]", "", read(raw).text):
            different.add(raw.key)
    assert different == _REPEATING
