"""The catalogue: every version of every page, what is live, and when it was last checked.

It is the one place that remembers across ingests. A refresh writes it in one transaction; what is
served lives apart, in generations, so a process that dies between the two is repaired by comparing
digests at the next ingest.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ingest.errors import DataUnusable, KeyTaken, PageUnknown
from ingest.records import ChangeSet, Page, corpus_digest, page_from_json, page_to_json

_SCHEMA_VERSION = 1
_SCHEMA = """
create table if not exists versions (
    key text not null, digest text not null, full_digest text not null, body text not null,
    first_seen text not null, primary key (key, full_digest));
create table if not exists live (
    key text primary key, source text not null, full_digest text not null,
    raw_digest text not null, origin text not null, checked_at text not null);
create index if not exists live_source on live (source);
create table if not exists refreshes (
    id integer primary key, at text not null, source text not null, added integer not null,
    changed integer not null, unchanged integer not null, removed integer not null,
    unreadable integer not null, seconds real not null, generation text);
"""


@dataclass(frozen=True, slots=True)
class Known:
    """What the catalogue remembers of a live page."""

    key: str
    source: str
    full_digest: str
    raw_digest: str
    origin: str
    checked_at: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A page that was just read, with the digest of the bytes it was read from."""

    page: Page
    raw_digest: str
    origin: str


class Catalogue:
    """SQLite in the data directory. Open one per thread; readers never block the writer.

    Raises:
        DataUnusable: the directory cannot be written, or another version made the file.
    """

    def __init__(self, data: Path) -> None:
        self.file = data / "catalogue.sqlite"
        with translated(data):
            data.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(self.file, timeout=30, check_same_thread=False)
            self._db.execute("pragma journal_mode = wal")
            (version,) = self._db.execute("pragma user_version").fetchone()
            if version not in (0, _SCHEMA_VERSION):
                raise DataUnusable(
                    f"{self.file} has format {version}, this version reads {_SCHEMA_VERSION}; "
                    "name another directory with --data, or upgrade"
                )
            self._db.executescript(_SCHEMA)
            self._db.execute(f"pragma user_version = {_SCHEMA_VERSION}")

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def known(self, source: str | None = None) -> dict[str, Known]:
        """Return the live pages by key, of one source or of all."""
        columns = "key, source, full_digest, raw_digest, origin, checked_at"
        rows = self._db.execute(
            f"select {columns} from live where ?1 is null or source = ?1 order by key",  # noqa: S608
            (source,),
        )
        return {row[0]: Known(*row) for row in rows}

    def pages(self) -> Iterator[Page]:
        """Yield every live page, by key."""
        query = "select body from versions natural join live order by key"
        for (body,) in self._db.execute(query):
            yield page_from_json(body)

    def version(self, key: str, digest: str) -> Page:
        """Return one version of a page, live or not.

        Raises:
            PageUnknown: there is none with this key and digest.
        """
        query = "select body from versions where key = ? and digest = ? order by rowid desc"
        row = self._db.execute(query, (key, digest)).fetchone()
        if row is None:
            raise PageUnknown(f"no version {digest} of page {key} is kept here")
        return page_from_json(row[0])

    def checked_at(self, key: str) -> str | None:
        """Return when a live page was last checked against its source (UTC, ISO 8601)."""
        row = self._db.execute("select checked_at from live where key = ?", (key,)).fetchone()
        return row[0] if row else None

    def corpus_digest(self) -> str:
        """Name the live pages as they stand, metadata included."""
        return corpus_digest(dict(self._db.execute("select key, full_digest from live")))

    def apply(
        self,
        source: str,
        read: Iterable[Reading],
        checked: Iterable[str],
        removed: Iterable[str],
    ) -> None:
        """Store what a refresh found, all of it or nothing.

        Args:
            source: the source that was read; no other source's page is touched.
            read: pages that are new or changed.
            checked: keys of pages found unchanged; their time of checking moves to now.
            removed: keys of pages that are gone.

        Raises:
            KeyTaken: a page's key belongs to another source's page.
        """
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with translated(self.file.parent), self._db:
            for reading in read:
                self._keep(source, reading, now)
            self._db.executemany(
                "update live set checked_at = ? where key = ? and source = ?",
                [(now, key, source) for key in checked],
            )
            self._db.executemany(
                "delete from live where key = ? and source = ?", [(key, source) for key in removed]
            )

    def record(self, changes: ChangeSet, seconds: float, made: str) -> None:
        """Remember that a refresh happened, with its counts and the generation that came of it."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        groups = (changes.added, changes.changed, changes.unchanged, changes.removed)
        counts = [len(group) for group in (*groups, changes.unreadable)]
        with translated(self.file.parent), self._db:
            self._db.execute(
                "insert into refreshes values (null, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (now, changes.source, *counts, seconds, made),
            )

    def _keep(self, source: str, reading: Reading, now: str) -> None:
        page = reading.page
        taken = self._db.execute(
            "select origin from live where key = ? and source <> ?", (page.key, source)
        ).fetchone()
        if taken:
            raise KeyTaken(
                f"{reading.origin} and {taken[0]} both have the key {page.key!r}; "
                "give one of them another slug"
            )
        self._db.execute(
            "insert or ignore into versions values (?, ?, ?, ?, ?)",
            (page.key, page.digest, page.full_digest, page_to_json(page), now),
        )
        self._db.execute(
            "insert or replace into live values (?, ?, ?, ?, ?, ?)",
            (page.key, source, page.full_digest, reading.raw_digest, reading.origin, now),
        )


@contextmanager
def translated(data: Path) -> Iterator[None]:
    """Turn what the file system and SQLite say of the data directory into our own error."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise DataUnusable(
            f"data directory {data}: {error}; check space and rights, or name another with --data"
        ) from error
    except OSError as error:
        raise DataUnusable(
            f"data directory {data}: {error.strerror}; name another with --data"
        ) from error
