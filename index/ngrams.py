"""Texts as their runs of letters: near to each other when they share spellings, in any script.

Runs of 3 to 5 characters, as in fastText (Bojanowski et al., 2017), survive a slip, a missing
accent and an ending, and need no analyser for a language.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from zlib import crc32

import numpy as np
import numpy.typing as npt

from index.weights_file import Floats

_SHORTEST, _LONGEST = 3, 5

Numbers = npt.NDArray[np.int64]


class NgramIndex:
    """Texts to compare others with, by the cosine of their weighted runs of letters.

    Args:
        keys: (k,) every run in the texts, as a number, ascending.
        rarity: (k,) how much a run counts.
        first: (k + 1,) where each run's postings begin.
        rows, weights: the postings: a text, and the run's share of its length.
        size: how many texts there are.
    """

    def __init__(
        self,
        keys: Numbers,
        rarity: Floats,
        first: Numbers,
        rows: Numbers,
        weights: Floats,
        size: int,
    ) -> None:
        self.keys, self.rarity, self.first = keys, rarity, first
        self.rows, self.weights, self.size = rows, weights, size

    @classmethod
    def build(cls, texts: Sequence[str]) -> "NgramIndex":
        """Index texts; a run counts the more, the fewer of them have it."""
        counts = [Counter(_runs(text)) for text in texts]
        standing = Counter(key for count in counts for key in count)
        keys = np.array(sorted(standing), np.int64)
        spread = np.array([standing[int(key)] for key in keys], np.float32)
        rarity = np.log((1 + len(texts)) / (1 + spread)).astype(np.float32)
        postings = [_weighted(count, keys, rarity) for count in counts]
        places = np.concatenate([place for place, _ in postings] or [np.zeros(0, np.int64)])
        weights = np.concatenate([weight for _, weight in postings] or [np.zeros(0, np.float32)])
        rows = np.repeat(np.arange(len(texts)), [len(place) for place, _ in postings])
        order = np.argsort(places, kind="stable")
        first = np.searchsorted(places[order], np.arange(len(keys) + 1))
        return cls(keys, rarity, first, rows[order], weights[order], len(texts))

    def cosines(self, text: str) -> Floats:
        """Return the cosine of a text with each of the indexed ones, (size,) float32."""
        places, weights = _weighted(Counter(_runs(text)), self.keys, self.rarity)
        low, high = self.first[places], self.first[places + 1]
        if not len(places):
            return np.zeros(self.size, np.float32)
        found = np.concatenate([np.arange(a, b) for a, b in zip(low, high, strict=True)])
        shares = self.weights[found] * np.repeat(weights, high - low)
        return np.bincount(self.rows[found], shares, self.size).astype(np.float32)


def covered(text: str, by: str) -> float:
    """Return the share of the letter runs of a text that stand in another, in 0..1."""
    runs = set(_runs(text))
    return len(runs.intersection(_runs(by))) / len(runs) if runs else 0.0


def _runs(text: str) -> Iterator[int]:
    """Yield each run of letters and digits as a number; a word's ends count as letters."""
    words = "".join(c if c.isalnum() else " " for c in text.casefold()).split()
    line = f" {' '.join(words)} "
    for length in range(_SHORTEST, _LONGEST + 1):
        for start in range(len(line) - length + 1):
            yield crc32(line[start : start + length].encode())


def _weighted(count: Counter[int], keys: Numbers, rarity: Floats) -> tuple[Numbers, Floats]:
    """Return where the known runs of one text stand in `keys`, and their weights, length 1."""
    runs = np.fromiter(count, np.int64, len(count))
    times = np.fromiter(count.values(), np.float32, len(count))
    places = np.searchsorted(keys, runs)
    known = places < len(keys)
    known[known] = keys[places[known]] == runs[known]
    places = places[known]
    weights = (1 + np.log(times[known])) * rarity[places]
    weights /= np.linalg.norm(weights) + 1e-9
    return places, weights.astype(np.float32)
