"""The confidence is fitted to judged questions; these are drawn so that the truth is known."""

import tomllib

import numpy as np
import pytest

from ingest.errors import EvaluationInvalid
from service.evaluation.tuning import COVERAGE, as_toml, fit


def drawn(n: int = 400) -> tuple[list[dict[str, float]], list[bool]]:
    """Draw questions whose answer depends on `body` alone."""
    random = np.random.default_rng(7)
    body, noise = random.normal(size=(2, n))
    truth = random.random(n) < 1 / (1 + np.exp(-(0.5 + 2 * body)))
    rows = [
        {"body": float(b), "noise": float(x), "same": 1.0, "off_domain": float(b)}
        for b, x in zip(body, noise, strict=True)
    ]
    return rows, truth.tolist()


def test_the_weights_are_those_that_the_questions_were_drawn_with():
    found = fit(*drawn())
    assert found.intercept == pytest.approx(0.5, abs=0.4)
    assert found.weights["body"] == pytest.approx(2, abs=0.5)
    assert abs(found.weights["noise"]) < 0.3


def test_a_feature_that_never_changes_or_was_not_asked_for_has_no_weight():
    rows, truth = drawn()
    assert fit(rows, truth).weights.keys() == {"body", "noise"}
    assert fit(rows, truth, ("off_domain",)).weights.keys() == {"off_domain"}


def test_the_threshold_keeps_the_coverage_and_scope_lies_under_it():
    rows, truth = drawn()
    found = fit(rows, truth)
    answerable = [found.probability(row) for row, can in zip(rows, truth, strict=True) if can]
    others = [found.probability(row) for row, can in zip(rows, truth, strict=True) if not can]
    covered = sum(chance >= found.threshold for chance in answerable) / len(answerable)
    assert covered == pytest.approx(COVERAGE, abs=1 / len(answerable))
    assert found.scope <= found.threshold
    assert sum(chance < found.scope for chance in others) / len(others) <= 0.5


def test_the_same_questions_give_the_same_model_in_any_unit():
    rows, truth = drawn()
    found = fit(rows, truth)
    assert fit(rows, truth) == found
    larger = [row | {"body": 100 * row["body"] + 5} for row in rows]
    scaled = fit(larger, truth)
    assert scaled.threshold == pytest.approx(found.threshold, abs=0.01)
    assert scaled.weights["body"] == pytest.approx(found.weights["body"] / 100, abs=1e-4)


@pytest.mark.parametrize("few", [True, False])
def test_too_few_questions_of_either_sort_fit_nothing(few):
    rows, _ = drawn(100)
    judged = [few] * 10 + [not few] * 90
    with pytest.raises(EvaluationInvalid, match="at least 20 of each"):
        fit(rows, judged)


def test_what_is_written_down_is_what_was_fitted():
    found = fit(*drawn())
    read = tomllib.loads(as_toml({"asked": found}, "Fitted by hand."))["asked"]
    assert read == {
        "intercept": found.intercept,
        "threshold": found.threshold,
        "scope": found.scope,
        "weights": dict(found.weights),
    }
