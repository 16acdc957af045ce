"""The tab of findings: what lint says of every page, to be worked through."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby

import streamlit as st

from service.api.inspection_schemas import FindingOut, FindingsOut
from ui.staff_client import StaffClient
from ui.staff_jobs import begun, ended, failure_text, follow
from ui.staff_parts import attempt, head, matches, part, say, show
from ui.staff_words import StaffWords

SHOWN = 40
ORDER = {"error": 0, "warning": 1, "notice": 2}
EVERY_RULE = "*"


def severities(findings: Iterable[FindingOut]) -> list[tuple[str, int]]:
    """Return how many findings there are of each severity, the gravest first."""
    found = Counter(finding.severity for finding in findings)
    return [(name, found[name]) for name in ORDER if found[name]]


def rules(findings: Iterable[FindingOut]) -> list[tuple[str, int]]:
    """Return how many findings there are of each rule, the most frequent first."""
    return Counter(finding.rule for finding in findings).most_common()


def chosen(
    findings: Iterable[FindingOut],
    severity: Sequence[str] = (),
    rule: str = EVERY_RULE,
    wanted: str = "",
) -> list[FindingOut]:
    """Return the findings of these severities (of all when none is named), rule and words."""
    return [
        f
        for f in findings
        if (not severity or f.severity in severity)
        and rule in (f.rule, EVERY_RULE)
        and matches(wanted, f.page, f.reason)
    ]


def by_page(findings: Iterable[FindingOut]) -> list[tuple[str, list[FindingOut]]]:
    """Return findings by page, the page with the gravest and the most of them first."""
    pages = [
        (key, sorted(found, key=lambda f: (ORDER[f.severity], f.line)))
        for key, found in groupby(sorted(findings, key=lambda f: f.page), lambda f: f.page)
    ]
    return sorted(pages, key=lambda p: (ORDER[p[1][0].severity], -len(p[1]), p[0]))


def summary(words: StaffWords, found: FindingsOut) -> str:
    """Say in a line what was found and when."""
    ago = words.ago(found.looked_at)
    if not found.findings:
        return words("findings.nothing", ago=ago)
    pages = words.count("page", len({finding.page for finding in found.findings}))
    findings = words.count("finding", len(found.findings))
    return words("findings.summary", findings=findings, pages=pages, ago=ago)


def draw(client: StaffClient, words: StaffWords) -> None:
    """Draw the tab."""
    show(words, head(words, "findings"))
    if follow(client, words):
        return
    last = ended("lint")
    if last and (problem := failure_text(words, last)):
        say(words, *problem)
    found = client.findings()
    st.button(
        words("findings.look" if found.looked_at is None else "findings.again"),
        type="primary" if found.looked_at is None else "secondary",
        on_click=attempt,
        args=(_look, client),
    )
    if found.looked_at is None:
        say(words, words("findings.nobody"))
        return
    show(words, part(words, "line", summary(words, found)))
    if found.unreadable:
        show(words, part(words, "unreadable", [*found.unreadable.items()]))
    if found.findings:
        _list(words, found.findings)


def _look(client: StaffClient) -> None:
    begun(client.look())


def _list(words: StaffWords, findings: Sequence[FindingOut]) -> None:
    grave, often = dict(severities(findings)), dict(rules(findings))
    picked = st.pills(
        words("findings.severity"),
        [*grave],
        format_func=lambda name: f"{words.name('severities', name)} · {words.number(grave[name])}",
        selection_mode="multi",
        key="severity",
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        rule = st.selectbox(
            words("findings.rule"),
            [EVERY_RULE, *often],
            format_func=lambda name: (
                f"{name} · {words.number(often[name])}"
                if name in often
                else words("findings.every_rule")
            ),
            key="rule",
        )
        wanted = st.text_input(words("findings.find"), key="finding")
    pages = by_page(chosen(findings, picked, rule, wanted))
    show(words, part(words, "finding_pages", pages[:SHOWN], len(pages)))
