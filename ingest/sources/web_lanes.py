"""Many hosts at once, each asked for one page after the other.

A lane is one host's addresses and one thread. Results wait in a short queue, so that what is read
ahead of its use stays a few pages.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from queue import Empty, Queue

from ingest.errors import PageUnreadable, PageUnwell, one_page
from ingest.sources.web_addresses import host_of
from ingest.sources.web_fetch import Fetched, Fetcher, Led
from ingest.sources.web_wire import Stopped
from ingest.visits import Unmodified

MOST_LANES = 4
_WAITING = 4
# After so many failures in a row the rest of a host is left for the next refresh.
_PATIENCE = 10

Outcome = Fetched | Unmodified | Led | PageUnreadable
_Results = Queue[tuple[str, Outcome] | None]


def fetch_all(
    addresses: Iterable[str], fetcher: Callable[[], Fetcher], stop: threading.Event
) -> Iterator[tuple[str, Outcome]]:
    """Yield what came of each address, in the order of arrival; errors are outcomes as well.

    Args:
        addresses: what to fetch.
        fetcher: makes a fetcher for one thread.
        stop: set when the caller goes away before the end.
    """
    lanes: dict[str, list[str]] = {}
    for address in addresses:
        lanes.setdefault(host_of(address), []).append(address)
    results: _Results = Queue(_WAITING)
    with ThreadPoolExecutor(MOST_LANES, "lane") as pool:
        running = [pool.submit(_lane, lane, fetcher, results, stop) for lane in lanes.values()]
        open_lanes = len(running)
        try:
            while open_lanes:
                result = results.get()
                if result is None:
                    open_lanes -= 1
                else:
                    yield result
        finally:
            stop.set()
            while not all(lane.done() for lane in running):
                with suppress(Empty):
                    results.get(timeout=0.05)
        for lane in running:
            lane.result()


def _lane(
    addresses: list[str],
    fetcher: Callable[[], Fetcher],
    results: _Results,
    stop: threading.Event,
) -> None:
    failed = 0
    try:
        with fetcher() as worker:
            for address in addresses:
                outcome = _outcome(worker, address) if failed < _PATIENCE else _given_up(address)
                failed = failed + 1 if isinstance(outcome, PageUnwell) else 0
                results.put((address, outcome))
                if stop.is_set():
                    return
    except Stopped:
        return
    finally:
        results.put(None)


def _outcome(worker: Fetcher, address: str) -> Outcome:
    try:
        with one_page("fetching it"):
            return worker.page(address)
    except PageUnreadable as error:
        return error


def _given_up(address: str) -> PageUnwell:
    return PageUnwell(
        f"{host_of(address)} failed {_PATIENCE} times in a row and was left alone then; what was "
        "read of it before stays, and the next refresh tries again"
    )
