"""The confidence: weights are data, and data of another version never stops the service."""

import pytest

from index.generation import TUNED
from ingest.errors import SettingsInvalid
from service.confidence import (
    bundled_calibrations,
    calibrations_in,
    features,
    load_calibrations,
)

TUNING = """
[asked]
intercept = 0.0
threshold = 0.25
scope = 0.1
[asked.weights]
{feature} = 1.0

[plain]
intercept = 0.0
threshold = 0.5
scope = 0.1
[plain.weights]
body = 1.0
"""


def test_what_tuning_left_is_used(tmp_path):
    (tmp_path / TUNED).write_text(TUNING.format(feature="asked"), "utf-8")
    assert calibrations_in(tmp_path).asked.threshold == 0.25


def test_without_tuning_the_bundled_ones_are_used(tmp_path):
    assert calibrations_in(tmp_path) is bundled_calibrations()


def test_what_another_version_left_is_named_and_the_bundled_ones_serve(tmp_path, caplog):
    (tmp_path / TUNED).write_text(TUNING.format(feature="gone"), "utf-8")
    assert calibrations_in(tmp_path) is bundled_calibrations()
    assert "gone is no feature" in caplog.text
    assert "passerelle tune" in caplog.text
    with pytest.raises(SettingsInvalid, match="gone is no feature"):
        load_calibrations(tmp_path / TUNED)


def test_nothing_found_is_evidence_of_nothing():
    found = features((), None, "en", 0, 0, known=True, off_domain=0.0)
    assert set(found.values()) == {0.0}
    assert bundled_calibrations().plain.probability(found) < 0.01


def test_what_is_off_domain_lowers_the_confidence_where_pages_have_no_lines():
    weights = bundled_calibrations().plain.weights
    assert weights["off_domain"] < 0
    assert features((), None, "en", 0, 0, known=True, off_domain=0.7)["off_domain"] == 0.7


@pytest.mark.parametrize("name", ["asked", "plain"])
def test_what_is_refused_may_still_be_what_the_pages_are_about(name):
    ours = getattr(bundled_calibrations(), name)
    assert 0 < ours.scope < ours.threshold / 2
