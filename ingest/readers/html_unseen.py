"""What stands in an HTML page and is none of what it tells: cookie banners, and what nobody sees.

Apart from the reader because a wrong guess here either drops a fact or quotes words that no visitor
could find on the page.
"""

import re

from selectolax.lexbor import LexborNode

_HEADINGS = "h1, h2, h3, h4, h5, h6"
# The boxes of consent tools by name, and what authors call their own. "consent" and "cookie" alone
# are words of content: `consent-to-care`, `cookies`.
_BANNER = re.compile(
    r"cookies?[-_]?(?:eu[-_]?)?(?:law[-_]?info|banner|bar(?!r)|notice|consent|pop[-_]?(?:up|in)|"
    r"modal|overlay|message|alert|dialog|compliance|bot)|"
    r"(?:banner|bandeau|pop[-_]?(?:up|in))[-_]?(?:\w{1,3}[-_])?cookies?|"
    r"consent[-_]?(?:banner|manager|pop[-_]?(?:up|in)|modal|overlay|bar(?!r))|"
    r"tarteaucitron|didomi|onetrust|axeptio",
    re.IGNORECASE,
)
# What the heading of a banner is about; under another one stands content.
_OF_BANNERS = re.compile(
    r"cookie|traceur|consent|priva|vie priv|confidential|donn[ée]es|pr[ée]f[ée]ren|personal data",
    re.IGNORECASE,
)
_FEW_WORDS, _SHOWN_WORDS = 8, 6


def is_banner(node: LexborNode, title: LexborNode | None) -> bool:
    """Whether a box asks for consent to cookies, by its class or id and by what it holds.

    Args:
        node: any element that is not part of a line.
        title: the heading of the page; what holds it is the page.
    """
    if not _BANNER.search(f"{_attribute(node, 'class')} {_attribute(node, 'id')}"):
        return False
    if node.tag in _HEADINGS.split(", ") or node.css_first("main, article") is not None:
        return False
    headings = node.css(_HEADINGS)
    if title is not None and any(heading.mem_id == title.mem_id for heading in headings):
        return False
    return not headings or _OF_BANNERS.search(_text(headings[0])) is not None


def banner_loss(node: LexborNode) -> str:
    """Return the line that says that a banner was left out; none where it says next to nothing."""
    words = _text(node).split()
    if len(words) <= _FEW_WORDS:
        return ""
    shown = " ".join(words[:_SHOWN_WORDS])
    return (
        f"a box that looks like a cookie banner is left out ({shown}...); if it is content, give "
        "it a class and an id that do not say so"
    )


def _attribute(node: LexborNode, name: str) -> str:
    return node.attributes.get(name) or ""


def _text(node: LexborNode) -> str:
    return node.text(deep=True, separator=" ")
