"""The builder that every reader fills: text appended once and in order, sections, blocks.

It is apart so that no reader computes an offset: whatever the format, a page's text, its sections
and its blocks come out of one place and always fit together.
"""

import re
from dataclasses import replace
from typing import Any

from ingest.errors import PageUnreadable
from ingest.records import Block, BlockKind, Page, Section, SectionKind

# Control characters carry no words, break terminals and cannot be stored in XML or shown.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff]")
_CLOSE_TOGETHER = frozenset({"item", "header", "row"})


class PageBuilder:
    """Collects one page from top to bottom.

    Section 0 has no heading and spans the whole page; the blocks before the first heading belong
    to it, and every section without another parent has it as parent.
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._sections = [Section((), "heading", 0, 0, 0, 0)]
        self._blocks: list[Block] = []
        self._open: list[tuple[int, int | None]] = [(0, None)]
        self._groups = 0
        self._last_group = 0
        self._lost: dict[str, None] = {}

    def open_section(
        self, heading: str, *, level: int | None = None, kind: SectionKind = "heading"
    ) -> None:
        """Append the heading as its own line and start a section there.

        Args:
            heading: its words; an empty one opens a section that has no heading of its own.
            level: the heading's rank in a flat format (`<h2>`, `##`): sections of this rank and
                deeper end first, up to the innermost section that was opened without a rank.
                None puts the new section below the current one, until `close_section`.
            kind: `case` when the heading is a condition of what stands under it.
        """
        if level is not None:
            while (open_level := self._open[-1][1]) is not None and open_level >= level:
                self._end_innermost()
        parent = self._open[-1][0]
        heading = _cleaned(heading)
        start, end = self._append(heading, "\n\n") if heading else (self._length, self._length)
        path = self._sections[parent].path + ((heading,) if heading else ())
        self._sections.append(Section(path, kind, start, end, start, end, parent))
        self._open.append((len(self._sections) - 1, level))
        self._last_group = 0

    def close_section(self) -> None:
        """End the innermost section that was opened without a level, and all that is in it.

        Where every open section has a level, the innermost one ends. Section 0 never does.
        """
        nested = any(level is None for _, level in self._open[1:])
        while len(self._open) > 1:
            _, level = self._open[-1]
            self._end_innermost()
            if level is None or not nested:
                break
        self._last_group = 0

    def add(self, kind: BlockKind, text: str, *, group: int = 0, level: int = 0) -> None:
        """Append `text` as a block of the current section; blank text is left out.

        Args:
            kind: what the block is.
            text: its words; outer white space and control characters go.
            group: the number of its list, table or box, from `new_group`; 0 stands alone. Items
                and rows of one group follow one another by line, all else by paragraph.
            level: depth of a list item, 0 at the outside.
        """
        text = _cleaned(text)
        if not text:
            return
        together = group and group == self._last_group and kind in _CLOSE_TOGETHER
        start, end = self._append(text, "\n" if together else "\n\n")
        self._blocks.append(Block(kind, start, end, self._open[-1][0], group, level))
        self._last_group = group if kind in _CLOSE_TOGETHER else 0

    def new_group(self) -> int:
        """Return a number that no list, table or box of this page has yet."""
        self._groups += 1
        return self._groups

    def lose(self, what: str) -> None:
        """Note what stands on the source and cannot be kept, in one line for a maintainer."""
        self._lost[what] = None

    @property
    def has_text(self) -> bool:
        """Whether a block was added; headings alone are no text."""
        return bool(self._blocks)

    @property
    def text(self) -> str:
        """What was appended so far."""
        return "".join(self._parts)

    def build(self, **page_fields: Any) -> Page:
        """Return the page.

        Args:
            **page_fields: every field of `Page` but text, sections, blocks and lost.

        Raises:
            PageUnreadable: no block was added.
        """
        if not self._blocks:
            raise PageUnreadable("the page is empty; give it some text, or remove it")
        while len(self._open) > 1:
            self._end_innermost()
        self._sections[0] = replace(self._sections[0], end=self._length)
        return Page(
            text=self.text,
            sections=tuple(self._sections),
            blocks=tuple(self._blocks),
            lost=tuple(self._lost),
            **page_fields,
        )

    def _end_innermost(self) -> None:
        position, _ = self._open.pop()
        self._sections[position] = replace(self._sections[position], end=self._length)

    def _append(self, text: str, separator: str) -> tuple[int, int]:
        if self._parts:
            self._parts.append(separator)
            self._length += len(separator)
        start = self._length
        self._parts.append(text)
        self._length += len(text)
        return start, self._length


def _cleaned(text: str) -> str:
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
