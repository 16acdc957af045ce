"""The plain pages: no script, no cookie, under 30 KB, and safe with whatever is typed."""

import re
from dataclasses import replace

import pytest

from tests.test_service_api import SECRET
from ui.asked import look_at
from ui.strings import available

LIMIT = 30_000


def post(client, question, **fields):
    return client.post("/", data={"question": question, **fields})


def all_pages(client):
    yield client.get("/")
    yield client.get("/?lang=ar")
    yield client.get("/pages")
    yield client.get("/pages/en/protection-order")
    yield post(client, "How do I get legal aid?")
    yield post(client, "recipe for couscous")
    yield post(client, "my husband beats me")
    yield post(client, "")
    yield client.get("/pages/nope")


def test_no_page_has_a_script_a_cookie_or_a_third_party(client):
    for response in all_pages(client):
        assert "<script" not in response.text
        assert "set-cookie" not in response.headers
        assert response.headers["content-security-policy"].startswith("default-src 'none'")
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["referrer-policy"] == "no-referrer"
        assert not re.findall(r'(?:src|action)="(?:https?:)?//', response.text)


def test_every_page_is_under_30_kilobytes(client):
    assert max(len(response.content) for response in all_pages(client)) < LIMIT


def test_the_question_alone_is_enough_and_the_form_comes_first(client):
    start = client.get("/").text
    assert '<textarea id="question" name="question"' in start
    assert start.index("<form") < start.index("<h2")
    answer = post(client, "How do I ask for a protection order?")
    assert answer.status_code == 200
    assert re.search(r'<blockquote lang="en" dir="ltr">', answer.text)
    assert "This is not legal advice" in answer.text


def test_the_interface_follows_the_browser_the_form_and_the_menu(client):
    french = client.get("/", headers={"accept-language": "fr-FR,fr;q=0.9"}).text
    assert '<html lang="fr" dir="ltr">' in french
    assert '<html lang="ar" dir="rtl">' in client.get("/?lang=ar").text
    assert '<html lang="tr"' in post(client, "legal aid", language="tr").text
    assert '<html lang="en"' in client.get("/?lang=xx").text
    for code in available():
        assert f'href="/?lang={code}"' in french


@pytest.mark.parametrize(
    "attack",
    ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</textarea><b>x", "{{7*7}}"],
)
def test_what_is_typed_is_never_markup(client, attack):
    text = post(client, f"legal aid {attack}").text
    assert attack not in text or attack == "{{7*7}}"
    assert "49" not in re.sub(r"\d{3,}", "", text) or "{{7*7}}" in text
    assert "<img" not in text


def test_a_question_that_cannot_be_asked_says_why_and_shows_emergency_numbers(client):
    for question, words in (("", "Write your question first"), (SECRET * 500, "too long")):
        response = post(client, question)
        assert response.status_code == 422
        assert words in response.text
        assert "tel:17" in response.text


def test_a_huge_form_is_cut_and_refused(client):
    response = post(client, "x" * 300_000)
    assert response.status_code == 422
    assert len(response.content) < LIMIT


def test_the_way_out_is_a_redirect_that_says_nothing(client):
    response = client.get("/leave", follow_redirects=False)
    assert response.status_code == 303
    assert response.headers["location"] == "https://www.wikipedia.org/"
    assert response.headers["referrer-policy"] == "no-referrer"


def test_a_citation_leads_to_its_place_on_our_copy_of_the_page(client):
    answer = post(client, "How do I ask for a protection order?").text
    link = re.search(r'href="(/pages/[^"#]+)#(c\d+)"', answer)
    assert link is not None
    page = client.get(link[1])
    assert page.status_code == 200
    assert f'id="{link[2]}"' in page.text
    assert "No organisation has checked this text" in page.text


def test_numbers_can_be_tapped_when_someone_is_in_danger(client):
    text = post(client, "my husband beats me").text
    assert text.index('href="tel:17"') < text.index('href="tel:3919"')
    assert 'href="sms:114"' in text


def test_a_page_we_do_not_have_says_so(client):
    assert client.get("/pages/nope").status_code == 404
    assert client.get("/pages/en/legal-aid@0000").status_code == 404


IN_DANGER = "mon mari me frappe"


@pytest.mark.parametrize(
    "fields",
    [
        {"question": "mon mari 06 12 34 56 78 me frappe"},
        {"question": f"12 rue Voltaire {IN_DANGER}"},
        {"question": f"12 rue Voltaire {IN_DANGER}", "remove": "1"},
        {"question": f"{IN_DANGER} {SECRET * 500}"},
    ],
)
def test_danger_is_looked_for_in_what_was_typed_before_anything_is_cut(client, fields):
    text = client.post("/", data=fields).text
    assert text.index('class="urgent"') < text.index('href="tel:17"') < text.index("<h1")


def test_what_is_typed_decides_whom_to_call_where_the_answer_was_to_less(client, monkeypatch):
    cut = look_at("", 10)
    monkeypatch.setattr("ui.plain.look_at", lambda *_, **__: replace(cut, searched="legal aid"))
    text = post(client, IN_DANGER).text
    assert text.index('href="tel:17"') < text.index("<h1")


def test_the_api_looks_for_danger_in_what_was_sent(client):
    sent = {"question": f"12 rue Voltaire {IN_DANGER}"}
    assert client.post("/v1/answers", json=sent).json()["urgent"]["kind"] == "violence"
