"""Danger by nearness to examples, for questions in words that no rule foresaw.

A question is dangerous when it is nearer to the examples of danger than to those of what only
sounds like it and of what is asked on any other day, by a margin in units of how far its nearness
to all examples spreads, so that one limit does for encoders with other scales. Without examples of
any other day a text that is near to nothing, like a row of letters, would be as near to danger as
to the rest. Margin and number were chosen on the tune and dev parts of the questions of danger and
of the ordinary ones in `corpus/questions`; docs/danger.md has the figures.
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
from index.weights_file import Floats
from service.danger import FOLDER, KINDS

_HARMLESS = ("none", "everyday")
_NEAREST = 8
_MARGIN = 0.25
# The examples are encoded once, in seconds; questions that come before wait so long from the start
# and are then left to the wordings.
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
        self._vectors: Floats | None = None
        self._there = threading.Event()
        self._patience_ends = time.monotonic() + _PATIENCE_S
        texts = [text for _, text in pairs]
        self._kept = folder / f"danger-{_digest(encoder.digest, texts)}.npy"
        self._thread = threading.Thread(
            target=self._open, args=(encoder, texts), name="danger-examples", daemon=True
        )
        self._thread.start()

    def kind(self, vector: Floats) -> str | None:
        """Return the kind of danger that a question is near to, or None; (dimension,) float32."""
        self._there.wait(max(0.0, self._patience_ends - time.monotonic()))
        if self._vectors is None:
            return None
        cosines = self._vectors @ vector
        danger = np.flatnonzero(~self._harmless)
        near = danger[np.argsort(cosines[danger])[-_NEAREST:]]
        other = np.sort(cosines[self._harmless])[-_NEAREST:]
        spread = float(cosines.std())
        if not spread or (cosines[near].mean() - other.mean()) / spread < _MARGIN:
            return None
        # Each near example speaks for its kind, the louder the nearer it is.
        voices = np.exp((cosines[near] - cosines[near].max()) / spread)
        return max(KINDS, key=lambda kind: float(voices[self._kinds[near] == kind].sum()))

    def _open(self, encoder: Encoder, texts: list[str]) -> None:
        # Whatever fails here, the wordings still find danger.
        with suppress(Exception):
            self._vectors = self._read(len(texts), encoder.dimension)
            if self._vectors is None:
                self._vectors = encoder.encode_passages(texts)
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
