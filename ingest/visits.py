"""What a web server said when a page was read, so that the next refresh can ask for changes alone.

Kept in the catalogue's file. A visit counts only while the page that is live came of the very same
bytes, read in the same way: it can be written at any moment, and a refresh that is undone leaves
nothing that would be believed later.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ingest.catalogue import Catalogue, Known, translated

_SCHEMA = """
create table if not exists visits (
    origin text primary key, address text not null, key text not null, etag text,
    last_modified text, words text not null, raw_digest text not null, terms text not null);
"""


@dataclass(frozen=True, slots=True)
class Visit:
    """One page as a web server gave it.

    Attributes:
        address: where it was in the end, behind redirects; only there its validators hold.
        key: the address that it wants to be found at.
        etag, last_modified: its validators (RFC 9110), as the server wrote them.
        words: names what the page says, to tell twins.
    """

    address: str
    key: str
    etag: str | None = None
    last_modified: str | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Unmodified:
    """Stands for a page that its server says has not changed since it was read."""

    origin: str


class Visits:
    """The visits in a catalogue's file."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._data = catalogue.file.parent
        self._db = catalogue.database
        with translated(self._data):
            self._db.executescript(_SCHEMA)

    def of(self, known: Mapping[str, Known], terms: str) -> dict[str, Visit]:
        """Return a visit for each known page, by origin; without validators where they don't hold.

        Args:
            known: live pages by key.
            terms: names everything beside the bytes that reading depends on.
        """
        columns = "origin, address, key, etag, last_modified, words"
        found = {}
        for entry in known.values():
            row = self._db.execute(
                f"select {columns} from visits where origin = ? and raw_digest = ? and terms = ?",  # noqa: S608
                (entry.origin, entry.raw_digest, terms),
            ).fetchone()
            found[entry.origin] = Visit(*row[1:]) if row else Visit(entry.origin, entry.key)
        return found

    def keep(self, visits: Iterable[tuple[str, str, Visit]], terms: str) -> None:
        """Remember visits, each with its origin and the digest of the bytes."""
        with translated(self._data), self._db:
            self._db.executemany(
                "insert or replace into visits values (?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (origin, v.address, v.key, v.etag, v.last_modified, v.words, digest, terms)
                    for origin, digest, v in visits
                ],
            )
