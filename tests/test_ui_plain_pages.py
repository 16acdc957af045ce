"""Plain pages over pages and failures that the corpus does not have: long, hostile, old, broken."""

import re
from dataclasses import replace
from html import escape
from types import SimpleNamespace

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from ingest.errors import IndexMissing, PageUnknown
from ingest.records import Basis
from ingest.settings import Settings
from service.content import load_content
from service.glossary import QuotedTerms
from service.records import Age, Answer, Citation, Situation, Urgent
from tests.browser.fake_api import PARTS, application
from tests.fakes import make_page
from ui.plain import mount
from ui.strings import available, strings

LIMIT = 30_000
SCRIPT = "<script>alert(1)</script>"
LONG = make_page("uk/long", *["Розділ", "Слово <і> " * 4000] * 8, language="uk")
OLD = make_page("en/card", "How?", "By post, as it was.")
NEW = make_page("en/card", "How?", "Online.")
HOSTILE = make_page(
    "en/hostile",
    f"What {SCRIPT}?",
    f"Call \u202e71\u202c now. {SCRIPT} <img src=x onerror=alert(1)>",
    title=f"{SCRIPT}\u202e",
    url="javascript:alert(1)",
    publisher=SCRIPT,
)
STEPS = make_page("en/steps", "How?", "2. Sign it.")
STEPS = replace(STEPS, blocks=(replace(STEPS.blocks[0], kind="item"),))
PAGES = {page.key: page for page in (LONG, NEW, HOSTILE, STEPS)}


BASES = tuple(Basis(f"Видавець {n}", title="Назва " * 10) for n in range(12))


class Searcher:
    def page(self, key):
        if key not in PAGES:
            raise PageUnknown(f"no page {key}")
        return PAGES[key]

    def pages(self):
        many = [{"key": f"en/p{n}", "title": f"<b>{n}</b>", "language": "en"} for n in range(3184)]
        return [*many, {"key": "ar/x", "title": "عنوان", "language": "ar"}]


def version(key, digest):
    if (key, digest) != (OLD.key, OLD.digest):
        raise PageUnknown(f"no version {digest}")
    return OLD


def age(page):
    if page.digest == OLD.digest:
        return Age(changed_since="2026-02-01")
    return Age("2026-03-04", stale=page.key == LONG.key)


def answering(question):
    """Fail as an index or our own code would, or answer with the longest that there can be."""
    if "longest" not in question.text:
        raise IndexMissing if "index" in question.text else ZeroDivisionError
    quote = "Слово <і> " * 200
    page = make_page("uk/long", "Розділ", quote, language="uk", based_on=BASES)
    start = page.blocks[0].start
    cited = Citation(page, start, start + len(quote), quote, ((0, 400),), (), ("Розділ",), (), 1.0)
    content = load_content(Settings().content)
    return Answer(
        outcome="answered",
        confidence=1.0,
        question_language="uk",
        citations=(cited,) * 3,
        notice=content.notice("uk")["not_legal_advice"],
        generation="g",
        not_found_parts=("слово " * 20,) * 3,
        situations=tuple(Situation(f"s{n}", "Слово " * 10, page.key, ()) for n in range(8)),
        urgent=Urgent("violence", content.danger["violence"]),
        support=content.support,
    )


@pytest.fixture(scope="module")
def client():
    settings = Settings()
    answerer = SimpleNamespace(
        searcher=Searcher(),
        age=age,
    )
    engine = SimpleNamespace(
        answerer=answerer,
        answer=answering,
        settings=settings,
        content=load_content(settings.content),
        version=version,
        terms=QuotedTerms(()),
        feedback=None,
    )
    app = FastAPI()
    mount(app, engine)
    return TestClient(app, raise_server_exceptions=False)


def test_every_part_of_a_long_page_is_small_and_leads_on_to_the_last(client):
    address, seen = "/pages/uk/long", []
    while address:
        response = client.get(address)
        assert response.status_code == 200
        assert len(response.content) < LIMIT
        seen += re.findall(r'id="c(\d+)"', response.text)
        found = re.search(r'href="(\?lang=\w+&amp;part=\d+)" rel="next"', response.text)
        address = found and "/pages/uk/long" + found[1].replace("&amp;", "&")
    assert len(seen) == len(set(seen))
    assert int(seen[-1]) > len(LONG.text) * 0.95


def test_the_part_with_the_quotation_is_the_one_that_opens(client):
    start = LONG.blocks[5].start + 100
    response = client.get(f"/pages/uk/long@{LONG.digest}?at={start}-{start + 50}")
    assert f'id="c{start}" class="quoted"' in response.text
    assert len(response.content) < LIMIT


@pytest.mark.parametrize("odd", ["part=0", "part=-1", "part=99999", "part=x", "at=x", "at=9-1"])
def test_a_part_that_makes_no_sense_is_one_that_exists(client, odd):
    assert client.get(f"/pages/uk/long?{odd}").status_code == 200


@pytest.mark.parametrize("code", available())
def test_the_list_of_three_thousand_pages_is_small(client, code):
    response = client.get(f"/pages?lang={code}")
    assert len(response.content) < LIMIT
    assert "<b>" not in response.text
    assert 'rel="next"' in response.text
    last = client.get(f"/pages?lang={code}&part=9999")
    assert 'rel="next"' not in last.text


def test_markup_in_a_page_is_text(client):
    text = client.get("/pages/en/hostile").text
    assert "<script" not in text
    assert "<img" not in text
    assert 'href="javascript' not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_an_earlier_version_says_that_it_is_one_and_since_when(client):
    text = client.get(f"/pages/en/card@{OLD.digest}").text
    assert "By post, as it was." in text
    assert "This is an older version of the page." in text
    assert "This page has changed since: 1 February 2026." in text
    assert "Compared" not in text
    assert "Compared with its source on 4 March 2026" in client.get("/pages/en/card").text
    assert "older version" not in client.get(f"/pages/en/card@{NEW.digest}").text
    assert client.get("/pages/en/card@000").status_code == 404


def test_a_page_that_is_old_says_so_where_it_is_read_too(client):
    assert "Compared with its source long ago." in client.get("/pages/uk/long").text
    assert "long ago" not in client.get("/pages/en/card").text


@pytest.mark.parametrize("question", ["my husband beats me", "no index"])
def test_a_failure_says_what_to_do_and_whom_to_call_and_keeps_what_was_typed(client, question):
    response = client.post("/", data={"question": question})
    assert response.status_code == 503
    assert "Traceback" not in response.text
    assert f">{question}</textarea>" in response.text
    assert response.text.index('href="tel:112"') < response.text.index("<form")
    assert 'href="sms:114"' in response.text
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("words", [0, 640])
@pytest.mark.parametrize("code", available())
def test_the_longest_answer_to_the_longest_question_is_small_too(client, code, words):
    question = "longest 06 12 34 56 78 " + "слово " * words
    response = client.post("/", data={"question": question, "language": code})
    assert response.status_code == 200
    assert len(response.content) < LIMIT
    assert response.text.count("<blockquote") >= 1
    assert 'href="tel:17"' in response.text
    assert '<button name="remove"' in response.text


def test_feedback_is_refused_where_nobody_reads_it(client):
    form = {"kind": "unsafe", "page_key": "en/card", "page_digest": "x", "start": "0"}
    assert client.post("/feedback", data=form).status_code == 403
    assert client.post("/feedback", data={**form, "kind": SCRIPT}).status_code == 422
    assert client.post("/feedback", data={}).status_code == 422


def test_a_browser_is_given_a_start_page_that_it_will_not_keep(client):
    assert client.get("/").status_code == 200
    navigation = {"sec-fetch-mode": "navigate"}
    assert client.get("/", headers=navigation).status_code == 203


@pytest.mark.parametrize("body", [b"\xff\xfe", b"question=%ff%00%d8", b"question=a&question=b"])
def test_a_form_of_any_bytes_is_answered(client, body):
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert client.post("/", content=body, headers=headers).status_code in {422, 503}


@pytest.mark.parametrize("code", available())
def test_what_the_pages_do_not_answer_stands_between_the_answer_and_the_people(code):
    pages = TestClient(application()[0])
    text = pages.post("/", data={"question": "partial", "language": code}).text
    words = strings(code)
    places = [words["partial"], "<blockquote", f">{words['not_found_parts']}</h2>"]
    places += [f'<q dir="auto">{escape(part)}</q>' for part in PARTS]
    places += [f">{words['support']}</h2>", 'href="tel:']
    assert [text.index(place) for place in places] == sorted(text.index(p) for p in places)
    assert "{parts}" not in text


def test_numbered_steps_of_a_page_are_a_numbered_list(client):
    text = client.get("/pages/en/steps").text
    assert re.search(r'<ol><li id="c\d+" value="2">Sign it\.</li></ol>', text)
