"""Encoders that run through sentence-transformers; apart, because importing this loads torch.

The bundled graph for ingestion, and any other model by name or folder.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import InputModule

from index import bundled_model
from index.encoder import (
    PASSAGE_PROMPT,
    QUESTION_PROMPT,
    Asked,
    Progress,
    TokenGraph,
    asked_by,
    encode_lines,
)
from index.tokens import without_surrogates
from index.weights_file import Floats
from ingest.errors import ModelInvalid, ModelMissing

# Larger batches measured slower: their activations fall out of the processor's caches.
_BATCH = 8
# Progress is told a few hundred times in a large ingestion, and sorting by length still pays.
_CHUNK = 64 * _BATCH
_PROMPTS = {"query": QUESTION_PROMPT, "document": PASSAGE_PROMPT}


class GraphModule(InputModule):  # type: ignore[misc]
    """The bundled graph as the first and only module of a SentenceTransformer."""

    def __init__(self, graph: TokenGraph) -> None:
        super().__init__()
        self.graph = graph
        self.max_seq_length = graph.model.tokeniser.limit

    def preprocess(
        self, inputs: Sequence[str], prompt: str | None = None, **_: object
    ) -> dict[str, Any]:
        """Return padded token numbers and their mask, (batch, tokens) each."""
        limit = self.graph.passage_tokens if prompt == PASSAGE_PROMPT else None
        cut = self.graph.model.tokeniser
        numbers, mask = self.graph.framed([cut((prompt or "") + text, limit) for text in inputs])
        return {"input_ids": torch.from_numpy(numbers), "attention_mask": torch.from_numpy(mask)}

    def forward(self, features: dict[str, Any], **_: object) -> dict[str, Any]:
        """Add `sentence_embedding`, (batch, dimension) float32, to the features."""
        vectors = self.graph(features["input_ids"].numpy(), features["attention_mask"].numpy())
        return {**features, "sentence_embedding": torch.from_numpy(vectors)}

    def get_embedding_dimension(self) -> int:
        """Return the length of a vector."""
        return self.graph.model.dimension

    def save(self, output_path: str, *_: object, **__: object) -> None:
        """Refuse: the model folder in the data directory is the saved form."""
        raise ModelInvalid(
            f"The bundled model is not saved to {output_path}; "
            f"it is kept in {self.graph.model.folder}."
        )


class SentenceTransformerEncoder:
    """Any sentence-transformers model, with the prompts that it declares.

    Args:
        model: name of a model in the local cache, or its folder; or an opened model.
        name: what to call it; by default `model`.
        digests: content hashes of what passages, questions and lines become; by default one, taken
            over the model's weights and settings.

    Raises:
        ModelMissing: the model is not on this machine.
        ModelInvalid: it is there and cannot be loaded.
    """

    def __init__(
        self,
        model: str | SentenceTransformer,
        name: str = "",
        digests: tuple[str, str, str] | None = None,
    ) -> None:
        self._model = _load(model) if isinstance(model, str) else model
        self.name = name or str(model)
        digests = digests or (_digest(self._model),) * 3
        self.digest, self.questions_digest, self.lines_digest = digests
        self.dimension = int(self._model.get_embedding_dimension())

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Floats:
        """Return (n, dimension) float32, a row a text; `progress(done, total)` counts texts."""
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), _CHUNK):
            chunk = [without_surrogates(text) for text in texts[start : start + _CHUNK]]
            vectors[start : start + len(chunk)] = self._run(self._model.encode_document, chunk)
            if progress is not None:
                progress(start + len(chunk), len(texts))
        return vectors

    def encode_questions(self, texts: Sequence[str]) -> Floats:
        """Return (n, dimension) float32, a row a question."""
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        return self._run(self._model.encode_query, [without_surrogates(text) for text in texts])

    def encode_asked(self, text: str) -> Asked:
        """Return a question as all three; they are one where the model is not ours."""
        first = self._model[0]
        if isinstance(first, GraphModule):
            return asked_by(first.graph, text)
        (vector,) = self.encode_questions([text])
        return Asked(vector, vector, vector, 0.0)

    def encode_lines(self, texts: Sequence[str]) -> Floats:
        """Return (n, dimension) float32 to compare questions and lines of what people ask."""
        first = self._model[0]
        if isinstance(first, GraphModule):
            return encode_lines(first.graph, texts)
        return self.encode_questions(texts)

    def tokens(self, text: str) -> int:
        """Return how many tokens the model makes of a passage, before any cut where it tells."""
        first = self._model[0]
        if isinstance(first, GraphModule):
            return first.graph.model.tokeniser.count(PASSAGE_PROMPT + text)
        features = self._model.preprocess([without_surrogates(text)])
        return int(features["input_ids"].shape[-1])

    @staticmethod
    def _run(encode: Callable[..., Any], texts: list[str]) -> Floats:
        vectors = encode(
            texts,
            batch_size=_BATCH,
            show_progress_bar=False,
            convert_to_numpy=True,
            normalize_embeddings=True,
        )
        return np.asarray(vectors, dtype=np.float32)


def open_bundled(
    folder: Path, threads: int = 0, passage_tokens: int | None = None
) -> SentenceTransformerEncoder:
    """Open the bundled model's folder through sentence-transformers.

    Raises:
        ModelInvalid: the folder or its graph cannot be opened.
    """
    graph = TokenGraph(folder, threads, passage_tokens, frugal=False)
    model = SentenceTransformer(modules=[GraphModule(graph)], prompts=_PROMPTS, device="cpu")
    digests = graph.digest, graph.model.digest, graph.model.lines_digest
    return SentenceTransformerEncoder(model, bundled_model.NAME, digests)


def _load(model: str) -> SentenceTransformer:
    try:
        # Encoding never downloads: a model gets on the machine by a decision, not by a question.
        return SentenceTransformer(model, device="cpu", local_files_only=True)
    except OSError as exc:
        if Path(model).is_dir():
            raise _unloadable(model, exc) from exc
        raise ModelMissing(
            f"The model {model} is not on this machine. Give its folder, fetch it into the local "
            f"cache (hf download {model}), or set encoder.model to bundled."
        ) from exc
    except Exception as exc:
        raise _unloadable(model, exc) from exc


def _unloadable(model: str, exc: Exception) -> ModelInvalid:
    return ModelInvalid(
        f"The model {model} cannot be loaded ({exc}). Give a sentence-transformers model, "
        "or set encoder.model to bundled."
    )


def _digest(model: SentenceTransformer) -> str:
    """Return a content hash over the weights, the modules' settings and the prompts."""
    modules = [(type(module).__name__, module.get_config_dict()) for module in model]
    vocabulary = sorted(model.tokenizer.get_vocab().items())
    described = [modules, sorted(model.prompts.items()), vocabulary, model.max_seq_length]
    found = hashlib.sha256(json.dumps(described, default=repr, sort_keys=True).encode())
    for name, tensor in sorted(model.state_dict().items()):
        found.update(name.encode())
        found.update(tensor.detach().cpu().flatten().contiguous().view(torch.uint8).numpy())
    return found.hexdigest()
