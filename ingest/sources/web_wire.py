"""One request at a time to web servers: politely, and never more than was meant to be taken in.

Between two requests to one host a pause is made, a server that asks to wait is waited for within
reason, and what is sent is measured while it comes: in bytes, unpacked bytes and seconds.
"""

import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache

import httpcore
import httpx

from ingest.errors import PageUnreadable, PageUnwell
from ingest.sources.web_addresses import host_of, normal, same_site
from ingest.sources.web_network import GuardedBackend

AGENT = "Passerelle"
MOST_REDIRECTS = 8
_LONGEST_WAIT, _SHORTEST_WAIT = 30.0, 0.25
_TRIES = 3
_PIECE = 1 << 20
_BUSY = {429, 502, 503, 504}
_MOVED = {301, 302, 303, 307, 308}
_HEADERS = {
    "User-Agent": f"{AGENT}/0.1 (reads listed pages to quote them with their address)",
    "Accept": "text/html, application/xhtml+xml, text/markdown, text/plain;q=0.9, */*;q=0.5",
    "Accept-Encoding": "gzip, deflate",
}


# The bytes that a body may have, by address and headers of a reply.
Most = Callable[[str, httpx.Headers], int]


class Stopped(Exception):
    """Nobody waits for this crawl any more."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered: at which address, and its body where the status is 200."""

    address: str
    status: int
    headers: httpx.Headers
    content: bytes = b""


class Wire:
    """Requests from one thread.

    Args:
        backend: connects where that is permitted.
        delay: seconds between two requests to one host.
        timeout: seconds for one page, from the connection to the last byte.
        stop: ends a pause, and with it the crawl.
    """

    def __init__(
        self, backend: GuardedBackend, delay: float, timeout: float, stop: threading.Event
    ) -> None:
        self._backend = backend
        self._timeout = timeout
        self._stop = stop
        self._delay = delay
        self._delays: dict[str, float] = {}
        self._asked_at: dict[str, float] = {}
        self._pool = httpcore.ConnectionPool(
            ssl_context=_trust(), network_backend=backend, max_connections=2
        )

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()

    def slow_down(self, host: str, delay: float) -> None:
        """Leave at least `delay` seconds between two requests to `host` from now on."""
        self._delays[host] = max(delay, self._delay)

    def follow(
        self,
        address: str,
        most: Most,
        headers: Callable[[str], Mapping[str, str]] = lambda _: {},
        visit: Callable[[str], bool] = lambda _: True,
    ) -> Reply:
        """Ask for an address and go where it leads.

        Args:
            address: where to begin.
            most: how many bytes the body may have, unpacked, by address and headers of the reply.
                It may raise.
            headers: what to send beside the usual, by address.
            visit: whether an address is to be asked for; a reply of status 0 tells when not. It
                may raise.

        Raises:
            PageUnwell: the server fails, or is too slow or too busy.
            PageUnreadable: it leads in a circle, too far or to another site, or is too large.
        """
        way = [address]
        while visit(way[-1]):
            reply = self._patiently(way[-1], most, headers(way[-1]))
            target = reply.headers.get("location")
            if reply.status not in _MOVED or target is None:
                return reply
            way.append(_next(way, target))
        return Reply(way[-1], 0, httpx.Headers())

    def _patiently(self, address: str, most: Most, headers: Mapping[str, str]) -> Reply:
        """Ask; a server that is too busy is asked again after the time that it names."""
        host = host_of(address)
        for attempt in range(1, _TRIES + 1):
            self._pause(host)
            reply = self._once(address, most, headers)
            if reply.status not in _BUSY or attempt == _TRIES:
                break
            wait = _named_wait(reply.headers)
            wait = max(self._delay, _SHORTEST_WAIT) * 2**attempt if wait is None else wait
            if wait > _LONGEST_WAIT:
                raise PageUnwell(
                    f"the server answers {reply.status} and asks to come back in {wait:.0f} s; "
                    "what was read of it before stays, and the next refresh tries again"
                )
            self._rest(wait)
        return reply

    def _pause(self, host: str) -> None:
        delay = self._delays.get(host, self._delay)
        self._rest(self._asked_at.get(host, -delay) + delay - time.monotonic())
        self._asked_at[host] = time.monotonic()

    def _rest(self, seconds: float) -> None:
        if self._stop.wait(max(seconds, 0)):
            raise Stopped

    def _once(self, address: str, most: Most, headers: Mapping[str, str]) -> Reply:
        self._backend.deadline = time.monotonic() + self._timeout
        try:
            with self._begun(address, headers) as response:
                found = httpx.Headers(response.headers)
                body = b""
                if response.status == 200:
                    body = _body(response.iter_stream(), found, most(address, found))
                return Reply(address, response.status, found, body)
        except httpcore.TimeoutException as error:
            raise PageUnwell(
                f"it was not there within {self._timeout:g} s; what was read of it before stays, "
                "and the next refresh tries again"
            ) from error
        except (httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError, OSError) as error:
            raise PageUnwell(
                f"no connection, or a broken one: {error or type(error).__name__}; what was read "
                "of it before stays, and the next refresh tries again"
            ) from error

    @contextmanager
    def _begun(self, address: str, headers: Mapping[str, str]) -> Iterator[httpcore.Response]:
        """Ask, and yield the reply as soon as its head is there.

        A server may leave a connection that it kept at any moment, also while a request is on the
        way; it is then sent once more, on a new connection (RFC 9112, section 9.3.1).
        """
        limits = dict.fromkeys(("connect", "read", "write", "pool"), self._timeout)
        sent = list({**_HEADERS, **headers}.items())

        def ask() -> AbstractContextManager[httpcore.Response]:
            self._backend.is_untouched = True
            return self._pool.stream("GET", address, headers=sent, extensions={"timeout": limits})

        with ExitStack() as stack:
            try:
                response = stack.enter_context(ask())
            except (httpcore.NetworkError, httpcore.RemoteProtocolError):
                if not self._backend.is_untouched:
                    raise
                response = stack.enter_context(ask())
            yield response


def unpacked(chunks: Iterable[bytes], most: int) -> bytes:
    """Return what gzip or zlib packed; never more than `most` bytes are unpacked.

    Raises:
        PageUnreadable: there are more, or they are damaged.
    """
    parts: list[bytes] = []
    size = 0
    unpacker = zlib.decompressobj(47)
    try:
        for chunk in chunks:
            packed = chunk
            while packed:
                # The next member of a file that was packed in several goes.
                unpacker = zlib.decompressobj(47) if unpacker.eof else unpacker
                parts.append(unpacker.decompress(packed, min(most + 1 - size, _PIECE)))
                size += len(parts[-1])
                if size > most:
                    raise too_large(most)
                packed = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
    except zlib.error as error:
        raise PageUnreadable(f"what the server packed is damaged: {error}") from error
    if not unpacker.eof:
        raise PageUnwell("what the server packed ends before its end; the next refresh tries again")
    return b"".join(parts)


def too_large(most: int) -> PageUnreadable:
    """Return the error for what goes on after `most` bytes."""
    return PageUnreadable(
        f"it has more than the {most / 1_000_000:g} MB that are taken in; list a smaller page"
    )


def _next(way: list[str], target: str) -> str:
    """Return where a redirect leads, when it may lead there."""
    following = normal(target, way[-1])
    shown = " -> ".join([*way, following])
    if following in way:
        raise PageUnreadable(f"it leads in a circle: {shown}; list the page's own address")
    if len(way) > MOST_REDIRECTS:
        raise PageUnreadable(f"it leads on more than {MOST_REDIRECTS} times: {shown}")
    if not same_site(way[0], following):
        raise PageUnreadable(
            f"it leads to another site: {shown}; where that is meant, list the new address"
        )
    return following


def _body(chunks: Iterable[bytes], headers: httpx.Headers, most: int) -> bytes:
    coding = headers.get("content-encoding", "identity").strip().lower()
    if coding in {"gzip", "x-gzip", "deflate"}:
        return unpacked(chunks, most)
    if coding not in {"identity", ""}:
        raise PageUnreadable(f"the server packs it as {coding!r}, which was not asked for")
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > most:
            raise too_large(most)
    return bytes(body)


def _named_wait(headers: httpx.Headers) -> float | None:
    """Return how many seconds a server asks to wait: it names them, or a moment."""
    value = headers.get("retry-after", "").strip()
    if value.isdecimal():
        return float(value[:9])
    try:
        moment = parsedate_to_datetime(value)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max((moment - datetime.now(UTC)).total_seconds(), 0.0)
    except (ValueError, OverflowError):
        return None


@cache
def _trust() -> ssl.SSLContext:
    return httpx.create_ssl_context()
