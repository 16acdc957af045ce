"""Erasing a page for good: from the catalogue here, from generations and vectors in the index.

Apart from the catalogue because it is the one place where something is ever lost on purpose.
"""

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime

from ingest.catalogue import Catalogue, translated
from ingest.errors import Busy, PageUnknown
from ingest.records import Page, page_from_json
from ingest.visits import Visits

_SCHEMA = """
create table if not exists purged (
    key text primary key, at text not null, by text not null, versions integer not null,
    finished text);
"""
_HOLDING = ("versions", "live", "staged", "gone")


@dataclass(frozen=True, slots=True)
class Kept:
    """A page that something is kept of, by its newest version; `live` when it is served."""

    key: str
    title: str
    language: str
    live: bool


@dataclass(frozen=True, slots=True)
class Erased:
    """A page that was purged: when (UTC, ISO 8601), by whom, and whether all of it is gone."""

    key: str
    at: str
    by: str
    finished: bool


class Purged:
    """What was purged from a catalogue, and what of it is still under way.

    Only the key is kept, so that the page does not come back from its source.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._data = catalogue.file.parent
        self._db = catalogue.database
        Visits(catalogue)
        with translated(self._data):
            self._db.executescript(_SCHEMA)

    def kept(self) -> list[Kept]:
        """Return every page of which anything is kept, by key."""
        query = (
            "select key, json_extract(body, '$.title'), json_extract(body, '$.language'), "
            "key in (select key from live) from versions "
            "where rowid in (select max(rowid) from versions group by key) order by key"
        )
        return [Kept(key, title, code, bool(live)) for key, title, code, live in self._rows(query)]

    def erased(self) -> list[Erased]:
        """Return the pages that were purged and not let in again, the newest first."""
        query = "select key, at, by, finished is not null from purged order by at desc, key"
        return [Erased(key, at, by, bool(done)) for key, at, by, done in self._rows(query)]

    def versions(self, key: str) -> list[Page]:
        """Return a page as every kept version has it, also where metadata alone tell them apart."""
        rows = self._db.execute("select body from versions where key = ?", (key,))
        return [page_from_json(body) for (body,) in rows]

    def erase(self, key: str, by: str) -> int:
        """Erase every version of a page, and return how many there were.

        The words may be in the file still, until `overwrite`.

        Raises:
            PageUnknown: nothing is kept under this key.
        """
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with translated(self._data), self._db:
            counts = [self._delete(table, key) for table in _HOLDING]
            if not any(counts) and key not in self.pending():
                raise PageUnknown(
                    f"nothing is kept under {key!r}; `passerelle status --pages` lists the keys"
                )
            self._db.execute(
                "insert into purged values (?, ?, ?, ?, null) on conflict do update "
                "set at = excluded.at, by = excluded.by, finished = null",
                (key, now, by, counts[0]),
            )
            # What servers said of pages that are no longer here serves nothing.
            self._db.execute(
                "delete from visits where origin not in "
                "(select origin from live union select origin from staged where origin not null)"
            )
        return counts[0]

    def overwrite(self) -> None:
        """Overwrite what SQLite freed, so that no erased word is in a corner of its files.

        Raises:
            Busy: somebody is still reading the pages as they were.
        """
        with translated(self._data):
            overwrite_freed(self._db)

    def finish(self, key: str) -> None:
        """Note that the page is gone from generations and vectors as well."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with translated(self._data), self._db:
            self._db.execute("update purged set finished = ? where key = ?", (now, key))

    def pending(self) -> list[str]:
        """Return the keys whose purge was begun and not finished."""
        rows = self._db.execute("select key from purged where finished is null order by key")
        return [key for (key,) in rows]

    def keys(self) -> dict[str, str]:
        """Return when each page was purged (UTC, ISO 8601), by key."""
        return dict(self._db.execute("select key, at from purged"))

    def readmit(self, key: str) -> None:
        """Let a purged page come back at the next refresh.

        Raises:
            PageUnknown: no page of this key was purged.
        """
        with translated(self._data), self._db:
            if not self._delete("purged", key):
                raise PageUnknown(f"no page {key!r} was purged here; nothing to let back in")

    def _rows(self, query: str) -> list[tuple[str, str, str, int]]:
        return self._db.execute(query).fetchall()

    def _delete(self, table: str, key: str) -> int:
        return self._db.execute(f"delete from {table} where key = ?", (key,)).rowcount  # noqa: S608


def overwrite_freed(database: sqlite3.Connection) -> None:
    """Overwrite what was deleted in a file of SQLite and in the log beside it.

    Waits for those who read it, as long as the connection does (30 s).

    Raises:
        Busy: somebody still reads what the file was before.
    """
    database.execute("vacuum")
    (is_busy, *_) = database.execute("pragma wal_checkpoint(truncate)").fetchone()
    if is_busy:
        (_, _, file) = database.execute("pragma database_list").fetchone()
        raise Busy(
            f"the purge is not finished: another process reads {file} as it was before, so what "
            "was erased stands in its log still; end that process, then purge the page again"
        )
