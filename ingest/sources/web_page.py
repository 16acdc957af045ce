"""What a web page says of itself: its address of choice, and whether it is a page at all.

Some servers answer 200 and send an error page. Such a page must never take the place of a real one.
"""

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser

from ingest.errors import AddressRefused, PageUnreadable
from ingest.records import digest_of
from ingest.sources.web_addresses import normal, same_site

_LONGEST_TITLE = 300
_SEPARATOR = re.compile(r"\s+[|–—·:•-]\s+|\s*[|·•]\s*")
_ERROR = re.compile(
    r"(?:(?:erreur|error|http|fehler)\W+)+(?:40\d|410|429|50[0-4])\b.{0,40}"
    r"|(?:40\d|410|429|50[0-4])(?:\W+(?:not found|gone|forbidden|unauthorized|error|erreur|bad|page"
    r"|service|internal|too many|file).{0,40})?"
    r"|(?:the )?(?:requested )?page (?:was |could )?not (?:be )?found|not found|no such page"
    r"|page (?:introuvable|non trouvée|inexistante|indisponible)"
    r"|(?:la|cette) page (?:demandée )?(?:est introuvable|n.existe (?:pas|plus))"
    r"|(?:internal )?server error|erreur(?: interne)?(?: du serveur)?|bad gateway|error"
    r"|(?:service |site )?(?:temporarily |temporairement )?(?:unavailable|indisponible)"
    r"|accès (?:refusé|interdit)|access denied|forbidden|just a moment\W*"
    r"|(?:site )?en (?:cours de )?maintenance|maintenance en cours|under maintenance"
    r"|página no encontrada|página não encontrada|seite nicht gefunden|страница не найдена",
    re.IGNORECASE,
)
_UNINDEXED = re.compile(r"(?:^|[\s,:])(?:noindex|none)(?:$|[\s,])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Claims:
    """What a page claims.

    Attributes:
        address: where it wants to be found; its own address where it says nothing, or names
            another site.
        words: names what it says, whatever the mark-up, so that two pages can be held together.
    """

    address: str
    words: str


def claims(content: str, address: str, robots_header: str = "") -> Claims:
    """Look at an HTML page.

    Args:
        content: the page.
        address: where it was read.
        robots_header: what the server said in `X-Robots-Tag`.

    Raises:
        PageUnreadable: it is an error page, or asks not to be indexed.
    """
    tree = LexborHTMLParser(content)
    asked = [robots_header] + [
        node.attributes.get("content") or ""
        for node in tree.css("meta[name]")
        if (node.attributes.get("name") or "").lower() in {"robots", "passerelle"}
    ]
    if any(_UNINDEXED.search(text) for text in asked):
        raise PageUnreadable(
            "it asks not to be indexed (noindex), as error pages do; ask who runs the site, or "
            "take it out of the list"
        )
    titles = [_text(tree, "title")[:_LONGEST_TITLE], _text(tree, "h1")[:_LONGEST_TITLE]]
    for title in titles:
        if any(_ERROR.fullmatch(part.strip(" .!")) for part in _SEPARATOR.split(title)):
            raise PageUnreadable(
                f"the server answers 200, but the page is titled {title[:80]!r}, as error pages "
                "are; what was read of it before stays"
            )
    link = tree.css_first("link[rel~=canonical i][href]")
    chosen = (link.attributes.get("href") or "") if link else ""
    tree.strip_tags(["script", "style", "noscript", "template"])
    body = tree.body.text(separator=" ") if tree.body else ""
    words = digest_of(*titles, " ".join(body.casefold().split()))
    return Claims(_chosen(chosen, address), words)


def _chosen(link: str, address: str) -> str:
    try:
        chosen = normal(link, address) if link.strip() else address
    except AddressRefused:
        return address
    return chosen if same_site(chosen, address) else address


def _text(tree: LexborHTMLParser, selector: str) -> str:
    node = tree.css_first(selector)
    return " ".join(node.text(separator=" ").split()) if node else ""
