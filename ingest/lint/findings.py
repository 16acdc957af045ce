"""What a finding is, and what the rules are given."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Literal

from ingest.records import Block, Page
from ingest.settings import PassageSettings
from ingest.source_facts import SourceFacts

Severity = Literal["error", "warning", "notice"]

_QUOTED = 70


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at.

    Attributes:
        page: key of the page.
        line: of the page's file, from 1; of its text where the file has no lines to speak of.
        rule: name of the rule, as `docs/lint.md` describes it.
        severity: `error` leads people wrong or says nothing; `warning` may; `notice` is to know.
    """

    page: str
    line: int
    rule: str
    severity: Severity
    reason: str


@dataclass(frozen=True, slots=True)
class Subject:
    """A page to look at, cleaned, and what its source says of it."""

    page: Page
    source: SourceFacts = field(default_factory=SourceFacts)

    def at(self, offset: int, rule: str, severity: Severity, reason: str) -> Finding:
        """Make a finding at an offset of the page's text."""
        line = self.source.line(self.page, offset)
        return Finding(self.page.key, line, rule, severity, reason)

    def whole(self, rule: str, severity: Severity, reason: str) -> Finding:
        """Make a finding on the page as a whole."""
        return Finding(self.page.key, 1, rule, severity, reason)

    def content(self) -> Iterator[tuple[Block, str]]:
        """Yield the blocks that are no furniture, with their text."""
        for block in self.page.blocks:
            if block.kind != "furniture":
                yield block, self.page.text[block.start : block.end]

    def as_read(self) -> Page:
        """Return the page as if nothing had been marked as furniture."""
        blocks = tuple(
            replace(block, kind="paragraph") if block.kind == "furniture" else block
            for block in self.page.blocks
        )
        return replace(self.page, blocks=blocks)


@dataclass(frozen=True, slots=True)
class Known:
    """What rules compare pages with.

    Attributes:
        numbers: telephone numbers that the maintainers stand for, digits only.
        checked_at: when each page was last checked against its source (UTC, ISO 8601), by key.
        max_age_days: after how many days without a check a page is old, by its source.
        default_max_age_days: for sources without a limit of their own.
        keys: of pages that are not looked at themselves but may be linked to.
        passages: how passages are cut.
        now: the moment that ages are counted to.
    """

    numbers: frozenset[str] | None = None
    checked_at: Mapping[str, str] = field(default_factory=dict)
    max_age_days: Mapping[str, int] = field(default_factory=dict)
    default_max_age_days: int = 365
    keys: frozenset[str] = frozenset()
    passages: PassageSettings = field(default_factory=PassageSettings)
    now: datetime = field(default_factory=lambda: datetime.now(UTC))


def quoted(text: str) -> str:
    """Return the beginning of a text in quotation marks, on one line."""
    words = " ".join(text.split())
    return f"«{words}»" if len(words) <= _QUOTED else f"«{words[: _QUOTED - 1].rstrip()}…»"
