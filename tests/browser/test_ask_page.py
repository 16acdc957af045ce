"""The ask page (Streamlit) in a browser: the plain page's answers, and its own hands."""

from contextlib import suppress

import pytest
from playwright.sync_api import TimeoutError as NotInTime
from playwright.sync_api import expect

from tests.browser.asking import ask, open_start, shows
from tests.browser.test_accessibility import faults
from tests.browser.test_plain import DANGER, PHONE, QUESTIONS, REFUSED, too_wide

pytestmark = pytest.mark.browser
AT_REST = """() => new Promise((resolve) => {
  const main = document.querySelector("[data-testid=stMain]");
  let [top, frames] = [main.scrollTop, 0];
  const look = () => {
    frames = main.scrollTop === top ? frames + 1 : 0;
    top = main.scrollTop;
    frames > 20 ? resolve(true) : requestAnimationFrame(look);
  };
  look();
})"""
# Stands in for what a page cannot look into: the device's voices, and its printer.
HANDS = """
window.hands = {spoken: [], printed: 0, local: false};
speechSynthesis.getVoices = () => [{lang: "en-GB", localService: window.hands.local}];
speechSynthesis.speak = (words) => window.hands.spoken.push(words.text);
Object.defineProperty(SpeechSynthesisUtterance.prototype, "voice", {set() {}});
window.print = () => window.hands.printed++;
"""


@pytest.fixture(scope="module", params=QUESTIONS)
def inside(request, stay, sites):
    """A visitor of the page, for each language; tests that share her leave her as she was."""
    return request.param, open_start(stay, sites.ask, request.param)


@pytest.fixture(scope="module")
def with_hands(stay, sites):
    """A visitor with an answer, whose voices, clipboard and printer can be looked into."""
    rights = ["clipboard-read", "clipboard-write"]
    visitor = open_start(stay, sites.ask, script=HANDS, permissions=rights)
    ask(visitor, QUESTIONS["en"])
    return visitor


def test_the_start_has_its_language_and_its_direction(inside):
    code, visitor = inside
    html = visitor.page.locator("html")
    assert html.get_attribute("dir") == ("rtl" if code == "ar" else "ltr")
    assert too_wide(visitor.page) == []
    assert faults(visitor.page) == []


def test_a_question_is_answered_with_quotations(inside, sites):
    code, visitor = inside
    page = visitor.page
    ask(visitor, QUESTIONS[code])
    quotation = page.locator("blockquote").first
    assert quotation.get_attribute("lang")
    assert quotation.get_attribute("dir") in {"ltr", "rtl"}
    # Someone who asks for protection may be shown first whom to call.
    expect(page.locator("#urgent, #answer").first).to_be_focused()
    assert page.locator("[role=status].visually-hidden").inner_text()
    expect(page.locator(".bar .short")).to_be_visible()
    expect(page.locator(".notice").first).to_be_visible()
    expect(page.locator(".card .facts .warning").first).to_be_visible()
    assert too_wide(page) == []
    assert page.url == f"{sites.ask}/"
    link = page.locator(".card").first.locator(".links a").last
    assert link.get_attribute("href").startswith(f"{sites.plain}/pages/")
    assert faults(page) == []


def test_the_rest_of_the_passage_is_folded_under_the_sentences_that_answer(inside):
    code, visitor = inside
    shows(visitor, QUESTIONS[code])
    card = visitor.page.locator(".card:has(.whole)").first
    expect(card.locator("blockquote.lead").first).to_be_visible()
    assert not card.locator(".whole blockquote").is_visible()
    card.locator(".whole summary").click()
    expect(card.locator(".whole blockquote mark").first).to_be_visible()
    card.locator(".whole summary").click()
    expect(card.locator(".whole blockquote")).to_be_hidden()


def test_the_printed_sheet_has_the_quotation_the_notice_and_the_source(inside):
    code, visitor = inside
    shows(visitor, QUESTIONS[code])
    page = visitor.page
    page.emulate_media(media="print")
    expect(page.locator(".notice").first).to_be_visible()
    expect(page.locator(".card .facts").first).to_be_visible()
    expect(page.locator(".card .whole blockquote").first).to_be_visible()
    for hidden in (".bar", "[data-testid=stForm]", ".hands", "[data-testid=stSelectbox]"):
        assert not page.locator(hidden).first.is_visible()
    # The paper must hold more than the first screen.
    main = page.locator("[data-testid=stMain]")
    assert main.evaluate("e => getComputedStyle(e).overflowY") == "visible"
    page.emulate_media(media="screen")


def test_in_danger_the_contacts_come_first_and_the_question_is_answered(inside):
    code, visitor = inside
    page = visitor.page
    ask(visitor, f"{DANGER[code]} {PHONE}")
    first = page.locator(".urgent a[href^='tel:'], .urgent a[href^='sms:']").first
    assert first.get_attribute("href") == "tel:17"
    expect(page.locator("#urgent")).to_be_focused()
    expect(first).to_be_visible()
    expect(page.locator("#answer")).to_have_count(1)
    assert too_wide(page) == []
    assert faults(page) == []


def test_a_refusal_says_so_and_names_people_who_can_help(inside):
    code, visitor = inside
    ask(visitor, REFUSED[code])
    expect(visitor.page.locator(".helpers .danger a[href='tel:17']")).to_be_visible()
    expect(visitor.page.locator("blockquote")).to_have_count(0)
    assert too_wide(visitor.page) == []


def test_personal_data_is_left_out_and_can_be_removed(visit, sites):
    visitor = open_start(visit, sites.ask)
    page = visitor.page
    ask(visitor, f"{QUESTIONS['en']} {PHONE}")
    assert PHONE not in page.locator(".asked").inner_text()
    page.get_by_role("button", name="Remove it and go on").click()
    expect(page.locator(".caution")).to_have_count(0)
    expect(page.locator("textarea")).to_have_value(QUESTIONS["en"])
    expect(page.locator("blockquote").first).to_be_visible()


def test_an_example_asks_at_once(visit, sites):
    visitor = open_start(visit, sites.ask)
    visitor.page.get_by_role("button", name="How do I get a carte Vitale?").click()
    visitor.page.wait_for_selector("blockquote")
    assert visitor.page.locator("textarea").input_value() == "How do I get a carte Vitale?"


def choose_language(page, name):
    menu, option = page.get_by_role("combobox"), page.get_by_role("option", name=name)
    menu.scroll_into_view_if_needed()
    page.wait_for_function(AT_REST)
    for _ in range(5):
        # Streamlit closes an open menu when the page moves under it: then it is opened again.
        menu.click()
        with suppress(NotInTime):
            option.click(timeout=5000)
            return
    option.click()


def test_the_whole_page_changes_language_with_the_answer(visit, sites):
    visitor = open_start(visit, sites.ask)
    ask(visitor, QUESTIONS["en"])
    choose_language(visitor.page, "العربية")
    visitor.page.wait_for_selector("html[dir=rtl] .passerelle[lang=ar] #answer")
    assert visitor.page.locator("blockquote").first.get_attribute("dir") == "ltr"


def test_what_is_copied_carries_its_source_and_the_notice(with_hands, sites):
    page = with_hands.page
    button = page.locator("[data-copy]").first
    button.click()
    expect(button).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert page.locator("blockquote.lead").first.inner_text() in copied
    assert f"{sites.plain}/pages/" in copied
    assert "This is not legal advice" in copied


@pytest.mark.parametrize(("local", "spoken"), [(False, 0), (True, 1)])
def test_only_a_voice_of_the_device_itself_reads_aloud_and_only_when_asked(
    with_hands, local, spoken
):
    page = with_hands.page
    page.evaluate("local => window.hands.local = local", local)
    assert page.evaluate("window.hands.spoken.length") == 0
    button = page.locator("[data-read]").first
    button.click()
    expect(button).to_have_text(
        "Stop reading" if spoken else "This device has no voice of its own for this language."
    )
    assert page.evaluate("window.hands.spoken.length") == spoken


def test_the_print_button_prints(with_hands):
    with_hands.page.click("[data-print]")
    assert with_hands.page.evaluate("window.hands.printed") == 1


def test_everything_can_be_done_with_the_keyboard(visit, sites):
    visitor = open_start(visit, sites.ask)
    page = visitor.page
    page.locator("textarea").focus()
    page.keyboard.type(QUESTIONS["en"])
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    assert focused.inner_text().strip() == "Ask"
    assert focused.evaluate("e => getComputedStyle(e).outlineStyle") != "none"
    page.keyboard.press("Enter")
    page.wait_for_selector("#answer")
    expect(page.locator("#answer")).to_be_focused()


def test_targets_are_large_enough(visit, sites):
    visitor = open_start(visit, sites.ask, width=360)
    ask(visitor, f"{DANGER['en']} {PHONE}")
    for target in visitor.page.locator(".passerelle a, .passerelle button, main button").all():
        if target.is_visible():
            assert target.bounding_box()["height"] >= 24, target.inner_text()
    for number in visitor.page.locator(".channels a, .leave").all():
        assert number.bounding_box()["height"] >= 44, number.inner_text()


def test_feedback_is_taken(visit, sites):
    visitor = open_start(visit, sites.ask)
    ask(visitor, QUESTIONS["en"])
    visitor.page.get_by_text("Tell the people who keep these pages").first.click()
    visitor.page.get_by_role("button", name="Hard to understand").first.click()
    expect(visitor.page.get_by_text("Thank you. It has been noted").first).to_be_visible()
