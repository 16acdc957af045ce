"""What changed on a page, as a person reads it: sentence by sentence, and its metadata by name."""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from ingest.records import Page
from ingest.refresh import Plan
from ingest.sentences import sentence_spans

Change = Literal["added", "changed", "removed", "unchanged"]

_METADATA = (
    "title",
    "language",
    "url",
    "publisher",
    "licence",
    "translation_of",
    "published_on",
    "modified_on",
    "verified_by",
    "verified_on",
    "based_on",
    "topics",
    "related",
)
_AROUND = 1


@dataclass(frozen=True, slots=True)
class Difference:
    """What happened to one page.

    Attributes:
        metadata: name, value before and value after, of what changed; None where there is no value.
        lines: a unified diff by sentence: `-` goes, `+` comes, a space stays, `@@` skips. Empty for
            a page that is added or removed as a whole.
        moved: the other key of a page that was only renamed: old for an added, new for a removed.
    """

    key: str
    change: Change
    title: str
    words: int
    metadata: tuple[tuple[str, str | None, str | None], ...] = ()
    lines: tuple[str, ...] = ()
    moved: str | None = None


def differences(plan: Plan, live: dict[str, Page]) -> list[Difference]:
    """Return what a plan does to each page, by key.

    Args:
        plan: what a refresh would do.
        live: the pages that are changed or removed, as they stand, by key.
    """
    fresh = {reading.page.key: reading.page for reading in plan.readings}
    changes = plan.changes
    gone = {_content(live[key]): key for key in changes.removed}
    come = {_content(fresh[key]): key for key in changes.added}
    found = [_whole(fresh[key], "added", gone.get(_content(fresh[key]))) for key in changes.added]
    found += [_changed(live[key], fresh[key]) for key in changes.changed]
    found += [
        _whole(live[key], "removed", come.get(_content(live[key]))) for key in changes.removed
    ]
    return sorted(found, key=lambda difference: difference.key)


def _content(page: Page) -> tuple[str, str]:
    return page.title, page.text


def _whole(page: Page, change: Change, moved: str | None) -> Difference:
    return Difference(page.key, change, page.title, len(page.text.split()), moved=moved)


def _changed(before: Page, after: Page) -> Difference:
    metadata = tuple(
        (name, _shown(getattr(before, name)), _shown(getattr(after, name)))
        for name in _METADATA
        if getattr(before, name) != getattr(after, name)
    )
    lines = difflib.unified_diff(_sentences(before), _sentences(after), n=_AROUND, lineterm="")
    return Difference(
        after.key,
        "changed",
        after.title,
        len(after.text.split()),
        metadata,
        tuple(_readable(list(lines)[2:])),
    )


def _readable(lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        yield "@@" if line.startswith("@@") else line


def _sentences(page: Page) -> list[str]:
    """Return the page's headings and sentences in order, furniture included and marked."""
    parts = [
        (
            s.heading_start,
            "#" * (len(s.path) + 1) + " " + page.text[s.heading_start : s.heading_end],
        )
        for s in page.sections
        if s.heading_end > s.heading_start
    ]
    for block in page.blocks:
        text = page.text[block.start : block.end]
        mark = "[not content] " if block.kind == "furniture" else ""
        parts += [(block.start + a, mark + text[a:b]) for a, b in sentence_spans(text)]
    return [" ".join(words.split()) for _, words in sorted(parts)]


def _shown(value: object) -> str | None:
    if value is None or value == ():
        return None
    if isinstance(value, tuple):
        return "; ".join(str(getattr(entry, "title", None) or entry) for entry in value)
    return str(value)
