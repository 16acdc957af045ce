"""How likely it is that the pages answer a question, from what the search brought.

A logistic model over a handful of features of both legs; its weights are data, fitted by
`passerelle evaluate` on questions kept for that, and shipped in `calibration.toml`.
"""

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from index.records import Hit

_FILE = Path(__file__).with_name("calibration.toml")


@dataclass(frozen=True, slots=True)
class Calibration:
    """A fitted logistic model: the log-odds are `intercept` plus each weight times its feature."""

    intercept: float
    weights: Mapping[str, float]
    threshold: float
    scope: float


@cache
def bundled_calibration() -> Calibration:
    """Return the calibration that ships with this version."""
    raw = tomllib.loads(_FILE.read_text("utf-8"))
    return Calibration(raw["intercept"], raw["weights"], raw["threshold"], raw["scope"])


def features(hits: Sequence[Hit]) -> dict[str, float]:
    """Describe the evidence for one question.

    Returns:
        `dense`: best cosine; `margin`: its distance to the median of the candidates;
        `lexical`: best BM25 score, squashed to 0..1; empty hits give zeros.
    """
    cosines = sorted((h.dense for h in hits if h.dense is not None), reverse=True)
    words = max((h.lexical for h in hits if h.lexical is not None), default=0.0)
    if not cosines:
        return {"dense": 0.0, "margin": 0.0, "lexical": words / (words + 10)}
    middle = cosines[len(cosines) // 2]
    return {"dense": cosines[0], "margin": cosines[0] - middle, "lexical": words / (words + 10)}


def probability(found: Mapping[str, float], calibration: Calibration) -> float:
    """Return the probability that the pages answer, in 0..1."""
    total = calibration.intercept
    total += sum(weight * found.get(name, 0.0) for name, weight in calibration.weights.items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
