"""The numbers that a word processor writes before list items of a DOCX file.

They stand in no paragraph: the part `numbering` says of each list how its levels count, and the
place in the document says the rest (ECMA-376-1, section 17.9).
"""

import re
from dataclasses import dataclass, field, replace

from lxml import etree

from ingest.readers.docx_styles import Role, children, inside, local, value
from ingest.readers.list_numbers import ended, written

_STYLES = {
    "decimal": "1",
    "lowerLetter": "a",
    "upperLetter": "A",
    "lowerRoman": "i",
    "upperRoman": "I",
}


@dataclass(frozen=True, slots=True)
class _Level:
    """How one level of a list counts: from where, in which numbers, and around them what."""

    start: int
    kind: str
    text: str
    style: str
    restarts: bool
    is_legal: bool


@dataclass(slots=True)
class _List:
    """A list: its levels, those that it begins anew, and the counts that it shares with others."""

    levels: dict[int, _Level]
    counts: dict[int, int]
    begins: set[int] = field(default_factory=set)


class Numbers:
    """Counts the paragraphs of every list of one file; each is asked for once, in order."""

    def __init__(self, root: etree._Element | None) -> None:
        kinds = {
            value(each, "abstractNumId"): _List(_levels(each), {})
            for each in children(root)
            if local(each) == "abstractNum"
        }
        self._lists: dict[str, _List] = {}
        for each in children(root):
            kind = kinds.get(value(inside(each, "abstractNumId")))
            number = value(each, "numId")
            if local(each) == "num" and kind is not None and number:
                self._lists[number] = _varied(each, kind)

    def marker(self, role: Role) -> str:
        """Return what stands before a paragraph, such as `2.`; nothing where no number does."""
        of = self._lists.get(role.list_id)
        if of is None:
            return ""
        at = role.level
        if at is None:
            linked = (n for n, level in of.levels.items() if level.style in role.styles)
            at = next(linked, 0)
        if at not in of.levels:
            return ""
        for begun in of.begins:
            of.counts.pop(begun, None)
        of.begins.clear()
        of.counts[at] = of.counts[at] + 1 if at in of.counts else of.levels[at].start
        for deeper in [n for n in of.counts if n > at and n in of.levels]:
            if of.levels[deeper].restarts:
                del of.counts[deeper]
        return _marker(of, at)


def _marker(of: _List, at: int) -> str:
    shown = of.levels[at]
    parts = [int(digit) - 1 for digit in re.findall(r"%([1-9])", shown.text)]
    kinds = [of.levels[n].kind if n in of.levels else "" for n in parts]
    # A number in words or in another script is left out, rather than written wrongly.
    if not parts or not all(kind in _STYLES for kind in [shown.kind, *kinds]):
        return ""
    text = shown.text
    for n, kind in zip(parts, kinds, strict=True):
        style = "1" if shown.is_legal else _STYLES[kind]
        number = written(of.counts.get(n, of.levels[n].start), style)
        text = text.replace(f"%{n + 1}", number)
    return ended(" ".join(text.split()))


def _varied(number: etree._Element, kind: _List) -> _List:
    """Return a list of a kind, with what it has otherwise."""
    found = _List(dict(kind.levels), kind.counts)
    for override in number:
        at = _whole(value(override, "ilvl"), -1)
        if local(override) != "lvlOverride" or at < 0:
            continue
        found.levels.update(_levels(override))
        start = value(inside(override, "startOverride"))
        if start is not None and at in found.levels:
            found.levels[at] = replace(found.levels[at], start=_whole(start, 1))
            found.begins.add(at)
    return found


def _levels(holder: etree._Element) -> dict[int, _Level]:
    return {
        _whole(value(each, "ilvl"), 0): _Level(
            start=_whole(value(inside(each, "start")), 0),
            kind=value(inside(each, "numFmt")) or "decimal",
            text=value(inside(each, "lvlText")) or "",
            style=value(inside(each, "pStyle")) or "",
            restarts=value(inside(each, "lvlRestart")) != "0",
            is_legal=inside(each, "isLgl") is not None,
        )
        for each in holder
        if local(each) == "lvl"
    }


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and re.fullmatch(r"-?[0-9]{1,9}", text) else otherwise
