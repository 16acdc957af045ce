"""Whether the elements of an HTML page are nested without end, known before it is parsed.

Apart from the reader because it looks at bytes: the parser's time is square in the depth.
"""

import re

TOO_DEEP = "its elements are nested too deeply; simplify the page"
_DEEPEST = 5000
_TAG = re.compile(rb"<(/?)([a-zA-Z][a-zA-Z0-9-]*)")
# These end by themselves when the next one begins, or have no content.
_SELF_ENDING_TAGS = (
    b"p li dt dd tr td th thead tbody tfoot colgroup option optgroup rp rt body html head area "
    b"base br col embed hr img input link meta param source track wbr"
)
_SELF_ENDING = frozenset(_SELF_ENDING_TAGS.split())


def nests_without_end(content: bytes) -> bool:
    """Whether more elements are open at once than in any page."""
    depth = 0
    for end, name in _TAG.findall(content):
        if name.lower() not in _SELF_ENDING:
            depth = max(depth - 1, 0) if end else depth + 1
            if depth > _DEEPEST:
                return True
    return False
