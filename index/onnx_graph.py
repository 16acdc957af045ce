"""The bundled encoder as ONNX graphs, a trunk and two heads; only building a model needs `onnx`.

The trunk takes word embeddings, not token numbers: the embedding matrix is four fifths of the model
and a text needs a few dozen of its rows, so it stays in 4-bit blocks outside. One head is the
model's; the other takes what is to be added to its matrices, so that one copy of them does for
every change.
"""

from collections.abc import Sequence
from pathlib import Path
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

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("wb")
        self.tensors: dict[str, Any] = {}

    def add(self, name: str, values: Floats) -> str:
        """Store one tensor, once; returns its name, to be used as a node's input."""
        if name in self.tensors:
            return name
        self._file.write(b"\0" * (-self._file.tell() % _ALIGNMENT))
        offset = self._file.tell()
        data = np.ascontiguousarray(values, dtype="<f4").tobytes()
        self._file.write(data)
        tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=values.shape)
        tensor.data_location = TensorProto.EXTERNAL
        place = {"location": self._path.name, "offset": str(offset), "length": str(len(data))}
        for key, value in place.items():
            tensor.external_data.add(key=key, value=value)
        self.tensors[name] = tensor
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
            nodes += _Layer(weights, store, layer, tunable=False).nodes
    finally:
        store.close()
    nodes.append(helper.make_node("Identity", [f"state{branch}"], ["branch"]))
    graph = _model(weights.sizes.hidden, "word_embeddings", "branch", nodes, store)
    onnx.save_model(graph, str(graph_path))


def write_heads(
    weights: WeightsFile, branch: int, graph_path: Path, tunable_path: Path, weights_path: Path
) -> dict[str, tuple[int, int]]:
    """Write two graphs of the layers from `branch` on and, beside them, the weights of both.

    Inputs: `branch` as the trunk gives it, and `attention_mask`. Output: `sentence` (batch, hidden)
    float32, the mean of the tokens' states at length 1. The tunable graph also takes, for each
    matrix (`l8.fi.w`), two factors whose product is added to it, float32: `l8.fi.w.down` (batch or
    1, in, rank) and `l8.fi.w.up` (batch or 1, rank, out). One for all of rank 0 changes nothing,
    and takes a tenth longer than the graph that cannot be changed.

    Args:
        weights: the same file.
        branch: how many layers lie below.
        graph_path: where the graph of the model's own head goes.
        tunable_path: where the tunable graph goes.
        weights_path: where the weights go, in the same folder.

    Returns:
        (in, out) of each matrix that can be changed, by its name.

    Raises:
        ModelInvalid: the weights file lacks a tensor or holds one of another size.
    """
    sizes = weights.sizes
    store = _Weights(weights_path)
    above = range(branch, sizes.layers)
    try:
        plain = [_Layer(weights, store, n, tunable=False) for n in above]
        tunable = [_Layer(weights, store, n, tunable=True) for n in above]
    finally:
        store.close()
    shapes = {name: shape for layer in tunable for name, shape in layer.shapes.items()}
    value = helper.make_tensor_value_info
    factors = [
        value(f"{name}.{end}", TensorProto.FLOAT, ["changes", *shape])
        for name, (into, out) in shapes.items()
        for end, shape in (("down", (into, "rank")), ("up", ("rank", out)))
    ]
    for path, layers, given in ((graph_path, plain, []), (tunable_path, tunable, factors)):
        nodes = [helper.make_node("Identity", ["branch"], [f"state{branch}"])]
        nodes += [node for layer in layers for node in layer.nodes]
        nodes += _pooling_nodes(sizes.layers)
        graph = _model(sizes.hidden, "branch", "sentence", nodes, store, given)
        onnx.save_model(graph, str(path))
    return shapes


def _model(
    hidden: int,
    given: str,
    wanted: str,
    nodes: list[Any],
    store: _Weights,
    factors: Sequence[Any] = (),
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
            *factors,
        ],
        [value(wanted, TensorProto.FLOAT, shapes[wanted])],
        initializer=[*store.tensors.values(), *constants],
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


class _Layer:
    """The nodes of one layer, from `state8` to `state9`; a tunable one takes changes of it."""

    def __init__(
        self, weights: WeightsFile, store: _Weights, number: int, *, tunable: bool
    ) -> None:
        self._weights, self._store, self._sizes = weights, store, weights.sizes
        self._at, self._tunable = f"l{number}", tunable
        self.nodes: list[Any] = []
        self.shapes: dict[str, tuple[int, int]] = {}
        hidden, inner, state = self._sizes.hidden, self._sizes.inner, f"state{number}"
        mixed = self._times(self._attend(state), "ao", self._matrix("ao", hidden, hidden))
        attended = self._add_and_norm(mixed, state, "aln", "ao.b", f"{self._at}.attended")
        wide = self._times(attended, "fi", self._matrix("fi", inner, hidden))
        bias = self._vector("fi.b", inner)
        active = self._fused("BiasGelu", [wide, bias], f"{self._at}.active")
        narrow = self._times(active, "fo", self._matrix("fo", hidden, inner))
        self._add_and_norm(narrow, attended, "oln", "fo.b", f"state{number + 1}")

    def _attend(self, state: str) -> str:
        hidden, at = self._sizes.hidden, self._at
        joined = np.concatenate([self._matrix(part, hidden, hidden) for part in "qkv"], axis=1)
        biases = [self._weights.tensor(f"{at}.{part}.b", hidden) for part in "qkv"]
        tail = [self._store.add(f"{at}.qkv.b", np.concatenate(biases)), "attention_mask"]
        seen, options = f"{at}.seen", {"num_heads": self._sizes.heads}
        if not self._tunable:
            # It multiplies by itself, so nothing can be added to the product.
            given = [state, self._store.add(f"{at}.qkv.w", joined), *tail]
            return self._fused("Attention", given, seen, **options)
        three = [f"{at}.{part}" for part in "qkv"]
        product = self._times(state, "qkv", joined)
        self.nodes.append(helper.make_node("Split", [product], three, axis=-1))
        return self._fused("MultiHeadAttention", [*three, *tail], seen, **options)

    def _times(self, given: str, part: str, values: Floats) -> str:
        name = f"{self._at}.{part}.w"
        product = self._plain("MatMul", [given, self._store.add(name, values)], f"{name}.product")
        if not self._tunable:
            return product
        self.shapes[name] = (values.shape[0], values.shape[1])
        low = self._plain("MatMul", [given, f"{name}.down"], f"{name}.low")
        change = self._plain("MatMul", [low, f"{name}.up"], f"{name}.change")
        return self._plain("Add", [product, change], f"{name}.changed")

    def _add_and_norm(self, new: str, old: str, norm: str, bias: str, output: str) -> str:
        hidden = self._sizes.hidden
        scale = [self._vector(part, hidden) for part in (f"{norm}.w", f"{norm}.b", bias)]
        kind = "SkipLayerNormalization"
        return self._fused(kind, [new, old, *scale], output, epsilon=self._sizes.epsilon)

    def _matrix(self, part: str, out: int, into: int) -> Floats:
        return self._weights.tensor(f"{self._at}.{part}.w", out, into).T

    def _vector(self, part: str, size: int) -> str:
        name = f"{self._at}.{part}"
        return self._store.add(name, self._weights.tensor(name, size))

    def _plain(self, kind: str, given: list[str], output: str) -> str:
        self.nodes.append(helper.make_node(kind, given, [output]))
        return output

    def _fused(self, kind: str, given: list[str], output: str, **options: float) -> str:
        self.nodes.append(helper.make_node(kind, given, [output], domain=_MICROSOFT, **options))
        return output


def _pooling_nodes(layers: int) -> list[Any]:
    # The sum and the mean point the same way, so length 1 makes the division unnecessary.
    return [
        helper.make_node("Cast", ["attention_mask"], ["weights"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["weights", "one"], ["row"]),
        helper.make_node("MatMul", ["row", f"state{layers}"], ["sum"]),
        helper.make_node("Squeeze", ["sum", "one"], ["pooled"]),
        helper.make_node("LpNormalization", ["pooled"], ["sentence"], axis=-1, p=2),
    ]
