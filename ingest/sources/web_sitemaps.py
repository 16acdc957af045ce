"""Sitemaps (sitemaps.org): which addresses a site lists, nested and gzipped ones included.

Links on pages are never followed, so a calendar without end costs nothing: what is read is what a
person or a sitemap lists.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import cast

from lxml import etree

from ingest.errors import PageUnreadable
from ingest.sources.web_addresses import normal, same_site
from ingest.sources.web_wire import unpacked

MOST_SITEMAPS = 1000
# The protocol's own limits for one sitemap, unpacked.
MOST_BYTES = 52_428_800
MOST_ENTRIES = 50_000
# The protocol's five for each entry, and links to the same page in fifteen languages.
MOST_ELEMENTS = 1_000_000
_PIECE, _LONGEST_TEXT = 65_536, 10_000
_ROOTS = {"urlset", "sitemapindex"}
_KINDS = {"url": "page", "sitemap": "sitemap"}

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
        self._waiting: dict[str, None] = {}
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
        self._waiting[sitemap] = None
        while self._waiting and not self._is_full:
            text = next(iter(self._waiting))
            del self._waiting[text]
            try:
                address = normal(text)
                if address not in self._seen:
                    self._seen.add(address)
                    self._read(address)
            except PageUnreadable as error:
                self._failures[text] = f"the sitemap cannot be read: {error}"
                self.found.whole = False

    def _read(self, sitemap: str) -> None:
        """Take the pages of one sitemap, and put the sitemaps that it lists to those that wait."""
        foreign, invalid, first = 0, 0, ""
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
                foreign, first = foreign + 1, first or address
            elif kind == "page":
                self._add(address, sitemap)
            else:
                self._wait_for(address, sitemap)
        if foreign or invalid:
            # A graver reason, that the list was cut, stays.
            self._failures.setdefault(
                sitemap,
                f"{foreign} of its addresses are on other sites"
                + (f" ({first})" if first else "")
                + f" and {invalid} are none; they were passed over, list them by hand if meant",
            )

    def _wait_for(self, sitemap: str, listed_by: str) -> None:
        if sitemap in self._seen:
            self._failures[listed_by] = f"it lists {sitemap}, which was read before; mend it"
        elif len(self._seen) + len(self._waiting) < MOST_SITEMAPS:
            self._waiting[sitemap] = None
        elif sitemap not in self._waiting:
            self._cut_short(
                listed_by, f"it leads to more than {MOST_SITEMAPS} sitemaps; list fewer"
            )

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


class _Reading:
    """Takes the addresses out of a sitemap while it is parsed, so that no tree of it is built.

    Attributes:
        found: ("page" or "sitemap", address) of the entries that nobody took yet.
        size: how many elements, comments and instructions there were.
        is_sitemap: whether it has the root of one.
    """

    def __init__(self) -> None:
        self.found: list[tuple[str, str]] = []
        self.size = 0
        self.is_sitemap = False
        self._path: list[str] = []
        self._text = ""

    def start(self, tag: str, _: object) -> None:
        name = tag.rpartition("}")[2]
        self.size += 1
        self.is_sitemap |= name in _ROOTS
        self._path.append(name)
        if name == "loc":
            self._text = ""

    def data(self, text: str) -> None:
        # What is longer than this is no address, and is refused as such.
        if self._path[-1:] == ["loc"] and len(self._text) < _LONGEST_TEXT:
            self._text += text[:_LONGEST_TEXT]

    def end(self, _: str) -> None:
        name = self._path.pop()
        kind = _KINDS.get(self._path[-1]) if name == "loc" and self._path else None
        if kind and (text := self._text.strip()):
            self.found.append((kind, text))

    def comment(self, _: str) -> None:
        self.size += 1

    def pi(self, *_: object) -> None:
        self.size += 1

    def close(self) -> None:
        """Be told that it ended, which every such target is."""


def _entries(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield ("page" or "sitemap", address) from a sitemap's bytes.

    Raises:
        PageUnreadable: it is no sitemap, or is made of too many elements.
    """
    if content.startswith(b"\x1f\x8b"):
        content = unpacked([content], MOST_BYTES)
    reading = _Reading()
    # The stubs let a target be given bytes, which lxml on Python 3 never does.
    target = cast("etree.ParserTarget", reading)
    parser = etree.XMLParser(target=target, resolve_entities=False, no_network=True)
    stream = BytesIO(content)
    has_entries = False
    try:
        while piece := stream.read(_PIECE):
            parser.feed(piece)
            if reading.size > MOST_ELEMENTS:
                raise PageUnreadable(
                    f"it is made of more than {MOST_ELEMENTS} elements; have it split in several "
                    "sitemaps"
                )
            has_entries |= bool(reading.found)
            yield from reading.found
            reading.found.clear()
        parser.close()
    except (etree.XMLSyntaxError, ValueError) as error:
        raise PageUnreadable(f"no well-formed XML: {error}") from error
    if not (has_entries or reading.is_sitemap):
        raise PageUnreadable("it is no sitemap; expected <urlset> or <sitemapindex>")
