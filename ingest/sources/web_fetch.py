"""One listed address: asked for as robots.txt allows, and told apart when it is gone or unwell."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from email.message import Message
from pathlib import PurePosixPath
from typing import Self

import httpx

from ingest.errors import PageGone, PageUnreadable, PageUnwell
from ingest.sources.folder import MAX_BYTES, MAX_DOCUMENT_BYTES, MEDIA_TYPES
from ingest.sources.web_robots import Robots, Rules
from ingest.sources.web_wire import Reply, Wire
from ingest.visits import Unmodified, Visit

_GONE = {404, 410}
_SAME_AS = {"application/xhtml+xml": "text/html", "text/x-markdown": "text/markdown"}
# What servers say that do not know; the end of the address knows better.
_UNTOLD = {"", "application/octet-stream", "binary/octet-stream"}


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page as a server gave it, not yet looked at."""

    origin: str
    address: str
    media_type: str
    charset: str | None
    content: bytes
    etag: str | None
    last_modified: str | None
    robots: str


@dataclass(frozen=True, slots=True)
class Led:
    """An address that leads to another one, which is listed itself and read there."""

    origin: str
    address: str


class Fetcher:
    """Fetches listed addresses, from one thread."""

    def __init__(
        self, wire: Wire, rules: Rules, listed: Container[str], known: Mapping[str, Visit]
    ) -> None:
        self._wire = wire
        self._robots = Robots(wire, rules)
        self._listed = listed
        self._known = known

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._wire.close()

    def sitemap(self, address: str, most: int) -> bytes:
        """Return the bytes of a sitemap.

        Raises:
            PageUnreadable: its server did not give it.
        """
        reply = self._wire.follow(address, lambda *_: most, visit=self._allowed)
        if reply.status != 200:
            raise PageUnwell(f"its server answers {reply.status}")
        return reply.content

    def page(self, origin: str) -> Fetched | Unmodified | Led:
        """Ask for a listed address.

        Raises:
            PageGone: it is no more.
            PageUnwell: its server did not give it this time.
            PageUnreadable: it may not be read, or is nothing that can be.
        """
        visit = self._known.get(origin)

        def validators(address: str) -> Mapping[str, str]:
            return _validators(visit) if visit and visit.address == address else {}

        def is_ours(address: str) -> bool:
            return (address == origin or address not in self._listed) and self._allowed(address)

        reply = self._wire.follow(origin, _most, validators, is_ours)
        if reply.status == 0:
            return Led(origin, reply.address)
        if reply.status == 304 and validators(reply.address):
            return Unmodified(origin)
        if reply.status != 200:
            raise _refusal(reply)
        return _fetched(origin, reply)

    def _allowed(self, address: str) -> bool:
        self._robots.check(address)
        return True


def _validators(visit: Visit) -> dict[str, str]:
    named = {"If-None-Match": visit.etag, "If-Modified-Since": visit.last_modified}
    # A server may send what no request can hold; the page is then asked for as a whole.
    return {n: v for n, v in named.items() if v and v.isascii() and v.isprintable()}


def _refusal(reply: Reply) -> PageUnreadable:
    if reply.status in _GONE:
        return PageGone(
            f"it is not there (the server answers {reply.status}); take it out of the list"
        )
    if reply.status in {401, 403, 451}:
        return PageUnreadable(
            f"the server does not give it to us ({reply.status}); only public pages are read, so "
            "take it out of the list or ask who runs the site"
        )
    return PageUnwell(
        f"the server answers {reply.status}; what was read of it before stays, and the next "
        "refresh tries again"
    )


def _fetched(origin: str, reply: Reply) -> Fetched:
    return Fetched(
        origin=origin,
        address=reply.address,
        media_type=_media_type(reply.address, reply.headers),
        charset=_charset(reply.headers),
        content=reply.content,
        etag=reply.headers.get("etag"),
        last_modified=reply.headers.get("last-modified"),
        robots=reply.headers.get("x-robots-tag", ""),
    )


def _most(address: str, headers: httpx.Headers) -> int:
    is_document = _media_type(address, headers).startswith("application/")
    return MAX_DOCUMENT_BYTES if is_document else MAX_BYTES


def _declared(headers: httpx.Headers) -> Message:
    declared = Message()
    declared["content-type"] = headers.get("content-type", "")
    return declared


def _charset(headers: httpx.Headers) -> str | None:
    try:
        named = _declared(headers).get_param("charset")
    except (TypeError, ValueError, LookupError):
        # Parameters in pieces (RFC 2231) that don't fit together; the page itself may know.
        return None
    return named if isinstance(named, str) and named else None


def _media_type(address: str, headers: httpx.Headers) -> str:
    """Return the media type of a reply, one of those that the folder source reads.

    Raises:
        PageUnreadable: it is none of them.
    """
    said = _declared(headers).get_content_type() if headers.get("content-type") else ""
    found = _SAME_AS.get(said, said)
    named = MEDIA_TYPES.get(PurePosixPath(httpx.URL(address).path).suffix.lower(), found)
    if found in _UNTOLD or (found, named) == ("text/plain", "text/markdown"):
        found = named
    if found not in MEDIA_TYPES.values():
        known = ", ".join(dict.fromkeys(MEDIA_TYPES.values()))
        raise PageUnreadable(
            f"its media type is {said or 'not told'}; expected one of {known}, so take it out of "
            "the list"
        )
    return found
