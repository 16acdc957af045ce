"""The plain page in a browser, scripts off: question, answer, reading view, and the way out."""

import re
import sqlite3

import pytest

pytestmark = pytest.mark.browser

QUESTIONS = {
    "en": "How do I get legal aid?",
    "fr": "Comment obtenir l'aide juridictionnelle ?",
    "ar": "كيف أطلب أمر حماية من القاضي؟",
}
WIDTHS = (1280, 360, 320)
REFUSED = {
    "en": "Who won the football world cup?",
    "fr": "Qui a gagné la coupe du monde de football ?",
    "ar": "من فاز بكأس العالم لكرة القدم؟",
}
DANGER = {"en": "my husband beats me", "fr": "mon mari me frappe", "ar": "زوجي يضربني"}
PHONE = "06 12 34 56 78"


def open_start(visit, sites, code="en", width=1280, **options):
    visitor = visit(width=width, locale=code, java_script_enabled=False, **options)
    visitor.page.goto(sites.plain)
    return visitor


def ask(visitor, question):
    visitor.page.fill("textarea", question)
    follow(visitor.page.locator("form.ask button"))


def follow(target):
    """Click on what leads to another page, and wait until the whole of it is there."""
    with target.page.expect_navigation():
        target.click()


def too_wide(page) -> list[int]:
    """Return on which screens, from a desk to the smallest phone, something is too wide."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        if page.locator("html").evaluate("e => e.scrollWidth > e.clientWidth"):
            found.append(width)
    return found


@pytest.mark.parametrize("code", QUESTIONS)
def test_a_question_is_answered_with_quotations_and_their_page_can_be_read(visit, sites, code):
    visitor = open_start(visit, sites, code)
    page = visitor.page
    assert page.locator("html").get_attribute("lang") == code
    assert page.locator("html").get_attribute("dir") == ("rtl" if code == "ar" else "ltr")
    assert too_wide(page) == []
    ask(visitor, QUESTIONS[code])
    assert too_wide(page) == []
    assert page.url == f"{sites.plain}/"
    quotation = page.locator("blockquote").first
    assert quotation.get_attribute("lang")
    assert quotation.get_attribute("dir") in {"ltr", "rtl"}
    assert page.locator(".notice").is_visible()
    assert page.locator(".bar .short").is_visible()
    lead = quotation.inner_text()
    follow(page.locator(".card").first.locator(".links a").last)
    assert re.search(r"/pages/.+@\w+\?at=\d+-\d+#c\d+$", page.url)
    marked = page.locator(".quoted")
    assert marked.first.is_visible()
    assert lead.split("\n")[0][:30] in " ".join(marked.all_inner_texts())
    assert page.locator(f"#{page.url.rpartition('#')[2]}").count() == 1


def test_no_word_is_too_long_for_the_screen(visit, sites):
    visitor = open_start(visit, sites)
    ask(visitor, "x" * 300)
    assert too_wide(visitor.page) == []
    visitor.page.goto(f"{sites.plain}/pages")
    assert too_wide(visitor.page) == []


@pytest.mark.parametrize("code", QUESTIONS)
def test_a_refusal_says_so_and_names_people_who_can_be_called(visit, sites, code):
    visitor = open_start(visit, sites, code)
    ask(visitor, REFUSED[code])
    assert visitor.page.locator("blockquote").count() == 0
    assert visitor.page.locator(".helpers a[href^='tel:']").count() >= 2
    assert visitor.page.locator(".notice").is_visible()
    assert too_wide(visitor.page) == []


@pytest.mark.parametrize("code", QUESTIONS)
def test_in_danger_the_contacts_come_first(visit, sites, code):
    visitor = open_start(visit, sites, code)
    ask(visitor, f"{DANGER[code]} {PHONE}")
    first = visitor.page.locator("main > *").first
    assert first.get_attribute("class") == "urgent"
    numbers = first.locator("a[href^='tel:'], a[href^='sms:']")
    assert numbers.first.get_attribute("href") == "tel:17"
    assert numbers.first.is_visible()
    assert too_wide(visitor.page) == []


@pytest.mark.parametrize("code", QUESTIONS)
def test_personal_data_is_left_out_and_can_be_removed(visit, sites, code):
    visitor = open_start(visit, sites, code)
    page = visitor.page
    ask(visitor, f"{QUESTIONS[code]} {PHONE}")
    assert page.locator("blockquote").count() > 0
    assert PHONE not in page.inner_text("body")
    follow(page.locator("form.choices button[name=remove]"))
    assert PHONE not in page.content()
    assert page.locator("blockquote").count() > 0
    assert page.locator(".caution").count() == 0


def test_she_can_have_it_searched_with_all_the_same(visit, sites):
    visitor = open_start(visit, sites)
    ask(visitor, f"{QUESTIONS['en']} {PHONE}")
    follow(visitor.page.locator("button[name=keep]"))
    assert PHONE in visitor.page.inner_text(".asked")
    assert visitor.page.locator(".caution").count() == 0


def test_an_example_asks_at_once(visit, sites):
    visitor = open_start(visit, sites)
    follow(visitor.page.locator("form.choices button").first)
    assert visitor.page.locator("#answer").is_visible()
    assert visitor.page.url == f"{sites.plain}/"


def test_the_answer_can_be_seen_in_another_language(visit, sites):
    visitor = open_start(visit, sites)
    ask(visitor, QUESTIONS["en"])
    follow(visitor.page.locator("#languages button[lang=ar]"))
    assert visitor.page.locator("html").get_attribute("dir") == "rtl"
    assert visitor.page.locator("blockquote").first.get_attribute("dir") == "ltr"
    assert visitor.page.locator(".foreign").first.is_visible()


def test_a_language_that_she_reads_comes_first_and_stays_chosen(visit, sites):
    visitor = open_start(visit, sites, "es")
    visitor.page.locator("form.ask summary").click()
    visitor.page.check("input[value=fr]")
    ask(visitor, "¿Cómo pido una orden de protección?")
    languages = {b.get_attribute("lang") for b in visitor.page.locator("blockquote").all()}
    assert languages == {"fr"}
    assert visitor.page.locator("input[type=checkbox][value=fr]").is_checked()


def test_french_words_are_explained_in_her_language(visit, sites):
    visitor = open_start(visit, sites, "ar")
    ask(visitor, "aide juridictionnelle")
    term = visitor.page.locator(".terms").first
    assert term.locator("dt").inner_text() == "aide juridictionnelle"
    assert term.locator("dd").get_attribute("lang") == "ar"


def test_everything_can_be_done_with_the_keyboard(visit, sites):
    visitor = open_start(visit, sites)
    page = visitor.page
    seen = []
    for _ in range(6):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        seen.append(focused.evaluate("e => e.className || e.id || e.tagName"))
        assert focused.evaluate("e => getComputedStyle(e).outlineStyle") != "none"
        if seen[-1] == "question":
            break
    assert seen[0] == "leave"
    assert seen[-1] == "question"
    page.keyboard.type(QUESTIONS["en"])
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("blockquote")


@pytest.mark.parametrize("code", ["en", "ar"])
def test_every_target_is_large_enough(visit, sites, code):
    visitor = open_start(visit, sites, code, 360)
    for question in (QUESTIONS[code], f"{DANGER[code]} {PHONE}"):
        visitor.page.goto(f"{sites.plain}/?lang={code}")
        ask(visitor, question)
        for target in visitor.page.locator("a, button, summary, textarea").all():
            box = target.bounding_box()
            if box and target.is_visible():
                assert box["height"] >= 24, target.inner_text()
        for number in visitor.page.locator(".channels a, .leave, main button").all():
            if number.is_visible():
                assert number.bounding_box()["height"] >= 44, number.inner_text()


def test_the_printed_sheet_has_the_whole_quotation_the_notice_and_the_source(visit, sites):
    visitor = visit(locale="ar")
    visitor.page.goto(sites.plain)
    ask(visitor, "aide juridictionnelle")
    visitor.page.emulate_media(media="print")
    page = visitor.page
    assert page.locator(".notice").is_visible()
    assert page.locator(".card .facts").first.is_visible()
    whole = page.locator(".card blockquote:visible").first
    assert whole.get_attribute("lang") == "fr"
    assert page.locator(".terms").first.is_visible()
    for hidden in (".bar", "form.ask", "footer", ".links"):
        assert not page.locator(hidden).first.is_visible()


def test_it_is_read_without_styles_and_images_too(visit, sites):
    visitor = open_start(visit, sites)
    ask(visitor, DANGER["en"])
    order = visitor.page.locator("main").inner_text()
    assert order.index("17") < order.index("This is not legal advice")


def test_feedback_reaches_the_maintainer_without_the_question_unless_ticked(visit, sites, served):
    visitor = open_start(visit, sites)
    for ticked in (False, True):
        visitor.page.goto(sites.plain)
        ask(visitor, "How do I get legal aid? <b>")
        form = visitor.page.locator(".feedback").first
        form.locator("summary").click()
        if ticked:
            form.locator("input[type=checkbox]").check()
        follow(form.locator("button[value=unclear]"))
        assert "Thank you" in visitor.page.inner_text("h1")
    db = sqlite3.connect(served.data / "feedback.sqlite")
    rows = db.execute("select kind, question from feedback order by id desc limit 2").fetchall()
    db.close()
    assert rows == [("unclear", "How do I get legal aid? <b>"), ("unclear", None)]
