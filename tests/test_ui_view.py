"""What a page shows of a citation: pieces that add up, and an honest source card."""

import re
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from service.api.schemas import AnswerOut, BasisOut, CitationOut, ContactOut, TermOut
from ui import markup
from ui.asked import look_at
from ui.people import helper
from ui.strings import strings
from ui.terminal import answer_text
from ui.view import Piece, card, lighter, pieces, view


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
    assert "Checked by Comede on 31 May 2023" in laid_out.facts
    assert laid_out.warnings == ()


def test_a_foreign_quotation_names_its_language():
    assert card(citation(), strings("en")).foreign == "Quoted in French, as the page says it"
    assert card(citation(), strings("fr")).foreign == ""


def test_what_a_text_was_written_from_is_shown_with_its_date():
    day = date(2020, 10, 14)
    basis = BasisOut(publisher="DILA", title="Carte", url=None, published_on=day, consulted_on=None)
    laid_out = card(citation(based_on=[basis]), strings("en"))
    assert "Written from DILA, Carte, published on 14 October 2020" in laid_out.facts


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


def test_an_address_that_is_not_of_the_web_is_no_link():
    contact = ContactOut(
        id="x",
        name="<b>x</b>",
        purpose="x",
        emergency=False,
        channels=[{"kind": "web", "value": "javascript:alert(1)"}],
        cost="price of a call",
        languages=["ar", "kab"],
        source=None,
        source_url=None,
        source_date=None,
    )
    laid_out = helper(contact, strings("en"))
    assert laid_out.channels[0].href == ""
    assert laid_out.note == "price of a normal call"
    assert laid_out.speaks == "Languages spoken there: Arabic"


def test_several_sources_are_summed_up_and_listed():
    days = [date(2020, 10, 14), date(2021, 1, 2)]
    bases = [
        BasisOut(publisher="DILA", title=t, url=None, published_on=d, consulted_on=None)
        for t, d in zip("ab", days, strict=True)
    ]
    laid_out = card(citation(based_on=bases), strings("en"))
    assert laid_out.written_from == "Written from DILA"
    assert laid_out.sources == (
        "DILA, a, published on 14 October 2020",
        "DILA, b, published on 2 January 2021",
    )


def test_a_page_that_changed_or_was_checked_long_ago_says_so():
    warnings = card(citation(changed_since="2026-02-01", stale=True), strings("en")).warnings
    assert "This page has changed since: 1 February 2026." in warnings
    assert any("long ago" in warning for warning in warnings)


def test_old_is_said_of_the_sources_that_a_text_of_our_own_was_written_from():
    basis = BasisOut(publisher="DILA", title=None, url=None, published_on=None, consulted_on=None)
    warnings = card(citation(stale=True, based_on=[basis]), strings("en")).warnings
    assert any(warning.startswith("Its sources were read long ago.") for warning in warnings)
    assert not any("Compared" in warning for warning in warnings)


def test_at_most_four_terms_are_explained():
    terms = [TermOut(term=f"t{n}", explanation="x", language="ar") for n in range(6)]
    laid_out = card(citation(terms=terms), strings("ar"))
    assert [(t.term, t.direction) for t in laid_out.terms] == [(f"t{n}", "rtl") for n in range(4)]


def test_what_is_copied_has_the_quotation_its_source_and_the_notice():
    text = card(citation(), strings("en")).copied("http://x", "Not advice.")
    assert text.startswith("La carte est gratuite. Elle est verte.\n\nCarte › Combien ?")
    assert "No organisation has checked this text." in text
    assert "http://x/pages/fr/carte@abc?at=0-38#c0" in text
    assert text.endswith("Not advice.")


def test_a_link_that_is_not_of_the_web_is_not_shown():
    assert not card(citation(url="javascript:x", link="javascript:x"), strings("en")).at_source


def answer(**changes: object) -> AnswerOut:
    fields = {
        "outcome": "answered",
        "confidence": 0.9,
        "question_language": "en",
        "not_found_parts": [],
        "citations": [citation()],
        "situations": [{"id": "s1", "label": "By post", "page_key": "fr/carte", "section": []}],
        "personal_data": [],
        "urgent": None,
        "support": [],
        "notice": "Not advice.",
        "generation": "g",
    }
    return AnswerOut.model_validate({**fields, **changes})


def test_a_chosen_situation_is_named_and_personal_data_left_out_is_said():
    asked = look_at("card? write to me@example.org", 4000)
    laid_out = view(answer(), strings("en"), asked, "s1")
    assert laid_out.situation == "By post"
    assert "e-mail address" in laid_out.personal
    assert laid_out.count == "1 quotation"


def test_a_lighter_answer_keeps_what_answers_and_where_it_comes_from():
    terms = [TermOut(term=f"t{n}", explanation="x", language="en") for n in range(4)]
    cited = [citation(number=n, terms=terms) for n in (1, 2, 3)]
    shown = view(answer(citations=cited), strings("en"), look_at("x", 4000))
    whole, *rest = lighter(shown)
    assert whole == shown
    assert [len(s.cards) for s in rest] == [3, 3, 2, 1, 1]
    assert rest[0].cards[0].quote == shown.cards[0].quote
    assert (rest[-1].cards[0].quote,) == shown.cards[0].leads
    assert rest[-1].cards[0].warnings == shown.cards[0].warnings
    assert rest[-1].cards[0].copy == shown.cards[0].copy


def test_what_is_left_of_a_light_answer_is_one_quotation_a_stretch():
    cited = citation(quote="One. Two. Three.", highlights=[(0, 4), (10, 16)], end=16)
    *_, shown = lighter(view(answer(citations=[cited]), strings("en"), look_at("x", 4000)))
    html = markup.card_html(shown.cards[0], strings("en"), "", "")
    assert re.findall(r"<blockquote[^>]*>(.*?)</blockquote>", html) == ["One.", "Three."]


def test_half_a_verification_is_none():
    for half in ({"verified_by": "Comede"}, {"verified_on": date(2023, 5, 31)}):
        laid_out = card(citation(**half), strings("en"))
        assert not any("Checked" in fact for fact in laid_out.facts)
        assert "No organisation has checked this text." in laid_out.warnings


def test_a_refusal_says_why_and_an_answer_does_not():
    refused = answer(outcome="not_found", citations=[])
    asked = look_at("x", 4000)
    assert view(refused, strings("en"), asked, why="Nothing.").explanation == "Nothing."
    assert view(answer(), strings("en"), asked, why="Nothing.").explanation == ""


def test_a_part_without_an_answer_is_named_even_where_nothing_is_quoted():
    odd = answer(outcome="partial", citations=[], not_found_parts=["a", "b"])
    shown = view(odd, strings("en"), look_at("x", 4000), why="Nothing about: {parts}")
    assert shown.explanation == "Nothing about: a, b"
    assert shown.not_found_parts == ("a", "b")


def test_a_terminal_names_the_parts_without_an_answer():
    odd = answer(outcome="partial", not_found_parts=["and by post?"])
    lines = answer_text(odd, "en").splitlines()
    heading = lines.index("What the pages do not answer")
    assert lines[heading + 1] == "  - and by post?"


def test_a_long_question_is_written_back_in_part():
    long = "a" * 3000
    shown = view(answer(), strings("en"), look_at(long, 4000))
    assert (len(shown.question), shown.carried, shown.asked.text) == (601, False, long)
    short = view(answer(), strings("en"), look_at("card?", 4000))
    assert (short.question, short.carried) == ("card?", True)
