"""axe-core over every state of the plain page, in every language: no fault at all.

The ask page is looked at where its tests bring it into a state.
"""

import pytest

from benchmarks.accessibility import packaged, violations
from tests.browser.test_plain import DANGER, PHONE, REFUSED, ask
from ui.strings import available, strings

pytestmark = pytest.mark.browser
AXE = packaged()


def faults(page) -> list[tuple[str, str]]:
    """Return each broken rule with the first place that breaks it."""
    return [(one["id"], one["nodes"][0]["html"]) for one in violations(page, AXE)]


def test_a_page_with_faults_is_found_to_have_them(chromium):
    page = chromium.new_page()
    page.set_content("<img src='data:,'><p style='color:#ccc;background:#fff'>pale</p>")
    assert {"image-alt", "color-contrast"} <= {rule for rule, _ in faults(page)}
    page.close()


def unfold(page) -> None:
    """Open everything that is folded."""
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")


@pytest.mark.parametrize("code", available())
def test_neither_the_start_nor_an_answer_of_the_plain_page_has_a_fault(visit, sites, code):
    visitor = visit(locale=code, width=360, bypass_csp=True)
    visitor.page.goto(sites.plain)
    unfold(visitor.page)
    assert faults(visitor.page) == []
    # Danger, personal data, quotations and everything around them.
    danger = DANGER.get(code, DANGER["en"])
    ask(visitor, f"{danger} {strings(code)['example_1']} {PHONE}")
    unfold(visitor.page)
    assert visitor.page.locator(".urgent, .caution, blockquote").count() >= 3
    assert faults(visitor.page) == []


@pytest.mark.parametrize("code", ["en", "ar"])
def test_no_other_state_of_the_plain_page_has_a_fault(visit, sites, acted, code):
    visitor = visit(locale=code, width=360, bypass_csp=True)
    page = visitor.page
    for address in ("/pages", "/pages/fr/protection-order", "/pages/none"):
        page.goto(f"{sites.plain}{address}?lang={code}")
        unfold(page)
        assert faults(page) == [], address
    for question in (REFUSED[code], "x" * 4100):
        page.goto(f"{sites.plain}/?lang={code}")
        ask(visitor, question)
        assert faults(page) == [], question[:80]
    for question in ("partial", "cases", "broken"):
        page.goto(f"{acted.plain}/?lang={code}")
        ask(visitor, question)
        assert faults(page) == [], question
