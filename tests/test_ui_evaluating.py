"""A run is held against a committed summary; what moved for a reason fails."""

import pytest

from ingest.errors import EvaluationInvalid, OutputUnusable
from service.evaluation.condensing import summary
from ui.cli import main
from ui.evaluating import _hold_against
from ui.written import write


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


@pytest.mark.parametrize(
    "words",
    [
        *(["evaluate", option, "missing/r"] for option in ("--json", "--report", "--summary")),
        ["tune", "--output", "missing/r"],
    ],
)
def test_a_folder_that_is_not_there_is_said_before_anything_is_asked(
    tmp_path, capsys, monkeypatch, words
):
    monkeypatch.chdir(tmp_path)
    # The question file is not there either: only what comes first is said.
    code = main(["--data", str(tmp_path / "data"), *words, "--questions", "none.jsonl"])
    assert code == 1
    assert "there is no folder missing; make it first" in capsys.readouterr().err


def test_a_file_that_the_system_refuses_is_named(tmp_path):
    with pytest.raises(OutputUnusable, match=r"cannot be written: File name too long"):
        write(tmp_path / ("x" * 300), "text")
