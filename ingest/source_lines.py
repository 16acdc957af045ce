"""Which line of its file a block of a page stands on, so that a finding leads there."""

import re

from ingest.records import Page, RawPage

_LINED = frozenset({"text/markdown", "text/plain", "text/html"})
_FRONT = re.compile(r"\ufeff?---[ \t]*\r?\n.*?\n---[ \t]*\r?\n", re.DOTALL)
_LONGEST, _SHORTEST = 48, 8


def source_lines(raw: RawPage, page: Page) -> tuple[int, ...]:
    """Return the line of the source, from 1, that each block of the page begins on.

    Letters and digits alone are compared, from top to bottom, so mark-up between words does not
    matter much; a block that is not found keeps the line of the one before. The result is empty for
    formats whose lines mean nothing to a person.
    """
    if raw.media_type not in _LINED:
        return ()
    text = raw.content.decode("utf-8", "replace")
    letters, line_of = _letters(text)
    # Front matter repeats titles and must not be taken for the body.
    front = _FRONT.match(text)
    at, found = len(_squeezed(front[0])) if front else 0, []
    for block in page.blocks:
        words = _squeezed(page.text[block.start : min(block.end, block.start + 4 * _LONGEST)])
        at = _find(letters, words, at)
        found.append(line_of[at] if at < len(line_of) else 1)
    return tuple(found)


def _squeezed(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _letters(text: str) -> tuple[str, list[int]]:
    """Return the letters and digits of a text, and the line that each stands on."""
    letters: list[str] = []
    line_of: list[int] = []
    for number, line in enumerate(text.splitlines(), start=1):
        squeezed = _squeezed(line)
        letters.append(squeezed)
        line_of += [number] * len(squeezed)
    return "".join(letters), line_of


def _find(letters: str, words: str, at: int) -> int:
    length = min(len(words), _LONGEST)
    while length >= min(_SHORTEST, len(words)) and length:
        place = letters.find(words[:length], at)
        if place >= 0:
            return place
        length //= 2
    return at
