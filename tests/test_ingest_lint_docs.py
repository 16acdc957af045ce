"""`docs/lint.md` describes every rule, and lint says of each example what the page says it does."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest import readers
from ingest.cleaning import clean
from ingest.lint.findings import Known, Subject
from ingest.lint.rules import NAMES, lint
from ingest.source_facts import source_facts
from ingest.sources.folder import read_folder

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "lint.md"
NOW = datetime(2026, 1, 31, tzinfo=UTC)
_SECTION = re.compile(r"^## ([a-z-]+)$", re.MULTILINE)
_PAGE = re.compile(r"```markdown (\S+)\n(.*?\n)```", re.DOTALL)
_SAID = re.compile(r"```text\n(.*?)```", re.DOTALL)


def said(folder, files):
    """Write pages into a folder and return what lint says of them, a line each."""
    for name, text in files:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    failures = {}
    subjects = []
    for raw in read_folder(folder, source="docs", failures=failures):
        page = readers.read(raw)
        subjects.append(Subject(clean(page), source_facts(raw, page)))
    checked = {"en/old": (NOW - timedelta(days=400)).isoformat()}
    found = lint(subjects, Known(numbers=frozenset({"17"}), checked_at=checked, now=NOW))
    assert failures == {}
    return [f"{f.page}:{f.line}: {f.severity}: {f.reason} ({f.rule})" for f in found]


def sections():
    _, *parts = _SECTION.split(DOCUMENT.read_text("utf-8"))
    return dict(zip(parts[::2], parts[1::2], strict=True))


def test_every_rule_is_described_and_nothing_else_is():
    assert list(sections()) == list(NAMES)


@pytest.mark.parametrize("rule", NAMES)
def test_lint_says_of_each_example_what_the_page_says(rule, tmp_path):
    body = sections()[rule]
    (expected,) = _SAID.findall(body)
    lines = said(tmp_path, _PAGE.findall(body))
    assert lines == expected.splitlines()
    found = {(line.split(": ")[1], line.rsplit("(", 1)[1].rstrip(")")) for line in lines}
    severity = re.match(r"\s*\*(\w+)\.\*", body)[1]
    assert (severity, rule) in found
