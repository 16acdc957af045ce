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


@pytest.mark.parametrize("code", available())
def test_no_state_of_the_plain_page_has_a_fault(visit, sites, acted, code):
    visitor = visit(locale=code, width=360, bypass_csp=True)
    page = visitor.page
    page.goto(f"{sites.plain}/")
    assert faults(page) == []
    danger = f"{DANGER.get(code, DANGER['en'])} {PHONE}"
    for question in (strings(code)["example_1"], REFUSED["en"], danger, "x" * 4100):
        ask(visitor, question)
        for fold in page.locator("summary").all():
            fold.click()
        assert faults(page) == [], question[:80]
        page.goto(f"{sites.plain}/?lang={code}")
    for address in ("/pages", "/pages/fr/protection-order", "/pages/none"):
        page.goto(f"{sites.plain}{address}?lang={code}")
        assert faults(page) == [], address
    for question in ("partial", "cases", "broken"):
        page.goto(f"{acted.plain}/?lang={code}")
        ask(visitor, question)
        assert faults(page) == [], question
