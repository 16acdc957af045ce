"""Fitting the confidence: how likely it is that the pages answer, learned from judged questions.

Logistic regression by Newton's method, with a pull of every weight towards 0 (ridge), so that few
questions give a modest model; features are standardised while fitting.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ingest.errors import EvaluationInvalid
from service.answering import Answerer
from service.confidence import Calibration
from service.evaluation.questions import GoldQuestion
from service.records import Question

Floats = npt.NDArray[np.float64]

_RIDGE, _ROUNDS = 1.0, 50
_FEWEST = 20
# Pages without lines are other people's, of any size and form: only these carry over to them.
PLAIN_FEATURES = ("body", "foreign", "off_domain", "sentence", "share", "spelling")
# The share of answerable questions that must be answered; the rest is what refusing costs.
COVERAGE = 0.95


def evidence(
    questions: Sequence[GoldQuestion], answerer: Answerer
) -> tuple[list[Mapping[str, float]], list[bool]]:
    """Ask every question; return its features, and whether the pages answer it."""
    rows = [answerer.find(Question(question.question)).features for question in questions]
    return rows, [question.answerable for question in questions]


def fit(
    rows: Sequence[Mapping[str, float]],
    answerable: Sequence[bool],
    only: Sequence[str] | None = None,
) -> Calibration:
    """Fit the model and choose its threshold.

    The threshold is the probability above which `COVERAGE` of the answerable questions lie; `scope`
    is the median probability of those that are rightly refused: what lies below is said to be about
    something else altogether, which no question that pages answer should hear.

    Args:
        rows: the features of each question.
        answerable: whether the pages answer it.
        only: the features to use; all when None, but for `off_domain`: where pages have lines,
            those that no page answers say it.

    Raises:
        EvaluationInvalid: there are too few questions of either sort.
    """
    truth = np.array(answerable, float)
    if min(truth.sum(), (1 - truth).sum()) < _FEWEST:
        raise EvaluationInvalid(
            f"{int(truth.sum())} answerable and {int((1 - truth).sum())} unanswerable questions; "
            f"at least {_FEWEST} of each are needed to fit a confidence"
        )
    names = sorted(only or {*rows[0]} - {"off_domain"})
    table = np.array([[row[name] for name in names] for row in rows])
    middle, spread = table.mean(axis=0), table.std(axis=0)
    used = spread > 1e-9
    scaled = (table[:, used] - middle[used]) / spread[used]
    fitted = _newton(np.column_stack([np.ones(len(scaled)), scaled]), truth)
    slopes = fitted[1:] / spread[used]
    intercept = float(fitted[0] - slopes @ middle[used])
    kept = [name for name, use in zip(names, used, strict=True) if use]
    weights = {name: round(float(w), 4) for name, w in zip(kept, slopes, strict=True)}
    model = Calibration(round(intercept, 4), weights, 0.5, 0.1)
    chances = np.array([model.probability(row) for row in rows])
    threshold = float(np.quantile(chances[truth == 1], 1 - COVERAGE))
    refused = chances[(truth == 0) & (chances < threshold)]
    scope = float(np.median(refused)) if refused.size else 0.0
    return Calibration(model.intercept, weights, round(threshold, 4), round(scope, 4))


def as_toml(calibrations: Mapping[str, Calibration], comment: str) -> str:
    """Write calibrations down, by name, under a comment that says where they come from."""
    lines = [f"# {comment}"]
    for name, found in calibrations.items():
        values: dict[str, Any] = {
            "intercept": found.intercept,
            "threshold": found.threshold,
            "scope": found.scope,
        }
        lines += ["", f"[{name}]", *(f"{key} = {value}" for key, value in values.items())]
        lines += [f"[{name}.weights]", *(f"{key} = {w}" for key, w in found.weights.items())]
    return "\n".join(lines) + "\n"


def _newton(design: Floats, truth: Floats) -> Floats:
    """Return the weights that maximise the penalised likelihood; the first is free."""
    penalty = np.eye(design.shape[1]) * _RIDGE
    penalty[0, 0] = 0
    weights = np.zeros(design.shape[1])
    for _ in range(_ROUNDS):
        chance = 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))
        slope = design.T @ (truth - chance) - penalty @ weights
        curve = design.T @ (design * (chance * (1 - chance))[:, None]) + penalty
        step = np.linalg.solve(curve, slope)
        weights += step
        if np.abs(step).max() < 1e-8:
            break
    return weights
