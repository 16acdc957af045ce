"""Where a generation is built, beside those that are kept, by one process at a time."""

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ingest.errors import Busy, DataUnusable

_BUILDING = ".building-"


@contextmanager
def publishing(data: Path) -> Iterator[Path]:
    """Hold the right to publish, and a folder to build in; what is left of dead builds goes.

    Raises:
        Busy: another process is publishing into this directory.
        DataUnusable: the directory cannot be written.
    """
    root = data / "generations"
    try:
        root.mkdir(parents=True, exist_ok=True)
        lock = (data / "publish.lock").open("w")
    except OSError as error:
        raise DataUnusable(f"{data} cannot be written: {error.strerror}") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy(f"another process is publishing into {data}; try again later") from error
        for left in root.glob(f"{_BUILDING}*"):
            shutil.rmtree(left, ignore_errors=True)
        folder = root / f"{_BUILDING}{os.getpid()}"
        try:
            folder.mkdir()
            yield folder
        except (OSError, sqlite3.Error) as error:
            reason = getattr(error, "strerror", None) or error
            raise DataUnusable(
                f"nothing was published, the last generation stays: {data}: {reason}; "
                "make room or name another directory with --data"
            ) from error
        finally:
            shutil.rmtree(folder, ignore_errors=True)
