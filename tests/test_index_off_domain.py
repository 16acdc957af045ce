"""What tells questions that no administration answers: a discriminant learned from lines."""

import numpy as np
import pytest

from index.off_domain import discriminant, off_domain_score


@pytest.fixture
def sorts():
    rng = np.random.default_rng(0)
    centres = np.zeros((2, 8), np.float32)
    centres[0, 0] = centres[1, 1] = 1
    return [
        (rng.normal(0, 0.2, (n, 8)) + centre).astype(np.float32)
        for n, centre in zip((400, 40), centres, strict=True)
    ]


def test_the_middle_of_either_sort_is_0_and_1_however_many_lines_it_has(sorts):
    asked, outside = sorts
    learned = discriminant([asked], outside)
    assert learned.shape == (9,)
    assert off_domain_score(learned, asked.mean(axis=0)) == pytest.approx(0, abs=1e-5)
    assert off_domain_score(learned, outside.mean(axis=0)) == pytest.approx(1, abs=1e-5)
    scores = [[off_domain_score(learned, line) for line in lines] for lines in sorts]
    assert np.quantile(scores[0], 0.99) < 0.5 < np.quantile(scores[1], 0.05)


def test_a_direction_in_which_lines_differ_anyway_counts_less():
    rng = np.random.default_rng(0)
    asked = rng.normal(0, 1, (300, 4)).astype(np.float32) * [10, 1, 1, 1]
    learned = discriminant([asked], asked + np.float32([1, 1, 0, 0]))
    assert 0 < learned[0] < learned[1]


def test_sorts_inside_count_as_much_as_one_another(sorts):
    asked, outside = sorts
    other = asked[:10] + np.float32([0, 0, 3, 0, 0, 0, 0, 0])
    learned = discriminant([asked, other], outside)
    scores = [off_domain_score(learned, lines.mean(axis=0)) for lines in (asked, other)]
    assert sum(scores) == pytest.approx(0, abs=1e-4)


@pytest.mark.parametrize(("asked", "outside"), [(0, 5), (5, 0), (1, 1)])
def test_without_lines_of_both_sorts_nothing_is_off_domain(asked, outside):
    same = np.full((5, 3), 0.5, np.float32)
    learned = discriminant([same[:asked], same[:0]], same[:outside])
    assert off_domain_score(learned, same[0]) == 0
