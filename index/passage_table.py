"""The passages and pages of one generation, in SQLite: read by row, by id or by key."""

import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

from ingest.errors import GenerationDamaged, PageUnknown
from ingest.records import Context, Page, Passage, Place, page_from_json, page_to_json

_SCHEMA = """
create table passages (row integer primary key, id text not null unique, body text not null);
create table pages (key text primary key, title text not null, language text not null, url text,
    digest text not null, full_digest text not null, body text not null);
"""
_CACHED = 4096
# A page takes tens of kilobytes, and only those that are quoted are read.
_CACHED_PAGES = 256


class PassageTable:
    """Reads the file that `write` made; safe to share between threads.

    Raises:
        GenerationDamaged: the file is missing or is no such table; opening looks at little of it,
            so every reader says so as well.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()
        with self._reading():
            self._db = sqlite3.connect(
                f"file:{file}?mode=ro&immutable=1", uri=True, check_same_thread=False
            )
            self.size: int = self._db.execute("select count(*) from passages").fetchone()[0]
        self.passage = lru_cache(_CACHED)(self._passage)
        self.page = lru_cache(_CACHED_PAGES)(self._page)
        self.original = lru_cache(_CACHED)(self._original)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _passage(self, row: int) -> Passage:
        with self._reading():
            (body,) = self._db.execute("select body from passages where row = ?", (row,)).fetchone()
            return _from_json(body)

    def row_of(self, passage_id: str) -> int | None:
        """Return the row of a passage, or None when this generation has none of that id."""
        query = "select row from passages where id = ?"
        with self._reading():
            found = self._db.execute(query, (passage_id,)).fetchone()
        return found[0] if found else None

    def passages_of(self, key: str) -> list[Passage]:
        """Return the passages that stand on a page, those kept under a twin of it included."""
        query = (
            "select body from passages where json_extract(body, '$.page_key') = ?1 or ?1 in "
            "(select json_extract(value, '$.page_key') from json_each(body, '$.also_on')) "
            "order by row"
        )
        with self._reading():
            return [_from_json(body) for (body,) in self._db.execute(query, (key,))]

    def _page(self, key: str) -> Page:
        with self._reading():
            found = self._db.execute("select body from pages where key = ?", (key,)).fetchone()
            if found:
                return page_from_json(found[0])
        raise PageUnknown(f"there is no page {key!r} here")

    def _original(self, key: str) -> str:
        """Return the key of what a page is a translation of, or its own."""
        query = "select json_extract(body, '$.translation_of') from pages where key = ?"
        with self._reading():
            found = self._db.execute(query, (key,)).fetchone()
        if not found:
            raise PageUnknown(f"there is no page {key!r} here")
        return str(found[0] or key)

    def pages(self) -> list[dict[str, Any]]:
        """Return key, title, language, url and digest of every page, by key."""
        names = ("key", "title", "language", "url", "digest")
        query = f"select {', '.join(names)} from pages order by key"  # noqa: S608
        with self._reading():
            return [dict(zip(names, row, strict=True)) for row in self._db.execute(query)]

    def every_page(self) -> list[Page]:
        """Return all pages in full, by key."""
        with self._reading():
            rows = self._db.execute("select body from pages order by key")
            return [page_from_json(body) for (body,) in rows]

    def asked(self) -> list[Page]:
        """Return the pages with lines of what people ask."""
        query = "select body from pages where json_array_length(body, '$.asked') > 0"
        with self._reading():
            return [page_from_json(body) for (body,) in self._db.execute(query)]

    def versions(self) -> set[tuple[str, str]]:
        """Return key and digest of every page."""
        with self._reading():
            return {*self._db.execute("select key, digest from pages")}

    def ids(self) -> list[tuple[str, str, str]]:
        """Return id, page key and page digest of every passage, in row order."""
        query = (
            "select id, json_extract(body, '$.page_key'), json_extract(body, '$.page_digest') "
            "from passages order by row"
        )
        with self._reading():
            return [*self._db.execute(query)]

    def full_digests(self) -> dict[str, str]:
        """Return the full digest of every page, by key."""
        with self._reading():
            return dict(self._db.execute("select key, full_digest from pages"))

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Let one thread at a time read, and name the file when it cannot be read."""
        try:
            with self._lock:
                yield
        except (sqlite3.Error, ValueError, KeyError, TypeError) as error:
            raise GenerationDamaged(f"{self._file} cannot be read: {error}") from error


def write(file: Path, passages: Sequence[Passage], pages: Sequence[Page]) -> None:
    """Write passages in row order, and the pages that they are slices of."""
    db = sqlite3.connect(file)
    with db:
        db.executescript(_SCHEMA)
        db.executemany(
            "insert into passages values (?, ?, ?)",
            (
                (row, p.id, json.dumps(asdict(p), ensure_ascii=False))
                for row, p in enumerate(passages)
            ),
        )
        db.executemany(
            "insert into pages values (?, ?, ?, ?, ?, ?, ?)",
            (
                (p.key, p.title, p.language, p.url, p.digest, p.full_digest, page_to_json(p))
                for p in pages
            ),
        )
    db.close()


def _from_json(text: str) -> Passage:
    raw = json.loads(text)
    raw["context"] = tuple(Context(**c) for c in raw["context"])
    raw["also_on"] = tuple(Place(**{**p, "section": tuple(p["section"])}) for p in raw["also_on"])
    raw["section"], raw["cases"] = tuple(raw["section"]), tuple(raw["cases"])
    return Passage(**raw)
