"""A page as a list of HTML elements with its own text, for reading it whole."""

from dataclasses import dataclass

from ingest.records import Page

_TAGS = {"item": "li", "note": "p", "warning": "p", "contact": "p", "row": "p", "header": "p"}


@dataclass(frozen=True, slots=True)
class Part:
    """One element: its tag, class, text, and where it starts in the page's text."""

    tag: str
    css: str
    text: str
    start: int


def parts_of(page: Page) -> list[Part]:
    """Return headings and blocks in the order of the page; furniture is left out."""
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
    return sorted(found, key=lambda part: part.start)
