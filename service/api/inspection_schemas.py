"""The wire of looking: pages, findings, generations and evaluations, as a key opens them.

Imports nothing of ours but the rest of the wire.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict

from service.api.schemas import PageOut


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PageStateOut(_Wire):
    """A live page, and how it stands; its age counts from `checked_at` (UTC)."""

    key: str
    title: str
    language: str
    source: str | None
    checked_at: str | None
    stale: bool


class InspectedPassageOut(_Wire):
    """A passage of a page: `start`, `end` in its text; `kept_on` is the twin that is quoted."""

    id: str
    section: list[str]
    context: list[str]
    text: str
    start: int
    end: int
    kept_on: str | None
    also_on: list[str]


class VersionOut(_Wire):
    """A version of a page that is kept, and since when (UTC) it was read so."""

    digest: str
    since: str


class InspectedPageOut(_Wire):
    """A live page as the service sees it; its age counts from `checked_at` (UTC)."""

    page: PageOut
    source: str | None
    origin: str | None
    checked_at: str | None
    stale: bool
    max_age_days: int
    versions: list[VersionOut]
    passages: list[InspectedPassageOut]


class FindingOut(_Wire):
    """Something on a page to look at; `line` is of the page's file."""

    page: str
    line: int
    rule: str
    severity: str
    reason: str


class FindingsOut(_Wire):
    """What lint said when it last went through all pages; `looked_at` None when it never did.

    `unreadable` has the reason by the place of each page that could not be read.
    """

    looked_at: str | None
    findings: list[FindingOut]
    unreadable: dict[str, str]


class GenerationOut(_Wire):
    """A generation that is kept, and whether it is the live one."""

    id: str
    made_at: str
    pages: int
    passages: int
    live: bool


class EvaluationSummaryOut(_Wire):
    """A kept evaluation: `figures` are the means over all its questions, None where none counts."""

    name: str
    at: str
    files: list[str]
    questions: int
    generation: str
    figures: dict[str, float | None]


class FigureOut(_Wire):
    """A figure over `n` questions with its 95 % interval."""

    n: int
    mean: float | None
    low: float | None
    high: float | None


class WrongAnswerOut(_Wire):
    """A line of an error list: the step at which an answer went wrong."""

    id: str
    language: str
    kind: str
    question: str
    step: str
    expected: str
    cited: str
    confidence: float


class EvaluationOut(_Wire):
    """A kept evaluation: figures by group, the error list, and every question's values.

    `values` is figure -> question -> value, and `sources` the source question of each, so that two
    runs can be compared question by question.
    """

    name: str
    at: str
    files: list[str]
    questions: int
    stamps: dict[str, str]
    figures: dict[str, dict[str, FigureOut]]
    quality: dict[str, Any]
    errors: list[WrongAnswerOut]
    values: dict[str, dict[str, float | None]]
    sources: dict[str, str]
