"""Danger by nearness to examples, for questions in words that no rule foresaw.

A question is dangerous when it is nearer to the examples of danger than to those of what only
sounds like it and of what is asked on any other day, by a margin in units of how far its nearness
to all examples spreads, so that one limit does for encoders with other scales. Without examples of
any other day a text that is near to nothing, like a row of letters, would be as near to danger as
to the rest. In a long question the everyday part drowns the danger, so each clause is held against
the examples too, and the most dangerous decides. Margin and number were chosen on the tune and dev
parts of the questions of danger and of the ordinary ones in `corpus/questions`, and on lines that
people ask; docs/danger.md has the figures.
"""

import hashlib
import os
import threading
import time
import tomllib
from contextlib import suppress
from pathlib import Path

import numpy as np

from index.encoder import Encoder
from index.ensemble import Ensemble
from index.weights_file import Floats
from service.clauses import clauses_of
from service.danger import FOLDER, KINDS

_HARMLESS = ("none", "everyday")
_NEAREST = 8
_MARGIN = 0.9
# The examples are encoded once, on a busy machine in minutes; questions that come before wait so
# long from the start and are then left to the wordings.
_PATIENCE_S = 3.0


class Nearness:
    """The examples as vectors of one encoder, made in the background or read where they are kept.

    Args:
        encoder: what makes the questions' vectors too.
        folder: where the vectors are kept from one start to the next, beside the model.
    """

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        pairs = examples()
        self._kinds = np.array([kind for kind, _ in pairs])
        self._harmless = np.isin(self._kinds, _HARMLESS)
        self._encoder = encoder
        self._vectors: Floats | None = None
        self._there = threading.Event()
        self._patience_ends = time.monotonic() + _PATIENCE_S
        texts = [text for _, text in pairs]
        self._kept = folder / f"danger-{_digest(encoder.digest, texts)}.npy"
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
        self._there.wait(max(0.0, self._patience_ends - time.monotonic()))
        if self._vectors is None:
            return None
        found = [] if vector is None else [self._judge(self._vectors, vector)]
        if not any(margin >= _MARGIN for margin, _ in found):
            clauses = clauses_of(text, single=vector is None)
            found += [self._judge(self._vectors, one) for one in self._encoded(clauses, language)]
        margin, kind = max(found, default=(0.0, KINDS[0]))
        return kind if margin >= _MARGIN else None

    def _judge(self, examples: Floats, vector: Floats) -> tuple[float, str]:
        """Return how much nearer a vector is to danger than to the rest, and to which kind."""
        cosines = examples @ vector
        spread = float(cosines.std())
        if not spread:
            return 0.0, KINDS[0]
        danger = np.flatnonzero(~self._harmless)
        near = danger[np.argsort(cosines[danger])[-_NEAREST:]]
        other = np.sort(cosines[self._harmless])[-_NEAREST:]
        # Each near example speaks for its kind, the louder the nearer it is.
        voices = np.exp((cosines[near] - cosines[near].max()) / spread)
        kind = max(KINDS, key=lambda kind: float(voices[self._kinds[near] == kind].sum()))
        return float(cosines[near].mean() - other.mean()) / spread, kind

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
        # Whatever fails here, the wordings still find danger.
        with suppress(Exception):
            self._vectors = self._read(len(texts), self._encoder.dimension)
            if self._vectors is None:
                # As questions: what is compared has to be encoded alike.
                self._vectors = self._encoder.encode_questions(texts)
                self._keep(self._vectors)
        self._there.set()

    def _read(self, count: int, dimension: int) -> Floats | None:
        try:
            vectors: Floats = np.load(self._kept, allow_pickle=False)
        except (OSError, ValueError, EOFError):
            return None
        return vectors if vectors.shape == (count, dimension) else None

    def _keep(self, vectors: Floats) -> None:
        beside = self._kept.with_suffix(f".{os.getpid()}")
        try:
            with beside.open("wb") as file:
                np.save(file, vectors)
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
