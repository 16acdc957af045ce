"""What a host's robots.txt allows (RFC 9309: the longest rule that matches counts)."""

from protego import Protego

from ingest.errors import PageUnreadable, PageUnwell
from ingest.sources.web_addresses import host_of
from ingest.sources.web_wire import AGENT, Wire

_MOST_BYTES = 512_000
_SLOWEST = 30.0


# By host: its rules, or why nothing there is read.
Rules = dict[str, Protego | str]


class Robots:
    """Holds requests to the rules of their hosts; `rules` may be shared between threads."""

    def __init__(self, wire: Wire, rules: Rules) -> None:
        self._wire = wire
        self._rules = rules

    def check(self, address: str) -> None:
        """Return when an address may be asked for.

        Raises:
            PageUnreadable: its host does not allow it, or could not say what it allows.
        """
        host = host_of(address)
        if host not in self._rules:
            self._rules[host] = self._read(host)
        rules = self._rules[host]
        if isinstance(rules, str):
            raise PageUnwell(rules)
        self._wire.slow_down(host, rules.crawl_delay(AGENT) or 0.0)
        if not rules.can_fetch(address, AGENT):
            raise PageUnreadable(
                f"{host}/robots.txt does not allow {AGENT} to read it; ask who runs the site, or "
                "take it out of the list"
            )

    def _read(self, host: str) -> Protego | str:
        """Return the rules, or why nothing of this host is read."""
        try:
            reply = self._wire.follow(f"{host}/robots.txt", lambda *_: _MOST_BYTES)
        except PageUnreadable as error:
            return f"{host}/robots.txt cannot be read, so nothing there is: {error}"
        if reply.status == 200:
            rules = Protego.parse(reply.content.decode("utf-8", "replace"))
        elif 400 <= reply.status < 500 and reply.status != 429:
            rules = Protego.parse("")
        else:
            return (
                f"{host}/robots.txt answers {reply.status}, so nothing there is read; the next "
                "refresh tries again"
            )
        wait = rules.crawl_delay(AGENT) or 0.0
        if wait > _SLOWEST:
            return (
                f"{host}/robots.txt asks for {wait:g} s between two pages, more than the "
                f"{_SLOWEST:g} s that a refresh waits; ask who runs the site for less"
            )
        return rules
