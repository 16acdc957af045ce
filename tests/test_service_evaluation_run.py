"""A row keeps what its figures need from the pages, whatever answers."""

from types import SimpleNamespace

import pytest

from index.records import Hit
from ingest.errors import PageUnknown
from ingest.records import Passage
from service.api.wire import citation_out
from service.evaluation.metrics import score
from service.evaluation.run import ask, checked, retrieved
from service.records import Answer, Citation
from tests.evaluation_rows import question
from tests.fakes import CARD, RENT, make_page

FREE = "The health card is free for everyone who is insured."
TWIN = make_page("fr/card", "Prix", "Gratuite.", language="fr", translation_of=CARD.key)
PAGES = {page.key: page for page in (CARD, RENT, TWIN)}


def page(key: str):
    if key not in PAGES:
        raise PageUnknown(key)
    return PAGES[key]


SEARCHER = SimpleNamespace(page=page, original=lambda key: page(key).translation_of or key)


def cited() -> Citation:
    start = CARD.text.index(FREE)
    end = start + len(FREE)
    return Citation(CARD, start, end, FREE, ((0, 10),), (), (), (), 1.0)


def found(key: str) -> Hit:
    text = PAGES[key].text
    return Hit(Passage("p", key, "d", 0, 9, text, (), (), key, "en", "paragraph"), 1.0)


def answering(*citations: Citation, notice: str = "No legal advice.") -> SimpleNamespace:
    """Return an answerer that retrieved the card in two languages and quotes what is given."""
    answer = Answer("answered" if citations else "not_found", 0.9, "en", citations, notice, "g1")
    return SimpleNamespace(
        searcher=SEARCHER,
        find=lambda _: SimpleNamespace(hits=(found(CARD.key), found(TWIN.key))),
        answer_found=lambda *_: answer,
    )


def test_a_row_has_what_every_figure_needs():
    asked = question(
        (CARD.key, TWIN.key, "en/gone"), ("is FREE for", "online or by post", "nowhere")
    )
    scores = score(ask(asked, answering(cited())), asked)
    assert (scores.quote_fidelity, scores.notice_present, scores.no_twins_at_5) == (1.0, 1.0, 0.0)
    assert (scores.citation_recall, scores.citation_precision, scores.partial) == (0.5, 1.0, 0.0)


def test_a_refusal_has_a_notice_and_no_quotation():
    asked = question((CARD.key,), ("is free for",))
    scores = score(ask(asked, answering()), asked)
    assert (scores.notice_present, scores.quote_fidelity, scores.citation_recall) == (
        1.0,
        None,
        0.0,
    )
    assert score(ask(asked, answering(notice="")), asked).notice_present == 0.0


@pytest.mark.parametrize(
    "change",
    [
        {"quote": FREE.upper()},
        {"start": 0},
        {"end": len(CARD.text)},
        {"page_digest": "another version"},
        {"page_key": RENT.key},
    ],
)
def test_a_quotation_that_was_changed_on_its_way_out_is_told(change):
    out = citation_out(1, cited()).model_dump(mode="json")
    assert checked(out, CARD)["faithful"] is True
    assert checked(out | change, CARD)["faithful"] is False


def test_a_passage_says_what_its_page_translates_where_it_is_known():
    assert retrieved(found(TWIN.key), CARD.key)["original"] == CARD.key
    assert retrieved(found(TWIN.key))["original"] is None
