"""axe-core over every state of both pages in every language: faults by impact and rule.

    python benchmarks/accessibility.py PLAIN_ADDRESS ASK_ADDRESS [--axe .../axe.min.js]

axe-core (MPL-2.0) comes with the package axe-playwright-python; a newer one from npm can be named.
"""

import argparse
import sys
from collections import Counter
from importlib.resources import files
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from ui.strings import available, strings

CHROMIUM = "/usr/bin/chromium"
FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
REFUSED, DANGER = "Who won the football world cup?", "my husband beats me 06 12 34 56 78"
Faults = Counter[tuple[str, str, str]]


def packaged() -> str:
    """Return axe-core as the installed package carries it."""
    return files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")


def violations(page: Page, axe: str) -> list[dict[str, Any]]:
    """Return what axe finds in what a page shows now, one a rule."""
    page.evaluate(axe)
    found: list[dict[str, Any]] = page.evaluate(
        "tags => axe.run({runOnly: tags, resultTypes: ['violations']}).then(r => r.violations)",
        TAGS,
    )
    return found


def audit(page: Page, axe: str, name: str, faults: Faults, shown: dict[str, str]) -> None:
    """Count the faults of what a page shows now, one a node."""
    for fault in violations(page, axe):
        faults[name, fault["impact"], fault["id"]] += len(fault["nodes"])
        shown.setdefault(f"{name} {fault['id']}", fault["nodes"][0]["html"][:200])


def version(browser: Browser, axe: str) -> str:
    """Return which axe-core this is."""
    page = browser.new_page()
    page.evaluate(axe)
    found = str(page.evaluate("axe.version"))
    page.close()
    return found


def control(browser: Browser, axe: str) -> None:
    """Stop where nothing would be found whatever stood there."""
    page = browser.new_page()
    page.set_content("<img src='data:,'><p style='color:#ccc;background:#fff'>pale</p>")
    faults: Faults = Counter()
    audit(page, axe, "control", faults, {})
    if not {"image-alt", "color-contrast"} <= {rule for _, _, rule in faults}:
        raise SystemExit(f"{sorted(faults)} are not the faults of the control page")
    page.close()


def plain(browser: Browser, axe: str, address: str, faults: Faults, shown: dict[str, str]) -> int:
    """Look at the plain page: start, answer, refusal, danger, refused, list, reading view."""
    looked = 0
    for code in available():
        page = browser.new_context(bypass_csp=True, locale=code).new_page()
        for question in (None, strings(code)["example_1"], REFUSED, DANGER, "x" * 4100):
            page.goto(f"{address}/?lang={code}")
            if question:
                page.fill("textarea", question)
                with page.expect_navigation():
                    page.click("form.ask button")
                for fold in page.locator("summary").all():
                    fold.click()
            audit(page, axe, "plain", faults, shown)
            looked += 1
        page.goto(f"{address}/pages?lang={code}")
        audit(page, axe, "plain", faults, shown)
        page.goto(f"{address}{page.locator('.contents a').first.get_attribute('href')}")
        audit(page, axe, "plain", faults, shown)
        looked += 2
        page.context.close()
    return looked


def ask(browser: Browser, axe: str, address: str, faults: Faults, shown: dict[str, str]) -> int:
    """Look at the ask page: start, answer, refusal, danger."""
    looked = 0
    for code in available():
        page = browser.new_context(bypass_csp=True, locale=code).new_page()
        for question in (None, strings(code)["example_1"], REFUSED, DANGER):
            page.goto(address)
            page.wait_for_selector(f"html[lang={code}] textarea[autocomplete=off]", timeout=60_000)
            if question:
                page.fill("textarea", question)
                page.locator("[data-testid=stFormSubmitButton] button").click()
                page.wait_for_selector("#answer", timeout=60_000)
            page.wait_for_timeout(1500)
            audit(page, axe, "ask", faults, shown)
            looked += 1
        page.context.close()
    return looked


def main() -> None:
    """Print every fault with its count, and one example of each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("plain", help="address of the plain page")
    parser.add_argument("ask", help="address of the ask page")
    parser.add_argument("--axe", type=Path, help="axe.min.js; the package's own when not given")
    options = parser.parse_args()
    axe = options.axe.read_text("utf-8") if options.axe else packaged()
    faults: Faults = Counter()
    shown: dict[str, str] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        print("axe-core", version(browser, axe))
        control(browser, axe)
        looked = {
            "plain": plain(browser, axe, options.plain.rstrip("/"), faults, shown),
            "ask": ask(browser, axe, options.ask.rstrip("/"), faults, shown),
        }
    for name, pages in looked.items():
        print(f"{name}: {pages} states looked at in {len(available())} languages")
        for (where, impact, rule), count in sorted(faults.items()):
            if where == name:
                print(f"  {impact:<9} {rule:<32} {count:>4}  {shown[f'{name} {rule}']}")


if __name__ == "__main__":
    main()
