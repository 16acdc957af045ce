"""A run is held against a committed summary; what moved for a reason fails."""

import pytest

from ingest.errors import EvaluationInvalid
from service.evaluation.condensing import summary
from ui.evaluating import _hold_against


def run(value: float, start: int = 0) -> dict:
    ids = [f"q{n}" for n in range(start, start + 20)]
    return {
        "stamps": {},
        "sources": {name: name for name in ids},
        "values": {"page_at_1": dict.fromkeys(ids, value)},
    }


@pytest.fixture
def baseline(tmp_path):
    file = tmp_path / "gate.json"
    file.write_text(summary(run(1.0)), "utf-8")
    return file


@pytest.mark.parametrize(("value", "code"), [(1.0, 0), (0.0, 1)])
def test_a_figure_that_moved_fails_and_one_that_did_not_passes(baseline, capsys, value, code):
    assert _hold_against(baseline, run(value)) == code
    assert ("MOVED page_at_1" in capsys.readouterr().out) == bool(code)


def test_a_baseline_of_other_questions_or_none_at_all_is_refused(baseline, tmp_path):
    with pytest.raises(EvaluationInvalid, match="none of these questions"):
        _hold_against(baseline, run(1.0, start=100))
    for text in ("", "[]", "{}", '{"values": 1, "sources": {}}'):
        (tmp_path / "bad.json").write_text(text, "utf-8")
        with pytest.raises(EvaluationInvalid, match=r"bad.json"):
            _hold_against(tmp_path / "bad.json", run(1.0))
