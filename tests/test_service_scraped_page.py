"""Twelve questions over one real page as a scraper left it: what is highlighted holds the fact."""

import statistics

import pytest

from index.opening import open_encoder
from index.publish import publish
from ingest.cleaning import clean
from ingest.readers import read
from ingest.settings import Settings
from ingest.sources.folder import read_folder
from service.engine import Engine
from service.records import Question
from tests.conftest import SHARED

PAGE = SHARED / "pages" / "carte-vitale-as-scraped.txt"
# Each fact is a few words of the page that a right highlight cannot do without.
ASKED = (
    ("What is a carte vitale?", "healthcare card"),
    ("How much does the carte vitale cost?", "free"),
    ("When can I apply for a carte vitale?", "as soon as"),
    ("What are the ways to apply for a carte vitale?", "online or by post"),
    ("What do I have to upload when I apply online?", "identity photo"),
    ("How long does it take to receive the card online and by post?", "two weeks"),
    ("Where does the reimbursement money go?", "bank account"),
    ("There is an error on my card. Who do I tell?", "report it to your"),
    ("Is the card valid everywhere in France?", "valid everywhere in France"),
    ("Which organisation helps migrants and refugees get health care?", "Comede"),
    ("What does PIMMS do?", "inform, guide or support"),
    ("What do social workers do?", "administrative procedures"),
)
TEASERS = ("Registering with the state", "Take out a private", "Getting care:", "not intended to")


@pytest.fixture(scope="module")
def answers(tmp_path_factory, models_folder):
    if not PAGE.exists():
        pytest.skip(f"NOT TESTED: {PAGE.name} is not beside the checkout")
    data = tmp_path_factory.mktemp("scraped")
    (data / "models").symlink_to(models_folder)
    settings = Settings(data=data)
    pages = [clean(read(raw)) for raw in read_folder(PAGE, source="s", failures={})]
    publish(data, pages, open_encoder(settings.encoder, settings.models, ingesting=False), settings)
    answerer = Engine(settings).answerer
    return [answerer.answer(Question(question, "en")) for question, _ in ASKED]


def highlights(answer) -> str:
    first = answer.citations[0]
    return " ".join(first.quote[start:end] for start, end in first.highlights)


@pytest.mark.shared
def test_the_first_highlight_holds_the_fact(answers):
    held = [
        fact in highlights(answer)
        for answer, (_, fact) in zip(answers, ASKED, strict=True)
        if answer.citations
    ]
    assert sum(held) == len(ASKED)


@pytest.mark.shared
def test_a_highlight_is_short_and_no_teaser_is_quoted(answers):
    shown = [highlights(answer) for answer in answers if answer.citations]
    assert statistics.median(len(text.split()) for text in shown) <= 40
    quotes = [c.quote for answer in answers for c in answer.citations]
    assert not [quote for quote in quotes if any(teaser in quote for teaser in TEASERS)]
