"""What a page shows of a citation: pieces that add up, and an honest source card."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from service.api.schemas import BasisOut, CitationOut, ContactOut
from ui.strings import strings
from ui.view import Piece, card, helper, pieces


def citation(**changes: object) -> CitationOut:
    fields = {
        "number": 1,
        "quote": "La carte est gratuite. Elle est verte.",
        "highlights": [(0, 22)],
        "context": [],
        "page_key": "fr/carte",
        "page_title": "Carte",
        "section": ["Combien ?"],
        "language": "fr",
        "also_on": [],
        "url": None,
        "link": "/pages/fr/carte@abc#c0",
        "start": 0,
        "end": 38,
        "page_digest": "abc",
        "source": "Passerelle",
        "licence": None,
        "verified_by": None,
        "verified_on": None,
        "based_on": [],
        "modified_on": None,
        "checked_at": None,
        "stale": False,
        "changed_since": None,
        "score": 1.0,
    }
    return CitationOut(**{**fields, **changes})


def test_pieces_follow_the_highlights():
    assert pieces("abcdef", [(1, 3)]) == (
        Piece("a", marked=False),
        Piece("bc", marked=True),
        Piece("def", marked=False),
    )


@given(st.text(max_size=30), st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30))))
def test_pieces_add_up_to_the_quotation(quote: str, spans: list[tuple[int, int]]):
    inside = [(min(a, len(quote)), min(b, len(quote))) for a, b in spans if a < b]
    assert "".join(p.text for p in pieces(quote, inside)) == quote


def test_a_text_nobody_verified_says_so():
    laid_out = card(citation(), strings("en"))
    assert laid_out.warnings == ("No organisation has checked this text.",)


def test_who_verified_it_and_when_is_shown():
    verified = citation(verified_by="Comede", verified_on=date(2023, 5, 31))
    laid_out = card(verified, strings("en"))
    assert "Checked by Comede on 31/05/2023" in laid_out.facts
    assert laid_out.warnings == ()


def test_a_foreign_quotation_names_its_language():
    assert card(citation(), strings("en")).foreign == "Quoted in French, as the page says it"
    assert card(citation(), strings("fr")).foreign == ""


def test_what_a_text_was_written_from_is_shown_with_its_date():
    day = date(2020, 10, 14)
    basis = BasisOut(publisher="DILA", title="Carte", url=None, published_on=day, consulted_on=None)
    laid_out = card(citation(based_on=[basis]), strings("en"))
    assert "Written from DILA, Carte, published on 14/10/2020" in laid_out.facts


def test_numbers_can_be_tapped():
    contact = ContactOut(
        id="ameli",
        name="ameli",
        purpose="x",
        emergency=False,
        channels=[{"kind": "call", "value": "36 46"}, {"kind": "text", "value": "114"}],
        cost=None,
        languages=[],
        source=None,
        source_url=None,
        source_date=None,
    )
    assert [c.href for c in helper(contact, strings("en")).channels] == ["tel:3646", "sms:114"]
