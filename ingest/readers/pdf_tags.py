"""A tagged PDF by its tags: headings, lists and tables as the program that made it named them."""

import re
from collections.abc import Iterator, Sequence

from ingest.readers.pdf_file import Sheet, Tag, Word
from ingest.readers.pdf_lines import Hyphens, Piece, PieceKind, lines_of, text_of
from ingest.records import BlockKind

_INLINE_TAGS = "Span NonStruct Link Em Strong Quote Code Reference BibEntry Sub Annot Ruby RB"
_INLINE = frozenset(_INLINE_TAGS.split())
_HEADING = re.compile(r"H([1-6])?|Title")
_ENDS = re.compile(r"[.!?:;…؟。][\"'”’»)\]]*$")
_TELLING = re.compile(r"H[1-6]?|L|Table")
_FEWEST = 0.8


def is_tagged(sheets: Sequence[Sheet], words: Sequence[Sequence[Word]]) -> bool:
    """Whether the tags of a file say more than its looks: they name parts, and hold the text."""
    names = {name for sheet in sheets for tag in sheet.tags for name in _names(tag)}
    if not any(_TELLING.fullmatch(name) for name in names):
        return False
    return len(outside(sheets, words)) <= (1 - _FEWEST) * sum(map(len, words))


def outside(sheets: Sequence[Sheet], words: Sequence[Sequence[Word]]) -> list[Word]:
    """Return the words that no tag holds."""
    found = []
    for sheet, its_words in zip(sheets, words, strict=True):
        marks = {mark for tag in sheet.tags for mark in _marks(tag)}
        found += [word for word in its_words if word.mark not in marks]
    return found


def tagged_pieces(
    sheets: Sequence[Sheet], words: Sequence[Sequence[Word]], hyphens: Hyphens
) -> list[Piece]:
    """Return the pieces of a tagged file in the order of its tags; one cut by a page end is whole.

    Args:
        sheets: the pages.
        words: of each page, those to keep.
        hyphens: of the document.
    """
    walk = _Walk(hyphens)
    for sheet, its_words in zip(sheets, words, strict=True):
        walk.page(sheet.tags, its_words)
    return walk.pieces


class _Walk:
    """One pass over the tags."""

    def __init__(self, hyphens: Hyphens) -> None:
        self.pieces: list[Piece] = []
        self._hyphens = hyphens
        self._of_mark: dict[int, list[Word]] = {}
        self._words: list[Word] = []
        self._label = ""
        self._kind: BlockKind = "paragraph"
        self._groups, self._group, self._level = 0, 0, -1
        self._continues = False

    def page(self, tags: Sequence[Tag], words: Sequence[Word]) -> None:
        """Append the pieces of one page."""
        self._of_mark = {}
        for word in words:
            self._of_mark.setdefault(word.mark, []).append(word)
        self._continues = bool(self.pieces)
        for tag in tags:
            self._visit(tag)
        self._flush()

    def _visit(self, tag: Tag) -> None:
        name, _ = tag
        if name in _INLINE:
            self._children(tag)
            return
        if name == "Lbl":
            self._take_label(tag)
            return
        self._flush()
        if found := _HEADING.fullmatch(name):
            level = int(found[1] or 1) if name != "Title" else 1
            self._add("heading", self._text(tag), level)
        elif name == "Table":
            self._table(tag)
        elif name == "L":
            group = self._group if self._level >= 0 else self._new_group()
            self._inside(tag, "item", group, self._level + 1)
        elif name in {"TOC", "Note", "FENote"}:
            kind: BlockKind = "furniture" if name == "TOC" else "note"
            self._inside(tag, kind, self._new_group(), -1)
        else:
            self._children(tag)
        self._flush()

    def _children(self, tag: Tag) -> None:
        for child in tag[1]:
            if isinstance(child, int):
                self._words += self._of_mark.get(child, ())
            else:
                self._visit(child)

    def _inside(self, tag: Tag, kind: BlockKind, group: int, level: int) -> None:
        outside = self._kind, self._group, self._level
        self._kind, self._group, self._level = kind, group, level
        self._children(tag)
        self._flush()
        self._kind, self._group, self._level = outside

    def _take_label(self, tag: Tag) -> None:
        """Keep the number of an item, and leave out a bullet, which is no word."""
        label = self._text(tag)
        self._flush()
        self._continues = False
        self._label = f"{label} " if any(c.isalnum() for c in label) and len(label) > 1 else ""

    def _table(self, tag: Tag) -> None:
        group = self._new_group()
        for row in _named(tag, {"TR"}):
            cells = [cell for cell in row[1] if not isinstance(cell, int)]
            words = [self._text(cell) for cell in cells if cell[0] in {"TH", "TD"}]
            if any(words):
                is_header = all(cell[0] == "TH" for cell in cells)
                self._add("header" if is_header else "row", " | ".join(words), 0, group)

    def _text(self, tag: Tag) -> str:
        words = [word for mark in _marks(tag) for word in self._of_mark.get(mark, ())]
        return text_of(lines_of(words), self._hyphens)

    def _flush(self) -> None:
        text = self._label + text_of(lines_of(self._words), self._hyphens)
        if not self._words:
            return
        self._words, self._label = [], ""
        self._add(self._kind, text, max(self._level, 0), self._group)

    def _add(self, kind: PieceKind, text: str, level: int, group: int = 0) -> None:
        if not text.strip():
            return
        last = self.pieces[-1] if self.pieces else None
        # A page end cuts the paragraph that is on it, and each page has tags of its own.
        is_cut = self._continues and last is not None and kind == last.kind and kind in _CUT
        if last is not None and is_cut and not _ENDS.search(last.text) and kind != "heading":
            text = self._hyphens.join(last.text, text)
            self.pieces[-1] = Piece(last.kind, text, last.level, last.group)
            self._group = last.group if kind == "item" else self._group
        else:
            self.pieces.append(Piece(kind, text, level, group))
        self._continues = False

    def _new_group(self) -> int:
        self._groups += 1
        return self._groups


_CUT = frozenset({"paragraph", "item", "note"})


def _names(tag: Tag) -> Iterator[str]:
    yield tag[0]
    for child in tag[1]:
        if not isinstance(child, int):
            yield from _names(child)


def _marks(tag: Tag) -> Iterator[int]:
    for child in tag[1]:
        if isinstance(child, int):
            yield child
        else:
            yield from _marks(child)


def _named(tag: Tag, names: set[str]) -> Iterator[Tag]:
    """Yield the tags of these names below one, but none inside another."""
    for child in tag[1]:
        if isinstance(child, int):
            continue
        if child[0] in names:
            yield child
        else:
            yield from _named(child, names)
