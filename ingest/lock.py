"""One at a time: a lock that a process holds while it refreshes, and loses when it dies."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ingest.errors import Busy, DataUnusable

_FILE = "refresh.lock"


@contextmanager
def refreshing(data: Path) -> Iterator[None]:
    """Hold the right to refresh, roll back or purge in this data directory.

    Raises:
        Busy: somebody else holds it.
        DataUnusable: the directory cannot be written.
    """
    try:
        data.mkdir(parents=True, exist_ok=True)
        lock = (data / _FILE).open("w")
    except OSError as error:
        raise DataUnusable(f"{data} cannot be written: {error.strerror}") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy(
                f"another refresh is under way in {data}; wait for it to end, or cancel it"
            ) from error
        yield


def is_refreshing(data: Path) -> bool:
    """Whether somebody holds that right now."""
    try:
        with refreshing(data):
            return False
    except Busy:
        return True
