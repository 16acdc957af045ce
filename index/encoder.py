"""Text to vectors: what an encoder is, and the bundled one as serving runs it.

This module imports neither torch nor sentence-transformers, which cost seconds and hundreds of
megabytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from index import bundled_model
from index.heads import Factors, stacked
from index.off_domain import off_domain_score
from index.weights_file import Floats, dequantise
from ingest.errors import ModelInvalid

if TYPE_CHECKING:
    import onnxruntime

QUESTION_PROMPT = "query: "
PASSAGE_PROMPT = "passage: "
# Larger batches are no faster on a processor and only take memory.
_BATCH_TOKENS = 1024

Progress = Callable[[int, int], None]
Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.int32]


class Asked(NamedTuple):
    """One question as everything that is compared with it, each of length 1, and what it is like.

    Attributes:
        question: (dimension,) float32, to compare with sentences and other questions.
        query: (dimension,) float32, to find passages by: nearer to those that answer than
            `question`, and to be compared with nothing else.
        line: (own dimension,) float32, to compare with lines of what people ask.
        off_domain: how far it is from what people ask of an administration, about 0 for that and
            about 1 for what no administration answers; 0 where the encoder cannot tell.
    """

    question: Floats
    query: Floats
    line: Floats
    off_domain: float


class Encoder(Protocol):
    """Turns texts into vectors of length 1, whose dot product is their cosine.

    Attributes:
        name: the model, for people.
        digest: content hash of what the vectors depend on, for manifests and cache keys.
        questions_digest: the same of what `encode_questions` returns.
        lines_digest: the same of what `encode_lines` returns.
        dimension: length of a vector.
    """

    name: str
    digest: str
    questions_digest: str
    lines_digest: str
    dimension: int

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Floats:
        """Return (n, dimension) float32, a row a text; `progress(done, total)` counts texts."""

    def encode_questions(self, texts: Sequence[str]) -> Floats:
        """Return (n, dimension) float32, a row a question."""

    def encode_asked(self, text: str) -> Asked:
        """Return a question as all three, most of whose way is the same."""

    def encode_lines(self, texts: Sequence[str]) -> Floats:
        """Return (n, own dimension) float32 to compare questions and lines of what people ask."""

    def tokens(self, text: str) -> int:
        """Return how many tokens the model makes of a passage, before any cut."""


class TokenGraph:
    """The bundled model's graphs, from token numbers to vectors; both doors run these.

    Args:
        folder: what `bundled_model.build` returned.
        threads: processor threads for one call; 0 leaves the choice to the runtime.
        passage_tokens: how much of a passage is read; None, as much as the model can.
        frugal: whether memory is saved: given back after each call, and one head for everything.
            Neither pays where one long text follows another.

    Raises:
        ModelInvalid: the folder or a graph cannot be opened.
    """

    def __init__(
        self, folder: Path, threads: int, passage_tokens: int | None, *, frugal: bool
    ) -> None:
        self.model = bundled_model.open_model(folder)
        self.digest = self.model.passages_digest(passage_tokens)
        self.passage_tokens = passage_tokens
        opened = partial(_open_session, threads=threads, frugal=frugal)
        self._trunk = opened(folder / bundled_model.TRUNK)
        self._tunable = opened(folder / bundled_model.TUNABLE_HEAD)
        self._head = None if frugal else opened(folder / bundled_model.HEAD)
        heads, shapes = self.model.heads, _matrices(self._tunable)
        self._unchanged = stacked([{}], shapes)
        self._for_lines = stacked([heads.lines], shapes)
        self._for_asked = stacked([{}, heads.queries, heads.lines], shapes)

    def __call__(self, numbers: Numbers, mask: Mask) -> Floats:
        """Return (batch, dimension) float32 for (batch, tokens) token numbers and their mask."""
        return self.sentences(self.states(numbers, mask), mask)

    def states(self, numbers: Numbers, mask: Mask) -> Floats:
        """Return (batch, tokens, dimension) float32, what the head goes on from."""
        distinct, places = np.unique(numbers, return_inverse=True)
        rows = dequantise(self.model.embeddings[distinct])
        given = {"word_embeddings": rows[places.reshape(numbers.shape)], "attention_mask": mask}
        states: Floats = self._trunk.run(["branch"], given)[0]
        return states

    def sentences(self, states: Floats, mask: Mask) -> Floats:
        """Return (batch, dimension) float32, what the model itself makes of states."""
        if self._head is None:
            return self._top(states, mask, self._unchanged)
        given = {"branch": states, "attention_mask": mask}
        vectors: Floats = self._head.run(["sentence"], given)[0]
        return vectors

    def lines(self, states: Floats, mask: Mask, change: Factors | None = None) -> Floats:
        """Return (batch, dimension) float32, what the head for lines makes of states.

        Args:
            states: what `states` returned.
            mask: as given for them.
            change: of a head that is not in use yet; the one in use when None.
        """
        if change is None:
            return self._top(states, mask, self._for_lines)
        return self._top(states, mask, stacked([change], _matrices(self._tunable)))

    def asked(self, states: Floats, mask: Mask) -> Asked:
        """Return what the model itself and both heads make of one question's states."""
        three = states.repeat(3, axis=0), mask.repeat(3, axis=0)
        question, query, line = self._top(*three, self._for_asked)
        return Asked(question, query, line, off_domain_score(self.model.heads.off_domain, line))

    def _top(self, states: Floats, mask: Mask, change: Mapping[str, Floats]) -> Floats:
        given = {"branch": states, "attention_mask": mask, **change}
        vectors: Floats = self._tunable.run(["sentence"], given)[0]
        return vectors

    def cut_passage(self, text: str) -> list[int]:
        """Return the token numbers of what is read of a passage, with its prompt."""
        return self.model.tokeniser(PASSAGE_PROMPT + text, self.passage_tokens)

    def cut_question(self, text: str) -> list[int]:
        """Return the token numbers of a question, with its prompt."""
        return self.model.tokeniser(QUESTION_PROMPT + text)

    def framed(self, sequences: Sequence[Sequence[int]]) -> tuple[Numbers, Mask]:
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
    """The bundled model run directly, as a serving process does, frugal with memory.

    Args:
        folder: what `bundled_model.build` returned.
        threads: processor threads for one call; 0 leaves the choice to the runtime.
        passage_tokens: how much of a passage is read; None, as much as the model can.

    Raises:
        ModelInvalid: the folder or a graph cannot be opened.
    """

    name = bundled_model.NAME

    def __init__(self, folder: Path, threads: int = 0, passage_tokens: int | None = None) -> None:
        self.graph = TokenGraph(folder, threads, passage_tokens, frugal=True)
        self.digest = self.graph.digest
        self.questions_digest = self.graph.model.digest
        self.lines_digest = self.graph.model.lines_digest
        self.dimension = self.graph.model.dimension

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Floats:
        """Return (n, dimension) float32, a row a text; `progress(done, total)` counts texts."""
        return self._encode([self.graph.cut_passage(text) for text in texts], progress)

    def encode_questions(self, texts: Sequence[str]) -> Floats:
        """Return (n, dimension) float32, a row a question."""
        return self._encode([self.graph.cut_question(text) for text in texts], None)

    def encode_asked(self, text: str) -> Asked:
        """Return a question as all three, most of whose way is the same."""
        return asked_by(self.graph, text)

    def encode_lines(self, texts: Sequence[str]) -> Floats:
        """Return (n, dimension) float32 to compare questions and lines of what people ask."""
        return encode_lines(self.graph, texts)

    def tokens(self, text: str) -> int:
        """Return how many tokens the model makes of a passage, before any cut."""
        return self.graph.model.tokeniser.count(PASSAGE_PROMPT + text)

    def _encode(self, sequences: Sequence[list[int]], progress: Progress | None) -> Floats:
        vectors = np.empty((len(sequences), self.dimension), dtype=np.float32)
        done = 0
        for batch in batches([len(sequence) for sequence in sequences]):
            vectors[batch] = self.graph(*self.graph.framed([sequences[i] for i in batch]))
            done += len(batch)
            if progress is not None:
                progress(done, len(sequences))
        return vectors


def asked_by(graph: TokenGraph, text: str) -> Asked:
    """Return a question as all three."""
    numbers, mask = graph.framed([graph.cut_question(text)])
    return graph.asked(graph.states(numbers, mask), mask)


def encode_lines(graph: TokenGraph, texts: Sequence[str], change: Factors | None = None) -> Floats:
    """Return (n, dimension) float32, a row a line; lines are encoded as questions are.

    Args:
        graph: the bundled model's.
        texts: the lines.
        change: as for `TokenGraph.lines`.
    """
    vectors = np.empty((len(texts), graph.model.dimension), dtype=np.float32)
    sequences = [graph.cut_question(text) for text in texts]
    for batch in batches([len(sequence) for sequence in sequences]):
        numbers, mask = graph.framed([sequences[i] for i in batch])
        vectors[batch] = graph.lines(graph.states(numbers, mask), mask, change)
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


def _matrices(head: onnxruntime.InferenceSession) -> dict[str, tuple[int, int]]:
    """Return (in, out) of each matrix that the head takes a change of, by its name."""
    taken = {given.name: given.shape for given in head.get_inputs()}
    return {
        (name := down.removesuffix(".down")): (shape[1], taken[f"{name}.up"][2])
        for down, shape in taken.items()
        if down.endswith(".down")
    }


def _open_session(path: Path, *, threads: int, frugal: bool) -> onnxruntime.InferenceSession:
    # Imported here so that naming an encoder's type costs nothing.
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = not frugal
    # Between two runs its threads would spin, and whatever runs then takes three times as long.
    options.add_session_config_entry("session.force_spinning_stop", "1")
    try:
        return onnxruntime.InferenceSession(
            str(path), sess_options=options, providers=["CPUExecutionProvider"]
        )
    except Exception as exc:
        raise ModelInvalid(
            f"The model graph {path} cannot be loaded ({exc}). Delete its folder; "
            "it is built again."
        ) from exc
