"""Seconds from pressing "ask" to the answer on screen, on both pages, beside the API's own.

    python benchmarks/pages.py PLAIN_ADDRESS ASK_ADDRESS [--times 30]

The three are taken in turn, so that whatever else the machine does falls on each of them alike.
"""

import argparse
import statistics
import time
from collections.abc import Callable

import httpx
from playwright.sync_api import Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
QUESTIONS = (
    "How do I get a carte Vitale?",
    "What is a mutuelle, and do I need one?",
    "How do I get legal aid?",
    "How do I ask for a protection order?",
    "Who can help me with my papers?",
)


def api(address: str, question: str) -> float:
    """Ask the API itself."""
    started = time.perf_counter()
    body = {"question": question, "language": "en"}
    httpx.post(f"{address}/v1/answers", json=body, timeout=60, trust_env=False).raise_for_status()
    return time.perf_counter() - started


def plain(page: Page, address: str, question: str) -> float:
    """Ask on the plain page; the form is filled in before the clock starts."""
    page.goto(address)
    page.fill("textarea", question)
    started = time.perf_counter()
    page.click("form.ask button", no_wait_after=True)
    page.wait_for_selector("#answer")
    return time.perf_counter() - started


def ask(page: Page, address: str, question: str) -> float:
    """Ask on the ask page, open already."""
    if not page.url.startswith(address):
        page.goto(address)
        page.wait_for_selector("textarea[autocomplete=off]", timeout=60_000)
    before = page.evaluate("document.querySelector('#answer')?.dataset.answer")
    page.fill("textarea", question)
    started = time.perf_counter()
    page.locator("[data-testid=stFormSubmitButton] button").click(no_wait_after=True)
    page.wait_for_function(
        "old => (document.querySelector('#answer')?.dataset.answer ?? old) !== old"
        " && document.querySelector('.card, .helpers')",
        arg=before,
        timeout=60_000,
    )
    return time.perf_counter() - started


def main() -> None:
    """Print p50 and p95 of each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("plain", help="address of the plain page and the API")
    parser.add_argument("ask", help="address of the ask page")
    parser.add_argument("--times", type=int, default=30)
    options = parser.parse_args()
    address, other = options.plain.rstrip("/"), options.ask.rstrip("/")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        first, second = browser.new_page(), browser.new_page()
        ways: dict[str, Callable[[str], float]] = {
            "API": lambda question: api(address, question),
            "plain page": lambda question: plain(first, address, question),
            "ask page": lambda question: ask(second, other, question),
        }
        taken: dict[str, list[float]] = {name: [] for name in ways}
        for turn in range(options.times + 1):
            for name, way in ways.items():
                # The same question twice running would be answered from the page's own state.
                seconds = way(QUESTIONS[turn % len(QUESTIONS)])
                if turn:
                    taken[name].append(seconds)
    for name, seconds in taken.items():
        p50, p95 = statistics.median(seconds), statistics.quantiles(seconds, n=20)[-1]
        print(f"{name:<11} p50 {p50:.2f} s   p95 {p95:.2f} s   n {len(seconds)}")


if __name__ == "__main__":
    main()
