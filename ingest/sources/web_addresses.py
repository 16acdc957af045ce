"""Web addresses: one form for each, and those that are never asked for.

An address names a page for years, so what differs without meaning anything is taken out, and what
may mean something (the order of a query, a final slash) stays.
"""

import re
from urllib.parse import urlsplit

from ingest.errors import AddressRefused

_LONGEST = 2000
_SCHEME = re.compile(r"https?://", re.IGNORECASE)
# Parameters that say where a visitor came from. A page is the same with and without them.
_TRACKING = re.compile(
    r"(?:utm_\w+|at_(?:medium|campaign|custom\d)|(?:pk|mtm)_\w+|fbclid|gclid|msclkid|mc_[ce]id|xtor)"
    r"(?:=|$)",
    re.IGNORECASE,
)


def is_address(text: str) -> bool:
    """Whether `text` is meant as a web address, and not as a path on this machine."""
    return _SCHEME.match(text) is not None


def normal(address: str, base: str | None = None) -> str:
    """Return the one form of an address: no fragment, no tracking, host in lower case.

    Args:
        address: what a person, a sitemap or a server wrote.
        base: the address that a relative one starts from.

    Raises:
        AddressRefused: it is no address of a web page, or holds a name or password.
    """
    # Every start reads the settings, which know addresses; few go on to the web.
    import httpx

    # Where the scheme is in capitals, httpx keeps a port that goes without saying.
    text = _SCHEME.sub(lambda found: found[0].lower(), address.strip(), count=1)
    if len(text) > _LONGEST:
        raise AddressRefused(
            f"{text[:60]}... has {len(text)} characters; an address has at most {_LONGEST}"
        )
    try:
        url = httpx.URL(base).join(text) if base and not is_address(text) else httpx.URL(text)
    except (httpx.InvalidURL, ValueError) as error:
        raise AddressRefused(f"{text!r} is no web address: {error}; write it anew") from error
    is_port = url.port is None or 0 < url.port < 65_536
    if not is_address(str(url)) or not url.host or not is_port:
        raise AddressRefused(f"{text!r} is no web address; expected https://... or http://...")
    if url.userinfo:
        raise AddressRefused(
            f"the address at {url.host} holds a name or password; only public pages are read, so "
            "take it out"
        )
    path, _, query = url.raw_path.decode("ascii").partition("?")
    kept = "&".join(part for part in query.split("&") if part and not _TRACKING.match(part))
    # httpx drops a default port and writes an international name in its ASCII form.
    host = url.netloc.decode("ascii").lower()
    return f"{url.scheme}://{host}{path or '/'}{'?' if kept else ''}{kept}"


def host_of(address: str) -> str:
    """Return scheme, host and port of an address in its one form: what a robots.txt speaks for."""
    return "/".join(address.split("/", 3)[:3])


def same_site(one: str, other: str) -> bool:
    """Whether two addresses are on one site: the same host name, with or without `www.`."""
    return _name(one) == _name(other)


def _name(address: str) -> str:
    return (urlsplit(address).hostname or "").removeprefix("www.")
