"""A run is held against a committed summary; what moved for a reason, or is gone, fails."""

import json
from pathlib import Path

import pytest

from ingest.errors import EvaluationInvalid
from service.evaluation.condensing import summary
from service.evaluation.questions import load_questions
from ui.baselines import hold_against, read_baseline, refuse_other_questions
from ui.cli import main

ROOT = Path(__file__).parents[1]


def run(value: float, figures: tuple[str, ...] = ("page_at_1",), questions: int = 20) -> dict:
    ids = [f"q{n}" for n in range(questions)]
    return {
        "stamps": {},
        "sources": {name: name for name in ids},
        "values": {figure: dict.fromkeys(ids, value) for figure in figures},
    }


def write_questions(file, names):
    made = {"language": "en", "question": "What?", "gold_pages": []}
    file.write_text("\n".join(json.dumps({"id": name, **made}) for name in names), "utf-8")
    return file


@pytest.mark.parametrize(("value", "code"), [(1.0, 0), (0.0, 1)])
def test_a_figure_that_moved_fails_and_one_that_did_not_passes(tmp_path, capsys, value, code):
    (tmp_path / "gate.json").write_text(summary(run(1.0)), "utf-8")
    assert hold_against(read_baseline(tmp_path / "gate.json"), run(value)) == code
    said = capsys.readouterr().out
    assert ("MOVED page_at_1" in said) == bool(code)
    assert "on 20 of 20 questions" in said


def test_a_figure_that_is_gone_fails_and_is_named(capsys):
    before = run(1.0, ("page_at_1", "answered"))
    before["values"]["empty"] = {"q1": None}
    assert hold_against(before, run(1.0, ("answered",))) == 1
    said = capsys.readouterr().out
    assert "GONE  page_at_1" in said
    assert said.count("GONE") == 1


def test_what_is_new_is_counted_and_fails_nothing(capsys):
    assert hold_against(run(1.0), run(1.0, ("page_at_1", "mrr"), questions=23)) == 0
    assert "3 questions are not in the baseline" in capsys.readouterr().out


def test_a_baseline_of_questions_that_are_not_asked_is_refused(tmp_path):
    names = [f"q{n}" for n in range(20)]
    refuse_other_questions(
        Path("b"), run(1.0), load_questions([write_questions(tmp_path / "all", [*names, "new"])])
    )
    half = load_questions([write_questions(tmp_path / "half", names[:10])])
    with pytest.raises(EvaluationInvalid, match=r"^10 of the 20 .* b .* \(q10, q11, q12, \.\.\.\)"):
        refuse_other_questions(Path("b"), run(1.0), half)


@pytest.mark.parametrize("name", ["gate", "topics"])
def test_a_committed_baseline_is_one_of_our_gate_questions(name):
    file = ROOT / "tests" / "quality" / f"{name}.json"
    before = read_baseline(file)
    questions = load_questions(sorted((ROOT / "corpus" / "questions").glob("??.jsonl")))
    refuse_other_questions(file, before, [q for q in questions if q.split == "gate"])
    assert hold_against(before, before) == 0


BAD = {
    "": "is no JSON",
    "[" * 100_000: "is no JSON",
    "[]": "is no summary of a run",
    "{}": "is no summary of a run",
    '{"values": 1, "sources": {}}': "is no summary of a run",
    '{"values": {}, "sources": {"q": "q"}}': "is no summary of a run",
    '{"values": {"a": 1}, "sources": {"q": "q"}}': "is no summary of a run",
    '{"values": {"a": {"r": 1}}, "sources": {"q": "q"}}': "is no summary of a run",
    '{"values": {"a": {"q": "1"}}, "sources": {"q": "q"}}': "is no summary of a run",
}


@pytest.mark.parametrize("text", BAD, ids=lambda text: text[:30] or "empty")
def test_a_baseline_that_is_none_is_said_before_anything_is_asked(tmp_path, capsys, text):
    (tmp_path / "bad.json").write_text(text, "utf-8")
    words = ["--questions", "none.jsonl", "--baseline", str(tmp_path / "bad.json")]
    # The question file is not there either: only what comes first is said.
    assert main(["--data", str(tmp_path / "data"), "evaluate", *words]) == 1
    said = capsys.readouterr().err
    assert f"bad.json {BAD[text]}" in said
    assert "name a file that `evaluate --summary` wrote" in said
    assert "none.jsonl" not in said


def test_a_baseline_that_is_not_there_is_said(tmp_path):
    with pytest.raises(EvaluationInvalid, match=r"baseline .*none\.json: No such file"):
        read_baseline(tmp_path / "none.json")
