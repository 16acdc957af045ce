"""The numbers that a browser writes before the items of an ordered list in HTML.

They stand nowhere in the text and are words all the same: "go back to step 2" needs a step 2. Apart
from the reader because `start`, `reversed`, `value` and `type` have rules of their own (HTML
standard, section 4.4.5).
"""

import re

from selectolax.lexbor import LexborNode

from ingest.readers.list_numbers import ended, written

_WHOLE = re.compile(r"\s*([+-]?\d{1,9})")
_BARE = re.compile(r"list-style(?:-type)?\s*:[^;]*\bnone\b", re.IGNORECASE)


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
        if is_bare:
            return ""
        return ended(f"{written(number, above.attributes.get('type') or '1')}.")


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
