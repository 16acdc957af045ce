"""A question adapter: one matrix that turns a question towards the passages of this corpus.

Learned from what a corpus says of itself: a title is what someone looks for, and the passages below
it are what she should find. It starts as the identity and moves only as far as telling passages of
different pages apart needs; passages keep their vectors.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.dense import Rows
from index.weights_file import Floats
from ingest.errors import GenerationDamaged
from ingest.records import Passage

# Below this many titles there is too little to learn from: on our own corpus nothing was gained.
FEWEST_TITLES = 1000
_STEPS, _BATCH, _RATE, _TEMPERATURE, _SEED = 400, 256, 1e-3, 0.05, 20261125
# What is kept of what was learned: titles are no questions, and half of it serves those best.
_SHARE = 0.5
FILE = "adapter.npy"


@dataclass(frozen=True, slots=True)
class Pairs:
    """What to learn from: texts as questions, and the passages that each should find.

    Attributes:
        texts: titles, distinct.
        rows: (k,) passage rows, those of text n at `rows[first[n]:first[n + 1]]`.
        first: (n + 1,) where each text's rows begin.
        page: (passages,) number of each passage's page; its others are no wrong answers.
    """

    texts: Sequence[str]
    rows: Rows
    first: Rows
    page: Rows


def pairs_of(passages: Sequence[Passage]) -> Pairs:
    """Return each title with the passages below it."""
    below: dict[str, list[int]] = {}
    pages: dict[str, int] = {}
    for row, passage in enumerate(passages):
        below.setdefault(passage.title, []).append(row)
        pages.setdefault(passage.page_key, len(pages))
    return Pairs(
        list(below),
        np.array([row for rows in below.values() for row in rows], np.int64),
        np.cumsum([0, *map(len, below.values())]),
        np.array([pages[passage.page_key] for passage in passages], np.int64),
    )


class Adapter:
    """Turns question vectors.

    Args:
        matrix: (dimension, dimension) float32.
    """

    def __init__(self, matrix: Floats) -> None:
        self.matrix = matrix

    def __call__(self, vectors: Floats) -> Floats:
        """Return (n, dimension) or (dimension,) float32, turned and of length 1."""
        turned: Floats = vectors @ self.matrix
        turned /= np.linalg.norm(turned, axis=-1, keepdims=True) + 1e-12
        return turned

    def save(self, folder: Path) -> None:
        """Write the matrix into a generation's folder, in half precision."""
        np.save(folder / FILE, self.matrix.astype(np.float16))

    @classmethod
    def load(cls, folder: Path) -> "Adapter | None":
        """Read what `save` wrote; None when the folder has no adapter.

        Raises:
            GenerationDamaged: the file cannot be read.
        """
        try:
            return cls(np.load(folder / FILE).astype(np.float32))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, EOFError) as error:
            raise GenerationDamaged(f"{folder}: {FILE} cannot be read: {error}") from error


def train(pairs: Pairs, texts: Floats, passages: Floats) -> Adapter:
    """Learn the matrix by InfoNCE over batches (van den Oord et al., 2018), the same every time.

    Adam with a linear decay; what is learned is the mean over the second half of the steps, which
    is steadier than the last one, and the matrix lies between it and the identity.

    Args:
        pairs: what to learn from.
        texts: (texts, dimension) vectors of `pairs.texts`, length 1.
        passages: (passages, dimension) vectors, length 1.
    """
    random = np.random.default_rng(_SEED)
    identity = np.eye(texts.shape[1], dtype=np.float32)
    matrix = identity.copy()
    mean, state = np.zeros_like(matrix), _Adam(matrix.shape)
    batch = min(_BATCH, len(texts))
    for step in range(_STEPS):
        chosen = random.choice(len(texts), batch, replace=False)
        low, high = pairs.first[chosen], pairs.first[chosen + 1]
        rows = pairs.rows[low + (random.random(batch) * (high - low)).astype(np.int64)]
        gradient = _gradient(texts[chosen], passages[rows], pairs.page[rows], matrix)
        matrix -= state.step(gradient, _RATE * (1 - step / _STEPS))
        if step >= _STEPS // 2:
            mean += matrix / (_STEPS - _STEPS // 2)
    return Adapter((1 - _SHARE) * identity + _SHARE * mean)


def _gradient(asked: Floats, wanted: Floats, page: Rows, matrix: Floats) -> Floats:
    """Return the gradient of the loss; other passages of a text's own page count as nothing."""
    turned = asked @ matrix
    length = np.linalg.norm(turned, axis=1, keepdims=True)
    unit = turned / length
    logits = unit @ wanted.T / _TEMPERATURE
    same = page[:, None] == page[None, :]
    np.fill_diagonal(same, val=False)
    logits[same] = -1e4
    logits -= logits.max(axis=1, keepdims=True)
    share = np.exp(logits)
    share /= share.sum(axis=1, keepdims=True)
    share[np.diag_indices(len(share))] -= 1
    towards = share @ wanted / (_TEMPERATURE * len(share))
    across = (towards - unit * (unit * towards).sum(axis=1, keepdims=True)) / length
    gradient: Floats = asked.T @ across
    return gradient


class _Adam:
    """Step sizes by running moments of the gradient (Kingma and Ba, 2015)."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self._first = np.zeros(shape, np.float32)
        self._second = np.zeros(shape, np.float32)
        self._count = 0

    def step(self, gradient: Floats, rate: float) -> Floats:
        self._count += 1
        self._first += 0.1 * (gradient - self._first)
        self._second += 0.001 * (gradient * gradient - self._second)
        first = self._first / (1 - 0.9**self._count)
        second = self._second / (1 - 0.999**self._count)
        moved: Floats = rate * first / (np.sqrt(second) + 1e-8)
        return moved
