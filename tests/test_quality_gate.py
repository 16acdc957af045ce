"""The gate over a fixed part of the gate third: a few topics, every language, answers and refusals.

`make quality` measures the whole; this part is small enough for every test run. Floors stand a
little under what was reached, so that a real loss fails and noise does not.
"""

from collections.abc import Sequence
from pathlib import Path

import pytest

from ingest.settings import Settings
from service.engine import Engine
from service.evaluation.figures import figures
from service.evaluation.questions import GoldQuestion, load_questions
from service.evaluation.run import retrieved
from service.records import Question
from tests.conftest import TOPICS

FLOORS = {
    "page_at_1": 0.85,
    "page_at_5": 0.95,
    "passage_at_5": 0.85,
    "right_refusal": 0.75,
    "refused_unanswerable": 0.6,
}


@pytest.fixture(scope="module")
def questions() -> list[GoldQuestion]:
    files = sorted((Path(__file__).parents[1] / "corpus" / "questions").glob("??.jsonl"))
    gate = [question for question in load_questions(files) if question.split == "gate"]
    here = {f"{language}/{topic}" for language in ("en", "fr") for topic in TOPICS}
    answerable = [q for q in gate if q.answerable and set(q.gold_pages) <= here]
    refused = [q for q in gate if not q.answerable]
    return answerable + refused[: len(answerable)]


def measured(settings: Settings, questions: Sequence[GoldQuestion]) -> dict[str, float]:
    """Find and decide; quoting is measured by `make quality`, since it takes ten times as long."""
    answerer = Engine(settings).answerer
    rows = []
    for question in questions:
        found = answerer.find(Question(question.question))
        rows.append(
            {
                "outcome": answerer.outcome(found),
                "confidence": found.confidence,
                "retrieved": [retrieved(hit) for hit in found.hits],
                "citations": [],
            }
        )
    return {name: found["mean"] for name, found in figures(questions, rows)["all"].items()}


def fallen(found: dict[str, float]) -> set[str]:
    return {name for name, floor in FLOORS.items() if found.get(name, 0.0) < floor}


def test_what_was_reached_is_held(served, questions):
    assert len(questions) > 60
    found = measured(served, questions)
    assert fallen(found) == set(), found


@pytest.mark.parametrize(
    ("group", "change", "falls"),
    [
        ("answers", {"threshold": 0.0}, "refused_unanswerable"),
        ("answers", {"threshold": 0.99}, "right_refusal"),
        # A weight with its decimal point in the wrong place: words drown everything else.
        ("search", {"lexical_weight": 18.0, "asked_weight": 0.0}, "passage_at_5"),
    ],
)
def test_a_planted_regression_fails_the_gate(served, questions, group, change, falls):
    worse = getattr(served, group).model_copy(update=change)
    found = measured(served.model_copy(update={group: worse}), questions)
    assert falls in fallen(found)
