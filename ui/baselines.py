"""A run against a summary that was kept: of the same questions, and no figure moved or gone."""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ingest.errors import EvaluationInvalid
from service.evaluation.condensing import SIGNIFICANT, compare_condensed
from service.evaluation.questions import GoldQuestion

_NAMED = 3
_WAY_OUT = "name a file that `evaluate --summary` wrote"


def read_baseline(file: Path) -> dict[str, Any]:
    """Read a baseline.

    Raises:
        EvaluationInvalid: it is missing, no JSON, or no summary of a run.
    """
    try:
        found = json.loads(file.read_text("utf-8"))
    except OSError as error:
        raise EvaluationInvalid(f"baseline {file}: {error.strerror}; {_WAY_OUT}") from error
    except (ValueError, RecursionError) as error:
        raise EvaluationInvalid(f"baseline {file} is no JSON: {error}; {_WAY_OUT}") from error
    if not _is_summary(found):
        raise EvaluationInvalid(f"baseline {file} is no summary of a run; {_WAY_OUT}")
    return dict(found)


def refuse_other_questions(
    file: Path, before: Mapping[str, Any], questions: Sequence[GoldQuestion]
) -> None:
    """Make sure that every question of a baseline is asked: what is left out could not move.

    Raises:
        EvaluationInvalid: some are not; how many, and the first of them, are named.
    """
    asked = {question.id for question in questions}
    lost = [name for name in before["sources"] if name not in asked]
    if lost:
        named = ", ".join(lost[:_NAMED]) + (", ..." if len(lost) > _NAMED else "")
        raise EvaluationInvalid(
            f"{len(lost)} of the {len(before['sources'])} questions of baseline {file} are not "
            f"asked here ({named}); name its question files and --split, or another baseline"
        )


def hold_against(before: Mapping[str, Any], after: Mapping[str, Any]) -> int:
    """Say how each figure of a baseline moved; 1 when one moved for real, or is gone."""
    moved = compare_condensed(before, after)
    for name, figure in moved.items():
        mark = "MOVED" if figure["p"] < SIGNIFICANT else "     "
        moved_to = f"{figure['before']:.3f} -> {figure['after']:.3f} p={figure['p']:.4f}"
        counted = f"on {figure['n']} of {len(before['values'][name])} questions"
        sys.stdout.write(f"{mark} {name:<22} {moved_to} {counted}\n")
    counted_before = [n for n, by_id in before["values"].items() if {*by_id.values()} - {None}]
    gone = [name for name in counted_before if name not in moved]
    for name in gone:
        sys.stdout.write(f"GONE  {name:<22} is in the baseline and was not counted here\n")
    if new := len(after["sources"].keys() - before["sources"].keys()):
        sys.stdout.write(f"      {new} questions are not in the baseline, and were not compared\n")
    return int(bool(gone) or any(figure["p"] < SIGNIFICANT for figure in moved.values()))


def _is_summary(found: object) -> bool:
    if not isinstance(found, dict):
        return False
    values, sources = found.get("values"), found.get("sources")
    if not (isinstance(values, dict) and isinstance(sources, dict) and values and sources):
        return False
    return all(isinstance(source, str) for source in sources.values()) and all(
        isinstance(by_id, dict)
        and by_id.keys() <= sources.keys()
        and all(value is None or isinstance(value, int | float) for value in by_id.values())
        for by_id in values.values()
    )
