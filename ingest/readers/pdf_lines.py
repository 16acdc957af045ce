"""Placed words as lines, and lines as the text of a paragraph.

Apart because both ways to read a PDF, by its tags and by its looks, end in the same lines.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby, pairwise
from typing import Literal

from ingest.readers.pdf_file import Sheet, Word
from ingest.records import BlockKind

PieceKind = BlockKind | Literal["heading"]
_WIDE_GAP = 1.5
_BULLETS = "•‣▪▫●○◦∙·*■□➢➤✓✔❖–—-\uf0b7\uf0a7\uf0d8\uf0fc"
MARKER = re.compile(rf"(?:[{re.escape(_BULLETS)}]|o|\(?(?:\d{{1,2}}|[a-zA-Z])[.)])")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufefc]")
_PAGE_NUMBER = re.compile(
    r"\W*(?:(?:page|p\.?|seite|página)\s*)?\d{1,4}(?:\s*(?:/|of|sur|de|-)\s*\d{1,4})?\W*",
    re.IGNORECASE,
)
_EDGE, _APART = 0.1, 1.6


@dataclass(frozen=True, slots=True)
class Piece:
    """A heading or a block, ready to be added to a page."""

    kind: PieceKind
    text: str
    level: int = 0
    group: int = 0


@dataclass(frozen=True)
class Line:
    """Words side by side on one baseline, in reading order."""

    words: tuple[Word, ...]

    @cached_property
    def text(self) -> str:
        """Its words with the spaces between them."""
        parts = [f"{'' if word.glued else ' '}{word.text}" for word in self.words]
        return "".join(parts).strip()

    @cached_property
    def is_right_to_left(self) -> bool:
        """Whether most of its words read from right to left."""
        found = sum(bool(_RIGHT_TO_LEFT.search(word.text)) for word in self.words)
        return 2 * found > sum(any(c.isalpha() for c in word.text) for word in self.words)

    @property
    def page(self) -> int:
        """The number of its page, from 0."""
        return self.words[0].page

    @property
    def base(self) -> float:
        """Its baseline."""
        return self.words[0].base

    @cached_property
    def left(self) -> float:
        """Its left edge."""
        return min(word.left for word in self.words)

    @cached_property
    def right(self) -> float:
        """Its right edge."""
        return max(word.right for word in self.words)

    @cached_property
    def is_item(self) -> bool:
        """Whether it begins with the marker of a list item."""
        if len(self.words) == 1:
            return False
        marker, first = self.words[0], self.words[1]
        gap = max(first.left - marker.right, marker.left - first.right)
        # A bare number is one only where it stands off.
        is_number = marker.text.isdecimal() and len(marker.text) < 3 and gap > 0.6 * self.size
        return is_number or (MARKER.fullmatch(marker.text) is not None and not first.glued)

    @property
    def start(self) -> float:
        """Where reading begins; it grows in the direction of reading, as `end` does."""
        return -self.right if self.is_right_to_left else self.left

    @property
    def end(self) -> float:
        """Where reading ends."""
        return -self.left if self.is_right_to_left else self.right

    @cached_property
    def size(self) -> float:
        """The size of most of its letters."""
        sizes: Counter[float] = Counter()
        for word in self.words:
            sizes[word.size] += len(word.text)
        return max(sizes, key=lambda size: (sizes[size], size))

    @cached_property
    def bold(self) -> bool:
        """Whether all its letters are bold."""
        words = [w for w in self.words if any(c.isalnum() for c in w.text)]
        return all(word.bold for word in words or self.words)


def lines_of(words: Iterable[Word]) -> list[Line]:
    """Cut words into lines; a wide gap ends one, except behind the marker of an item."""
    found: list[list[Word]] = []
    for word in words:
        if found and _goes_on(found[-1], word):
            found[-1].append(word)
        else:
            found.append([word])
    return [Line(_in_order(line)) for line in found]


def _goes_on(line: Sequence[Word], word: Word) -> bool:
    last = line[-1]
    size = max(last.size, word.size)
    if last.page != word.page or abs(last.base - word.base) > size / 2:
        return False
    gap = max(word.left - last.right, last.left - word.right)
    is_marker = len(line) == 1 and MARKER.fullmatch(last.text) is not None
    return gap <= size * (3 * _WIDE_GAP if is_marker else _WIDE_GAP)


def _in_order(words: list[Word]) -> tuple[Word, ...]:
    """Put words in reading order: in a right-to-left line, names go from left to right."""
    if not Line(tuple(words)).is_right_to_left:
        return tuple(words)
    found: list[Word] = []
    from_right = sorted(words, key=lambda word: -word.left)
    for is_foreign, run in groupby(from_right, key=lambda w: not _RIGHT_TO_LEFT.search(w.text)):
        island = [_behind(word) if is_foreign else word for word in run]
        if is_foreign and any(c.isalpha() for word in island for c in word.text):
            island.reverse()
        found += island
    return tuple(found)


def _behind(word: Word) -> Word:
    """Put the full stop behind a number that it stands to the left of."""
    number = re.fullmatch(r"([.,:;!?)]+)(.*\d)", word.text)
    return replace(word, text=number[2] + number[1]) if number else word


class Hyphens:
    """Tells hyphens that a line break brought from those of the words themselves."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Learn the words of a document from its lines, all but those that a line end cuts."""
        lines = [text.casefold() for text in texts]
        self._known = {word for text in lines for word in re.findall(r"[\w'’-]+\w", text)}
        cut = [(a, b) for a, b in pairwise(lines) if a.endswith("-")]
        votes = [self._vote(a, b) for a, b in cut]
        # Without a word that decides it: many cut lines come from automatic hyphenation.
        self._mends = sum(votes) > 0 or (sum(votes) == 0 and len(cut) > 0.05 * len(lines))

    def join(self, before: str, after: str) -> str:
        """Return two lines as one text."""
        if before.endswith("\u00ad"):
            return before[:-1] + after
        if not re.search(r"\w[-\u2010]$", before):
            return f"{before} {after}"
        vote = self._vote(before.casefold(), after.casefold())
        mends = after[:1].islower() and (vote > 0 or (vote == 0 and self._mends))
        return before[:-1] + after if mends else before + after

    def _vote(self, before: str, after: str) -> int:
        first = re.search(r"[\w'’-]+$", before.rstrip("-\u2010"))
        second = re.match(r"[\w'’-]+", after)
        if first is None or second is None:
            return 0
        mended, kept = first[0] + second[0], f"{first[0]}-{second[0]}"
        return (mended in self._known) - (kept in self._known)


def text_of(lines: Sequence[Line], hyphens: Hyphens) -> str:
    """Return the text of a paragraph from its lines."""
    text = ""
    for line in lines:
        text = hyphens.join(text, line.text) if text else line.text
    return text


def without_running(sheets: Sequence[Sheet]) -> list[list[Word]]:
    """Return the words of each page without page numbers and what repeats at its edges."""
    edges = [_edge_lines(lines_of(sheet.words), sheet.height) for sheet in sheets]
    repeated = Counter(key for lines in edges for key in {k for line in lines for k in _keys(line)})
    fewest = max(2, min(3, len(sheets)))
    kept = []
    for sheet, lines in zip(sheets, edges, strict=True):
        gone = {
            id(word)
            for line in lines
            if _PAGE_NUMBER.fullmatch(line.text) or any(repeated[k] >= fewest for k in _keys(line))
            for word in line.words
        }
        kept.append([word for word in sheet.words if id(word) not in gone])
    return kept


def _edge_lines(lines: Sequence[Line], height: float) -> list[Line]:
    """Return the lines at the top and bottom of a page that stand apart from its text."""
    found: list[Line] = []
    for from_top in (True, False):
        near: list[Line] = []
        for line in sorted(lines, key=lambda line: line.base, reverse=from_top):
            if near and abs(line.base - near[-1].base) > _APART * min(line.size, near[-1].size):
                found += near
                near = []
            if _EDGE * height < line.base < (1 - _EDGE) * height:
                break
            near.append(line)
    return found


def _keys(line: Line) -> tuple[tuple[str, int], tuple[str, int]]:
    """Return what running lines share: their words, or those with a number that counts pages."""
    place = round(line.base / 4)
    counted = re.sub(r"\d{1,4}", lambda n: f"#{int(n[0]) - line.page}", line.text)
    return (line.text, place), (counted, place)


def with_bullets(words: Sequence[Word], sheet: Sheet) -> list[Word]:
    """Return the words of a page with a bullet before each one that a drawn dot stands beside."""
    bullets: dict[int, Word] = {}
    for left, bottom, right, top in sheet.dots:
        middle = (bottom + top) / 2
        level = [w for w in words if w.base - w.size / 4 < middle < w.base + w.size]
        after = min((w for w in level if w.left >= right), key=lambda w: w.left, default=None)
        before = max((w for w in level if w.right <= left), key=lambda w: w.right, default=None)
        beside = after if before is None else before if after is None else None
        # With words on both sides it is a sign within a line, or a table's.
        if (
            beside is None
            or min(abs(beside.left - right), abs(left - beside.right)) > 2 * beside.size
        ):
            continue
        bullets[id(beside)] = replace(beside, text="•", left=left, right=right, glued=False)
    return [w for word in words for w in (bullets.get(id(word)), word) if w is not None]
