"""The maintainers' page in Chromium: a key, a dry run, a publish that is held, going back."""

import os
import re
import sys
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from ingest.refresh import sources_of
from ingest.settings import load_settings
from service.keys import Keys
from service.refreshing import refresh
from tests.browser.conftest import ROOT, SLOWEST, free_port, start, stop, wait_for
from tests.test_ingest_refresh import write
from ui.staff_words import staff_words

pytestmark = pytest.mark.browser

CARD = "You ask for the library card at the desk of any library in your town."
SETTINGS = """
data = "data"
[encoder]
threads = 1
[sources.ours]
path = "pages"
publisher = "The house"
verifier = "The library"
max_age_days = 30
schedule = "6h"
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory, models_folder):
    """A tiny folder source, published once."""
    folder = tmp_path_factory.mktemp("staff")
    (folder / "data").mkdir()
    (folder / "data" / "models").symlink_to(models_folder)
    (folder / "settings.toml").write_text(SETTINGS, "utf-8")
    write(folder / "pages", "card", CARD)
    write(folder / "pages", "rent", "The tenant pays the landlord a deposit before moving in.")
    settings = load_settings(folder / "settings.toml", environ={})
    refresh(sources_of(settings), settings, by="test")
    return folder


@pytest.fixture(scope="module")
def staff(home):
    """The API and the maintainers' page over it; the address of the page."""
    api, page = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PASSERELLE_API": api}
    command = [sys.executable, "-m", "ui.cli", "--settings", str(home / "settings.toml")]
    started = [
        start([*command, "serve", "--port", api.rpartition(":")[2]], environment),
        start([*command, "staff", "--port", page.rpartition(":")[2]], environment),
    ]
    try:
        wait_for(f"{api}/readyz")
        wait_for(f"{page}/_stcore/health")
        yield page
    finally:
        for process in started:
            stop(process)


@pytest.fixture
def opened(chromium, staff, home):
    """The page, opened with a key, in a browser of its own."""
    with visit(chromium, staff, home, "en") as page:
        yield page


@pytest.fixture
def ouverte(chromium, staff, home):
    """The same in a browser that speaks French."""
    with visit(chromium, staff, home, "fr-FR") as page:
        yield page


@contextmanager
def visit(chromium, staff, home, locale):
    """Open the page with a key, and see that the browser holds nothing of the visit."""
    words = staff_words(locale[:2])
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale=locale)
    context.set_default_timeout(SLOWEST)
    page = context.new_page()
    page.goto(staff)
    key = Keys(home / "data").add(f"Anna {os.urandom(4).hex()}")
    page.get_by_label(words("page.key")).fill(key)
    page.get_by_role("button", name=words("page.open")).click()
    expect(page.get_by_role("heading", name=words("live.title"))).to_be_visible()
    yield page
    # Nothing stays in the browser, and the key least of all.
    assert context.cookies() == []
    assert key not in page.evaluate("JSON.stringify([localStorage, sessionStorage])")
    assert key not in page.url
    context.close()


def go(page, tab, heading):
    page.get_by_role("radio", name=tab, exact=True).click()
    expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()


def test_a_wrong_key_opens_nothing_and_says_whom_to_ask(chromium, staff):
    page = chromium.new_page()
    page.goto(staff)
    page.get_by_label("Your key").fill("passerelle_nonsense")
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_role("alert")).to_contain_text("opens nothing", timeout=SLOWEST)
    expect(page.get_by_role("heading", name="What is live")).to_have_count(0)
    page.close()


def test_a_change_is_seen_then_published_then_undone(opened, home):
    write(home / "pages", "card", CARD + " It is free.")
    write(home / "pages", "work", "A contract says what the work is and what it pays.")
    go(opened, "Sources", "Sources")
    opened.get_by_role("button", name="See what would change").click()
    expect(opened.get_by_role("heading", name="Would change: 1")).to_be_visible()
    opened.locator("details.touched > summary", has_text="en/card").click()
    expect(opened.locator("ins")).to_have_text(["It is free."])
    expect(opened.get_by_role("heading", name="Would be added: 1")).to_be_visible()
    opened.get_by_role("button", name="Publish", exact=True).click()
    expect(opened.get_by_text("Published: 3 pages")).to_be_visible()
    expect(opened.get_by_text("1 passage left; each was looked for everywhere")).to_be_visible()

    go(opened, "Live", "What is live")
    expect(opened.locator("table code", has_text="en/work").first).to_be_visible()

    go(opened, "History", "History")
    expect(opened.locator(".runs li").first).to_contain_text("1 added, 1 changed")
    opened.get_by_role("button", name="See what would come back and go").click()
    expect(opened.get_by_role("heading", name="Would go: 1")).to_be_visible()
    back = opened.get_by_role("button", name="Go back")
    expect(back).to_be_disabled()
    opened.get_by_text("I have read this, and it shall be so.").click()
    expect(back).to_be_enabled()
    back.click()
    expect(opened.get_by_text(re.compile("Done: .* is live again"))).to_be_visible()
    expect(opened.locator(".runs li").first).to_contain_text("Roll back")
    go(opened, "Live", "What is live")
    # What the tab before showed may stand beside it for a moment.
    expect(opened.locator("table code", has_text="en/card").first).to_be_visible()
    expect(opened.locator("table code", has_text="en/work")).to_have_count(0)


def test_pages_that_would_go_are_published_only_when_somebody_agrees(opened, home):
    (home / "pages" / "rent.md").unlink()
    go(opened, "Sources", "Sources")
    opened.get_by_role("button", name="See what would change").click()
    expect(opened.get_by_text("would vanish")).to_be_visible()
    publish = opened.get_by_role("button", name="Publish", exact=True)
    expect(publish).to_be_disabled()
    opened.get_by_text("I have looked at the pages that would go").click()
    expect(publish).to_be_enabled()
    publish.click()
    expect(opened.get_by_text(re.compile(r"Published: \d pages?"))).to_be_visible()
    go(opened, "Live", "What is live")
    expect(opened.locator("table code", has_text="en/rent")).to_have_count(0)


def test_findings_lead_to_the_page_and_the_page_to_its_passages(opened, home):
    write(home / "pages", "card", CARD + "\n\nTo apply:")
    go(opened, "Findings", "Findings")
    opened.get_by_role("button", name=re.compile("^Look")).click()
    expect(opened.locator(".findings code", has_text="lead-in")).to_be_visible()
    go(opened, "Page", "One page")
    opened.get_by_label("Page", exact=True).fill("card")
    opened.keyboard.press("Enter")
    expect(opened.get_by_role("heading", name="Passages, in order")).to_be_visible()
    expect(opened.locator(".passage blockquote").first).to_contain_text("library card")
    opened.get_by_label("A question that somebody might ask").fill("How do I get a library card?")
    opened.get_by_role("button", name="Try it").click()
    expect(opened.locator(".card.own blockquote")).to_contain_text("library card")


@pytest.mark.thorough
def test_a_page_is_erased_only_when_somebody_agrees_and_leaves_its_receipt(opened, home):
    write(home / "pages", "note", "Zanzibarbara has a key to the desk of the library.")
    go(opened, "Sources", "Sources")
    opened.get_by_role("button", name="See what would change").click()
    opened.get_by_role("button", name="Publish", exact=True).click()
    expect(opened.get_by_text(re.compile(r"Published: \d pages?"))).to_be_visible()

    go(opened, "Erase", "Erase a page")
    see = opened.get_by_role("button", name="See what would go")
    expect(see).to_be_disabled()
    opened.get_by_label("Page to erase").fill("en/note")
    opened.keyboard.press("Enter")
    see.click()
    expect(opened.get_by_text("It is live: people are answered from it")).to_be_visible()
    erase = opened.get_by_role("button", name="Erase for good")
    expect(erase).to_be_disabled()
    opened.get_by_text("Erase “note” for good. I know that nobody can bring it back.").click()
    expect(erase).to_be_enabled()
    erase.click()
    expect(opened.get_by_text("“en/note” is erased: 1 version")).to_be_visible()
    expect(opened.get_by_text("none was found again")).to_be_visible()
    expect(opened.locator("table code", has_text="en/note")).to_be_visible()
    expect(opened.locator("td[data-label='Found of it']")).to_have_text(["nothing"])
    left = (file for file in (home / "data").rglob("*") if file.is_file())
    models = (home / "data" / "models").resolve()
    assert not [
        file
        for file in left
        if models not in file.resolve().parents and b"Zanzibarbara" in file.read_bytes()
    ]

    opened.get_by_role("button", name="Let it in again").click()
    expect(opened.get_by_text("“en/note” may come back with the next refresh.")).to_be_visible()
    expect(opened.get_by_text("No page was erased here.")).to_be_visible()
    go(opened, "History", "History")
    expect(opened.locator(".runs li").first).to_contain_text("Page erased for good: done")


@pytest.mark.thorough
def test_a_browser_that_speaks_french_is_shown_french_and_the_visitor_can_choose(ouverte):
    expect(ouverte.locator("html[lang=fr]")).to_have_count(1)
    for code, tab in (("sources", "Sources"), ("history", "Historique"), ("erase", "Effacer")):
        go(ouverte, tab, staff_words("fr")(f"{code}.title"))
    ouverte.get_by_role("radio", name="English", exact=True).click()
    # The tab stays, and the page is what it was in the other language.
    expect(ouverte.get_by_role("heading", name="Erase a page", exact=True)).to_be_visible()
    expect(ouverte.locator("html[lang=en]")).to_have_count(1)
    ouverte.get_by_role("button", name="Leave").click()
    expect(ouverte.get_by_label("Your key")).to_be_visible()


def test_leaving_forgets_the_key(opened):
    opened.get_by_role("button", name="Leave").click()
    expect(opened.get_by_label("Your key")).to_be_visible()
    expect(opened.get_by_role("heading", name="What is live")).to_have_count(0)


@pytest.mark.parametrize("width", [1280, 360])
def test_no_tab_is_wider_than_the_screen(opened, width):
    opened.set_viewport_size({"width": width, "height": 800})
    for tab, heading in (
        *(("Live", "What is live"), ("Sources", "Sources"), ("Findings", "Findings")),
        *(("Page", "One page"), ("History", "History"), ("Quality", "Quality")),
        ("Erase", "Erase a page"),
    ):
        go(opened, tab, heading)
        opened.wait_for_timeout(500)
        script = "document.querySelector('[data-testid=stMain]').scrollWidth"
        assert opened.evaluate(script) <= width, tab
