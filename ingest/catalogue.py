"""The catalogue: every version of every page, what is live, and when it was last checked.

It is the one place that remembers across ingests. What a refresh found is staged here together with
the name of the generation that is to serve it, and becomes live in one transaction once that
generation is. A process that dies in between is repaired by asking which generation is live.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from ingest.catalogue_file import open_file
from ingest.errors import DataUnusable, KeyTaken, PageUnknown
from ingest.records import Page, corpus_digest, page_from_json, page_to_json
from ingest.source_facts import SourceFacts

# What will be live: staged pages in the place of live ones; a staged page without digest goes.
_COMING = """
select key, full_digest from live where key not in (select key from staged)
union all select key, full_digest from staged where full_digest is not null
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
    """A page that was just read, with the digest of the bytes it was read from.

    `source` is what the bytes say beside the content, for those who look for faults.
    """

    page: Page
    raw_digest: str
    origin: str
    source: SourceFacts = field(default_factory=SourceFacts)


class Catalogue:
    """SQLite in the data directory. Open one per thread; readers never block the writer.

    Where the directory cannot be written, it is read alone.

    Raises:
        DataUnusable: the file cannot be read or made, or another version made it.
    """

    def __init__(self, data: Path) -> None:
        self.file = data / "catalogue.sqlite"
        with translated(data):
            self._db = open_file(self.file)

    @property
    def database(self) -> sqlite3.Connection:
        """The open file, for what else is kept in it: the history and what was purged."""
        return self._db

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

    def pages(self, *, staged: bool = False) -> Iterator[Page]:
        """Yield every page that is live, or with `staged` that will be, by key."""
        which = _COMING if staged else "select key, full_digest from live"
        query = f"select body from versions natural join ({which}) order by key"  # noqa: S608
        for (body,) in self._db.execute(query):
            yield page_from_json(body)

    def live(self, key: str) -> Page:
        """Return a page as it is live.

        Raises:
            PageUnknown: no live page has this key.
        """
        query = "select body from versions natural join live where key = ?"
        row = self._db.execute(query, (key,)).fetchone()
        if row is None:
            raise PageUnknown(f"no page {key!r} is live here")
        return page_from_json(row[0])

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

    def source_of(self, key: str) -> str | None:
        """Return the source of a live page."""
        row = self._db.execute("select source from live where key = ?", (key,)).fetchone()
        return row[0] if row else None

    def changed_since(self, key: str, digest: str) -> str | None:
        """Return since when the page reads otherwise than this version (UTC, ISO 8601).

        None when the version is the live one; when the page is gone, since when it is.
        """
        row = self._db.execute(
            "select digest, first_seen from versions natural join live where key = ?", (key,)
        ).fetchone()
        row = row or self._db.execute("select '', at from gone where key = ?", (key,)).fetchone()
        return None if row is None or row[0] == digest else str(row[1])

    def versions(self, key: str) -> list[tuple[str, str]]:
        """Return the digest of every kept version of a page and when it came, oldest first."""
        query = "select digest, min(first_seen) from versions where key = ? group by digest"
        return sorted(self._db.execute(query, (key,)), key=lambda row: row[1])

    def coming(self) -> set[tuple[str, str]]:
        """Return key and digest of every page that will be live once what is staged is."""
        return {*self._db.execute(f"select key, digest from versions natural join ({_COMING})")}  # noqa: S608

    def corpus_digest(self, *, staged: bool = False) -> str:
        """Name the pages that are live, or with `staged` that will be, metadata included."""
        which = _COMING if staged else "select key, full_digest from live"
        return corpus_digest(dict(self._db.execute(which)))

    def apply(
        self,
        source: str,
        read: Iterable[Reading],
        checked: Iterable[str],
        removed: Iterable[str],
    ) -> None:
        """Stage what a refresh found and make it live at once: all of it or nothing.

        Raises:
            KeyTaken: a page's key belongs to another source's page.
        """
        self.discard()
        self.stage(source, read, removed)
        self.promote({source: checked})

    def stage(
        self,
        source: str,
        read: Iterable[Reading],
        removed: Iterable[str],
        former: str | None = None,
    ) -> None:
        """Put what a refresh found beside the live pages, until `promote` or `discard`.

        Args:
            source: the source that was read; no other source's page is touched.
            read: pages that are new or changed.
            removed: keys of pages that are gone.
            former: another name under which this source was known; its pages move to this one.

        Raises:
            KeyTaken: a page's key belongs to another source's page.
        """
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with translated(self.file.parent), self._db:
            if former:
                self._db.execute("update live set source = ? where source = ?", (source, former))
            for reading in read:
                self._keep(source, reading, now)
            self._db.executemany(
                "insert or replace into staged select key, source, null, null, null from live "
                "where key = ? and source = ?",
                [(key, source) for key in removed],
            )

    def aim(self, generation: str) -> None:
        """Remember which generation is to serve what is staged."""
        with translated(self.file.parent), self._db:
            self._db.execute("delete from aim")
            self._db.execute("insert into aim values (?)", (generation,))

    @property
    def aimed_at(self) -> str | None:
        """The generation that is to serve what is staged; None when nothing is under way."""
        row = self._db.execute("select generation from aim").fetchone()
        return row[0] if row else None

    def promote(self, checked: Mapping[str, Iterable[str]]) -> None:
        """Make what is staged live, all of it or nothing.

        Args:
            checked: keys of pages found unchanged, by source; they were checked now.
        """
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with translated(self.file.parent), self._db:
            removed = "(select key from staged where full_digest is null)"
            self._db.execute(
                f"insert or replace into gone select key, ? from live where key in {removed}",  # noqa: S608
                (now,),
            )
            self._db.execute(f"delete from live where key in {removed}")  # noqa: S608
            self._db.execute(
                "insert or replace into live select key, source, full_digest, raw_digest, origin, "
                "? from staged where full_digest is not null",
                (now,),
            )
            self._db.execute("delete from gone where key in (select key from live)")
            self._db.executemany(
                "update live set checked_at = ? where key = ? and source = ?",
                [(now, key, source) for source, keys in checked.items() for key in keys],
            )
            self._clear()

    def discard(self) -> None:
        """Forget what is staged; nothing of it was ever live."""
        with translated(self.file.parent), self._db:
            self._clear()

    def _clear(self) -> None:
        self._db.execute("delete from staged")
        self._db.execute("delete from aim")

    def _keep(self, source: str, reading: Reading, now: str) -> None:
        page = reading.page
        taken = self._db.execute(
            "select origin from live where ?1 = key and source <> ?2 union all "
            "select origin from staged where ?1 = key and source <> ?2",
            (page.key, source),
        ).fetchone()
        if taken:
            raise KeyTaken(
                f"{reading.origin} and {taken[0]} both have the key {page.key!r}; "
                "give one of them another slug"
            )
        self._db.execute(
            "insert into versions values (?, ?, ?, ?, ?) on conflict do update "
            "set first_seen = excluded.first_seen "
            "where full_digest not in (select full_digest from live where key = excluded.key)",
            (page.key, page.digest, page.full_digest, page_to_json(page), now),
        )
        self._db.execute(
            "insert or replace into staged values (?, ?, ?, ?, ?)",
            (page.key, source, page.full_digest, reading.raw_digest, reading.origin),
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
