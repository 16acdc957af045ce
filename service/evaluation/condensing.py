"""A run without its thousands of passages: what is told of it later, and compared with others."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from service.evaluation.failures import failures
from service.evaluation.figures import compare_values, per_question
from service.evaluation.questions import GoldQuestion
from service.evaluation.run import Run

# A figure that chance moves so far less often than this has moved for a reason.
SIGNIFICANT = 0.05


def condense(run: Run, questions: Sequence[GoldQuestion], files: Sequence[str]) -> dict[str, Any]:
    """Return what is kept of a run.

    Args:
        run: it.
        questions: that were asked, in the order of its rows.
        files: names of the question files.

    Returns:
        `files`, `questions` (how many), `stamps`, `figures`, `quality`, `errors` (the error list),
        `values` (figure -> question -> value) and `sources` (question -> source question).
    """
    return {
        "files": [*files],
        "questions": len(questions),
        "stamps": run.stamps,
        "figures": run.figures,
        "quality": run.quality,
        "errors": [asdict(failure) for failure in failures(questions, run.rows)],
        "values": per_question(questions, run.rows),
        "sources": {question.id: question.source_id for question in questions},
    }


def summary(run: Mapping[str, Any]) -> str:
    """Write what a condensed run is compared by: JSON for a repository, a figure a line.

    It has the run's `stamps`, `values` and `sources`.
    """
    values = ",\n".join(
        f"{json.dumps(name)}: {json.dumps({q: _short(v) for q, v in by_id.items()})}"
        for name, by_id in sorted(run["values"].items())
    )
    stamps, sources = json.dumps(run["stamps"]), json.dumps(run["sources"])
    return f'{{"stamps": {stamps},\n"sources": {sources},\n"values": {{\n{values}\n}}}}\n'


def _short(value: float) -> float:
    return int(value) if value == int(value) else round(value, 4)


def compare_condensed(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> dict[str, dict[str, float]]:
    """Test two kept runs on the questions that both asked, as `figures.compare` does.

    Returns:
        Figure -> n, before, after, and the Holm-adjusted p; empty when they share no question.
    """
    old, new = (_numbers(run["values"]) for run in (before, after))
    return compare_values(old, new, {**before["sources"], **after["sources"]})


def _numbers(values: Mapping[str, Mapping[str, float | None]]) -> dict[str, dict[str, float]]:
    # As short as a summary has them: else a third of one run is more than a third of the other.
    return {
        name: {q: _short(v) for q, v in by_id.items() if v is not None and not math.isnan(v)}
        for name, by_id in values.items()
    }
