"""How the tests open the ask page, ask on it, and serve another one."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.browser.conftest import ROOT, Visit, Visitor, free_port, start, stop, wait_for

NEWER = """([wanted, old]) => {
  const found = document.querySelector(wanted);
  return found && (!found.dataset.answer || found.dataset.answer !== old);
}"""


def open_start(
    visit: Visit, address: str, code: str = "en", width: int = 1280, script: str = "", **options
) -> Visitor:
    """Open the ask page in a language; `script` runs before any of the page's own."""
    visitor = visit(width=width, locale=code, **options)
    if script:
        visitor.page.add_init_script(script)
    visitor.page.goto(address)
    visitor.page.wait_for_selector(f"html[lang={code}] .passerelle h1")
    visitor.page.wait_for_selector("textarea[autocomplete=off]")
    return visitor


def ask(visitor: Visitor, question: str, wait: str | None = "#answer") -> None:
    """Ask, and wait until the whole of a new answer is there."""
    page = visitor.page
    before = page.evaluate("document.querySelector('#answer')?.dataset.answer")
    page.fill("textarea", question)
    page.locator("[data-testid=stFormSubmitButton] button").click()
    if wait:
        page.wait_for_function(NEWER, arg=[wait, before])
        # The parts of an answer come in one by one.
        page.wait_for_selector("[data-test-script-state=notRunning]")


def shows(visitor: Visitor, question: str) -> None:
    """Ask, unless the answer is on the page already."""
    shown = visitor.page.locator(".asked q")
    if not shown.count() or shown.inner_text() != question:
        ask(visitor, question)


@contextmanager
def ask_page(api: str, address: str | None = None) -> Iterator[str]:
    """Serve the ask page against another API."""
    address = address or f"http://127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", "ui.cli", "ui", "--port", address.rpartition(":")[2]]
    process = start(command, {**os.environ, "PYTHONPATH": str(ROOT), "PASSERELLE_API": api})
    try:
        wait_for(f"{address}/_stcore/health")
        yield address
    finally:
        stop(process)
