"""The wire of maintenance: what a key opens. Imports nothing of ours but the rest of the wire."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from service.api.schemas import AnswerOut


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid")


class RefreshIn(_Wire):
    """`POST /v1/refreshes`: which sources to read, by their names; none means all.

    `confirm_removals` is true, or the keys of the pages whose removal was looked at, by source: a
    new reading that would take others away is held.
    """

    sources: list[str] = Field(default_factory=list, max_length=100)
    dry_run: bool = False
    confirm_removals: bool | dict[str, list[str]] = False


class RefreshOut(_Wire):
    """A refresh that was asked for: how far it is, and what came of it.

    `task` is `refresh`, `rehearse` (a dry run) or `lint`; of what is only remembered, its kind.
    """

    id: str
    by: str
    task: str
    dry_run: bool
    state: str
    began: str
    ended: str | None
    step: str
    done: int
    total: int
    report: dict[str, Any] | None
    error: str | None


class RunOut(_Wire):
    """One refresh, roll back or purge, as it is remembered."""

    id: str
    kind: str
    by: str
    began: str
    ended: str | None
    outcome: str
    generation: str | None
    previous: str | None
    seconds: float | None
    encoded: int | None
    detail: str | None
    findings: dict[str, int]
    sources: dict[str, dict[str, int]]
    receipts: int
    unsound: int


class ReceiptOut(_Wire):
    """What was looked for of a passage that left; zeros are the proof."""

    passage: str
    page_key: str
    page_digest: str
    generation: str
    rows: int
    vectors: int
    postings: int
    returned: int | None
    lines: int | None


class RollbackIn(_Wire):
    """`POST /v1/rollbacks`: where to; nothing is switched until it is confirmed by name."""

    generation: str | None = Field(default=None, max_length=64)
    confirm: bool = False


class RollbackOut(_Wire):
    """What switching means, in page keys, and whether it was done.

    `known` is false when the live generation is too damaged to say what comes and goes.
    """

    current: str
    target: str
    made_at: str
    comes_back: list[str]
    changes: list[str]
    goes: list[str]
    known: bool = True
    switched: bool


class HitOut(_Wire):
    """A passage that was found, with what each field and leg contributed."""

    page_key: str
    section: list[str]
    start: int
    end: int
    text: str
    score: float
    dense: float | None
    lexical: float | None
    parts: dict[str, float]


class ExplanationOut(_Wire):
    """`POST /v1/explanations`: what finding brought, before any decision, and the answer then."""

    language: str
    confidence: float
    answer: AnswerOut
    hits: list[HitOut]


class SourceOut(_Wire):
    """A source of pages, as the settings name it, and when it was and will be read."""

    name: str
    path: str
    publisher: str | None
    licence: str | None
    verifier: str | None
    max_age_days: int | None
    schedule: str | None
    can_refresh: bool
    pages: int
    stale: int
    last_refreshed: str | None
    next_refresh: str | None


class TallyOut(_Wire):
    """One count of a month: `cited` is of a page, `asked` and `not_found` of a topic."""

    month: str
    kind: str
    name: str
    count: int


class ReportedOut(_Wire):
    """How often askers said something of a page."""

    page_key: str
    kind: str
    count: int


class UseOut(_Wire):
    """What pages were cited for and what was said of them; counts alone."""

    kept: bool
    tallies: list[TallyOut]
    reported: list[ReportedOut]
