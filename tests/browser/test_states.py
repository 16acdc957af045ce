"""What real pages seldom bring about, on both pages: parts, cases, others' markup, a slow API."""

import pytest
from playwright.sync_api import expect

from tests.browser import asking, test_plain
from tests.browser.fake_api import ATTACK, CASES, PARTS, TURNED
from tests.browser.test_plain import too_wide
from ui.strings import strings

pytestmark = pytest.mark.browser
PAGES = ("plain", "ask")
# An override ends with its block, or with an element that is set apart in its line.
ALONE = """e => { const style = getComputedStyle(e); return style.display !== 'inline'
    || ['isolate', 'plaintext', 'isolate-override'].includes(style.unicodeBidi); }"""
OWN = "e => [...e.childNodes].filter(n => n.nodeType === 3).map(n => n.data).join('')"


@pytest.fixture(params=PAGES)
def put(request, visit, acted):
    """Ask on either page: `put("partial", "ar")`."""

    def put_one(question, code="en"):
        if request.param == "ask":
            visitor = asking.open_start(visit, acted.ask, code)
            asking.ask(visitor, question)
        else:
            visitor = visit(locale=code)
            visitor.page.goto(acted.plain)
            test_plain.ask(visitor, question)
        return visitor

    return put_one


def height(locator) -> float:
    """Return how far down the page something stands."""
    return locator.bounding_box()["y"]


@pytest.mark.parametrize("code", ["en", "fr", "ar"])
def test_what_the_pages_do_not_answer_is_said_after_the_answer_with_whom_to_ask(put, code):
    page = put("partial", code).page
    words = strings(code)
    expect(page.locator("#answer")).to_have_text(words["partial"])
    expect(page.locator("#rest")).to_have_text(words["not_found_parts"])
    assert tuple(page.locator(".rest li q").all_inner_texts()) == PARTS
    people = page.locator(".helpers")
    expect(people.locator("a[href^='tel:']").first).to_be_visible()
    tops = [height(page.locator(one).first) for one in ("blockquote", "#rest", ".helpers")]
    assert tops == sorted(tops)
    page.locator("a[href='#rest']").click()
    expect(page.locator("#rest")).to_be_in_viewport()
    assert too_wide(page) == []


def test_a_case_is_a_choice_and_its_passage_comes_first(put, acted):
    page = put("cases").page
    expect(page.locator(".card").first).to_contain_text("What students are told")
    page.get_by_role("button", name=CASES[1]).click()
    expect(page.locator(".card").first).to_contain_text("people who look for work")
    expect(page.locator(".asked strong")).to_have_text(CASES[1])
    assert acted.answerer.asked[-1].situation == "case-1"
    expect(page.get_by_role("button", name=CASES[0])).to_be_visible()


def test_nothing_that_others_wrote_runs_or_turns_the_line(put):
    page = put("hostile").page
    assert page.title() == "Passerelle"
    for place in (".card h2", ".card blockquote", ".helpers .who", ".helpers li p:nth-child(2)"):
        assert ATTACK in page.locator(place).first.inner_text(), place
    assert page.locator(".passerelle :is(script, img, style, iframe)").count() == 0
    assert page.locator("a[href^='javascript']").count() == 0
    turned = [e for e in page.locator(".passerelle *").all() if TURNED in e.evaluate(OWN)]
    assert len(turned) >= 4
    for element in turned:
        assert element.evaluate(ALONE), element.evaluate("e => e.outerHTML")


def test_while_a_slow_api_works_the_page_says_so(visit, acted):
    visitor = asking.open_start(visit, acted.ask)
    asking.ask(visitor, "slow", wait=None)
    expect(visitor.page.get_by_text("Looking in the pages").first).to_be_visible()
    expect(visitor.page.locator("#answer")).to_be_focused()
    expect(visitor.page.get_by_text("Looking in the pages")).to_have_count(0)


@pytest.mark.parametrize(
    ("code", "question"), [("en", "nonsense"), ("fr", "broken"), ("ar", "broken")]
)
def test_an_api_that_fails_is_a_reason_to_name_people_not_to_stop(visit, acted, code, question):
    visitor = asking.open_start(visit, acted.ask, code)
    asking.ask(visitor, f"{test_plain.DANGER[code]} {question}", wait=".down")
    expect(visitor.page.locator(".down a[href='tel:112']")).to_be_visible()
    expect(visitor.page.locator(".urgent a[href='tel:17']")).to_be_visible()
    assert visitor.page.locator(".helpers a[href='tel:17']").count() == 1
    assert "Traceback" not in visitor.page.content()
    assert too_wide(visitor.page) == []
