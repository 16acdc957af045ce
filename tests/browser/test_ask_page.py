"""The ask page (Streamlit) in a browser: the same answers, and nothing left behind."""

import os
import sys
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ROOT, free_port, start, stop, wait_for
from tests.browser.test_plain import DANGER, PHONE, PLACES, QUESTIONS, REFUSED, fits

pytestmark = pytest.mark.browser
expect.set_options(timeout=60_000)


def open_start(visit, address, code="en", width=1280, **options):
    visitor = visit(width=width, locale=code, **options)
    visitor.page.goto(address)
    visitor.page.wait_for_selector(f"html[lang={code}] .passerelle h1")
    visitor.page.wait_for_selector("textarea[autocomplete=off]")
    return visitor


def ask(visitor, question, wait="#answer"):
    visitor.page.fill("textarea", question)
    visitor.page.locator("[data-testid=stFormSubmitButton] button").click()
    if wait:
        visitor.page.wait_for_selector(wait)
        # The parts of an answer come in one by one.
        visitor.page.wait_for_selector("[data-test-script-state=notRunning]")


@contextmanager
def ask_page(api, address=None):
    """Serve the ask page against another API."""
    address = address or f"http://127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", "ui.cli", "ui", "--port", address.rpartition(":")[2]]
    process = start(command, {**os.environ, "PYTHONPATH": str(ROOT), "PASSERELLE_API": api})
    try:
        wait_for(f"{address}/_stcore/health")
        yield address
    finally:
        stop(process)


@pytest.mark.parametrize(("code", "width"), PLACES)
def test_a_question_is_answered_with_quotations(visit, sites, code, width):
    visitor = open_start(visit, sites.ask, code, width)
    page = visitor.page
    assert page.locator("html").get_attribute("dir") == ("rtl" if code == "ar" else "ltr")
    assert fits(page)
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
    assert fits(page)
    assert page.url == f"{sites.ask}/"
    link = page.locator(".card").first.locator(".links a").last
    assert link.get_attribute("href").startswith(f"{sites.plain}/pages/")


@pytest.mark.parametrize("code", QUESTIONS)
def test_the_rest_of_the_passage_is_folded_under_the_sentences_that_answer(visit, sites, code):
    visitor = open_start(visit, sites.ask, code)
    ask(visitor, QUESTIONS[code])
    card = visitor.page.locator(".card:has(.whole)").first
    expect(card.locator("blockquote.lead")).to_be_visible()
    assert not card.locator(".whole blockquote").is_visible()
    card.locator(".whole summary").click()
    expect(card.locator(".whole blockquote mark").first).to_be_visible()


@pytest.mark.parametrize(("code", "width"), PLACES)
def test_in_danger_the_contacts_come_first_and_the_question_is_answered(visit, sites, code, width):
    visitor = open_start(visit, sites.ask, code, width)
    ask(visitor, DANGER[code])
    first = visitor.page.locator(".urgent a[href^='tel:'], .urgent a[href^='sms:']").first
    assert first.get_attribute("href") == "tel:17"
    expect(visitor.page.locator("#urgent")).to_be_focused()
    expect(first).to_be_visible()
    assert visitor.page.locator("#answer").count() == 1
    assert fits(visitor.page)


@pytest.mark.parametrize("code", QUESTIONS)
def test_a_refusal_says_so_and_names_people_who_can_help(visit, sites, code):
    visitor = open_start(visit, sites.ask, code)
    ask(visitor, REFUSED[code])
    expect(visitor.page.locator(".helpers .danger a[href='tel:17']")).to_be_visible()
    assert visitor.page.locator("blockquote").count() == 0


def test_personal_data_is_left_out_and_can_be_removed(visit, sites):
    visitor = open_start(visit, sites.ask)
    page = visitor.page
    ask(visitor, f"{QUESTIONS['en']} {PHONE}")
    assert PHONE not in page.locator(".asked").inner_text()
    page.get_by_role("button", name="Remove it and go on").click()
    expect(page.locator(".caution")).to_have_count(0)
    expect(page.locator("textarea")).to_have_value(QUESTIONS["en"])
    assert page.locator("blockquote").count() > 0


def test_an_example_asks_at_once(visit, sites):
    visitor = open_start(visit, sites.ask)
    visitor.page.get_by_role("button", name="How do I get a carte Vitale?").click()
    visitor.page.wait_for_selector("blockquote")
    assert visitor.page.locator("textarea").input_value() == "How do I get a carte Vitale?"


def test_the_whole_page_changes_language_with_the_answer(visit, sites):
    visitor = open_start(visit, sites.ask)
    ask(visitor, QUESTIONS["en"])
    menu = visitor.page.get_by_role("combobox")
    # Scrolling closes a menu that is open, so the page comes to rest first.
    menu.scroll_into_view_if_needed()
    visitor.page.wait_for_timeout(500)
    menu.click()
    visitor.page.get_by_role("option", name="العربية").click()
    visitor.page.wait_for_selector("html[dir=rtl] .passerelle[lang=ar] #answer")
    assert visitor.page.locator("blockquote").first.get_attribute("dir") == "ltr"


def test_what_is_copied_carries_its_source_and_the_notice(visit, sites):
    visitor = open_start(visit, sites.ask, permissions=["clipboard-read", "clipboard-write"])
    ask(visitor, QUESTIONS["en"])
    button = visitor.page.locator("[data-copy]").first
    button.click()
    expect(button).to_have_text("Copied")
    copied = visitor.page.evaluate("navigator.clipboard.readText()")
    assert visitor.page.locator("blockquote.lead").first.inner_text() in copied
    assert f"{sites.plain}/pages/" in copied
    assert "This is not legal advice" in copied


@pytest.mark.parametrize(("local", "spoken"), [(True, True), (False, False)])
def test_only_a_voice_of_the_device_itself_reads_aloud(visit, sites, local, spoken):
    visitor = visit(locale="en")
    visitor.page.add_init_script(
        f"""
        window.spoken = [];
        speechSynthesis.getVoices = () => [{{lang: "en-GB", localService: {str(local).lower()}}}];
        speechSynthesis.speak = (words) => window.spoken.push(words.text);
        Object.defineProperty(SpeechSynthesisUtterance.prototype, "voice", {{set() {{}}}});
        """
    )
    visitor.page.goto(sites.ask)
    visitor.page.wait_for_selector("textarea[autocomplete=off]")
    ask(visitor, QUESTIONS["en"])
    assert visitor.page.evaluate("window.spoken") == []
    button = visitor.page.locator("[data-read]").first
    button.click()
    expect(button).to_have_text(
        "Stop reading" if spoken else "This device has no voice of its own for this language."
    )
    assert bool(visitor.page.evaluate("window.spoken")) == spoken


@pytest.mark.parametrize("code", QUESTIONS)
def test_the_printed_sheet_has_the_quotation_the_notice_and_the_source(visit, sites, code):
    visitor = open_start(visit, sites.ask, code)
    ask(visitor, QUESTIONS[code])
    visitor.page.emulate_media(media="print")
    page = visitor.page
    expect(page.locator(".notice").first).to_be_visible()
    expect(page.locator(".card .facts").first).to_be_visible()
    expect(page.locator(".card .whole blockquote").first).to_be_visible()
    for hidden in (".bar", "[data-testid=stForm]", ".hands", "[data-testid=stSelectbox]"):
        assert not page.locator(hidden).first.is_visible()
    # The paper must hold more than the first screen.
    assert (
        page.locator("[data-testid=stMain]").evaluate("e => getComputedStyle(e).overflowY")
        == "visible"
    )


def test_the_print_button_prints(visit, sites):
    visitor = visit(locale="en")
    visitor.page.add_init_script("window.printed = 0; window.print = () => window.printed++;")
    visitor.page.goto(sites.ask)
    visitor.page.wait_for_selector("textarea[autocomplete=off]")
    ask(visitor, QUESTIONS["en"])
    visitor.page.click("[data-print]")
    assert visitor.page.evaluate("window.printed") == 1


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
    visitor.page.wait_for_timeout(1500)
    assert "zanzibarbara" not in visitor.page.content()


def test_the_title_and_the_icon_say_nothing(visit, sites):
    visitor = open_start(visit, sites.ask)
    assert visitor.page.title() == "Passerelle"
    icon = visitor.page.locator("link[rel*=icon]").first.get_attribute("href")
    assert "gstatic" not in icon


@pytest.mark.parametrize(
    "attack",
    [
        "<script>document.title='owned'</script>",
        "\"><img src=x onerror=document.title='owned'>",
        "<style>body{display:none}</style>",
        "[x](javascript:document.title='owned')",
    ],
)
def test_what_is_typed_never_runs(visit, sites, attack):
    visitor = open_start(visit, sites.ask)
    ask(visitor, f"my husband beats me {attack} legal aid")
    assert visitor.page.title() == "Passerelle"
    assert visitor.page.locator(".passerelle img, .passerelle script").count() == 0
    expect(visitor.page.locator(".asked")).to_be_visible()


def test_too_long_a_question_is_refused_with_a_reason(visit, sites):
    visitor = open_start(visit, sites.ask)
    ask(visitor, "legal aid " * 500, wait=".caution")
    assert "too long" in visitor.page.locator(".caution").inner_text()


def test_asking_twice_in_a_hurry_gives_one_answer(visit, sites):
    visitor = open_start(visit, sites.ask)
    visitor.page.fill("textarea", QUESTIONS["en"])
    visitor.page.locator("[data-testid=stFormSubmitButton] button").dblclick()
    visitor.page.wait_for_selector("blockquote")
    visitor.page.wait_for_timeout(2000)
    assert visitor.page.locator("#answer").count() == 1


@pytest.mark.parametrize("code", QUESTIONS)
def test_without_the_api_it_says_what_to_do_and_whom_to_call(visit, sites, code):
    with ask_page(f"http://127.0.0.1:{free_port()}") as address:
        visitor = visit(locale=code)
        visitor.allowed.append(address)
        visitor.page.goto(address)
        visitor.page.wait_for_selector("textarea[autocomplete=off]")
        ask(visitor, DANGER[code], wait=".down")
        down = visitor.page.locator(".down")
        expect(down.locator("a[href='tel:112']")).to_be_visible()
        expect(visitor.page.locator(".urgent a[href='tel:17']")).to_be_visible()
        assert visitor.page.locator(".helpers a[href='tel:17']").count() == 1
        assert "Traceback" not in visitor.page.content()


def test_an_api_that_answers_nonsense_is_as_one_that_does_not(visit, sites):
    with ask_page(sites.neutral.rstrip("/")) as address:
        visitor = visit(locale="en")
        visitor.allowed.append(address)
        visitor.page.goto(address)
        visitor.page.wait_for_selector("textarea[autocomplete=off]")
        ask(visitor, QUESTIONS["en"], wait=".down")
        assert visitor.page.locator(".helpers a[href='tel:112']").count() == 1


def test_a_page_left_open_answers_still_after_the_server_forgot_it(visit, sites):
    visitor = visit(locale="en")
    with ask_page(sites.plain) as address:
        visitor.allowed.append(address)
        visitor.page.goto(address)
        visitor.page.wait_for_selector("textarea[autocomplete=off]")
        visitor.page.fill("textarea", QUESTIONS["en"])
    visitor.page.wait_for_timeout(1000)
    with ask_page(sites.plain, address):
        button = visitor.page.locator("[data-testid=stFormSubmitButton] button")
        expect(button).to_be_enabled(timeout=60_000)
        assert visitor.page.locator("textarea").input_value() == QUESTIONS["en"]
        button.click()
        visitor.page.wait_for_selector("blockquote", timeout=60_000)


@pytest.mark.parametrize("code", ["en", "ar"])
def test_nothing_is_wider_than_the_smallest_phone(visit, sites, code):
    visitor = open_start(visit, sites.ask, code, 320)
    ask(visitor, f"{DANGER[code]} {PHONE}")
    visitor.page.wait_for_selector("[data-testid=stMain] .safety")
    assert fits(visitor.page)


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
