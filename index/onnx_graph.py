"""The bundled encoder as ONNX graphs, a trunk and heads; only building a model needs `onnx`.

The trunk takes word embeddings, not token numbers: the embedding matrix is four fifths of the model
and a text needs a few dozen of its rows, so it stays in 4-bit blocks outside.
"""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper

from index.weights_file import Floats, WeightsFile

_MICROSOFT = "com.microsoft"
# Offsets at page borders let the runtime map the weights instead of copying them.
_ALIGNMENT = 4096


class _Weights:
    """Appends tensors to one file beside the graph and remembers where they are."""

    def __init__(self, path: Path, changes: Mapping[str, Floats] = MappingProxyType({})) -> None:
        self._path = path
        self._changes = changes
        self._file = path.open("wb")
        self.tensors: list[Any] = []

    def add(self, name: str, values: Floats) -> str:
        """Store one tensor, changed; returns its name, to be used as a node's input."""
        if name in self._changes:
            values = values + self._changes[name]
        self._file.write(b"\0" * (-self._file.tell() % _ALIGNMENT))
        offset = self._file.tell()
        data = np.ascontiguousarray(values, dtype="<f4").tobytes()
        self._file.write(data)
        tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=values.shape)
        tensor.data_location = TensorProto.EXTERNAL
        place = {"location": self._path.name, "offset": str(offset), "length": str(len(data))}
        for key, value in place.items():
            tensor.external_data.add(key=key, value=value)
        self.tensors.append(tensor)
        return name

    def close(self) -> None:
        self._file.close()


def write_trunk(weights: WeightsFile, branch: int, graph_path: Path, weights_path: Path) -> None:
    """Write the graph of the layers below `branch` and, beside it, its weights as float32.

    Inputs: `word_embeddings` (batch, tokens, hidden) float32 and `attention_mask` (batch, tokens)
    int32, 1 for a token and 0 for padding. Output: `branch` (batch, tokens, hidden) float32, the
    states that a head goes on from.

    Raises:
        ModelInvalid: the weights file lacks a tensor or holds one of another size.
    """
    store = _Weights(weights_path)
    try:
        nodes = _embedding_nodes(weights, store)
        for layer in range(branch):
            nodes += _layer_nodes(weights, store, layer)
    finally:
        store.close()
    nodes.append(helper.make_node("Identity", [f"state{branch}"], ["branch"]))
    graph = _model(weights.sizes.hidden, "word_embeddings", "branch", nodes, store)
    onnx.save_model(graph, str(graph_path))


def write_head(
    weights: WeightsFile,
    branch: int,
    changes: Mapping[str, Floats],
    graph_path: Path,
    weights_path: Path,
) -> None:
    """Write the graph of the layers from `branch` on, changed, and its weights beside it.

    Inputs: `branch` as the trunk gives it, and `attention_mask`. Output: `sentence` (batch, hidden)
    float32, the mean of the tokens' states at length 1.

    Args:
        weights: the same file.
        branch: how many layers lie below.
        changes: what is added to a matrix, by its name here (`l8.fi.w`), (in, out) float32.
        graph_path: where the graph goes.
        weights_path: where its weights go, in the same folder.

    Raises:
        ModelInvalid: the weights file lacks a tensor or holds one of another size.
    """
    layers = weights.sizes.layers
    store = _Weights(weights_path, changes)
    nodes = [helper.make_node("Identity", ["branch"], [f"state{branch}"])]
    try:
        for layer in range(branch, layers):
            nodes += _layer_nodes(weights, store, layer)
    finally:
        store.close()
    nodes += _pooling_nodes(layers)
    graph = _model(weights.sizes.hidden, "branch", "sentence", nodes, store)
    onnx.save_model(graph, str(graph_path))


def _model(
    hidden: int, given: str, wanted: str, nodes: list[Any], store: _Weights
) -> onnx.ModelProto:
    batch: list[Any] = ["batch", "tokens"]
    value = helper.make_tensor_value_info
    shapes: dict[str, list[Any]] = {"sentence": ["batch", hidden], "branch": [*batch, hidden]}
    constants = [
        helper.make_tensor(name, TensorProto.INT64, [1], [number])
        for name, number in (("zero", 0), ("one", 1))
        if any(name in node.input for node in nodes)
    ]
    graph = helper.make_graph(
        nodes,
        "sentence_encoder",
        [
            value(given, TensorProto.FLOAT, [*batch, hidden]),
            value("attention_mask", TensorProto.INT32, batch),
        ],
        [value(wanted, TensorProto.FLOAT, shapes[wanted])],
        initializer=[*store.tensors, *constants],
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(_MICROSOFT, 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=9)


def _embedding_nodes(weights: WeightsFile, store: _Weights) -> list[Any]:
    sizes = weights.sizes
    hidden = sizes.hidden
    # Every token is of type 0, so its embedding is a constant that the positions can carry.
    places = weights.tensor("emb.pos", sizes.positions, hidden)
    places = places + weights.tensor("emb.type", sizes.types, hidden)[0]
    positions = store.add("positions", places)
    gamma = store.add("emb.ln.w", weights.tensor("emb.ln.w", hidden))
    beta = store.add("emb.ln.b", weights.tensor("emb.ln.b", hidden))
    return [
        helper.make_node("Shape", ["attention_mask"], ["tokens"], start=1, end=2),
        helper.make_node("Slice", [positions, "zero", "tokens", "zero"], ["places"]),
        helper.make_node("Add", ["word_embeddings", "places"], ["placed"]),
        helper.make_node(
            "LayerNormalization", ["placed", gamma, beta], ["state0"], epsilon=sizes.epsilon
        ),
    ]


def _layer_nodes(weights: WeightsFile, store: _Weights, layer: int) -> list[Any]:
    sizes = weights.sizes
    hidden, inner = sizes.hidden, sizes.inner
    at = f"l{layer}"

    def matrix(part: str, out: int, into: int) -> str:
        return store.add(f"{at}.{part}.w", weights.tensor(f"{at}.{part}.w", out, into).T)

    def vector(part: str, size: int) -> str:
        return store.add(f"{at}.{part}", weights.tensor(f"{at}.{part}", size))

    three = [weights.tensor(f"{at}.{part}.w", hidden, hidden).T for part in "qkv"]
    joined = store.add(f"{at}.qkv.w", np.concatenate(three, axis=1))
    biases = [weights.tensor(f"{at}.{part}.b", hidden) for part in "qkv"]
    joined_bias = store.add(f"{at}.qkv.b", np.concatenate(biases))

    def fused(kind: str, inputs: list[str], output: str, **options: float) -> onnx.NodeProto:
        return helper.make_node(kind, inputs, [output], domain=_MICROSOFT, **options)

    def add_and_norm(inputs: list[str], norm: str, bias: str, output: str) -> onnx.NodeProto:
        scale = [vector(f"{norm}.w", hidden), vector(f"{norm}.b", hidden), vector(bias, hidden)]
        kind = "SkipLayerNormalization"
        return fused(kind, [*inputs, *scale], output, epsilon=sizes.epsilon)

    state, after = f"state{layer}", f"state{layer + 1}"
    attended = [state, joined, joined_bias, "attention_mask"]
    return [
        fused("Attention", attended, f"{at}.heads", num_heads=sizes.heads),
        helper.make_node("MatMul", [f"{at}.heads", matrix("ao", hidden, hidden)], [f"{at}.mix"]),
        add_and_norm([f"{at}.mix", state], "aln", "ao.b", f"{at}.attended"),
        helper.make_node("MatMul", [f"{at}.attended", matrix("fi", inner, hidden)], [f"{at}.wide"]),
        fused("BiasGelu", [f"{at}.wide", vector("fi.b", inner)], f"{at}.active"),
        helper.make_node("MatMul", [f"{at}.active", matrix("fo", hidden, inner)], [f"{at}.narrow"]),
        add_and_norm([f"{at}.narrow", f"{at}.attended"], "oln", "fo.b", after),
    ]


def _pooling_nodes(layers: int) -> list[Any]:
    # The sum and the mean point the same way, so length 1 makes the division unnecessary.
    return [
        helper.make_node("Cast", ["attention_mask"], ["weights"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["weights", "one"], ["row"]),
        helper.make_node("MatMul", ["row", f"state{layers}"], ["sum"]),
        helper.make_node("Squeeze", ["sum", "one"], ["pooled"]),
        helper.make_node("LpNormalization", ["pooled"], ["sentence"], axis=-1, p=2),
    ]
