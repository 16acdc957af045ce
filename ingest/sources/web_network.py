"""Connections to the public web alone, each ended at a set moment.

A name is looked up once, what it leads to is checked, and that very IP address is connected to: a
DNS server cannot answer one thing to the check and another to the connection. The time that is left
holds for every read, so a server that sends a byte a second ends like one that sends none.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable

import httpcore

from ingest.errors import AddressRefused

Permits = Callable[[str], bool]
Resolve = Callable[[str, int], list[str]]

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def is_public(ip: str) -> bool:
    """Whether an IP address is one of the public internet, whatever IPv4 address it carries too."""
    address = ipaddress.ip_address(ip.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        carried = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if address in _NAT64:
            carried.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if any(inner is not None and not inner.is_global for inner in carried):
            return False
        if address.ipv4_mapped is not None:
            return not address.ipv4_mapped.is_multicast
    return address.is_global and not address.is_multicast


def is_any(_ip: str) -> bool:
    """Whether an IP address may be connected to where all may: always."""
    return True


def resolve(host: str, port: int) -> list[str]:
    """Return the IP addresses of a host.

    Raises:
        OSError: it has none, or nobody could be asked.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class GuardedBackend(httpcore.NetworkBackend):
    """Connects for httpcore: only where `permits` allows, and only until the deadline.

    Attributes:
        deadline: on the clock of `time.monotonic`; set it before each page.
        is_untouched: True until it connects or a byte comes; set it before each request. One that
            fails while this holds had met a connection that was kept, and that the server left.
    """

    def __init__(self, permits: Permits = is_public, resolve: Resolve = resolve) -> None:
        self.deadline = float("inf")
        self.is_untouched = True
        self._permits = permits
        self._resolve = resolve
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Look the host up, check every answer, and connect to the first that takes it.

        Raises:
            AddressRefused: one of its IP addresses is not permitted.
            httpcore.ConnectError: it has none, or none of them takes a connection.
        """
        self.is_untouched = False
        try:
            ips = self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"the name {host} leads to no machine ({error})") from error
        for ip in ips:
            if not self._permits(ip):
                raise AddressRefused(
                    f"{host} leads to {ip}, which is no public address; where that is meant, set "
                    "allow_private for its source"
                )
        failed: Exception = httpcore.ConnectError(f"the name {host} leads to no machine")
        for ip in ips:
            try:
                stream = self._backend.connect_tcp(
                    ip, port, self.left(timeout), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
            else:
                return _TimedStream(stream, self)
        raise failed

    def left(self, timeout: float | None) -> float:
        """Return the seconds until the deadline, or `timeout` where that is less.

        Raises:
            httpcore.ReadTimeout: there are none.
        """
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the time for one page is over")
        return left if timeout is None else min(left, timeout)


class _TimedStream(httpcore.NetworkStream):
    """A connection on which every step ends at the deadline of its backend."""

    def __init__(self, stream: httpcore.NetworkStream, backend: GuardedBackend) -> None:
        self._stream = stream
        self._backend = backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        found = self._stream.read(max_bytes, self._backend.left(timeout))
        self._backend.is_untouched &= not found
        return found

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._backend.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = self._backend.left(timeout)
        return _TimedStream(
            self._stream.start_tls(ssl_context, server_hostname, left), self._backend
        )

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)
