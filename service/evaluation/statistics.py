"""Intervals and paired tests. Questions that translate one another are resampled together."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

SEED = 20261123
ROUNDS = 2000

Floats = npt.NDArray[np.float64]


def interval(
    values: Sequence[float], groups: Sequence[str], rounds: int = ROUNDS
) -> tuple[float, float, float]:
    """Return the mean and its 95 % bootstrap interval, resampling whole groups.

    Args:
        values: one figure a question.
        groups: the source question of each.
        rounds: resamples.

    Returns:
        Mean, lower and upper bound; all nan without values.
    """
    if not values:
        return (float("nan"),) * 3
    sums, counts = _by_group(values, groups)
    picks = np.random.default_rng(SEED).integers(0, len(sums), (rounds, len(sums)))
    means = sums[picks].sum(axis=1) / counts[picks].sum(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    return float(np.mean(values)), float(low), float(high)


def curve_interval(
    curve: Callable[[Sequence[float], Sequence[bool]], float | None],
    confidences: Sequence[float],
    truths: Sequence[bool],
    groups: Sequence[str],
    rounds: int = ROUNDS,
) -> tuple[float, float] | None:
    """Return the 95 % bootstrap interval of a figure that is no mean, resampling whole groups.

    Args:
        curve: counts the figure from confidences and truths; None where they have none to count.
        confidences: one a question.
        truths: one a question.
        groups: the source question of each.
        rounds: resamples; those that have no figure are left out.

    Returns:
        Lower and upper bound; None when no resample has the figure.
    """
    members: dict[str, list[int]] = {}
    for number, group in enumerate(groups):
        members.setdefault(group, []).append(number)
    own = [members[name] for name in sorted(members)]
    found = []
    for picks in np.random.default_rng(SEED).integers(0, len(own) or 1, (rounds, len(own))):
        drawn = [number for pick in picks.tolist() for number in own[pick]]
        value = curve([confidences[n] for n in drawn], [truths[n] for n in drawn])
        if value is not None:
            found.append(value)
    if not found:
        return None
    low, high = np.quantile(found, (0.025, 0.975))
    return float(low), float(high)


def paired_p(
    before: Sequence[float], after: Sequence[float], groups: Sequence[str], rounds: int = 10_000
) -> float:
    """Return the two-sided p of Fisher's randomisation test on paired figures.

    Under the null the two runs are exchangeable, so each source question's difference keeps or
    changes its sign (Smucker, Allan and Carterette, 2007).
    """
    sums, _ = _by_group(np.subtract(after, before).tolist(), groups)
    observed = abs(sums.sum())
    if not observed:
        return 1.0
    signs = np.random.default_rng(SEED).choice((-1.0, 1.0), (rounds, len(sums)))
    as_large = int((np.abs(signs @ sums) >= observed - 1e-12).sum())
    return (as_large + 1) / (rounds + 1)


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Return the p values adjusted for being many (Holm, 1979), never above 1."""
    adjusted: dict[str, float] = {}
    largest = 0.0
    for position, (name, p) in enumerate(sorted(p_values.items(), key=lambda item: item[1])):
        largest = max(largest, min(1.0, p * (len(p_values) - position)))
        adjusted[name] = largest
    return adjusted


def _by_group(values: Sequence[float], groups: Sequence[str]) -> tuple[Floats, Floats]:
    names = sorted(set(groups))
    place = {name: number for number, name in enumerate(names)}
    rows = np.array([place[group] for group in groups])
    sums = np.bincount(rows, np.asarray(values, dtype=float), minlength=len(names))
    counts = np.bincount(rows, minlength=len(names))
    return sums.astype(np.float64), counts.astype(np.float64)
