"""The dense leg: one FAISS index a field, searched in full, and the rows that share a vector.

Vectors are kept in half precision: half the memory, and a cosine differs by less than 0.0005.

Vectors have length 1, so FAISS's inner product is the cosine; that is said here and nowhere else.
"""

from collections.abc import Sequence
from pathlib import Path

import faiss
import numpy as np
import numpy.typing as npt

from index.weights_file import Floats
from ingest.errors import GenerationDamaged

Rows = npt.NDArray[np.int64]


class DenseField:
    """The vectors of one field of all passages; passages with one text share a vector.

    Args:
        vectors: (m, dimension) float32, length 1.
        vector_of_row: (n,) which vector each passage row has.
    """

    def __init__(self, vectors: Floats, vector_of_row: npt.ArrayLike) -> None:
        store = faiss.IndexScalarQuantizer(
            vectors.shape[1], faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
        )
        store.add(np.ascontiguousarray(vectors, np.float32))
        self._set(store, np.asarray(vector_of_row, np.int64))

    def _set(self, store: "faiss.Index", vector_of_row: Rows) -> None:
        self._store = store
        self._vector_of_row = vector_of_row
        order = np.argsort(vector_of_row, kind="stable")
        self._rows_by_vector = order
        self._first_row = np.searchsorted(vector_of_row[order], np.arange(store.ntotal + 1))

    @property
    def size(self) -> int:
        """How many distinct vectors there are."""
        return int(self._store.ntotal)

    def vector(self, row: int) -> Floats:
        """Return the vector of a row, (dimension,) float32."""
        found: Floats = self._store.reconstruct(int(self._vector_of_row[row]))
        return found

    def best_rows(self, vector: Floats, k: int) -> Rows:
        """Return the rows of the `k` nearest vectors, nearest first.

        Args:
            vector: (dimension,) float32, length 1.
            k: how many vectors; the rows may be more, since rows share vectors.
        """
        if not self.size:
            return np.zeros(0, np.int64)
        # More threads win nothing on a search this small, and wait for each other while BLAS spins.
        # Their number is the calling thread's own, so it is said here.
        faiss.omp_set_num_threads(1)
        _, found = self._store.search(vector[None, :], min(k, self.size))
        rows = [self._rows_by_vector[self._first_row[v] : self._first_row[v + 1]] for v in found[0]]
        return np.concatenate(rows)

    def cosines(self, vector: Floats, rows: Rows) -> Floats:
        """Return the cosine of a vector with each of these rows, (len(rows),) float32."""
        if not len(rows):
            return np.zeros(0, np.float32)
        wanted, place = np.unique(self._vector_of_row[rows], return_inverse=True)
        cosines: Floats = self._store.reconstruct_batch(wanted) @ vector
        return cosines[place]

    def loose(self, rows: int) -> int:
        """Count what belongs to none of the `rows` passages: vectors without row, rows too many."""
        used = np.unique(self._vector_of_row[:rows])
        return self.size - len(used) + max(0, len(self._vector_of_row) - rows)

    def save(self, folder: Path, name: str) -> None:
        """Write the index and its rows into `folder`.

        Raises:
            OSError: the disk is full, say.
        """
        # Given a path, FAISS says nothing of what the system refuses when the file is closed.
        with (folder / f"{name}.faiss").open("wb") as stream:
            # The stubs of FAISS leave this class out.
            writer = faiss.PyCallbackIOWriter(stream.write)  # type: ignore[attr-defined]
            faiss.write_index(self._store, writer)
        np.save(folder / f"{name}-rows.npy", self._vector_of_row)

    @classmethod
    def load(cls, folder: Path, name: str) -> "DenseField":
        """Read what `save` wrote.

        Raises:
            GenerationDamaged: a file is missing or cannot be read.
        """
        field = cls.__new__(cls)
        try:
            store = faiss.read_index(str(folder / f"{name}.faiss"))
            field._set(store, np.load(folder / f"{name}-rows.npy"))
        except (RuntimeError, OSError, ValueError) as error:
            raise GenerationDamaged(f"{folder}: {name} cannot be read: {error}") from error
        return field


def shared(texts: Sequence[str]) -> tuple[list[str], list[int]]:
    """Return the distinct texts in order of appearance, and which of them each text is."""
    place: dict[str, int] = {}
    numbers = [place.setdefault(text, len(place)) for text in texts]
    return list(place), numbers
