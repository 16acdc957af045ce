"""Which section a question is about, learned from lines of what people ask.

Kernel ridge regression: a question is compared with lines, by meaning (an encoder's cosine) and by
spelling (runs of letters), and what each likeness is worth is learned, so that lines of one section
are told from those of its neighbours. On judged questions this put the right section first in 69 of
100 where the nearest line did in 56; comparing with a choice of the lines only (Nyström) lost it.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from index.ngrams import NgramIndex
from index.weights_file import Floats
from ingest.records import digest_of

# Beyond this many lines an even choice is learned from: time grows with the third power.
MOST_LINES = 17_000
# Of the mean distance between lines: how far apart two may be and still count as alike.
_WIDTH = 0.3
_SPELLING = 0.5
_RIDGE = 0.2


Array = npt.NDArray[Any]


class LineModel:
    """Scores of groups of passages for a question: near 1 only for what is all but a line itself.

    Args:
        lines: (m, dimension) float32, length 1.
        spelling: the same lines by their letters.
        width: what a cosine's distance from 1 is divided by.
        weights: (m, groups) what likeness to each line is worth.
        mean: (groups,) the score of a question that is like none.
        names: (m,) digests of the lines' texts, so that it can be told what was learned from; None
            of a model that was written before they were kept.
    """

    def __init__(
        self,
        lines: Floats,
        spelling: NgramIndex,
        width: float,
        weights: Floats,
        mean: Floats,
        names: Array | None,
    ) -> None:
        self._lines, self._spelling, self._width = lines, spelling, width
        self._weights, self._mean, self._names = weights, mean, names

    @classmethod
    def fit(cls, texts: Sequence[str], vectors: Floats, belongs: Floats) -> "LineModel":
        """Learn from lines.

        Args:
            texts: the lines.
            vectors: (lines, dimension) float32, length 1.
            belongs: (lines, groups) float32, 1 where a line leads to a group.
        """
        # Imported here because a serving process never learns.
        from scipy.linalg import cho_factor, cho_solve

        chosen = np.linspace(0, len(texts) - 1, min(MOST_LINES, len(texts))).round().astype(int)
        texts, vectors, belongs = [texts[n] for n in chosen], vectors[chosen], belongs[chosen]
        middle = vectors.mean(axis=0)
        width = max(_WIDTH * (1 - float(middle @ middle)), 1e-3)
        spelling = NgramIndex.build(texts)
        mean = belongs.mean(axis=0)
        names = np.array([digest_of(text) for text in texts])
        model = cls(vectors, spelling, width, np.zeros((len(texts), 0), np.float32), mean, names)
        likeness = model._likeness(texts, vectors)
        likeness[np.diag_indices(len(texts))] += _RIDGE
        # Transposed it is the same and in the order that LAPACK wants: no copy of a gigabyte.
        factor = cho_factor(likeness.T, overwrite_a=True, check_finite=False)
        model._weights = cho_solve(factor, belongs - mean, check_finite=False)
        return model

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._lines.shape[1])

    @property
    def named(self) -> bool:
        """Whether it is known which lines were learned from."""
        return self._names is not None

    def holding(self, names: Collection[str]) -> set[str]:
        """Return which of these digests are of lines that were learned from.

        All of them, where that is not known: what nothing speaks against is not proven.
        """
        return {*names} if self._names is None else {*names} & {*self._names.tolist()}

    def scores(self, text: str, vector: Floats) -> Floats:
        """Return the score of each group for a question, (groups,) float32."""
        likeness = self._likeness([text], vector[None, :])[0]
        found: Floats = likeness @ self._weights + self._mean
        return found

    def _likeness(self, texts: Sequence[str], vectors: Floats) -> Floats:
        """Return (texts, m) float32: how alike texts and lines are."""
        found: Floats = np.exp((vectors @ self._lines.T - 1) / np.float32(self._width))
        for n, text in enumerate(texts):
            found[n] += np.float32(_SPELLING) * self._spelling.cosines(text)
        return found

    def arrays(self) -> dict[str, Array]:
        """Return everything that `of_arrays` needs."""
        spelling = self._spelling
        named = {} if self._names is None else {"names": self._names}
        return {
            **named,
            "lines": self._lines,
            "width": np.array(self._width),
            "weights": self._weights,
            "mean": self._mean,
            "keys": spelling.keys,
            "rarity": spelling.rarity,
            "first": spelling.first,
            "rows": spelling.rows.astype(np.int32),
            "shares": spelling.weights,
        }

    @classmethod
    def of_arrays(cls, a: Mapping[str, Array]) -> "LineModel":
        """Undo `arrays`.

        Raises:
            KeyError: one is missing.
            ValueError: there is not a name for each line.
        """
        names = a.get("names")
        if names is not None and len(names) != len(a["lines"]):
            raise ValueError(f"{len(names)} names for {len(a['lines'])} lines")
        size = len(a["lines"])
        spelling = NgramIndex(a["keys"], a["rarity"], a["first"], a["rows"], a["shares"], size)
        return cls(a["lines"], spelling, float(a["width"]), a["weights"], a["mean"], names)
