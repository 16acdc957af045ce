"""Kept evaluations come back as they were, newest first, and compare question by question."""

import json
import math

import pytest

from ingest.errors import DataUnusable, RunUnknown
from service.evaluation.condensing import compare_condensed, summary
from service.kept_runs import FOLDER, KeptRuns


def test_a_run_comes_back_as_it_was_kept_with_its_name_and_day(tmp_path):
    kept = KeptRuns(tmp_path)
    name = kept.keep({"questions": 3, "figures": {"all": {"mean": math.nan}}})
    found = kept.get(name)
    assert (found["name"], found["questions"]) == (name, 3)
    assert found["at"][:10].replace("-", "") == name[:8]
    assert found["figures"]["all"]["mean"] is None


def test_runs_are_listed_newest_first_and_half_written_ones_never(tmp_path):
    folder = tmp_path / FOLDER
    folder.mkdir()
    for name in ("20260101T000000Z-aaaaaa", "20260301T000000Z-bbbbbb"):
        (folder / f"{name}.json").write_text("{}", "utf-8")
    (folder / ".20260401T000000Z-cccccc").write_text("{", "utf-8")
    assert KeptRuns(tmp_path).names() == ["20260301T000000Z-bbbbbb", "20260101T000000Z-aaaaaa"]


@pytest.mark.parametrize("name", ["../keys", "keys", "20260101T000000Z-aaaaaa", ""])
def test_only_the_name_of_a_run_opens_a_file(tmp_path, name):
    (tmp_path / "keys.json").write_text("{}", "utf-8")
    with pytest.raises(RunUnknown, match="there is no evaluation"):
        KeptRuns(tmp_path).get(name)


def test_a_damaged_run_says_which_file_to_remove(tmp_path):
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "20260101T000000Z-aaaaaa.json").write_text("{", "utf-8")
    with pytest.raises(RunUnknown, match=r"remove .*20260101T000000Z-aaaaaa\.json"):
        KeptRuns(tmp_path).get("20260101T000000Z-aaaaaa")


def test_a_data_directory_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / FOLDER).write_text("a file where the folder goes", "utf-8")
    with pytest.raises(DataUnusable, match="cannot be written"):
        KeptRuns(tmp_path).keep({})


def test_two_runs_are_compared_on_the_questions_that_both_asked():
    names = [f"q{n}" for n in range(20)]
    sources = {name: name for name in names}
    before = {"values": {"page_at_1": dict.fromkeys(names, 0.0)}, "sources": sources}
    after = {
        "values": {"page_at_1": {**dict.fromkeys(names, 1.0), "new": 0.0}, "mrr": {"q1": 1.0}},
        "sources": {**sources, "new": "new"},
    }
    moved = compare_condensed(before, after)
    assert list(moved) == ["page_at_1"]
    figure = moved["page_at_1"]
    assert (figure["n"], figure["before"], figure["after"]) == (20, 0.0, 1.0)
    assert figure["p"] < 0.001
    assert compare_condensed(before, {"values": {}, "sources": {}}) == {}


def test_a_run_has_not_moved_from_its_own_summary():
    values = {"citation_precision": {f"q{n}": 2 / 3 for n in range(40)}}
    run = {"stamps": {}, "values": values, "sources": {f"q{n}": f"q{n}" for n in range(40)}}
    moved = compare_condensed(json.loads(summary(run)), run)
    assert moved["citation_precision"]["p"] == 1
