"""The error list: each wrong answer with the step at which it went wrong, for reading."""

from collections.abc import Sequence
from dataclasses import dataclass

from service.evaluation import metrics
from service.evaluation.questions import GoldQuestion

STEPS = (
    "wrongly answered",
    "not retrieved",
    "wrongly refused",
    "ranked low",
    "quoted wrongly",
)


@dataclass(frozen=True, slots=True)
class Failure:
    """One wrong answer.

    Attributes:
        step: where it went wrong, one of `STEPS`.
        expected: the fact, or the gold pages.
        cited: page and first highlight of the first citation, or the best passage when it was
            refused.
    """

    id: str
    language: str
    kind: str
    question: str
    step: str
    expected: str
    cited: str
    confidence: float


def failures(questions: Sequence[GoldQuestion], rows: Sequence[metrics.Row]) -> list[Failure]:
    """Return every wrong answer, in the order of `STEPS` and then of the questions."""
    found = []
    for question, row in zip(questions, rows, strict=True):
        step = step_of(question, row)
        if step:
            found.append(_failure(question, row, step))
    return sorted(found, key=lambda failure: STEPS.index(failure.step))


def step_of(question: GoldQuestion, row: metrics.Row) -> str | None:
    """Say at which step an answer went wrong; None when it did not.

    The first citation is what is read: one that does not support the answer was ranked before one
    that does, whatever is highlighted in it; one that does may still be quoted wrongly.
    """
    answered = row["outcome"] in {"answered", "partial"}
    if not question.answerable:
        return "wrongly answered" if answered else None
    # What a service retrieved is not known: of it only the decision and the citations are judged.
    if row["retrieved"] is not None and not metrics.page_at(row, question.gold_pages, 10):
        return "not retrieved"
    if not answered:
        return "wrongly refused"
    if not any(metrics.supports(c, question) for c in row["citations"][:1]):
        return "ranked low"
    return "quoted wrongly" if metrics.score(row, question).answer_span == 0 else None


def _failure(question: GoldQuestion, row: metrics.Row, step: str) -> Failure:
    cited = ""
    if shown := metrics.first_shown(row):
        text = shown.get("quote") or shown["text"]
        spans = shown.get("highlights") or [(0, 200)]
        cited = f"{shown['page_key']}: {text[spans[0][0] : spans[0][1]]}"
    return Failure(
        question.id,
        question.language,
        question.kind,
        question.question,
        step,
        question.fact or ", ".join(question.gold_pages) or "nothing: the pages do not answer",
        cited,
        row["confidence"],
    )
