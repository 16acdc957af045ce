"""What stands in an HTML page and is none of what it tells: cookie banners, and what nobody sees.

Apart from the reader because a wrong guess here either drops a fact or quotes words that no visitor
could find on the page.
"""

import re
from collections.abc import Container, Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

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
_MAYBE_HIDDEN = "[hidden], [style], [aria-hidden]"
_STYLED_AWAY = re.compile(
    r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse))\b", re.IGNORECASE
)
_CONTROLS = "button, a, summary, [role=tab], [role=button]"
_WORD = re.compile(r"\w")


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


def take_out_unseen(
    tree: LexborHTMLParser,
    content: LexborNode,
    title: LexborNode | None,
    site_tags: Container[str | None],
) -> int:
    """Take out of the content what is hidden from those who look at the page.

    What a control of the page opens stays, and so does what holds the page's heading: a script
    shows it once it is there.

    Args:
        tree: the page.
        content: what is read of it.
        title: its heading.
        site_tags: elements that are never read.

    Returns:
        How often there were words in it, those of `site_tags` aside.
    """
    around_title = {node.mem_id for node in _with_ancestors(title)}
    opened = _opened(tree)
    inside_site: dict[int, bool] = {}
    found = 0
    # From the last to the first, so that what lies in another goes before it.
    for node in reversed(content.css(_MAYBE_HIDDEN)):
        is_kept = node.mem_id in around_title or node.mem_id == content.mem_id
        if is_kept or not _is_hidden(node) or _is_opened(node, opened):
            continue
        found += _has_words(node) and not _is_site(node, site_tags, inside_site)
        node.decompose()
    return found


def unseen_loss(count: int) -> str:
    """Return the line that says to a maintainer how many hidden stretches were left out."""
    number = f"{count} hidden stretches are" if count > 1 else "1 hidden stretch is"
    return f"{number} left out, as nobody sees them (hidden, display: none); show what is content"


def _is_hidden(node: LexborNode) -> bool:
    attributes = node.attributes
    # A browser opens what is hidden until found when somebody searches the page for its words.
    if "hidden" in attributes and (attributes["hidden"] or "").lower() != "until-found":
        return True
    # It hides from screen readers alone: words there are seen, signs are for the eye.
    if (attributes.get("aria-hidden") or "").strip().lower() == "true" and not _has_words(node):
        return True
    return _STYLED_AWAY.search(attributes.get("style") or "") is not None


def _opened(tree: LexborHTMLParser) -> tuple[frozenset[str], frozenset[str]]:
    """Return the ids of what controls open, and the ids of the controls and of what holds them."""
    panels: set[str] = set()
    for control in tree.css("[aria-controls], [data-target], [data-bs-target], a[href^='#']"):
        panels.update(_attribute(control, "aria-controls").split())
        for name in ("data-target", "data-bs-target", "href"):
            panels.add(_attribute(control, name).removeprefix("#"))
    controls: set[str] = set()
    for control in tree.css(_CONTROLS):
        above = control.parent
        controls.add(_attribute(control, "id") or (_attribute(above, "id") if above else ""))
    return frozenset(panels - {""}), frozenset(controls - {""})


def _is_opened(node: LexborNode, opened: tuple[frozenset[str], frozenset[str]]) -> bool:
    panels, controls = opened
    labels = _attribute(node, "aria-labelledby").split()
    return _attribute(node, "id") in panels or not controls.isdisjoint(labels)


def _is_site(node: LexborNode, tags: Container[str | None], known: dict[int, bool]) -> bool:
    """Whether an element is, or lies in, one of those that are never read."""
    passed: list[int] = []
    answer = False
    # Remembered on the way, so that many elements deep down are not climbed from each.
    for above in _with_ancestors(node):
        if above.mem_id in known or above.tag in tags:
            answer = known.get(above.mem_id, True)
            break
        passed.append(above.mem_id)
    known.update(dict.fromkeys(passed, answer))
    return answer


def _with_ancestors(node: LexborNode | None) -> Iterator[LexborNode]:
    while node is not None:
        yield node
        node = node.parent


def _has_words(node: LexborNode) -> bool:
    return _WORD.search(_text(node)) is not None


def _attribute(node: LexborNode, name: str) -> str:
    return node.attributes.get(name) or ""


def _text(node: LexborNode) -> str:
    return node.text(deep=True, separator=" ")
