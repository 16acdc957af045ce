"""Intervals resample whole groups; tests are paired; many tests are corrected for."""

import math

import pytest

from service.evaluation.metrics import auroc
from service.evaluation.statistics import curve_interval, holm, interval, paired_p


def test_the_interval_holds_the_mean_and_is_the_same_twice():
    values, groups = [0.0, 1.0] * 20, [str(n) for n in range(40)]
    mean, low, high = interval(values, groups)
    assert mean == 0.5
    assert low < 0.5 < high
    assert interval(values, groups) == (mean, low, high)


def test_translations_of_one_question_do_not_narrow_the_interval():
    alone = interval([0.0, 1.0] * 5, [str(n) for n in range(10)])
    translated = interval([0.0, 1.0] * 50, [str(n % 10) for n in range(100)])
    assert translated[2] - translated[1] == pytest.approx(alone[2] - alone[1], abs=0.05)


def test_no_values_give_no_interval():
    assert all(math.isnan(number) for number in interval([], []))


def test_a_clear_difference_is_significant_and_none_is_not():
    groups = [str(n) for n in range(20)]
    assert paired_p([0.0] * 20, [1.0] * 20, groups) < 0.001
    assert paired_p([1.0] * 20, [1.0] * 20, groups) == 1.0
    assert paired_p([0.0, 1.0] * 10, [1.0, 0.0] * 10, groups) > 0.5


def test_holm_multiplies_the_smallest_most_and_never_reorders():
    adjusted = holm({"a": 0.01, "b": 0.04, "c": 0.03})
    assert adjusted == pytest.approx({"a": 0.03, "c": 0.06, "b": 0.06})
    assert holm({"a": 0.9, "b": 0.8}) == {"b": 1.0, "a": 1.0}


def share(_: object, truths: list[bool]) -> float | None:
    return sum(truths) / len(truths) if truths else None


def test_a_figure_that_is_no_mean_is_resampled_by_source_too():
    truths = [True, False] * 50
    by_source = [str(n % 10) for n in range(100)]
    alone = curve_interval(share, [0.5] * 10, truths[:10], by_source[:10])
    translated = curve_interval(share, [0.5] * 100, truths, by_source)
    apart = curve_interval(share, [0.5] * 100, truths, [str(n) for n in range(100)])
    assert translated == pytest.approx(alone, abs=0.02)
    assert apart[1] - apart[0] < (translated[1] - translated[0]) / 2
    assert curve_interval(share, [0.5] * 100, truths, by_source) == translated


def test_a_mean_has_the_same_interval_either_way():
    truths, groups = [True, False, False] * 8, [str(n % 12) for n in range(24)]
    _, low, high = interval([float(truth) for truth in truths], groups)
    assert curve_interval(share, [0.5] * 24, truths, groups) == pytest.approx((low, high))


def test_resamples_without_the_figure_are_left_out():
    one_false = [True] * 4 + [False]
    groups = [str(n) for n in range(5)]
    low, high = curve_interval(auroc, [0.9, 0.8, 0.7, 0.2, 0.1], one_false, groups)
    assert (low, high) == (1.0, 1.0)
    assert curve_interval(auroc, [0.9], [True], ["a"]) is None
    assert curve_interval(share, [], [], []) is None
