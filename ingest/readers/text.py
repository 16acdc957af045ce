"""Plain text: a line or a paragraph is a block, and there are no headings to go by."""

import re
from collections.abc import Iterator
from itertools import pairwise

from ingest.language import detect
from ingest.readers.decoding import decode
from ingest.readers.outline import PageBuilder
from ingest.records import Page, RawPage

_ITEM = re.compile(r"\s*(?:[-*•‣·–—]|\d{1,2}[.)])\s+\S")
_WIDEST_WRAP, _NARROWEST_WRAP = 100, 40


def read(raw: RawPage) -> Page:
    """Read a plain text file; its title is the last part of its key, made readable.

    Raises:
        PageUnreadable: the file is empty, or not UTF-8.
    """
    text = decode(raw.content)
    builder = PageBuilder()
    group = 0
    for is_item, words in _blocks(text):
        if is_item:
            group = group or builder.new_group()
            builder.add("item", words, group=group)
        else:
            group = 0
            builder.add("paragraph", words)
    return builder.build(
        key=raw.key,
        title=title_of(raw.key),
        language=detect(builder.text),
        source=raw.source,
        url=raw.url,
        publisher=raw.publisher,
        licence=raw.licence,
    )


def title_of(key: str) -> str:
    """Return the last part of a key, made readable: the title of a page that states none."""
    words = re.sub(r"[\s_-]+", " ", key.rsplit("/", 1)[-1]).strip()
    return words[:1].upper() + words[1:]


def _blocks(text: str) -> Iterator[tuple[bool, str]]:
    """Yield (is a list item, words) from top to bottom."""
    for run in re.split(r"\n[^\S\n]*\n", text):
        for lines in _items_apart(run.split("\n")):
            is_item = _ITEM.match(lines[0]) is not None
            if _is_wrapped(lines) or (is_item and all(line[:1].isspace() for line in lines[1:])):
                yield is_item, " ".join(line.strip() for line in lines)
                continue
            yield is_item, lines[0]
            yield from ((False, line) for line in lines[1:])


def _items_apart(lines: list[str]) -> Iterator[list[str]]:
    pending: list[str] = []
    for line in lines:
        if not line.strip():
            continue
        if pending and _ITEM.match(line):
            yield pending
            pending = []
        pending.append(line)
    if pending:
        yield pending


def _is_wrapped(lines: list[str]) -> bool:
    """Tell a paragraph broken at a fixed width from paragraphs of one line each.

    An editor breaks a line only when the next word does not fit, so in wrapped text no line could
    have taken the first word of the next one.
    """
    widest = max(len(line.rstrip()) for line in lines)
    if not _NARROWEST_WRAP <= widest <= _WIDEST_WRAP:
        return False
    return all(len(a.rstrip()) + 1 + len(b.split()[0]) > widest for a, b in pairwise(lines))
