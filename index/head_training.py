"""Learns the heads for lines and queries: what the bundled model's last layers add for questions.

For lines each is to be told from those of all other sections (softmax over scaled cosines to a
vector a section, as in NormFace, Wang et al. 2017), in all its languages at once. For queries each
is to find a passage of its section among all passages, whose vectors stay as they are (softmax over
scaled cosines, as in dense passage retrieval, Karpukhin et al. 2020). The layers below stay too, so
their states are made once; each matrix above them gets a low-rank change. Apart from the rest since
only learning needs torch.
"""

import itertools
import math
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from index.encoder import TokenGraph, batches
from index.heads import Factors
from index.weights_file import Floats, WeightsFile

# Chosen on the tune and dev questions of corpus/questions; docs/quality.md has the comparison.
BRANCH = 8
_LINE_EPOCHS, _QUERY_EPOCHS = 3, 2
_RANK, _LORA_SCALE = 16, 2.0
_RATE, _HEAD_RATE, _DROPOUT = 5e-4, 2e-3, 0.1
_TEMPERATURE, _QUERY_TEMPERATURE = 20.0, 15.0
# What is kept of the change for queries: all of it serves these passages best, less serves others.
_QUERY_SHARE = 0.6
_BATCH = 64
# Within so many batches lines are sorted by length, so that little is padded.
_SORTED = 16
_MOST_TOKENS = 96
_MATRICES = ("qkv", "ao", "fi", "fo")

Progress = Callable[[int, int], None]
Loss = Callable[[torch.Tensor, list[int]], torch.Tensor]


class _Low(nn.Module):  # type: ignore[misc]
    """A low-rank change of one matrix; nothing at first."""

    def __init__(self, into: int, out: int) -> None:
        super().__init__()
        self.down = nn.Parameter(torch.randn(into, _RANK) / math.sqrt(into))
        self.up = nn.Parameter(torch.zeros(_RANK, out))

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        """Return what the change adds to a product."""
        return _LORA_SCALE * (states @ self.down) @ self.up


class _Layer(nn.Module):  # type: ignore[misc]
    """One layer of the bundled model, frozen, with a change in each of its matrices."""

    def __init__(self, weights: WeightsFile, number: int) -> None:
        super().__init__()
        sizes = weights.sizes
        self._heads, self._epsilon = sizes.heads, sizes.epsilon
        hidden, inner = sizes.hidden, sizes.inner
        shapes = dict.fromkeys(("q", "k", "v", "ao"), (hidden, hidden))
        shapes |= {"fi": (inner, hidden), "fo": (hidden, inner)}
        read = {
            part: torch.from_numpy(weights.tensor(f"l{number}.{part}.w", *shape).T.copy())
            for part, shape in shapes.items()
        }
        bias = {
            part: torch.from_numpy(weights.tensor(f"l{number}.{part}.b", shape[0]).copy())
            for part, shape in shapes.items()
        }
        self._matrix = {part: read[part] for part in _MATRICES[1:]}
        self._matrix["qkv"] = torch.cat([read[part] for part in "qkv"], dim=1)
        self._bias = {part: bias[part] for part in _MATRICES[1:]}
        self._bias["qkv"] = torch.cat([bias[part] for part in "qkv"])
        self._norms = {
            norm: [
                torch.from_numpy(weights.tensor(f"l{number}.{norm}.{end}", hidden).copy())
                for end in "wb"
            ]
            for norm in ("aln", "oln")
        }
        self.changes = nn.ModuleDict({p: _Low(*self._matrix[p].shape) for p in _MATRICES})

    def forward(self, states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return the states after this layer, (batch, tokens, hidden)."""
        batch, tokens, hidden = states.shape
        parts = self._times("qkv", states).view(batch, tokens, 3, self._heads, -1)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        seen = functional.scaled_dot_product_attention(query, key, value, mask[:, None, None, :])
        mixed = self._times("ao", seen.transpose(1, 2).reshape(batch, tokens, hidden))
        states = self._add("aln", mixed, states)
        wide = functional.gelu(self._times("fi", states))
        return self._add("oln", self._times("fo", wide), states)

    def _times(self, part: str, states: torch.Tensor) -> torch.Tensor:
        return states @ self._matrix[part] + self._bias[part] + self.changes[part](states)

    def _add(self, norm: str, new: torch.Tensor, states: torch.Tensor) -> torch.Tensor:
        summed = functional.dropout(new, _DROPOUT, self.training) + states
        scale, shift = self._norms[norm]
        return functional.layer_norm(summed, scale.shape, scale, shift, self._epsilon)


class _Net(nn.Module):  # type: ignore[misc]
    """The layers above the branch."""

    def __init__(self, weights: WeightsFile) -> None:
        super().__init__()
        self.layers = nn.ModuleList(_Layer(weights, n) for n in range(BRANCH, weights.sizes.layers))

    def forward(self, states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return vectors of length 1, (batch, hidden)."""
        for layer in self.layers:
            states = layer(states, mask.bool())
        return functional.normalize((states * mask[..., None]).sum(1), dim=-1)


def learn(
    graph: TokenGraph,
    weights: WeightsFile,
    texts: Sequence[str],
    belongs: Floats,
    leads: Floats,
    passages: Floats,
    progress: Progress | None = None,
) -> tuple[Factors, Factors]:
    """Learn both heads from lines.

    Args:
        graph: the bundled model, for the states at the branch.
        weights: its weights file.
        texts: the lines; first those that pages answer.
        belongs: (lines, groups) float32, 1 where a line leads to a group.
        leads: (lines that pages answer, passages) float32, 1 where a line leads to a passage.
        passages: (passages, hidden) float32, the vectors of the passages, length 1.
        progress: told how many batches are done, and how many there are.

    Returns:
        The factors for lines and those for queries, as `index.heads.Heads` has them.
    """
    states, vectors = _states(graph, texts)
    answered = states[: len(leads)]
    total = _steps(states, _LINE_EPOCHS) + _steps(answered, _QUERY_EPOCHS)
    done = itertools.count(1)

    def tell() -> None:
        if progress:
            progress(next(done), total)

    loss, groups = _line_loss(vectors, belongs)
    lines = _learned(weights, states, loss, _LINE_EPOCHS, [groups], tell)
    found = _learned(weights, answered, _query_loss(leads, passages), _QUERY_EPOCHS, [], tell)
    share = np.float32(_QUERY_SHARE)
    return lines, {name: (down, share * up) for name, (down, up) in found.items()}


def _line_loss(vectors: Floats, belongs: Floats) -> tuple[Loss, nn.Parameter]:
    """Return how far lines are from being told apart, and the groups' vectors, learned too."""
    mean = vectors.mean(axis=0)
    middle, spread = torch.from_numpy(mean), _spread(mean)
    means = belongs.T @ (vectors - mean)
    means /= np.linalg.norm(means, axis=1, keepdims=True) + 1e-9
    groups = nn.Parameter(torch.from_numpy(means))
    wanted = torch.from_numpy(belongs / belongs.sum(axis=1, keepdims=True))

    def loss(found: torch.Tensor, batch: list[int]) -> torch.Tensor:
        scores = (found - middle) / spread @ functional.normalize(groups, dim=-1).T
        expected = functional.log_softmax(_TEMPERATURE * scores, dim=-1) * wanted[batch]
        return -expected.sum(dim=1).mean()

    return loss, groups


def _query_loss(leads: Floats, passages: Floats) -> Loss:
    """Return how far queries are from finding one of their passages."""
    mean = passages.mean(axis=0)
    spread = _spread(mean)
    apart = torch.from_numpy((passages - mean) / spread)
    wrong = torch.from_numpy(leads == 0)

    def loss(found: torch.Tensor, batch: list[int]) -> torch.Tensor:
        chances = functional.log_softmax(_QUERY_TEMPERATURE * found @ apart.T / spread, dim=-1)
        return -chances.masked_fill(wrong[batch], -math.inf).logsumexp(dim=1).mean()

    return loss


def _spread(mean: Floats) -> float:
    return math.sqrt(1 - float(mean @ mean))


def _learned(
    weights: WeightsFile,
    states: Sequence[Any],
    loss: Loss,
    epochs: int,
    more: Sequence[nn.Parameter],
    tell: Callable[[], None],
) -> Factors:
    # The same lines make the same head, on the same machine.
    torch.manual_seed(0)
    order = random.Random(0)  # noqa: S311
    net = _Net(weights)
    step = _stepper(net, more, _steps(states, epochs))
    for batch in _batches(states, epochs, order):
        step(loss(net(*_padded([states[i] for i in batch])), batch))
        tell()
    return _factors(net)


def _steps(states: Sequence[Any], epochs: int) -> int:
    return epochs * math.ceil(len(states) / _BATCH)


def _stepper(net: _Net, more: Sequence[nn.Parameter], steps: int) -> Callable[[torch.Tensor], None]:
    """Return what takes one step down a loss; the rate rises, then falls."""
    changes = [p for layer in net.layers for p in layer.parameters()]
    optimiser = torch.optim.AdamW(
        [
            {"params": changes, "lr": _RATE, "weight_decay": 0.01},
            {"params": [*more], "lr": _HEAD_RATE, "weight_decay": 0.0},
        ]
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1, 16 * step / steps) * max(0.02, 1 - step / steps)
    )

    def step(loss: torch.Tensor) -> None:
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(changes, 1.0)
        optimiser.step()
        schedule.step()

    return step


def _states(graph: TokenGraph, texts: Sequence[str]) -> tuple[list[Any], Floats]:
    """Return the states at the branch, half precision, and the vectors, (lines, hidden)."""
    cut = [graph.cut_question(text)[:_MOST_TOKENS] for text in texts]
    states: list[Any] = [None] * len(texts)
    vectors = np.empty((len(texts), graph.model.dimension), np.float32)
    for batch in batches([len(tokens) for tokens in cut]):
        numbers, mask = graph.framed([cut[i] for i in batch])
        branch = graph.states(numbers, mask)
        vectors[batch] = graph.sentences(branch, mask)
        for row, i in enumerate(batch):
            states[i] = branch[row, : len(cut[i])].astype(np.float16)
    return states, vectors


def _batches(states: Sequence[Any], epochs: int, order: random.Random) -> Iterator[list[int]]:
    for _ in range(epochs):
        lines = list(range(len(states)))
        order.shuffle(lines)
        found = []
        for start in range(0, len(lines), _BATCH * _SORTED):
            near = sorted(lines[start : start + _BATCH * _SORTED], key=lambda i: len(states[i]))
            found += [near[i : i + _BATCH] for i in range(0, len(near), _BATCH)]
        order.shuffle(found)
        yield from found


def _padded(states: Sequence[Any]) -> tuple[torch.Tensor, torch.Tensor]:
    longest = max(len(one) for one in states)
    rows = torch.zeros(len(states), longest, states[0].shape[1])
    mask = torch.zeros(len(states), longest)
    for row, one in enumerate(states):
        rows[row, : len(one)] = torch.from_numpy(one.astype(np.float32))
        mask[row, : len(one)] = 1
    return rows, mask


def _factors(net: _Net) -> Factors:
    found = {}
    for number, layer in enumerate(net.layers, start=BRANCH):
        for part in _MATRICES:
            low: Any = layer.changes[part]
            pair = low.down.detach().numpy(), _LORA_SCALE * low.up.detach().numpy()
            found[f"l{number}.{part}.w"] = pair
    return found
