"""From the API's answer to what a page shows: pure, the same for Streamlit and for plain HTML."""

from collections.abc import Sequence
from dataclasses import dataclass

from service.api.schemas import AnswerOut, CitationOut, ContactOut, PageOut
from ui.strings import Strings, direction


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a quotation, marked or not; the pieces of a quotation add up to it."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Card:
    """One quotation with its source card, ready to be written down."""

    number: int
    pieces: tuple[Piece, ...]
    context: tuple[str, ...]
    language: str
    direction: str
    foreign: str
    title: str
    section: str
    facts: tuple[str, ...]
    warnings: tuple[str, ...]
    also_on: tuple[str, ...]
    link: str
    copy: str
    at_source: bool

    @property
    def highlight(self) -> str:
        """The sentences that answer."""
        return " […] ".join(p.text for p in self.pieces if p.marked)

    @property
    def quote(self) -> str:
        """The whole passage."""
        return "".join(p.text for p in self.pieces)


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to reach someone, as a link that a phone understands."""

    label: str
    value: str
    href: str


@dataclass(frozen=True, slots=True)
class Helper:
    """Someone who can help, ready to be written down."""

    name: str
    purpose: str
    note: str
    emergency: bool
    channels: tuple[Channel, ...]


@dataclass(frozen=True, slots=True)
class AnswerView:
    """Everything that a page shows of an answer."""

    outcome: str
    heading: str
    cards: tuple[Card, ...]
    notice: str
    urgent: tuple[Helper, ...]
    support: tuple[Helper, ...]
    situations: tuple[tuple[str, str], ...]
    not_found_parts: tuple[str, ...]
    personal_data: bool


def view(answer: AnswerOut, words: Strings) -> AnswerView:
    """Lay out an answer in the words of the interface."""
    return AnswerView(
        outcome=answer.outcome,
        heading=words[answer.outcome],
        cards=tuple(card(c, words) for c in answer.citations),
        notice=answer.notice,
        urgent=tuple(helper(c, words) for c in answer.urgent.contacts) if answer.urgent else (),
        support=tuple(helper(c, words) for c in answer.support),
        situations=tuple((s.id, s.label) for s in answer.situations),
        not_found_parts=tuple(answer.not_found_parts),
        personal_data=bool(answer.personal_data),
    )


def card(citation: CitationOut, words: Strings) -> Card:
    """Lay out one citation."""
    foreign = citation.language != words.code
    named = words["in_language"].format(language=words.language(citation.language))
    return Card(
        number=citation.number,
        pieces=pieces(citation.quote, citation.highlights),
        context=tuple(c.text for c in citation.context),
        language=citation.language,
        direction=direction(citation.language),
        foreign=named if foreign else "",
        title=citation.page_title,
        section=" › ".join(citation.section),
        facts=tuple(_facts(citation, words)),
        warnings=tuple(_warnings(citation, words)),
        also_on=tuple(dict.fromkeys(p.page_key for p in citation.also_on)),
        link=citation.link,
        copy=f"/pages/{citation.page_key}@{citation.page_digest}#c{citation.start}",
        at_source=citation.url is not None,
    )


def pieces(quote: str, highlights: Sequence[tuple[int, int]]) -> tuple[Piece, ...]:
    """Cut a quotation at its highlights; overlapping ones are joined."""
    found: list[Piece] = []
    position = 0
    for start, end in sorted(highlights):
        first = max(start, position)
        if end <= first:
            continue
        if first > position:
            found.append(Piece(quote[position:first], marked=False))
        found.append(Piece(quote[first:end], marked=True))
        position = end
    if position < len(quote):
        found.append(Piece(quote[position:], marked=False))
    return tuple(found)


def helper(contact: ContactOut, words: Strings) -> Helper:
    """Lay out a contact; numbers can be tapped."""
    schemes = {"call": "tel:", "text": "sms:", "fax": "tel:", "chat": "", "web": ""}
    channels = tuple(
        Channel(words[c.kind], c.value, schemes[c.kind] + _dialled(c.kind, c.value))
        for c in contact.channels
    )
    notes = [words["emergency"] if contact.emergency else words["not_emergency"]]
    if not any(c.kind in {"call", "text"} for c in contact.channels):
        notes = []
    if contact.cost == "free":
        notes.append(words["free"])
    return Helper(contact.name, contact.purpose, ", ".join(notes), contact.emergency, channels)


def _dialled(kind: str, value: str) -> str:
    return (
        value if kind in {"chat", "web"} else "".join(c for c in value if c.isdigit() or c == "+")
    )


def facts_of_page(page: PageOut, words: Strings) -> tuple[list[str], list[str]]:
    """Return what is known of a page's provenance, and what to be careful about."""
    return _facts(page, words), [] if page.verified_by else [words["not_verified"]]


def _facts(citation: CitationOut | PageOut, words: Strings) -> list[str]:
    facts = []
    if citation.source:
        facts.append(f"{words['organisation']} {citation.source}")
    if citation.verified_by:
        day = words.date(citation.verified_on)
        facts.append(words["verified"].format(who=citation.verified_by, date=day))
    for basis in citation.based_on:
        named = [basis.publisher, basis.title or ""]
        if basis.published_on:
            named.append(words["published_on"].format(date=words.date(basis.published_on)))
        facts.append(f"{words['based_on']} {', '.join(filter(None, named))}")
    if citation.modified_on:
        facts.append(words["modified_on"].format(date=words.date(citation.modified_on)))
    if citation.checked_at:
        facts.append(words["checked_at"].format(date=words.date(citation.checked_at)))
    return facts


def _warnings(citation: CitationOut, words: Strings) -> list[str]:
    found = []
    if not citation.verified_by:
        found.append(words["not_verified"])
    if citation.stale:
        found.append(words["stale"])
    return found
