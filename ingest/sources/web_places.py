"""Which page is under which address, and which pages of a crawl have to be taken back.

Servers answer 200 and send a page of excuses, or lead everything to their front page. One such page
cannot be told from a real one; several at once can.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass

from ingest.sources.web_page import Claims
from ingest.visits import Visit

# So many addresses with one and the same page behind them are no accident.
MANY = 3


@dataclass(frozen=True, slots=True)
class _Holder:
    origin: str
    words: str


class Places:
    """The addresses of one crawl.

    Args:
        listed: every address that is asked for.
        known: what is live, by origin.
        failures: receives origin -> one-line reason for each page that is not taken.
    """

    def __init__(
        self, listed: Container[str], known: Mapping[str, Visit], failures: dict[str, str]
    ) -> None:
        self._listed = listed
        self._known = known
        self._failures = failures
        self._holders: dict[str, _Holder] = {}
        self._copies: list[tuple[str, str, str]] = []
        self._led: dict[str, list[str]] = {}
        self._saying: dict[str, list[str]] = {}

    def claim(self, origin: str, address: str, claims: Claims) -> bool:
        """Whether the page that `origin` led to, at `address`, is to be read from there."""
        key = claims.address
        if key not in {address, origin} and key in self._listed:
            self._copies.append((origin, key, claims.words))
            return False
        self.lead(origin, key)
        holder = self._holders.setdefault(key, _Holder(origin, claims.words))
        if holder.origin == origin:
            self._saying.setdefault(claims.words, []).append(origin)
            return True
        self._hold_together(origin, key, claims.words)
        return False

    def lead(self, origin: str, key: str) -> None:
        """Note that `origin` leads to the page under `key`."""
        self._led.setdefault(key, []).append(origin)

    def settle(self, *, whole: bool) -> None:
        """Judge what could not be judged page by page, once all have been seen.

        Args:
            whole: whether the listing is; a page that it leaves out is then no page of the source.
        """
        for origin, key, words in self._copies:
            self._hold_together(origin, key, words)
        for key, origins in self._led.items():
            self._astray(key, origins)
        for origins in self._saying.values():
            if len(origins) >= MANY:
                for origin in origins:
                    self._failures[origin] = (
                        f"{len(origins)} addresses of this source hold one and the same page, as "
                        "when a server sends an error page with status 200; what was read of it "
                        "before stays"
                    )
        for origin, visit in self._known.items():
            reason = self._failures.get(visit.key) or self._failures.get(visit.address)
            if reason and visit.key not in self._holders:
                # It used to be listed at another address, and could not be had at this one.
                self._failures.setdefault(origin, reason)
        for origin in () if whole else self._known:
            if origin not in self._listed:
                self._failures.setdefault(
                    origin,
                    "not asked for, as what lists it could not be read to the end; what was read "
                    "of it before stays",
                )

    def _hold_together(self, origin: str, key: str, words: str) -> None:
        """Tell a copy, which is passed over, from another page under the same address."""
        holder = self._holders.get(key)
        if holder is None:
            self._failures[origin] = (
                f"it says that its address is {key}, which could not be read; look at that one"
            )
        elif holder.words != words:
            self._failures[origin] = (
                f"{origin} and {holder.origin} say that their address is {key}, and they are "
                "not the same; list one of them, or have the canonical link mended"
            )

    def _astray(self, key: str, origins: list[str]) -> None:
        """Keep pages that have all begun to lead to one other page, as to a front page."""
        moved = [o for o in origins if o in self._known and self._known[o].key != key]
        if len(moved) >= MANY:
            for origin in moved:
                self._failures[origin] = (
                    f"{len(moved)} pages of this source now lead to {key}; what was read of them "
                    "before stays. Take them out of the list if they are meant to go"
                )
