"""What a paragraph of a DOCX file is: a title, a heading of some level, a list item, or text.

Apart from the reader because a word processor says it in three places: on the paragraph, in its
style or one that this is based on, and in the style's name, which may be in the author's language.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from lxml import etree

_HEADING = re.compile(
    r"(?:heading|titre|überschrift|título|titolo|título|kop|rubrik|overskrift|otsikko|nagłówek|"
    r"nadpis|címsor|titlu|başlık|заголовок|назва|عنوان)\s*(?P<level>[1-9])",
    re.IGNORECASE,
)
_TITLE = re.compile(r"(?:title|titre|titel|título|titolo|tytuł|название|العنوان)", re.IGNORECASE)
_LIST = re.compile(
    r"(?:list|liste|lista|aufzählung|elenco)(?!.*\b(?:continue|suite))[^\d]*(?P<depth>[2-9])?",
    re.IGNORECASE,
)
_CONTENTS = re.compile(
    r"(?:toc|tm|verzeichnis|table of contents|table des matières)\s*\d*", re.IGNORECASE
)
_BODY_TEXT = 9


def local(element: etree._Element) -> str:
    """Return an element's name without its namespace; the strict form of the format has another."""
    name: str = element.tag
    return name.rpartition("}")[2]


def value(element: etree._Element | None, name: str = "val") -> str | None:
    """Return the attribute of this local name, or None where it or the element is missing."""
    if element is None:
        return None
    return next(
        (str(v) for k, v in element.attrib.items() if str(k).rpartition("}")[2] == name), None
    )


def children(element: etree._Element | None) -> list[etree._Element]:
    """Return the elements directly below one that may be missing."""
    return [] if element is None else list(element)


def inside(element: etree._Element | None, *path: str) -> etree._Element | None:
    """Return the first element along a path of local names, or None."""
    for name in path:
        if element is None:
            return None
        element = next((child for child in element if local(child) == name), None)
    return element


@dataclass(frozen=True, slots=True)
class Role:
    """What a paragraph is.

    Attributes:
        heading: its level from 1, or 0; the title of the document has none.
        item: depth of a list item from 0, or -1 for what is none.
        list_id: the list that it belongs to; headings may be numbered by one as well.
        level: its level in the file's own list from 0; None where `styles` decides.
        styles: ids of its style and of those that this is based on.
    """

    is_title: bool = False
    is_contents: bool = False
    heading: int = 0
    item: int = -1
    list_id: str = ""
    level: int | None = None
    styles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Styles:
    """The styles of one file, by id."""

    root: etree._Element | None = None
    _by_id: dict[str, etree._Element] = field(default_factory=dict)
    _roles: dict[str | None, Role] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for style in children(self.root):
            if local(style) == "style" and (name := value(style, "styleId")):
                self._by_id[name] = style

    @cached_property
    def _default(self) -> str | None:
        of_paragraphs = (s for s in self._by_id.values() if value(s, "type") == "paragraph")
        default = (s for s in of_paragraphs if value(s, "default") in {"1", "true"})
        return value(next(default, None), "styleId")

    def role(self, paragraph: etree._Element) -> Role:
        """Return what a paragraph is, from itself first and from its styles then."""
        own = inside(paragraph, "pPr")
        style = value(inside(own, "pStyle")) or self._default
        if own is not None and any(local(child) != "pStyle" for child in own):
            return self._role(own, style)
        if style not in self._roles:
            self._roles[style] = self._role(own, style)
        return self._roles[style]

    def _role(self, own: etree._Element | None, style: str | None) -> Role:
        ids = tuple(self._chain(style))
        chain = [self._by_id[each] for each in ids]
        names = [value(inside(each, "name")) or "" for each in chain]
        if any(_CONTENTS.fullmatch(name) for name in names):
            return Role(is_contents=True)
        layers = [own, *(inside(each, "pPr") for each in chain)]
        heading = _heading(layers, names)
        if not heading and any(_TITLE.fullmatch(name) for name in names[:1]):
            return Role(is_title=True)
        item, list_id, level = _item(layers, names)
        # Numbered headings stay headings.
        return Role(
            heading=heading,
            item=-1 if heading else item,
            list_id=list_id,
            level=level,
            styles=ids,
        )

    def _chain(self, name: str | None) -> Iterator[str]:
        """Yield a style and those that it is based on, by id; a circle ends where it closes."""
        seen: set[str] = set()
        while name and name in self._by_id and name not in seen:
            seen.add(name)
            yield name
            name = value(inside(self._by_id[name], "basedOn"))


def _heading(layers: list[etree._Element | None], names: list[str]) -> int:
    for layer in layers:
        stated = value(inside(layer, "outlineLvl"))
        if stated is not None and stated.isdecimal():
            return int(stated) + 1 if int(stated) < _BODY_TEXT else 0
    found = next(filter(None, map(_HEADING.fullmatch, names)), None)
    return int(found["level"]) if found else 0


def _item(layers: list[etree._Element | None], names: list[str]) -> tuple[int, str, int | None]:
    level, list_id = None, None
    for layer in layers:
        numbering = inside(layer, "numPr")
        level = level or value(inside(numbering, "ilvl"))
        list_id = list_id or value(inside(numbering, "numId"))
    named = next(filter(None, map(_LIST.fullmatch, names)), None)
    if list_id == "0" or (list_id is None and named is None):
        return -1, "", None
    stated = int(level) if level and level.isdecimal() else None
    # A style such as "List Bullet 2" is another list to the format, and a deeper one to people.
    depth = int(named["depth"]) - 1 if named and named["depth"] else 0
    return stated or depth, list_id or names[0], stated
