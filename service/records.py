"""A question, the citations that answer it, and the answer: frozen, and unable to misquote."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ingest.records import Context, Page, Place
from service.content import Contact

Outcome = Literal["answered", "partial", "not_found", "out_of_scope"]


@dataclass(frozen=True, slots=True)
class Question:
    """What someone asks, in her own words.

    Attributes:
        text: the question itself.
        language: the interface's language, used for notices; guessed from the text when None.
        reading_languages: languages she reads; a page in one of them is preferred to its twin.
        situation: id of a case chosen from an earlier answer's `situations`.
        limit: how many citations at the most; None leaves it to the settings.
    """

    text: str
    language: str | None = None
    reading_languages: tuple[str, ...] = ()
    situation: str | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Age:
    """How a page stands to its source.

    Attributes:
        compared_at: when it was last compared with it (UTC, ISO 8601); None for a text of our own
            and for a version that is not the live one.
        stale: whether that, or the last reading of what it was written from, is long ago.
        changed_since: since when the page reads otherwise than this version.
    """

    compared_at: str | None = None
    stale: bool = False
    changed_since: str | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """A quotation with everything that a reader needs to trust it or to check it.

    `quote` and every context are identical slices of `page.text`, and every highlight lies within
    the quote: an object that breaks this cannot be made.

    Raises:
        ValueError: the quote, a context or a highlight is not the page's.
    """

    page: Page
    start: int
    end: int
    quote: str
    highlights: tuple[tuple[int, int], ...]
    context: tuple[Context, ...]
    section: tuple[str, ...]
    also_on: tuple[Place, ...]
    score: float
    age: Age = Age()

    def __post_init__(self) -> None:
        for start, end, text in [(self.start, self.end, self.quote), *_slices(self.context)]:
            if not text or self.page.text[start:end] != text:
                raise ValueError(f"not a quotation of {self.page.key}@{self.page.digest}: {text!r}")
        if any(not 0 <= start < end <= len(self.quote) for start, end in self.highlights):
            raise ValueError(f"a highlight lies outside its quotation of {self.page.key}")


@dataclass(frozen=True, slots=True)
class Situation:
    """One of several cases that a page tells apart, offered as a choice."""

    id: str
    label: str
    page_key: str
    section: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PersonalData:
    """A stretch of the question that looks like personal data; offsets into the question."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Urgent:
    """A danger that the question speaks of, and whom to call or text first."""

    kind: str
    contacts: tuple[Contact, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What is shown for a question.

    `confidence` is the probability that the pages answer it, or the least sure part that they do.
    """

    outcome: Outcome
    confidence: float
    question_language: str
    citations: tuple[Citation, ...]
    notice: str
    generation: str
    not_found_parts: tuple[str, ...] = ()
    situations: tuple[Situation, ...] = ()
    personal_data: tuple[PersonalData, ...] = ()
    urgent: Urgent | None = None
    support: tuple[Contact, ...] = ()
    notices: Mapping[str, str] = field(default_factory=dict)


def _slices(context: tuple[Context, ...]) -> list[tuple[int, int, str]]:
    return [(c.start, c.end, c.text) for c in context]
