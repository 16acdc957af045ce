"""The plain page in a browser when it is left, attacked, hurried or forgotten."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_plain import QUESTIONS, ask, open_start

pytestmark = pytest.mark.browser


def test_a_question_not_sent_is_gone_after_leaving(visit, sites):
    visitor = open_start(visit, sites)
    visitor.page.fill("textarea", "zanzibarbara")
    visitor.page.click("a.leave")
    visitor.page.wait_for_selector("#neutral")
    visitor.back()
    assert [box.input_value() for box in visitor.page.locator("textarea").all()] in ([""], [])


@pytest.mark.parametrize("question", ["my husband beats me zanzibarbara", "zanzibarbara " * 400])
def test_after_leaving_back_shows_no_question_and_no_answer(visit, sites, question):
    visitor = open_start(visit, sites)
    ask(visitor, question)
    visitor.page.click("a.leave")
    visitor.page.wait_for_selector("#neutral")
    assert visitor.page.url == sites.neutral
    for _ in range(2):
        visitor.back()
        assert "zanzibarbara" not in visitor.page.content()
        assert visitor.page.locator("blockquote, .urgent").count() == 0
        assert [b.input_value() for b in visitor.page.locator("textarea").all()] in ([""], [])


@pytest.mark.parametrize(
    "attack",
    [
        "<script>document.title='owned'</script>",
        "\"><img src=x onerror=document.title='owned'>",
        "</textarea><svg onload=document.title='owned'>",
        "'-alert(1)-'",
    ],
)
def test_what_is_typed_never_runs(visit, sites, attack):
    visitor = visit()
    visitor.page.goto(sites.plain)
    for question in (f"legal aid {attack}", attack * 200):
        ask(visitor, question)
        assert visitor.page.title() == "Passerelle"
        assert visitor.page.locator("img, svg, script").count() == 0


def test_text_that_turns_the_line_turns_only_itself(visit, sites):
    visitor = open_start(visit, sites)
    ask(visitor, "legal aid \u202e 17 \u2066 call")
    assert visitor.page.locator(".asked q").evaluate("e => getComputedStyle(e).unicodeBidi") in (
        "isolate",
        "plaintext",
    )


def test_too_long_a_question_is_kept_in_the_box_and_refused_with_numbers(visit, sites):
    visitor = open_start(visit, sites)
    ask(visitor, "legal aid " * 500)
    assert "too long" in visitor.page.inner_text("h1")
    assert visitor.page.input_value("textarea").startswith("legal aid")
    assert visitor.page.locator("a[href='tel:17']").count() == 1


def test_asking_twice_in_a_hurry_gives_one_answer(visit, sites):
    visitor = open_start(visit, sites)
    visitor.page.fill("textarea", QUESTIONS["en"])
    visitor.page.dblclick("form.ask button")
    expect(visitor.page.locator("blockquote").first).to_be_visible()
    expect(visitor.page.locator("h1#answer")).to_have_count(1)


def test_a_page_left_open_answers_still(visit, sites):
    visitor = open_start(visit, sites)
    visitor.page.clock.install()
    visitor.page.clock.fast_forward(3600 * 1000)
    ask(visitor, QUESTIONS["en"])
    assert visitor.page.locator("blockquote").count() > 0


def test_an_unknown_language_is_english(visit, sites):
    visitor = open_start(visit, sites)
    for address in ("/?lang=xx", "/?lang=../en", "/pages?lang=zz"):
        visitor.page.goto(sites.plain + address)
        assert visitor.page.locator("html").get_attribute("lang") == "en"
