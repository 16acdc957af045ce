"""What people say of a quotation, kept for the maintainer who reads it.

SQLite in the data directory, apart from the catalogue. A row says the day and never the hour,
nothing of who said it, and the question only where the asker chose to send it.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingest.errors import DataUnusable, FeedbackRefused

# Nobody signs in, so what can be written from outside has an end.
MOST = 100_000

_SCHEMA = """
create table if not exists feedback (
    id integer primary key, day text not null, kind text not null, page_key text not null,
    page_digest text not null, start integer not null, question text, language text);
"""


@dataclass(frozen=True, slots=True)
class Said:
    """One thing said of one quotation; `start` is its offset in the page's text."""

    kind: str
    page_key: str
    page_digest: str
    start: int
    question: str | None = None
    language: str | None = None


class Feedback:
    """Keeps and counts feedback; each call opens the file for itself, so threads can share it.

    Args:
        data: the data directory.
        most: how many rows are kept at the most.
    """

    def __init__(self, data: Path, most: int = MOST) -> None:
        self.file = data / "feedback.sqlite"
        self._most = most

    def keep(self, said: Said) -> None:
        """Keep one row.

        Raises:
            FeedbackRefused: there are as many as can be kept.
            DataUnusable: the data directory cannot be written.
        """
        with self._opened() as db:
            (rows,) = db.execute("select count(*) from feedback").fetchone()
            if rows >= self._most:
                raise FeedbackRefused(
                    f"{rows} rows of feedback are kept, {self._most} at most; read them and move "
                    f"{self.file} away"
                )
            day = datetime.now(UTC).date().isoformat()
            db.execute(
                "insert into feedback (day, kind, page_key, page_digest, start, question, language)"
                " values (?, ?, ?, ?, ?, ?, ?)",
                (
                    day,
                    said.kind,
                    said.page_key,
                    said.page_digest,
                    said.start,
                    said.question or None,
                    said.language,
                ),
            )

    def counts(self) -> dict[str, int]:
        """Return how often each kind was said; empty when nothing was.

        Raises:
            DataUnusable: the file cannot be read.
        """
        with self._opened() as db:
            return dict(db.execute("select kind, count(*) from feedback group by kind order by 1"))

    def rows(self) -> list[dict[str, Any]]:
        """Return everything that was said, oldest first.

        Raises:
            DataUnusable: the file cannot be read.
        """
        with self._opened() as db:
            db.row_factory = sqlite3.Row
            return [dict(row) for row in db.execute("select * from feedback order by id")]

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.file, timeout=10)) as db, db:
                db.executescript(_SCHEMA)
                yield db
        except (OSError, sqlite3.Error) as error:
            raise DataUnusable(
                f"{self.file} cannot be used: {error}; name another directory with --data"
            ) from error


def as_question(row: dict[str, Any]) -> dict[str, Any] | None:
    """Turn a row into the start of an evaluation question, or None without the asker's words.

    Only "helped" names the page that answers; otherwise the maintainer fills in the gold page.
    """
    if not row["question"]:
        return None
    helped = row["kind"] == "helped"
    return {
        "id": f"feedback-{row['id']}",
        "language": row["language"] or "",
        "question": row["question"],
        "gold_pages": [row["page_key"]] if helped else [],
        "gold_spans": [],
        "fact": "",
        "kind": row["kind"],
    }
