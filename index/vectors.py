"""The cache of vectors: what was encoded once is never encoded again, whatever is published.

A vector's key is the text and the encoder that made it, so a change of either is a new vector; the
members of an ensemble are kept apart, so that another weight or member encodes only what it must.
What is encoded is committed as it comes: a process that dies goes on where it was.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import numpy as np

from index.bundled_vectors import LINES, read_vectors, vector_key
from index.encoder import Encoder
from index.ensemble import Ensemble
from index.weights_file import Floats
from ingest.catalogue import translated
from ingest.purging import overwrite_freed

_CHUNK = 256

Progress = Callable[[int, int], None]
Encode = Callable[[Sequence[str]], Floats]


class VectorCache:
    """Vectors of an encoder, kept in `vectors.sqlite` in the data directory.

    Raises:
        DataUnusable: the file cannot be read or written.
    """

    def __init__(self, data: Path, encoder: Encoder) -> None:
        self.encoded = 0
        self._data = data
        self._encoder = encoder
        with translated(data):
            self._db = sqlite3.connect(data / "vectors.sqlite", timeout=30)
            self._db.execute("pragma journal_mode = wal")
            self._db.execute("pragma synchronous = normal")
            self._db.execute(
                "create table if not exists vectors (key text primary key, vector blob not null) "
                "without rowid"
            )

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def vectors(self, texts: Sequence[str], progress: Progress | None = None) -> Floats:
        """Return a row a text, (n, dimension) float32; encodes what is not known yet.

        Args:
            texts: as they are to be encoded.
            progress: told how many of the new texts are done, and how many there are.
        """
        if not isinstance(self._encoder, Ensemble):
            return self._vectors(self._encoder, texts, progress)
        first, *others = self._encoder.members
        columns = [self._vectors(first, texts, progress)]
        encoded = self.encoded
        columns += [self._vectors(encoder, texts, progress) for encoder in others]
        # A text counts once, however many encoders it went through.
        self.encoded = encoded
        return self._encoder.join(columns)

    def line_vectors(self, texts: Sequence[str], progress: Progress | None = None) -> Floats:
        """Return a row a line of what people ask, to be compared with others and with questions."""
        encoder = self._encoder
        bundled = read_vectors(LINES, {vector_key(encoder.lines_digest, text) for text in texts})
        return self._kept(encoder.lines_digest, encoder.encode_lines, texts, progress, bundled)

    def _vectors(self, encoder: Encoder, texts: Sequence[str], progress: Progress | None) -> Floats:
        return self._kept(encoder.digest, encoder.encode_passages, texts, progress)

    def _kept(
        self,
        digest: str,
        encode: Encode,
        texts: Sequence[str],
        progress: Progress | None,
        bundled: Mapping[str, Floats] = MappingProxyType({}),
    ) -> Floats:
        keys = [vector_key(digest, text) for text in texts]
        known = {**self._known([key for key in keys if key not in bundled]), **bundled}
        missing = {k: t for k, t in zip(keys, texts, strict=True) if k not in known}
        # Texts of like length share a batch, so little is padded.
        todo = sorted(missing.items(), key=lambda item: len(item[1]))
        for start in range(0, len(todo), _CHUNK):
            chunk = todo[start : start + _CHUNK]
            made = encode([text for _, text in chunk])
            self._keep(zip((key for key, _ in chunk), made, strict=True))
            known.update((key, row) for (key, _), row in zip(chunk, made, strict=True))
            self.encoded += len(chunk)
            if progress:
                progress(min(start + _CHUNK, len(todo)), len(todo))
        if not keys:
            return encode([])
        return np.stack([known[key] for key in keys])

    def keep_only(self, texts: Iterable[str]) -> int:
        """Erase every vector but those of these texts, and return how many went.

        What SQLite freed is overwritten, so that the vectors are in no corner of the file.

        Raises:
            Busy: another process still reads the file as it was.
        """
        with translated(self._data):
            with self._db:
                self._db.execute("create temp table kept (key text primary key) without rowid")
                self._db.executemany("insert or ignore into kept values (?)", self._keys(texts))
                gone = self._db.execute(
                    "delete from vectors where key not in (select key from kept)"
                ).rowcount
                self._db.execute("drop table kept")
            overwrite_freed(self._db)
        return gone

    def _keys(self, texts: Iterable[str]) -> Iterator[tuple[str]]:
        encoder = self._encoder
        members = encoder.members if isinstance(encoder, Ensemble) else (encoder,)
        digests = [*(member.digest for member in members), encoder.lines_digest]
        return ((vector_key(digest, text),) for text in texts for digest in digests)

    def _known(self, keys: Sequence[str]) -> dict[str, Floats]:
        found: dict[str, Floats] = {}
        distinct = list(dict.fromkeys(keys))
        with translated(self._data):
            for start in range(0, len(distinct), 500):
                part = distinct[start : start + 500]
                marks = ",".join("?" * len(part))
                query = f"select key, vector from vectors where key in ({marks})"  # noqa: S608
                for key, blob in self._db.execute(query, part):
                    found[key] = np.frombuffer(blob, dtype=np.float32)
        return found

    def _keep(self, rows: Iterable[tuple[str, Floats]]) -> None:
        with translated(self._data), self._db:
            self._db.executemany(
                "insert or replace into vectors values (?, ?)",
                [(key, np.ascontiguousarray(row, np.float32).tobytes()) for key, row in rows],
            )
