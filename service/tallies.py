"""How often each page was cited, and how often a topic's questions found nothing: counts alone.

No question, no person, no hour: a row is a month, a page or a topic, and a number. Kept only where
a maintainer is there to read it, like feedback.
"""

import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from ingest.errors import DataUnusable
from service.records import Answer

Kind = Literal["cited", "asked", "not_found"]

NO_TOPIC = "(none)"
_SCHEMA = """
create table if not exists tallies (
    month text not null, kind text not null, name text not null, count integer not null,
    primary key (month, kind, name)) without rowid;
"""


@dataclass(frozen=True, slots=True)
class Tally:
    """One count: `cited` is of a page, by its key; `asked` and `not_found` are of a topic."""

    month: str
    kind: Kind
    name: str
    count: int


class Tallies:
    """Counts in memory and writes now and then, so that answering never waits for the disk."""

    def __init__(self, data: Path) -> None:
        self.file = data / "tallies.sqlite"
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._waiting: Counter[tuple[str, str, str]] = Counter()

    def count(self, answer: Answer, topics: tuple[str, ...]) -> None:
        """Count one answer.

        Args:
            answer: what was shown.
            topics: of the page that the question came nearest to, whether it answered or not.
        """
        month = datetime.now(UTC).strftime("%Y-%m")
        names = topics or (NO_TOPIC,)
        counted: list[tuple[str, str, str]] = [(month, "asked", name) for name in names]
        counted += [(month, "cited", key) for key in {c.page.key for c in answer.citations}]
        if not answer.citations:
            counted += [(month, "not_found", name) for name in names]
        with self._lock:
            self._waiting.update(counted)

    def flush(self) -> None:
        """Write what was counted since the last time.

        Raises:
            DataUnusable: the data directory cannot be written; what was counted is kept for later.
        """
        # One at a time: what another is just writing must be seen by who reads next.
        with self._writing:
            self._write()

    def _write(self) -> None:
        with self._lock:
            waiting, self._waiting = self._waiting, Counter()
        if not waiting:
            return
        try:
            with self._opened() as db:
                db.executemany(
                    "insert into tallies values (?, ?, ?, ?) on conflict do update "
                    "set count = count + excluded.count",
                    [(*place, count) for place, count in sorted(waiting.items())],
                )
        except DataUnusable:
            with self._lock:
                self._waiting.update(waiting)
            raise

    def all(self) -> list[Tally]:
        """Return every count, newest month first, the largest first.

        Raises:
            DataUnusable: the data directory cannot be used.
        """
        self.flush()
        query = (
            "select month, kind, name, count from tallies order by month desc, kind, -count, name"
        )
        with self._opened() as db:
            return [Tally(*row) for row in db.execute(query)]

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self.file, timeout=10)) as db, db:
                db.executescript(_SCHEMA)
                yield db
        except (OSError, sqlite3.Error) as error:
            raise DataUnusable(
                f"{self.file} cannot be used: {error}; name another directory with --data"
            ) from error
