"""What refreshes did: a record of each, with its counts and its deletion receipts.

Kept in the catalogue's file. A record is begun before anything is written and ended whatever
happens, so one that was never ended says that its process died.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from ingest.catalogue import Catalogue, translated
from ingest.records import ChangeSet

Outcome = Literal["running", "published", "unchanged", "held", "failed", "cancelled", "interrupted"]
Kind = Literal["refresh", "rollback", "purge"]

_SCHEMA = """
create table if not exists runs (
    id text primary key, kind text not null, by text not null, began text not null, ended text,
    outcome text not null, generation text, previous text, seconds real, encoded integer,
    detail text, findings text);
create table if not exists run_sources (
    run text not null, source text not null, added integer not null, changed integer not null,
    unchanged integer not null, removed integer not null, unreadable integer not null,
    primary key (run, source));
create table if not exists departures (
    run text not null, passage text primary key, page_key text not null,
    page_digest text not null, lines text not null default '');
create table if not exists receipts (
    run text not null, passage text not null, page_key text not null, page_digest text not null,
    generation text not null, at text not null, rows integer not null, vectors integer not null,
    postings integer not null, returned integer, lines integer, primary key (passage, generation));
"""
# What a file that was made before them lacks.
_ADDED = {"departures": "lines text not null default ''", "receipts": "lines integer"}
_COLUMNS = (
    *("id", "kind", "by", "began", "ended", "outcome", "generation", "previous"),
    *("seconds", "encoded", "detail", "findings"),
)
_COUNTS = ("added", "changed", "unchanged", "removed", "unreadable")


@dataclass(frozen=True, slots=True)
class Departure:
    """A passage that leaves: its id, and the page version that it was a slice of.

    `lines` are digests of the lines of what people ask that led to it: no word of them is needed.
    """

    passage: str
    page_key: str
    page_digest: str
    lines: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was looked for of a passage that left, in the generation published without it.

    Attributes:
        rows, vectors, postings: how many of them were found under the passage's id.
        returned: how often the passage came back when its own text was asked as a question; None
            when the text is no longer known, as after a purge that was interrupted.
        lines: how many lines of what people ask that led to it, and to nothing that is live, are
            still part of what was learned from lines; None in receipts older than this count.
    """

    passage: str
    page_key: str
    page_digest: str
    generation: str
    rows: int
    vectors: int
    postings: int
    returned: int | None
    lines: int | None = None

    @property
    def sound(self) -> bool:
        """Whether nothing at all was found."""
        return not (self.rows or self.vectors or self.postings or self.returned or self.lines)


@dataclass(frozen=True, slots=True)
class Run:
    """One refresh, roll back or purge, as it is remembered."""

    id: str
    kind: Kind
    by: str
    began: str
    ended: str | None
    outcome: Outcome
    generation: str | None
    previous: str | None
    seconds: float | None
    encoded: int | None
    detail: str | None
    findings: Mapping[str, int] = field(default_factory=dict)
    sources: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    receipts: int = 0
    unsound: int = 0


class History:
    """The records in a catalogue's file."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._data = catalogue.file.parent
        self._db = catalogue.database
        with translated(self._data):
            self._db.executescript(_SCHEMA)
            for table, column in _ADDED.items():
                known = {row[1] for row in self._db.execute(f"pragma table_info({table})")}
                if column.split()[0] not in known:
                    self._db.execute(f"alter table {table} add column {column}")

    def begin(self, run: str, kind: Kind, by: str, previous: str | None) -> None:
        """Note that something begins; what never ended before it was interrupted.

        Call it only while holding the right to refresh: nobody else can be running then.
        """
        with translated(self._data), self._db:
            self._db.execute("update runs set outcome = 'interrupted' where outcome = 'running'")
            self._db.execute(
                "insert into runs (id, kind, by, began, outcome, previous) "
                "values (?, ?, ?, ?, 'running', ?)",
                (run, kind, by, _now(), previous),
            )

    def end(
        self,
        run: str,
        outcome: Outcome,
        *,
        generation: str | None = None,
        seconds: float | None = None,
        encoded: int | None = None,
        detail: str | None = None,
        changes: Sequence[ChangeSet] = (),
        findings: Mapping[str, int] | None = None,
    ) -> None:
        """Note how it ended, with the counts of each source and of each kind of finding."""
        with translated(self._data), self._db:
            self._db.execute(
                "update runs set ended = ?, outcome = ?, generation = ?, seconds = ?, "
                "encoded = ?, detail = ?, findings = ? where id = ?",
                (
                    *(_now(), outcome, generation, seconds, encoded, detail),
                    *(json.dumps(findings or {}), run),
                ),
            )
            self._db.executemany(
                "insert or replace into run_sources values (?, ?, ?, ?, ?, ?, ?)",
                [(run, c.source, *(len(getattr(c, name)) for name in _COUNTS)) for c in changes],
            )

    def expect(self, run: str, departures: Iterable[Departure]) -> None:
        """Remember which passages are about to leave, until each has its receipt."""
        with translated(self._data), self._db:
            self._db.executemany(
                "insert or replace into departures values (?, ?, ?, ?, ?)",
                [
                    (run, d.passage, d.page_key, d.page_digest, " ".join(sorted(d.lines)))
                    for d in departures
                ],
            )

    def departures(self, served: Collection[tuple[str, str]]) -> list[Departure]:
        """Return the passages that left and have no receipt yet.

        Args:
            served: key and digest of every page that is served: what was to leave with a refresh
                that failed or was cancelled did not.
        """
        query = "select passage, page_key, page_digest, lines from departures order by 2, 1"
        rows = self._db.execute(query)
        return [
            Departure(passage, key, digest, frozenset(lines.split()))
            for passage, key, digest, lines in rows
            if (key, digest) not in served
        ]

    def settle(self, run: str, receipts: Sequence[Receipt]) -> None:
        """Keep receipts, and expect nothing any more."""
        rows = [
            (
                *(run, r.passage, r.page_key, r.page_digest, r.generation, _now()),
                *(r.rows, r.vectors, r.postings, r.returned, r.lines),
            )
            for r in receipts
        ]
        with translated(self._data), self._db:
            self._db.executemany(
                "insert or replace into receipts values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows
            )
            self._db.execute("delete from departures")

    def receipts(self, run: str) -> list[Receipt]:
        """Return the receipts of one run, by page and passage."""
        columns = (
            "passage, page_key, page_digest, generation, rows, vectors, postings, returned, lines"
        )
        query = f"select {columns} from receipts where run = ? order by page_key, passage"  # noqa: S608
        return [Receipt(*row) for row in self._db.execute(query, (run,))]

    def run(self, run: str) -> Run | None:
        """Return one record."""
        return next(self._runs("where id = ?", run), None)

    def runs(self, limit: int = 20) -> list[Run]:
        """Return the newest records, newest first."""
        return [*self._runs("order by began desc, rowid desc limit ?", limit)]

    def last_of(self, source: str) -> str | None:
        """Return when a source was last read to its end (UTC, ISO 8601), published or held.

        A refresh that could read nothing of it is none: its site was down, say.
        """
        query = (
            "select max(ended) from runs join run_sources on run = id where source = ? "
            "and outcome in ('published', 'unchanged', 'held') "
            "and (added + changed + unchanged > 0 or unreadable = 0)"
        )
        found: str | None = self._db.execute(query, (source,)).fetchone()[0]
        return found

    def rolled_back(self, generation: str) -> str | None:
        """Return when a generation was rolled back from, unless it was published again since."""
        query = (
            "select kind, previous, ended from runs where outcome = 'published' and "
            "(generation = ?1 or (kind = 'rollback' and previous = ?1)) "
            "order by began desc, rowid desc limit 1"
        )
        row = self._db.execute(query, (generation,)).fetchone()
        return row[2] if row and row[0] == "rollback" and row[1] == generation else None

    def last_purge(self) -> str | None:
        """Return when a page was last erased (UTC, ISO 8601); now, while one is being erased."""
        query = (
            "select max(case outcome when 'running' then ? else coalesce(ended, began) end) "
            "from runs where kind = 'purge'"
        )
        found: str | None = self._db.execute(query, (_now(),)).fetchone()[0]
        return found

    def last_rollback(self) -> str | None:
        """Return when somebody last rolled back (UTC, ISO 8601)."""
        query = "select max(ended) from runs where kind = 'rollback' and outcome = 'published'"
        found: str | None = self._db.execute(query).fetchone()[0]
        return found

    def _runs(self, clause: str, value: object) -> Iterator[Run]:
        query = f"select {', '.join(_COLUMNS)} from runs {clause}"  # noqa: S608
        for row in self._db.execute(query, (value,)).fetchall():
            yield self._filled(dict(zip(_COLUMNS, row, strict=True)))

    def _filled(self, values: dict[str, Any]) -> Run:
        query = f"select source, {', '.join(_COUNTS)} from run_sources where run = ?"  # noqa: S608
        sources = {
            source: dict(zip(_COUNTS, counts, strict=True))
            for source, *counts in self._db.execute(query, (values["id"],))
        }
        query = (
            "select count(*), "
            "coalesce(sum(rows + vectors + postings + coalesce(returned, 0) + "
            "coalesce(lines, 0) > 0), 0) "
            "from receipts where run = ?"
        )
        receipts, unsound = self._db.execute(query, (values["id"],)).fetchone()
        values["findings"] = json.loads(values["findings"] or "{}")
        return Run(**values, sources=sources, receipts=receipts, unsound=unsound)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
