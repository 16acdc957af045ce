"""The numbers that a browser writes before the items of an ordered list in HTML.

They stand nowhere in the text and are words all the same: "go back to step 2" needs a step 2. Apart
from the reader because `start`, `reversed`, `value` and `type` have rules of their own (HTML
standard, section 4.4.5).
"""

import re

from selectolax.lexbor import LexborNode

_WHOLE = re.compile(r"\s*([+-]?\d{1,9})")
_BARE = re.compile(r"list-style(?:-type)?\s*:[^;]*\bnone\b", re.IGNORECASE)
_OWN = re.compile(r"\(?(-?\w+)\s?[.):°]\s")
_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l")),
    *((40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)


class Numbering:
    """Counts the items of every ordered list of one page; each item is asked for once, in order."""

    def __init__(self) -> None:
        self._next: dict[int, int] = {}

    def marker(self, item: LexborNode) -> str:
        """Return what stands before an item, such as `2.`; nothing where no number does.

        Args:
            item: a `li`, after all that stand before it in its list.
        """
        above = item.parent
        if above is None or above.tag != "ol":
            return ""
        number = _whole(item, "value")
        if number is None:
            number = self._next.get(above.mem_id)
        if number is None:
            number = _first(above)
        self._next[above.mem_id] = number - 1 if "reversed" in above.attributes else number + 1
        is_bare = _BARE.search(above.attributes.get("style") or "")
        return "" if is_bare else _written(number, above.attributes.get("type") or "1")


def marked(marker: str, text: str) -> str:
    """Return the text of an item behind its marker, unless the author wrote the number there."""
    own = _OWN.match(text)
    if not (marker and text) or (own and own[1].casefold() == marker[:-1].casefold()):
        return text
    return f"{marker} {text}"


def _first(ordered: LexborNode) -> int:
    start = _whole(ordered, "start")
    if start is not None:
        return start
    if "reversed" in ordered.attributes:
        return sum(child.tag == "li" for child in ordered.iter())
    return 1


def _whole(node: LexborNode, name: str) -> int | None:
    found = _WHOLE.match(node.attributes.get(name) or "")
    return int(found[1]) if found else None


def _written(number: int, style: str) -> str:
    if style in {"a", "A"} and number > 0:
        written = _letters(number)
    elif style in {"i", "I"} and 0 < number < 4000:
        written = _roman(number)
    else:
        return f"{number}."
    # With a full stop, a Roman number would be a sentence of its own.
    return f"{written.upper() if style.isupper() else written})"


def _letters(number: int) -> str:
    written = ""
    while number:
        number, letter = divmod(number - 1, 26)
        written = chr(ord("a") + letter) + written
    return written


def _roman(number: int) -> str:
    written = ""
    for value, letters in _ROMAN:
        times, number = divmod(number, value)
        written += letters * times
    return written
