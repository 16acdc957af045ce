"""A PDF without tags by its looks: size and weight make headings, space makes paragraphs.

Lines come in the order of the file, which is the order in which the program that made it wrote
them, and nearly always the order of reading.
"""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from ingest.readers.pdf_file import Word
from ingest.readers.pdf_lines import Hyphens, Line, Piece, lines_of, text_of
from ingest.readers.pdf_tables import Row, rows_and_lines
from ingest.records import BlockKind

_LARGER = 1.08
_LONGEST_HEADING = 25
_ENDS = re.compile(r"[.!?:;…؟。][\"'”’»)\]]*$")
_NO_HEADING = re.compile(r"[.,;][\"'”’»)\]]*$")


def laid_out_pieces(words: Sequence[Sequence[Word]], hyphens: Hyphens) -> list[Piece]:
    """Return the pieces of a file in the order of its text.

    Args:
        words: of each page, those to keep.
        hyphens: of the document.
    """
    looks = Looks([line for of_page in words for line in lines_of(of_page)])
    walk = _Walk(looks, hyphens)
    for of_page in words:
        for found in rows_and_lines(lines_of(of_page)):
            walk.take(found)
    walk.flush()
    return walk.pieces


class Looks:
    """What is usual in one document: the size of its text, the space between its lines."""

    def __init__(self, lines: Sequence[Line]) -> None:
        letters: Counter[tuple[float, bool]] = Counter()
        for line in lines:
            letters[line.size, line.bold] += len(line.text)
        (self.size, self.bold), _ = max(letters.items(), key=lambda item: item[1])
        self.pitch = _pitch(lines)
        styles = sorted({self.style(line) for line in lines if self.is_heading(line)})
        self._levels = {style: level for level, style in enumerate(styles, start=1)}
        self._ends: dict[tuple[int, int], float] = {}
        for line in lines:
            key = self._column(line)
            self._ends[key] = max(self._ends.get(key, line.end), line.end)

    def style(self, line: Line) -> tuple[float, bool]:
        """Return what headings of one level share; the larger and bolder sorts first."""
        return -round(line.size * 2) / 2, not line.bold

    def is_heading(self, line: Line) -> bool:
        """Whether a line looks like a heading: larger than the text, or short and bold in it."""
        if not any(c.isalpha() for c in line.text) or len(line.words) > _LONGEST_HEADING:
            return False
        if line.size > self.size * _LARGER:
            return True
        is_bold = line.bold and not self.bold and line.size >= self.size * 0.95
        return is_bold and not _NO_HEADING.search(line.text)

    def is_opening(self, text: str, line: Line) -> bool:
        """Whether a text in larger letters is no heading, but the words that open a page."""
        is_sentence = _NO_HEADING.search(text) is not None and line.size < 1.4 * self.size
        return is_sentence or len(text.split()) > _LONGEST_HEADING

    def level(self, line: Line) -> int:
        """Return the level of a heading, 1 for the most prominent."""
        return self._levels[self.style(line)]

    def is_full(self, line: Line, after: Line) -> bool:
        """Whether the first word of the next line did not fit on this one."""
        word = after.words[0]
        room = self._ends[self._column(line)] - line.end
        return room < word.right - word.left + line.size / 4

    def _column(self, line: Line) -> tuple[int, int]:
        return line.page, round(line.start / 6)


def _pitch(lines: Sequence[Line]) -> float:
    """Return the distance of lines in a paragraph, in sizes of their letters."""
    near: Counter[float] = Counter()
    for a, b in pairwise(lines):
        if a.page == b.page and a.size == b.size and 0.8 < (a.base - b.base) / a.size < 2.5:
            near[round((a.base - b.base) / a.size, 1)] += 1
    usual = [ratio for ratio, count in near.items() if count >= 0.15 * near.total()]
    return min(usual, default=1.2)


class _Walk:
    """One pass over rows and lines."""

    def __init__(self, looks: Looks, hyphens: Hyphens) -> None:
        self.pieces: list[Piece] = []
        self._looks, self._hyphens = looks, hyphens
        self._lines: list[Line] = []
        self._is_heading = False
        self._groups, self._group = 0, 0
        self._indents: list[float] = []

    def take(self, found: Line | Row) -> None:
        """Go on with the next row or line."""
        if isinstance(found, Row):
            self.flush()
            self._end_list()
            self._row(found)
        elif not self._lines or self._is_new(self._lines[-1], found):
            self.flush()
            self._lines = [found]
            self._is_heading = self._looks.is_heading(found) and not _is_bulleted(found)
        else:
            self._lines.append(found)

    def flush(self) -> None:
        """End the paragraph at hand."""
        lines, self._lines = self._lines, []
        if not lines:
            return
        text = text_of(lines, self._hyphens)
        if self._is_heading and not self._looks.is_opening(text, lines[0]):
            self._end_list()
            self.pieces.append(Piece("heading", text, self._looks.level(lines[0])))
        elif lines[0].is_item:
            level = self._item_level(lines[0])
            self.pieces.append(Piece("item", _without_bullet(text), level, self._group))
        else:
            self._end_list()
            self.pieces.append(Piece("paragraph", text))

    def _row(self, row: Row) -> None:
        if row.is_first:
            self._groups += 1
        cells = [text_of(cell, self._hyphens) for cell in row.cells]
        kind: BlockKind = "header" if row.is_header else "row"
        self.pieces.append(Piece(kind, " | ".join(cells), 0, self._groups))

    def _is_new(self, a: Line, b: Line) -> bool:
        """Whether line `b` begins something new behind line `a`."""
        looks = self._looks
        if self._is_heading and looks.style(a) == looks.style(b):
            # A heading may end in a line without letters: a question mark.
            return a.page != b.page or a.base - b.base > (looks.pitch + 0.6) * a.size
        if self._is_heading or looks.is_heading(b) or abs(a.size - b.size) > a.size * 0.15:
            return True
        if b.is_item and not self._is_number_in_text(a, b):
            return True
        step = (a.base - b.base) / a.size
        ends = bool(_ENDS.search(a.text))
        if a.page != b.page or step <= 0:
            return ends
        goes_on = b.text[:1].islower() and not ends
        is_short = not goes_on and not looks.is_full(a, b)
        return step > looks.pitch + 0.3 or is_short or (ends and self._is_moved(b))

    def _is_moved(self, line: Line) -> bool:
        """Whether a line begins further in than the ones above, or leaves their item."""
        first = self._lines[0]
        if first.is_item:
            return line.start < first.start + line.size * 0.5
        usual = self._lines[-1].start if len(self._lines) > 1 else first.start
        return line.start > usual + line.size * 0.8

    def _is_number_in_text(self, a: Line, b: Line) -> bool:
        """Whether what looks like an item goes on with a paragraph: "the law of / 3. May"."""
        same_edge = abs(a.start - b.start) < a.size / 4
        is_number = b.words[0].text[:-1].isdigit()
        in_item = self._lines[0].is_item
        close = (a.base - b.base) / a.size <= self._looks.pitch + 0.3
        return (
            is_number
            and same_edge
            and not in_item
            and close
            and not _ENDS.search(a.text)
            and self._looks.is_full(a, b)
        )

    def _item_level(self, line: Line) -> int:
        if not self._indents:
            self._groups += 1
            self._group = self._groups
        while self._indents and line.start < self._indents[-1] - line.size / 2:
            self._indents.pop()
        if not self._indents or line.start > self._indents[-1] + line.size / 2:
            self._indents.append(line.start)
        return len(self._indents) - 1

    def _end_list(self) -> None:
        self._indents = []
        self._group = 0


def _is_bulleted(line: Line) -> bool:
    return line.is_item and not any(c.isalnum() for c in line.words[0].text)


def _without_bullet(text: str) -> str:
    """Leave a bullet out, which is no word, and keep a number, which people go by."""
    marker, _, rest = text.partition(" ")
    return text if marker != "o" and any(c.isalnum() for c in marker) else rest
