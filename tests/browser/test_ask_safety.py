"""The ask page (Streamlit) when it is left, attacked, hurried or forgotten."""

import pytest
from playwright.sync_api import expect

from tests.browser.asking import ask, ask_page, open_start
from tests.browser.conftest import free_port
from tests.browser.test_plain import DANGER, QUESTIONS, REFUSED

pytestmark = pytest.mark.browser
ATTACKS = (
    "<script>document.title='owned'</script>",
    "\"><img src=x onerror=document.title='owned'>",
    "<style>body{display:none}</style>",
    "[x](javascript:document.title='owned')",
)


@pytest.mark.parametrize("way", ["click", "escape"])
def test_after_leaving_back_shows_no_question_and_no_answer(visit, sites, way):
    visitor = open_start(visit, sites.ask)
    page = visitor.page
    ask(visitor, "my husband beats me zanzibarbara")
    if way == "click":
        page.click("[data-leave]")
    else:
        for _ in range(3):
            page.keyboard.press("Escape")
    page.wait_for_selector("#neutral")
    for _ in range(2):
        visitor.back()
        assert "zanzibarbara" not in page.content()
        assert page.locator("blockquote, .urgent").count() == 0


def test_after_following_a_link_back_shows_no_question(visit, sites):
    visitor = open_start(visit, sites.ask)
    ask(visitor, "How do I get legal aid? zanzibarbara")
    visitor.page.locator(".card .links a").first.click()
    visitor.page.wait_for_url("**/pages/**")
    visitor.back()
    assert "zanzibarbara" not in visitor.page.content()


def test_the_title_and_the_icon_say_nothing(visit, sites):
    visitor = open_start(visit, sites.ask)
    assert visitor.page.title() == "Passerelle"
    icon = visitor.page.locator("link[rel*=icon]").first.get_attribute("href")
    assert "gstatic" not in icon


def test_what_is_typed_never_runs(visit, sites):
    visitor = open_start(visit, sites.ask)
    page = visitor.page
    for attack in ATTACKS:
        ask(visitor, f"my husband beats me {attack} legal aid")
        expect(page.locator(".asked")).to_contain_text(attack)
        assert page.title() == "Passerelle"
        assert page.locator(".passerelle img, .passerelle script").count() == 0
        expect(page.locator(".asked")).to_be_visible()


def test_too_long_a_question_is_refused_with_a_reason(visit, sites):
    visitor = open_start(visit, sites.ask)
    ask(visitor, "legal aid " * 500, wait=".caution")
    assert "too long" in visitor.page.locator(".caution").inner_text()


def test_asking_twice_in_a_hurry_gives_one_answer(visit, sites):
    visitor = open_start(visit, sites.ask)
    page = visitor.page
    page.fill("textarea", QUESTIONS["en"])
    page.locator("[data-testid=stFormSubmitButton] button").dblclick()
    page.wait_for_selector("blockquote")
    # Whatever the second click began is over when another question has its answer.
    ask(visitor, REFUSED["en"])
    expect(page.locator(".asked q")).to_have_text(REFUSED["en"])
    expect(page.locator("#answer")).to_have_count(1)


def test_a_page_left_open_answers_again_when_its_server_and_the_api_are_back(visit, sites):
    visitor = visit(locale="en")
    page = visitor.page
    button = page.locator("[data-testid=stFormSubmitButton] button")
    with ask_page(f"http://127.0.0.1:{free_port()}") as address:
        page.goto(address)
        page.wait_for_selector("textarea[autocomplete=off]")
        ask(visitor, DANGER["en"], wait=".down")
        expect(page.locator(".down a[href='tel:112']")).to_be_visible()
        expect(page.locator(".urgent a[href='tel:17']")).to_be_visible()
        page.fill("textarea", QUESTIONS["en"])
        expect(page.locator("textarea")).to_have_value(QUESTIONS["en"])
    # The server is gone, and knows nothing of her when it comes back.
    expect(button).to_be_disabled()
    with ask_page(sites.plain, address):
        expect(button).to_be_enabled()
        assert page.locator("textarea").input_value() == QUESTIONS["en"]
        button.click()
        page.wait_for_selector("blockquote")
