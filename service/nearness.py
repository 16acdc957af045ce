"""Danger by nearness to examples, for questions in words that no rule foresaw.

Kernel ridge regression tells the examples of danger from those of what only sounds like it and of
what is asked on any other day. It weighs each example by what it adds, so that words that danger
and everyday life share count little; without examples of any other day a text that is near to
nothing, like a row of letters, would be as near to danger as to the rest. In a long question the
everyday part drowns the danger, so each clause is judged too; the most dangerous decides. Width,
ridge and limit were chosen on four sets of questions of danger and on ordinary questions and lines;
docs/danger.md has the figures, on two further sets too.
"""

import hashlib
import logging
import os
import threading
import time
import tomllib
from contextlib import suppress
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.bundled_vectors import with_bundled
from index.encoder import Encoder
from index.ensemble import Ensemble
from index.weights_file import Floats
from service.clauses import clauses_of
from service.content import KINDS
from service.danger import FOLDER

_LOG = logging.getLogger(__name__)

EXAMPLE_VECTORS = FOLDER / "examples.npz"

_HARMLESS = ("none", "everyday")
_NEAREST = 8
# Of the mean distance between examples: how far apart two may be and still count as alike.
_WIDTH = 0.5
_RIDGE = 0.5
# An example of danger is worth 1, any other -1.
_LIMIT = 0.55
# Below this in every clause, a wording that was found only sounds like danger.
_CALM = -0.4
# From here on the words of a wording are not clearly everyday, whatever is asked around them.
_LOUD = -0.5
# Where the encoder is not the default one the examples are encoded once, on a busy machine in
# minutes; questions that come before wait so long from the start and are left to the wordings then.
_PATIENCE_S = 3.0


class _Learned:
    """What was learned from the examples: their vectors, and what likeness to each is worth.

    Args:
        kept: what `_learn` returned.
    """

    def __init__(self, kept: Floats) -> None:
        self.vectors = np.ascontiguousarray(kept[:-1, :-1])
        self._worth = kept[:-1, -1]
        self._width, self._mean = float(kept[-1, 0]), float(kept[-1, -1])

    def danger(self, vector: Floats) -> float:
        """Return about 1 for a vector like those of danger, about -1 for one like the others."""
        likeness = np.exp((self.vectors @ vector - 1) / self._width)
        return float(likeness @ self._worth) + self._mean


def _learn(vectors: Floats, worth: npt.NDArray[np.float64]) -> Floats:
    """Return vectors with the learned worth of each beside it, and a last row of two numbers.

    Args:
        vectors: (examples, dimension) float32, length 1.
        worth: (examples,) what each is an example of, 1 or -1.

    Returns:
        (examples + 1, dimension + 1) float32; the last row holds the width first, the mean last.
    """
    middle = vectors.mean(axis=0)
    width = max(_WIDTH * (1 - float(middle @ middle)), 1e-3)
    likeness = np.exp((vectors @ vectors.T - 1) / width)
    likeness[np.diag_indices(len(vectors))] += _RIDGE
    kept = np.zeros((len(vectors) + 1, vectors.shape[1] + 1), np.float32)
    kept[:-1, :-1] = vectors
    kept[:-1, -1] = np.linalg.solve(likeness, worth - worth.mean())
    kept[-1, 0], kept[-1, -1] = width, worth.mean()
    return kept


class Nearness:
    """What one encoder's vectors of the examples teach, made in the background or read.

    Args:
        encoder: what makes the questions' vectors too.
        folder: where what is learned is kept from one start to the next, beside the model.

    Attributes:
        error: why nearness finds no danger until the next start; None while it does or may yet.
    """

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        pairs = examples()
        self._kinds = np.array([kind for kind, _ in pairs])
        self._harmless = np.isin(self._kinds, _HARMLESS)
        self._encoder = encoder
        self._learned: _Learned | None = None
        self.error: str | None = None
        self._there = threading.Event()
        self._patience_ends = time.monotonic() + _PATIENCE_S
        texts = [text for _, text in pairs]
        self._kept = folder / f"danger-2-{_digest(encoder.questions_digest, texts)}.npy"
        self._thread = threading.Thread(
            target=self._open, args=(texts,), name="danger-examples", daemon=True
        )
        self._thread.start()

    def kind(self, text: str, language: str, vector: Floats | None) -> str | None:
        """Return the kind of danger that a question or one of its clauses is near to, or None.

        Args:
            text: the question as typed, or what is to be read of it.
            language: its language, which not every encoder knows.
            vector: of the whole question, (dimension,) float32; None when `text` is not the
                whole, and its clauses alone are to be held against the examples.
        """
        found = self._judged(text, language, vector, enough=_LIMIT)
        danger, nearest = max(found, key=lambda pair: pair[0], default=(-1.0, None))
        if self._learned is None or nearest is None or danger < _LIMIT:
            return None
        return self._kind(self._learned.vectors @ nearest)

    def calm(self, text: str, language: str, vector: Floats, worded: tuple[str, ...]) -> bool:
        """Return whether a question and each of its clauses are clearly like what is no danger.

        An everyday question in one breath with danger drowns it, so the wordings that were found
        are judged by themselves too.

        Args:
            text: the question as typed.
            language: its language.
            vector: of the whole question, (dimension,) float32.
            worded: the words in it that a wording of danger took, alone and with others.
        """
        found = self._judged(text, language, vector, enough=_CALM)
        if self._learned is None or not found or any(danger >= _CALM for danger, _ in found):
            return False
        vectors = self._encoded(worded, language)
        learned = self._learned
        return len(vectors) == len(worded) and all(learned.danger(one) < _LOUD for one in vectors)

    def _judged(
        self, text: str, language: str, vector: Floats | None, *, enough: float
    ) -> list[tuple[float, Floats]]:
        """Judge the whole question and, where it does not reach `enough`, its clauses."""
        self._there.wait(max(0.0, self._patience_ends - time.monotonic()))
        learned = self._learned
        if learned is None:
            return []
        found = [] if vector is None else [(learned.danger(vector), vector)]
        if not any(danger >= enough for danger, _ in found):
            clauses = clauses_of(text, single=vector is None)
            found += [(learned.danger(one), one) for one in self._encoded(clauses, language)]
        return found

    def _kind(self, cosines: Floats) -> str:
        """Return the kind that the nearest examples of danger speak for."""
        danger = np.flatnonzero(~self._harmless)
        near = danger[np.argsort(cosines[danger])[-_NEAREST:]]
        # Each near example speaks for its kind, the louder the nearer it is.
        voices = np.exp((cosines[near] - cosines[near].max()) / (cosines.std() + 1e-9))
        return max(KINDS, key=lambda kind: float(voices[self._kinds[near] == kind].sum()))

    def _encoded(self, clauses: tuple[str, ...], language: str) -> list[Floats]:
        # Where clauses cannot be encoded, the whole question still was.
        with suppress(Exception):
            if clauses:
                vectors = list(self._encoder.encode_questions(clauses))
                if isinstance(self._encoder, Ensemble):
                    return [self._encoder.without_unknown(one, language) for one in vectors]
                return vectors
        return []

    def _open(self, texts: list[str]) -> None:
        try:
            kept = self._read(len(texts), self._encoder.dimension)
            if kept is None:
                # As questions: what is compared has to be encoded alike.
                encode = self._encoder.encode_questions
                vectors = with_bundled(
                    EXAMPLE_VECTORS, self._encoder.questions_digest, texts, encode
                )
                kept = _learn(vectors, np.where(self._harmless, -1.0, 1.0))
                self._keep(kept)
            self._learned = _Learned(kept)
        except Exception as error:  # noqa: BLE001 - whatever failed, the wordings find danger
            self.error = (
                "danger is found by wordings alone, since its examples could not be encoded: "
                f"{error or type(error).__name__}; start the service again"
            )
            _LOG.exception(self.error)
        self._there.set()

    def _read(self, count: int, dimension: int) -> Floats | None:
        try:
            kept: Floats = np.load(self._kept, allow_pickle=False)
        except (OSError, ValueError, EOFError):
            return None
        return kept if kept.shape == (count + 1, dimension + 1) else None

    def _keep(self, learned: Floats) -> None:
        beside = self._kept.with_suffix(f".{os.getpid()}")
        try:
            with beside.open("wb") as file:
                np.save(file, learned)
            beside.replace(self._kept)
        except OSError:
            # They are made again at the next start.
            with suppress(OSError):
                beside.unlink(missing_ok=True)


def examples() -> list[tuple[str, str]]:
    """Return the example sentences with their kind of danger, or `none` or `everyday`."""
    raw = tomllib.loads((FOLDER / "examples.toml").read_text("utf-8"))
    return [
        (kind, text)
        for kind, by_language in raw.items()
        for texts in by_language.values()
        for text in texts
    ]


def _digest(encoder: str, texts: list[str]) -> str:
    return hashlib.sha256("\n".join([encoder, *texts]).encode()).hexdigest()[:16]
