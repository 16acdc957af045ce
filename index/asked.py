"""What people ask when a passage answers: lines in any language, compared with a question.

A line is in the asker's own words and language, so it is near to a question that the passage itself
is far from. Lines are searched by vector and by word, and are never shown.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.dense import Rows
from index.lexical import LexicalIndex
from index.weights_file import Floats
from ingest.errors import GenerationDamaged
from ingest.records import Page, Passage

# The cosine of a passage that nobody's line leads to.
NONE = -1.0


@dataclass(frozen=True, slots=True)
class Line:
    """One line, and the rows of the passages in the section that it leads to."""

    language: str
    text: str
    rows: tuple[int, ...]


def lines_of(passages: Sequence[Passage], pages: Iterable[Page]) -> list[Line]:
    """Return the lines of all pages with the rows that they lead to; the same words stand once."""
    by_section: dict[tuple[str, tuple[str, ...]], list[int]] = {}
    for row, passage in enumerate(passages):
        by_section.setdefault((passage.page_key, passage.section), []).append(row)
        for place in passage.also_on:
            by_section.setdefault((place.page_key, place.section), []).append(row)
    rows_of: dict[tuple[str, str], set[int]] = {}
    for page in pages:
        for line in page.asked:
            rows = by_section.get((page.key, page.sections[line.section].path), ())
            rows_of.setdefault((line.language, line.text), set()).update(rows)
    return [Line(*key, tuple(sorted(rows))) for key, rows in rows_of.items() if rows]


class AskedIndex:
    """The lines of one generation.

    Args:
        vectors: (m, dimension) float32, length 1, a row a line.
        line_of, row_of: (k,) pairs of a line and a passage row that it leads to.
        elsewhere: (e, dimension) float32, length 1, a row a line that no page answers.
        words: a document a line.
        size: how many passage rows there are.
    """

    def __init__(
        self,
        vectors: Floats,
        line_of: Rows,
        row_of: Rows,
        elsewhere: Floats,
        words: LexicalIndex,
        size: int,
    ) -> None:
        self._vectors = vectors
        self._elsewhere = elsewhere
        self._line_of = line_of
        self._row_of = row_of
        self._words = words
        self._size = size

    @classmethod
    def build(
        cls, lines: Sequence[Line], vectors: Floats, elsewhere: Floats, size: int
    ) -> "AskedIndex":
        """Index lines with their vectors, and vectors of what no page answers; both may be none."""
        pairs = [(n, row) for n, line in enumerate(lines) for row in line.rows]
        both = np.array(pairs, np.int64).reshape(-1, 2)
        words = LexicalIndex.build([line.language for line in lines], [line.text for line in lines])
        return cls(vectors, both[:, 0], both[:, 1], elsewhere, words, size)

    def cosines(self, vector: Floats) -> Floats:
        """Return the cosine of each row's nearest line, (size,) float32; `NONE` without one."""
        return self._spread(self._vectors @ vector, NONE)

    def elsewhere(self, vector: Floats) -> float:
        """Return the cosine of the nearest line that no page answers; `NONE` without any."""
        return float((self._elsewhere @ vector).max(initial=NONE))

    def word_scores(self, language: str, stems: Sequence[str]) -> Floats:
        """Return the BM25 score of each passage row's best line, (size,) float32, else zero."""
        return self._spread(self._words.scores(language, stems), 0.0)

    def _spread(self, of_lines: Floats, otherwise: float) -> Floats:
        result = np.full(self._size, otherwise, np.float32)
        if len(self._line_of):
            np.maximum.at(result, self._row_of, of_lines[self._line_of])
        return result

    def save(self, folder: Path) -> None:
        """Write `asked.npz` and `asked-words/` into `folder`."""
        arrays: Mapping[str, Floats | Rows] = {
            "vectors": self._vectors,
            "line_of": self._line_of,
            "row_of": self._row_of,
            "elsewhere": self._elsewhere,
        }
        np.savez(folder / "asked.npz", allow_pickle=False, **arrays)
        self._words.save(folder / "asked-words")

    @classmethod
    def load(cls, folder: Path, size: int) -> "AskedIndex":
        """Read what `save` wrote.

        Raises:
            GenerationDamaged: a file is missing or cannot be read.
        """
        try:
            with np.load(folder / "asked.npz") as arrays:
                names = ("vectors", "line_of", "row_of", "elsewhere")
                vectors, line_of, row_of, elsewhere = (arrays[name] for name in names)
        except (OSError, ValueError, KeyError, EOFError) as error:
            raise GenerationDamaged(f"{folder}: asked.npz cannot be read: {error}") from error
        words = LexicalIndex.load(folder / "asked-words")
        return cls(vectors, line_of, row_of, elsewhere, words, size)
