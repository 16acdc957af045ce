"""The XML of a national sheet: parsed without trust, and its words as a visitor sees them."""

import re

from lxml import etree

from ingest.errors import PageUnreadable

# No-break spaces hold numbers together, so they are none of these.
_SPACE = re.compile(r"[ \t\r\n\f\v]+")
# The archive breaks the line behind every outward link, even where punctuation follows.
_BREAK_BEFORE_PUNCTUATION = re.compile(r"[ \t]*\n[ \t\n]*(?=[,.)])")


def parse(content: bytes) -> etree._Element:
    """Return the root of a sheet; nothing outside its bytes is ever opened or expanded.

    Raises:
        PageUnreadable: it is no well-formed XML.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise PageUnreadable(f"no well-formed XML: {error}; fetch the archive again") from error


def words(element: etree._Element) -> str:
    """Return the text of a paragraph: each character once and in order, white space folded."""
    parts: list[str] = []
    _gather(element, parts)
    text = _BREAK_BEFORE_PUNCTUATION.sub("", "".join(parts))
    return _SPACE.sub(" ", text).strip()


def words_of(element: etree._Element | None) -> str:
    """Return the text of an element that may be missing or may wrap its text in paragraphs."""
    if element is None:
        return ""
    paragraphs = element.findall("Paragraphe")
    return " ".join(filter(None, map(words, paragraphs or [element])))


def _gather(element: etree._Element, parts: list[str]) -> None:
    parts.append(element.text or "")
    for child in element:
        # An entity that nobody resolves has no words; an image in a line is a block of its own.
        if isinstance(child.tag, str) and child.tag != "Image":
            _gather(child, parts)
        parts.append(child.tail or "")
