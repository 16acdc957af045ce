"""Sitemaps (sitemaps.org): which addresses a site lists, nested and gzipped ones included.

Links on pages are never followed, so a calendar without end costs nothing: what is read is what a
person or a sitemap lists.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO

from lxml import etree

from ingest.errors import PageUnreadable
from ingest.sources.web_addresses import normal, same_site
from ingest.sources.web_wire import unpacked

MOST_SITEMAPS = 1000
# The protocol's own limits for one sitemap, unpacked.
MOST_BYTES = 52_428_800
MOST_ENTRIES = 50_000

Load = Callable[[str], bytes]


@dataclass(slots=True)
class Listing:
    """The addresses that a source lists, in order and once each.

    Attributes:
        whole: whether nothing is missing; where something is, a page that is not listed may still
            be there.
    """

    addresses: dict[str, None] = field(default_factory=dict)
    whole: bool = True


class Lister:
    """Gathers addresses, until there are `most`.

    Args:
        load: returns the bytes of a sitemap.
        most: how many addresses are taken.
        failures: receives address -> one-line reason for what cannot be used.
    """

    def __init__(self, load: Load, most: int, failures: dict[str, str]) -> None:
        self.found = Listing()
        self._load = load
        self._most = most
        self._failures = failures
        self._seen: set[str] = set()
        self._is_full = False

    def add_addresses(self, addresses: Sequence[str]) -> None:
        """Add addresses that a person wrote down."""
        for text in addresses:
            try:
                self._add(normal(text), "the settings")
            except PageUnreadable as error:
                self._failures[text] = str(error)

    def add_sitemap(self, sitemap: str) -> None:
        """Add what a sitemap lists, and the sitemaps that it lists."""
        waiting = [sitemap]
        while waiting and not self._is_full:
            text = waiting.pop(0)
            try:
                address = normal(text)
                if address in self._seen:
                    continue
                self._seen.add(address)
                if len(self._seen) > MOST_SITEMAPS:
                    self._cut_short(
                        sitemap, f"it leads to more than {MOST_SITEMAPS} sitemaps; list fewer"
                    )
                    return
                waiting += self._read(address)
            except PageUnreadable as error:
                self._failures[text] = f"the sitemap cannot be read: {error}"
                self.found.whole = False

    def _read(self, sitemap: str) -> list[str]:
        """Take the pages of one sitemap and return the sitemaps that it lists."""
        nested: list[str] = []
        foreign: list[str] = []
        invalid = 0
        for number, (kind, text) in enumerate(_entries(self._load(sitemap)), start=1):
            if self._is_full:
                break
            if number > MOST_ENTRIES:
                raise PageUnreadable(
                    f"it has more than {MOST_ENTRIES} entries, and no more than that many are "
                    "read; have it split in several sitemaps"
                )
            try:
                address = normal(text, sitemap)
            except PageUnreadable:
                invalid += 1
                continue
            if not same_site(sitemap, address):
                foreign.append(address)
            elif kind == "page":
                self._add(address, sitemap)
            elif address in self._seen:
                self._failures[sitemap] = f"it lists {address}, which was read before; mend it"
            else:
                nested.append(address)
        if foreign or invalid:
            self._failures[sitemap] = (
                f"{len(foreign)} of its addresses are on other sites"
                + (f" ({foreign[0]})" if foreign else "")
                + f" and {invalid} are none; they were passed over, list them by hand if meant"
            )
        return nested

    def _add(self, address: str, listed_by: str) -> None:
        if address in self.found.addresses:
            return
        if len(self.found.addresses) < self._most:
            self.found.addresses[address] = None
        else:
            self._is_full = True
            self._cut_short(
                listed_by,
                f"more than {self._most} addresses are listed and the first {self._most} are read; "
                "raise max_pages, or list fewer",
            )

    def _cut_short(self, listed_by: str, reason: str) -> None:
        self._failures[listed_by] = reason
        self.found.whole = False


def _entries(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield ("page" or "sitemap", address) from a sitemap's bytes.

    Raises:
        PageUnreadable: it is no sitemap.
    """
    if content.startswith(b"\x1f\x8b"):
        content = unpacked([content], MOST_BYTES)
    entries = 0
    try:
        for _, element in etree.iterparse(
            BytesIO(content), events=("end",), resolve_entities=False, no_network=True
        ):
            name = etree.QName(element).localname if isinstance(element.tag, str) else ""
            parent = element.getparent()
            if name == "loc" and parent is not None:
                kind = etree.QName(parent).localname
                if kind in {"url", "sitemap"} and (text := (element.text or "").strip()):
                    entries += 1
                    yield ("page" if kind == "url" else "sitemap"), text
            elif name in {"url", "sitemap"} and parent is not None:
                # What was read is let go, so that a long sitemap takes no more than its bytes.
                element.clear()
                while element.getprevious() is not None:
                    del parent[0]
            elif name in {"urlset", "sitemapindex"}:
                entries += 1
    except (etree.XMLSyntaxError, ValueError) as error:
        raise PageUnreadable(f"no well-formed XML: {error}") from error
    if not entries:
        raise PageUnreadable("it is no sitemap; expected <urlset> or <sitemapindex>")
