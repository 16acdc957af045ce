"""The file that the catalogue is kept in: made where it is missing, read where nothing is written.

Apart from the catalogue because what a file system allows is a matter of its own.
"""

import os
import sqlite3
from pathlib import Path
from urllib.parse import quote

from ingest.errors import DataUnusable

_SCHEMA_VERSION = 1
_SCHEMA = """
create table if not exists versions (
    key text not null, digest text not null, full_digest text not null, body text not null,
    first_seen text not null, primary key (key, full_digest));
create table if not exists live (
    key text primary key, source text not null, full_digest text not null,
    raw_digest text not null, origin text not null, checked_at text not null);
create index if not exists live_source on live (source);
create table if not exists staged (
    key text primary key, source text not null, full_digest text, raw_digest text, origin text);
create table if not exists aim (generation text not null);
create table if not exists gone (key text primary key, at text not null);
"""


def open_file(file: Path) -> sqlite3.Connection:
    """Open the file, for reading alone where its directory cannot be written.

    Raises:
        DataUnusable: another version made it.
        OSError, sqlite3.DatabaseError: it cannot be read, or cannot be made.
    """
    if file.exists() and not os.access(file.parent, os.W_OK):
        db = _open_to_read(file)
    else:
        file.parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(file, timeout=30, check_same_thread=False)
    try:
        _prepare(db, file)
    except BaseException:
        db.close()
        raise
    return db


def _prepare(db: sqlite3.Connection, file: Path) -> None:
    """Make the tables of a new file; one that has them is not written to."""
    (version,) = db.execute("pragma user_version").fetchone()
    if version == _SCHEMA_VERSION:
        return
    if version:
        raise DataUnusable(
            f"{file} has format {version}, this version reads {_SCHEMA_VERSION}; "
            "name another directory with --data, or upgrade"
        )
    db.execute("pragma journal_mode = wal")
    db.executescript(_SCHEMA)
    # Last, so that a process that dies before leaves a file that the next one completes.
    db.execute(f"pragma user_version = {_SCHEMA_VERSION}")


def _open_to_read(file: Path) -> sqlite3.Connection:
    """Open a file beside which SQLite can make none of its own.

    While a writer has it open, its log and the index of that are there and can be read with it.
    Without them nobody is writing, and the file is read as one that stays as it is: who serves it
    while another account begins to write serves it as it was, until the service is started again.
    """
    log, shared = (file.with_name(f"{file.name}-{end}") for end in ("wal", "shm"))
    alone = not shared.exists() and not (log.exists() and log.stat().st_size)
    address = f"file:{quote(os.fsencode(file.absolute()))}?mode=ro{'&immutable=1' if alone else ''}"
    return sqlite3.connect(address, uri=True, timeout=30, check_same_thread=False)
