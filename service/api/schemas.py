"""The wire: what the API takes and gives. Imports nothing of ours, so any client may use it."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid")


class QuestionIn(_Wire):
    """`POST /v1/answers`: a question in any language."""

    question: str
    language: str | None = Field(
        default=None, max_length=12, description="the interface's language"
    )
    reading_languages: list[str] = Field(default_factory=list, max_length=20)
    situation: str | None = Field(default=None, max_length=64)
    limit: int | None = Field(
        default=None, ge=1, le=10, description="most citations; by default as the settings say"
    )


class ContextOut(_Wire):
    """Words that the quotation needs: a slice of the page's text."""

    start: int
    end: int
    text: str


class PlaceOut(_Wire):
    """Where else the same passage stands."""

    page_key: str
    section: list[str]


class BasisOut(_Wire):
    """What a text of our own was written from."""

    publisher: str
    title: str | None
    url: str | None
    published_on: date | None
    consulted_on: date | None


class TermOut(_Wire):
    """A term of the administration that a quotation uses; `language` is the explanation's."""

    term: str
    explanation: str
    language: str


class CitationOut(_Wire):
    """A quotation; `highlights` are offsets in `quote`, `start` and `end` in the page's text.

    `checked_at` is when the page was compared with its source; null for a text of our own.
    """

    number: int
    quote: str
    highlights: list[tuple[int, int]]
    context: list[ContextOut]
    page_key: str
    page_title: str
    section: list[str]
    language: str
    also_on: list[PlaceOut]
    url: str | None
    link: str
    start: int
    end: int
    page_digest: str
    source: str | None
    licence: str | None
    verified_by: str | None
    verified_on: date | None
    based_on: list[BasisOut]
    modified_on: date | None
    checked_at: str | None
    stale: bool
    changed_since: str | None
    score: float
    terms: list[TermOut] = Field(default_factory=list)


class SituationOut(_Wire):
    """One of several cases that a page tells apart; its `id` can be sent with the question."""

    id: str
    label: str
    page_key: str
    section: list[str]


class PersonalDataOut(_Wire):
    """A stretch of the question that looks like personal data."""

    kind: str
    start: int
    end: int


class ChannelOut(_Wire):
    """One way to reach someone: `call`, `text`, `chat`, `fax` or `web`."""

    kind: str
    value: str


class ContactOut(_Wire):
    """Someone who can help; `purpose` is in the language of the interface."""

    id: str
    name: str
    purpose: str
    emergency: bool
    channels: list[ChannelOut]
    cost: str | None
    languages: list[str]
    source: str | None
    source_url: str | None
    source_date: date | None


class UrgentOut(_Wire):
    """A danger that the question speaks of, and whom to call or text first."""

    kind: str
    contacts: list[ContactOut]


class AnswerOut(_Wire):
    """The answer: quotations, or an honest refusal with people who can help."""

    outcome: str
    confidence: float
    question_language: str
    not_found_parts: list[str]
    citations: list[CitationOut]
    situations: list[SituationOut]
    personal_data: list[PersonalDataOut]
    urgent: UrgentOut | None
    support: list[ContactOut]
    notice: str
    generation: str
    feedback: bool = Field(default=False, description="whether someone reads what is reported")


FeedbackKind = Literal["wrong_page", "unclear", "out_of_date", "unsafe", "helped"]


class FeedbackIn(_Wire):
    """`POST /v1/feedback`: what someone says of a quotation; her question only if she wants."""

    kind: FeedbackKind
    page_key: str = Field(max_length=2000)
    page_digest: str = Field(max_length=128)
    start: int = Field(ge=0)
    question: str | None = Field(default=None, max_length=4000)
    language: str | None = Field(default=None, max_length=12)


class FeedbackOut(_Wire):
    """Feedback was kept."""

    kept: bool


class PageSummary(_Wire):
    """A page that we hold."""

    key: str
    title: str
    language: str
    url: str | None
    digest: str


class PageOut(PageSummary):
    """A whole page with its provenance."""

    text: str
    translation_of: str | None
    source: str | None
    licence: str | None
    verified_by: str | None
    verified_on: date | None
    based_on: list[BasisOut]
    published_on: date | None
    modified_on: date | None
    checked_at: str | None
    stale: bool
    changed_since: str | None


class StatusOut(_Wire):
    """What is served."""

    generation: str
    made_at: str
    pages: int
    passages: int
    languages: dict[str, int]
    encoder: str
    version: str
    error: str | None
    feedback: dict[str, int] = Field(default_factory=dict, description="how often each was said")


class Problem(BaseModel):
    """A failure, as RFC 9457 writes it; it never repeats what was asked."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
