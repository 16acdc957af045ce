"""What only the source of a page knows: its lines, where its links lead, what it says of itself.

Apart from reading because none of it is content: it leads a maintainer to the place of a finding.
"""

import posixpath
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.records import Page, RawPage

_FRONT = re.compile(r"\ufeff?---[ \t]*\r?\n.*?\n---[ \t]*\r?\n", re.DOTALL)
_LONGEST, _SHORTEST = 48, 8
_MARKDOWN_LINK = re.compile(r"\]\(\s*<?([^)\s>]+)")
_HTML_LINK = re.compile(r"""<a\b[^>]*\bhref\s*=\s*["']([^"']+)["']""", re.IGNORECASE)
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//|#|/", re.IGNORECASE)
_PAGE_NAME = re.compile(r"(.*)\.(?:md|markdown|html?|txt)", re.IGNORECASE)
_DECLARATIONS = {
    "text/markdown": {
        "language": re.compile(r"^language:\s*\S", re.MULTILINE),
        "title": re.compile(r"^(?:title:\s*\S|# \S)", re.MULTILINE),
    },
    "text/html": {
        "language": re.compile(r"<html\b[^>]*\blang\s*=", re.IGNORECASE),
        "title": re.compile(r"<(?:title|h1)\b", re.IGNORECASE),
    },
    "text/plain": {},
}


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What the source of a page says beside its content.

    Attributes:
        anchors: offset in the page's text and line of the source, from 1, of each heading and
            block; empty for formats whose lines mean nothing to a person.
        links: line of each link to a page within its own source, and where it leads: by the key
            of this page, and by the name of its file.
        name: what its source calls it, by the name of its file; its key may be another.
        undeclared: which of `title` and `language` it does not state, so that they were guessed.
    """

    anchors: tuple[tuple[int, int], ...] = ()
    links: tuple[tuple[int, str, str], ...] = ()
    undeclared: tuple[str, ...] = ()
    name: str = ""

    def line(self, page: Page, offset: int) -> int:
        """Return the line of the source, or else of the page's text, that an offset stands on."""
        if not self.anchors:
            return page.text.count("\n", 0, offset) + 1
        at = bisect_right(self.anchors, (offset, 1 << 60)) - 1
        return self.anchors[max(at, 0)][1]


def source_facts(raw: RawPage, page: Page) -> SourceFacts:
    """Look at the bytes of a page for what reading leaves out."""
    if raw.media_type not in _DECLARATIONS:
        return SourceFacts()
    text = raw.content.decode("utf-8", "replace")
    declared = _DECLARATIONS[raw.media_type]
    missing = [
        n for n in ("title", "language") if n not in declared or not declared[n].search(text)
    ]
    return SourceFacts(
        anchors=tuple(_anchors(text, page)),
        # The web is not read whole, so a link to a page that was not read leads nowhere wrong.
        links=() if raw.url else tuple(_links(text, raw, page.key)),
        undeclared=tuple(missing),
        name=raw.key,
    )


def _anchors(text: str, page: Page) -> Iterator[tuple[int, int]]:
    """Yield offset and line of headings and blocks.

    Letters and digits alone are compared, from top to bottom, so mark-up between words does not
    matter much; what is not found keeps the line of the one before.
    """
    letters, line_of = _letters(text)
    # Front matter repeats titles and must not be taken for the body.
    front = _FRONT.match(text)
    at = len(_squeezed(front[0])) if front else 0
    spans = [(s.heading_start, s.heading_end) for s in page.sections]
    spans += [(b.start, b.end) for b in page.blocks]
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        at = _find(letters, _squeezed(page.text[start : min(end, start + 4 * _LONGEST)]), at)
        yield start, line_of[at] if at < len(line_of) else 1


def _squeezed(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _letters(text: str) -> tuple[str, list[int]]:
    """Return the letters and digits of a text, and the line that each stands on."""
    letters: list[str] = []
    line_of: list[int] = []
    for number, line in enumerate(text.split("\n"), start=1):
        squeezed = _squeezed(line)
        letters.append(squeezed)
        line_of += [number] * len(squeezed)
    return "".join(letters), line_of


def _find(letters: str, words: str, at: int) -> int:
    length = min(len(words), _LONGEST)
    while length and length >= min(_SHORTEST, len(words)):
        place = letters.find(words[:length], at)
        if place >= 0:
            return place
        length //= 2
    return at


def _links(text: str, raw: RawPage, key: str) -> Iterator[tuple[int, str, str]]:
    """Yield line and targets of links to other pages of the same source, by relative path.

    Links are written by the names of files; a page is known by its key, and a slug of its own may
    have changed the one and not the other.
    """
    pattern = _HTML_LINK if raw.media_type == "text/html" else _MARKDOWN_LINK
    for found in pattern.finditer(text):
        target = found[1].split("#")[0].split("?")[0]
        page = _PAGE_NAME.fullmatch(target)
        if page is None or _ELSEWHERE.match(target):
            continue
        by_key, by_name = (
            posixpath.normpath(posixpath.join(posixpath.dirname(here), page[1]))
            for here in (key, raw.key)
        )
        yield text.count("\n", 0, found.start()) + 1, by_key, by_name
