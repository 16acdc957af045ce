"""Pages from the web: listed addresses and those that sitemaps list. Links are not followed.

Which page is under which address is decided here, and what a server sends in place of its pages is
kept from taking theirs. Nothing is ever removed because a server was unwell.
"""

import hashlib
import threading
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator, Mapping

from ingest.errors import PageGone, PageUnreadable, one_page
from ingest.readers.decoding import decode
from ingest.readers.html import characters
from ingest.records import RawPage
from ingest.sources.web_fetch import Fetched, Fetcher, Led
from ingest.sources.web_lanes import Outcome, fetch_all
from ingest.sources.web_network import GuardedBackend, is_any, is_public
from ingest.sources.web_page import Claims, claims
from ingest.sources.web_places import Places
from ingest.sources.web_robots import Rules
from ingest.sources.web_sitemaps import MOST_BYTES, Lister, Listing
from ingest.sources.web_wire import Wire
from ingest.visits import Unmodified, Visit
from ingest.web_settings import WebSettings


def read_web(
    site: WebSettings,
    source: str,
    failures: dict[str, str],
    publisher: str | None = None,
    licence: str | None = None,
    *,
    known: Mapping[str, Visit] | None = None,
    visits: dict[str, Visit] | None = None,
    backend: Callable[[], GuardedBackend] | None = None,
) -> Iterator[RawPage | Unmodified]:
    """Yield the pages of a source on the web, in the order in which they arrive.

    A page that is gone (404, 410) is not yielded, and that is all; one that cannot be had is noted
    with its reason. A page that was yielded and turns out to be no page (one text at many
    addresses) is noted at the end, and then counts as not read.

    Args:
        site: which pages, and how to ask for them.
        source: the identity that every page gets.
        failures: receives origin -> one-line reason for each page that was not read.
        publisher: who published the pages, unless a page says otherwise.
        licence: under which terms, unless a page says otherwise.
        known: pages that are live, by origin; with validators they are asked for changes alone.
        visits: receives origin -> what to remember of each page that is yielded with its bytes.
        backend: makes what connects; by default to the public internet alone, or to all where
            the source allows private addresses.
    """
    known = known or {}
    backend = backend or (lambda: GuardedBackend(is_any if site.allow_private else is_public))
    stop = threading.Event()
    rules: Rules = {}
    listed: dict[str, None] = {}

    def fetcher() -> Fetcher:
        wire = Wire(backend(), site.delay, site.timeout, stop)
        return Fetcher(wire, rules, listed, known)

    listing = _listing(site, fetcher, failures)
    listed.update(listing.addresses)
    places = Places(listed, known, failures)
    for origin, outcome in fetch_all(listed, fetcher, stop):
        visit = _visit(origin, outcome, known, places, failures)
        if visit is None:
            continue
        if isinstance(outcome, Fetched):
            if visits is not None:
                visits[origin] = visit
            yield _raw_page(outcome, visit, source, publisher, licence)
        else:
            yield Unmodified(origin)
    places.settle(whole=listing.whole)


def _listing(
    site: WebSettings, fetcher: Callable[[], Fetcher], failures: dict[str, str]
) -> Listing:
    with fetcher() as worker:

        def load(address: str) -> bytes:
            with one_page("fetching it"):
                return worker.sitemap(address, MOST_BYTES)

        lister = Lister(load, site.max_pages, failures)
        lister.add_addresses(site.addresses)
        for sitemap in site.sitemaps:
            lister.add_sitemap(sitemap)
    return lister.found


def _visit(
    origin: str,
    outcome: Outcome,
    known: Mapping[str, Visit],
    places: Places,
    failures: dict[str, str],
) -> Visit | None:
    """Return what to remember of a page, None when there is none to read from this address."""
    try:
        if isinstance(outcome, PageUnreadable):
            raise outcome
        if isinstance(outcome, Led):
            places.lead(origin, outcome.address)
            return None
        with one_page("looking at what it says of itself"):
            visit = known[origin] if isinstance(outcome, Unmodified) else _seen(outcome)
    except PageGone as error:
        # A page that was live is removed, which the refresh says; one that never was is a fault
        # of the list.
        if origin not in known and all(visit.key != origin for visit in known.values()):
            failures[origin] = str(error)
        return None
    except PageUnreadable as error:
        failures[origin] = str(error)
        return None
    said = Claims(visit.key, visit.words)
    return visit if places.claim(origin, visit.address, said) else None


def _seen(page: Fetched) -> Visit:
    said = _claims(page)
    return Visit(page.address, said.address, page.etag, page.last_modified, said.words)


def _claims(page: Fetched) -> Claims:
    # Whatever it is, bytes that are not in the character set that the server names end here.
    content = _content(page)
    if page.media_type == "text/html":
        return claims(characters(content), page.address, page.robots)
    return Claims(page.address, hashlib.sha256(page.content).hexdigest()[:16])


def _raw_page(
    page: Fetched, visit: Visit, source: str, publisher: str | None, licence: str | None
) -> RawPage:
    return RawPage(
        key=visit.key,
        origin=page.origin,
        media_type=page.media_type,
        content=_content(page),
        source=source,
        url=visit.key,
        publisher=publisher,
        licence=licence,
    )


def _content(page: Fetched) -> bytes:
    """Return the bytes; where the server names their character set, as UTF-8 with its mark.

    What a server says goes before what the page says (WHATWG), and readers know of the page alone.
    """
    if page.charset is None or not page.media_type.startswith("text/"):
        return page.content
    return BOM_UTF8 + decode(page.content, page.charset).encode()
