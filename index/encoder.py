"""Text to vectors: what an encoder is, and the bundled one as serving runs it.

This module imports neither torch nor sentence-transformers, which cost seconds and hundreds of
megabytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from index import bundled_model
from index.weights_file import Floats, dequantise
from ingest.errors import ModelInvalid

if TYPE_CHECKING:
    import onnxruntime

QUESTION_PROMPT = "query: "
PASSAGE_PROMPT = "passage: "
# Larger batches are no faster on a processor and only take memory.
_BATCH_TOKENS = 1024

Progress = Callable[[int, int], None]


class Encoder(Protocol):
    """Turns texts into vectors of length 1, whose dot product is their cosine.

    Attributes:
        name: the model, for people.
        digest: content hash of what the vectors depend on, for manifests and cache keys.
        dimension: length of a vector.
    """

    name: str
    digest: str
    dimension: int

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Floats:
        """Return (n, dimension) float32, a row a text; `progress(done, total)` counts texts."""

    def encode_questions(self, texts: Sequence[str]) -> Floats:
        """Return (n, dimension) float32, a row a question."""

    def tokens(self, text: str) -> int:
        """Return how many tokens the model makes of a passage, before any cut."""


class TokenGraph:
    """The bundled model's graph, from token numbers to vectors; both doors run this one.

    Args:
        folder: what `bundled_model.build` returned.
        threads: processor threads for one call; 0 leaves the choice to the runtime.

    Raises:
        ModelInvalid: the folder or its graph cannot be opened.
    """

    def __init__(self, folder: Path, threads: int = 0) -> None:
        self.model = bundled_model.open_model(folder)
        self._session = _open_session(folder / bundled_model.GRAPH, threads)

    def __call__(self, numbers: npt.NDArray[np.int64], mask: npt.NDArray[np.int32]) -> Floats:
        """Return (batch, dimension) float32 for (batch, tokens) token numbers and their mask."""
        distinct, places = np.unique(numbers, return_inverse=True)
        rows = dequantise(self.model.embeddings[distinct])
        given = {
            "word_embeddings": rows[places.reshape(numbers.shape)],
            "attention_mask": mask,
        }
        vectors: Floats = self._session.run(["sentence"], given)[0]
        return vectors

    def framed(
        self, sequences: Sequence[Sequence[int]]
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
        """Return (batch, longest) int64 token numbers, padded, and their int32 mask."""
        longest = max(map(len, sequences))
        padding = self.model.tokeniser.specials.padding
        numbers = np.full((len(sequences), longest), padding, dtype=np.int64)
        mask = np.zeros((len(sequences), longest), dtype=np.int32)
        for row, sequence in enumerate(sequences):
            numbers[row, : len(sequence)] = sequence
            mask[row, : len(sequence)] = 1
        return numbers, mask


class BundledEncoder:
    """The bundled model run directly, as a serving process does.

    Args:
        folder: what `bundled_model.build` returned.
        threads: processor threads for one call; 0 leaves the choice to the runtime.

    Raises:
        ModelInvalid: the folder or its graph cannot be opened.
    """

    name = bundled_model.NAME

    def __init__(self, folder: Path, threads: int = 0) -> None:
        self._graph = TokenGraph(folder, threads)
        self.digest = self._graph.model.digest
        self.dimension = self._graph.model.dimension

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Floats:
        """Return (n, dimension) float32, a row a text; `progress(done, total)` counts texts."""
        return self._encode([PASSAGE_PROMPT + text for text in texts], progress)

    def encode_questions(self, texts: Sequence[str]) -> Floats:
        """Return (n, dimension) float32, a row a question."""
        return self._encode([QUESTION_PROMPT + text for text in texts], None)

    def tokens(self, text: str) -> int:
        """Return how many tokens the model makes of a passage, before any cut."""
        return self._graph.model.tokeniser.count(PASSAGE_PROMPT + text)

    def _encode(self, texts: Sequence[str], progress: Progress | None) -> Floats:
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        sequences = [self._graph.model.tokeniser(text) for text in texts]
        done = 0
        for batch in batches([len(sequence) for sequence in sequences]):
            vectors[batch] = self._graph(*self._graph.framed([sequences[i] for i in batch]))
            done += len(batch)
            if progress is not None:
                progress(done, len(texts))
        return vectors


def batches(lengths: Sequence[int], budget: int = _BATCH_TOKENS) -> Iterator[list[int]]:
    """Yield positions grouped by like length, longest first, at most `budget` tokens a group.

    Padding counts: a group costs its size times its longest member. A single text above the
    budget is a group of its own.
    """
    order = sorted(range(len(lengths)), key=lambda i: -lengths[i])
    start = 0
    while start < len(order):
        size = max(1, budget // max(1, lengths[order[start]]))
        yield order[start : start + size]
        start += size


def _open_session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    # Imported here so that naming an encoder's type costs nothing.
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    try:
        return onnxruntime.InferenceSession(
            str(path), sess_options=options, providers=["CPUExecutionProvider"]
        )
    except Exception as exc:
        raise ModelInvalid(
            f"The model graph {path} cannot be loaded ({exc}). Delete its folder; "
            "it is built again."
        ) from exc
