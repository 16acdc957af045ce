"""A page as HTML elements with its own text, for reading it whole, in parts of a bounded size."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape

from ingest.records import Page

# With style, head and foot, a part of this many bytes makes a response under 30 KB.
PART_BYTES = 16_000
_LONGEST = 2_400
_MARKUP = 48
_TAGS = {"item": "li"}
_AT = re.compile(r"(\d{1,9})-(\d{1,9})")
_NUMBERED = re.compile(r"(\d{1,4})[.)]\s+")
_MARKER = re.compile(r"\A(?:\d{1,4}[.)]|[-*+•–])\s+")


@dataclass(frozen=True, slots=True)
class Part:
    """One element: its tag, class, text, where it starts in the page's text, and its anchor.

    `quoted` says that it holds something of the quotation that led here.
    """

    tag: str
    css: str
    text: str
    start: int
    anchor: int = 0
    quoted: bool = False

    @property
    def number(self) -> int | None:
        """The number that an item of a list begins with, or None."""
        match = _NUMBERED.match(self.text) if self.tag == "li" else None
        return int(match[1]) if match else None

    @property
    def shown(self) -> str:
        """Its text; the browser writes the number or the bullet of an item by itself."""
        return _MARKER.sub("", self.text) if self.tag == "li" else self.text

    @property
    def holder(self) -> str:
        """The element that it stands in: `ol`, `ul`, or none."""
        if self.tag != "li":
            return ""
        return "ul" if self.number is None else "ol"

    @property
    def size(self) -> int:
        """Bytes of its HTML, about."""
        return len(escape(self.text).encode()) + _MARKUP


def parts_of(page: Page, quoted: tuple[int, int] | None = None) -> list[Part]:
    """Return headings and blocks in the order of the page; furniture is left out.

    Args:
        page: the page.
        quoted: the stretch of the page's text that a citation quotes.
    """
    found = [
        Part(
            f"h{min(1 + len(s.path), 6)}",
            "",
            page.text[s.heading_start : s.heading_end],
            s.heading_start,
        )
        for s in page.sections
        if s.heading_end > s.heading_start
    ]
    found += [
        Part(_TAGS.get(b.kind, "p"), b.kind, page.text[b.start : b.end], b.start)
        for b in page.blocks
        if b.kind != "furniture"
    ]
    whole = sorted(found, key=lambda part: part.start)
    return list(_anchored([piece for part in whole for piece in _cut(part)], quoted))


def paginate(parts: list[Part], longest: int = PART_BYTES) -> list[list[Part]]:
    """Divide a page's elements into runs of at most `longest` bytes; always at least one run."""
    runs: list[list[Part]] = [[]]
    size = 0
    for part in parts:
        if runs[-1] and size + part.size > longest:
            runs.append([])
            size = 0
        runs[-1].append(part)
        size += part.size
    return runs


def run_of(runs: list[list[Part]], position: int) -> int:
    """Return which run, from 0, holds a position of the page's text."""
    starts = [run[0].start if run else 0 for run in runs]
    return max((n for n, start in enumerate(starts) if start <= position), default=0)


def stretch(at: str | None) -> tuple[int, int] | None:
    """Read `120-480` as the address of a quotation; anything else is none."""
    match = _AT.fullmatch(at or "")
    return (int(match[1]), int(match[2])) if match else None


def _anchored(parts: list[Part], quoted: tuple[int, int] | None) -> Iterator[Part]:
    """Give each element its anchor; the first quoted one takes that of the quotation."""
    first = True
    for part in parts:
        touched = (
            quoted is not None
            and part.start < quoted[1]
            and part.start + len(part.text) > quoted[0]
            and not part.tag.startswith("h")
        )
        anchor = quoted[0] if touched and first and quoted else part.start
        first = first and not touched
        yield replace(part, anchor=anchor, quoted=touched)


def _cut(part: Part) -> Iterator[Part]:
    """Cut an element that is too long for a page of its own, at white space where there is any."""
    text, start = part.text, part.start
    while len(text) > _LONGEST:
        end = max(text.rfind(" ", 1, _LONGEST), text.rfind("\n", 1, _LONGEST))
        end = end + 1 if end > 0 else _LONGEST
        yield replace(part, text=text[:end], start=start)
        text, start = text[end:], start + end
        # What goes on from the item above is no item of its own.
        part = replace(part, tag="p") if part.tag == "li" else part
    yield replace(part, text=text, start=start)
