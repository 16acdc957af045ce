"""Runs of letters: near in spelling is near, in any script; nothing known is near to nothing."""

import pytest

from index.ngrams import NgramIndex, covered

TEXTS = ["carte vitale perdue", "كيف أحصل على بطاقة", "prix d'une couronne"]


@pytest.mark.parametrize(
    ("asked", "nearest"),
    [("kart vital perdu", 0), ("CARTE VITALE, PERDUE!", 0), ("أحصل بطاقه", 1), ("couronnes", 2)],
)
def test_a_slip_leaves_the_right_text_nearest(asked, nearest):
    cosines = NgramIndex.build(TEXTS).cosines(asked)
    assert cosines.argmax() == nearest
    assert cosines[nearest] > 2 * sorted(cosines)[-2]


def test_a_text_is_wholly_like_itself():
    index = NgramIndex.build(TEXTS)
    assert [index.cosines(text)[n] for n, text in enumerate(TEXTS)] == pytest.approx([1, 1, 1])


@pytest.mark.parametrize("asked", ["", "?!", "zzz", "😀"])
def test_what_shares_no_run_is_like_nothing(asked):
    assert NgramIndex.build(TEXTS).cosines(asked).tolist() == [0, 0, 0]


def test_no_texts_are_legal():
    assert NgramIndex.build([]).cosines("carte").tolist() == []


def test_a_text_is_covered_as_far_as_its_runs_stand_in_another():
    assert covered("Carte vitale?", "Votre carte Vitale est gratuite.") == 1.0
    assert 0.3 < covered("kart vital", "Votre carte Vitale est gratuite.") < 0.8
    assert covered("بطاقة", "Votre carte Vitale est gratuite.") == 0.0
    assert covered("?!", "?!") == 0.0
