"""From the API's answer to what a page shows: pure, the same for Streamlit and for plain HTML."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from service.api.schemas import AnswerOut, CitationOut
from service.api.wire import copy_of
from ui.asked import Asked
from ui.facts import facts, sources, warnings
from ui.people import Helper, Tappable, helpers
from ui.strings import Strings, direction

MOST_TERMS = 4
# A longer question is written back in part, and stands once in a page, not with each button.
MOST_CARRIED = 600


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a quotation, marked or not; the pieces of a quotation add up to it."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Explained:
    """A term of the administration with its meaning, and the language of the meaning."""

    term: str
    meaning: str
    language: str
    direction: str


@dataclass(frozen=True, slots=True)
class Card:
    """One quotation with its source card, ready to be written down.

    `link` is where the quotation stands at its source, `copy` where our own copy shows it.
    """

    number: int
    pieces: tuple[Piece, ...]
    context: tuple[str, ...]
    language: str
    direction: str
    foreign: str
    title: str
    section: str
    terms: tuple[Explained, ...]
    facts: tuple[str, ...]
    written_from: str
    sources: tuple[str, ...]
    warnings: tuple[str, ...]
    also_on: tuple[str, ...]
    link: str
    copy: str
    at_source: bool
    page_key: str
    page_digest: str
    start: int

    @property
    def leads(self) -> tuple[str, ...]:
        """The stretches that answer, each a quotation of its own."""
        return tuple(p.text.strip() for p in self.pieces if p.marked and p.text.strip())

    @property
    def quote(self) -> str:
        """The whole passage."""
        return "".join(p.text for p in self.pieces)

    @property
    def folded(self) -> bool:
        """Whether the passage has more to say than the sentences that answer."""
        return bool(self.leads) and any(p.text.strip() for p in self.pieces if not p.marked)

    def copied(self, base: str, notice: str) -> str:
        """Return the quotation with its source and the notice, as it leaves for elsewhere."""
        where = " › ".join(filter(None, [self.title, self.section]))
        address = self.link if self.at_source else base + self.copy
        lines = [
            *self.context,
            self.quote.strip() + "\n",
            where,
            *self.warnings,
            *self.facts,
            self.written_from,
        ]
        return "\n".join([*filter(None, lines), address, "", notice])


@dataclass(frozen=True, slots=True)
class AnswerView:
    """Everything that a page shows of an answer.

    `personal` says which personal data was left out of the search, if any; `situation` is the
    case that was chosen, by its name; `question` is what was asked, as it is written back, and
    `carried` whether it is short enough to go along with the menu and with feedback.
    """

    outcome: str
    heading: str
    explanation: str
    count: str
    cards: tuple[Card, ...]
    notice: str
    urgent: tuple[Helper, ...]
    support: tuple[Helper, ...]
    danger: Tappable
    situations: tuple[tuple[str, str], ...]
    situation: str
    not_found_parts: tuple[str, ...]
    personal: str
    asked: Asked
    question: str
    carried: bool
    feedback: bool


def view(
    answer: AnswerOut,
    words: Strings,
    asked: Asked,
    situation: str | None = None,
    *,
    why: str = "",
    danger: Tappable = (),
    first: tuple[Helper, ...] = (),
) -> AnswerView:
    """Lay out an answer in the words of the interface.

    Args:
        answer: what the API said.
        words: the interface.
        asked: what was typed, as it was looked at before searching.
        situation: id of the case that was chosen, if one was.
        why: what a refusal says besides its heading.
        danger: what to do in danger, said beside people who are not for emergencies.
        first: whom to call for the danger in what was typed; the answer may be to less than that.
    """
    number = len(answer.citations)
    carried = len(asked.text) <= MOST_CARRIED
    parts = words.join(words.isolate(part) for part in answer.not_found_parts)
    return AnswerView(
        outcome=answer.outcome,
        heading=words[answer.outcome],
        explanation="" if number else why.replace("{parts}", parts),
        count=words.count("quotations", number) if number else "",
        cards=tuple(card(c, words) for c in answer.citations),
        notice=answer.notice,
        urgent=first or (helpers(answer.urgent.contacts, words) if answer.urgent else ()),
        support=helpers(answer.support, words),
        danger=danger,
        situations=tuple((s.id, s.label) for s in answer.situations),
        situation=next((s.label for s in answer.situations if s.id == situation), ""),
        not_found_parts=tuple(answer.not_found_parts),
        personal=personal(asked, words),
        asked=asked,
        question=asked.shown if carried else asked.shown[:MOST_CARRIED] + "…",
        carried=carried,
        feedback=answer.feedback,
    )


def lighter(shown: AnswerView) -> Iterator[AnswerView]:
    """Yield an answer as it is, then with less and less around and after its first quotation.

    For a page that must stay small: what is left out stands on our copy of the page, which every
    card links to.
    """
    yield shown
    cards = tuple(replace(c, sources=(), terms=c.terms[:2]) for c in shown.cards)
    yield replace(shown, cards=cards)
    cards = tuple(replace(c, pieces=_marked(c.pieces), terms=()) for c in cards)
    yield replace(shown, cards=cards)
    for count in range(len(cards) - 1, 0, -1):
        yield replace(shown, cards=cards[:count])
    yield replace(shown, cards=cards[:1], situations=(), feedback=False)


def _marked(found: tuple[Piece, ...]) -> tuple[Piece, ...]:
    return tuple(p for p in found if p.marked) or found


def personal(asked: Asked, words: Strings) -> str:
    """Say what was left out of the search, or nothing."""
    if not asked.kinds:
        return ""
    kinds = words.join(words.personal(kind) for kind in asked.kinds)
    return words["personal_left_out"].format(kinds=kinds)


def card(citation: CitationOut, words: Strings) -> Card:
    """Lay out one citation."""
    key, digest = citation.page_key, citation.page_digest
    written_from, listed = sources(citation, words)
    named = words["in_language"].format(language=words.language(citation.language))
    return Card(
        number=citation.number,
        pieces=pieces(citation.quote, citation.highlights),
        context=tuple(c.text for c in citation.context),
        language=citation.language,
        direction=direction(citation.language),
        foreign=named if citation.language != words.code else "",
        title=citation.page_title,
        section=" › ".join(citation.section),
        terms=tuple(
            Explained(t.term, t.explanation, t.language, direction(t.language))
            for t in citation.terms[:MOST_TERMS]
        ),
        facts=facts(citation, words),
        written_from=written_from,
        sources=listed,
        warnings=warnings(citation, words),
        also_on=tuple(dict.fromkeys(p.page_key for p in citation.also_on)),
        link=citation.link,
        copy=copy_of(key, digest, citation.start, citation.end),
        at_source=bool(citation.url) and citation.link.startswith(("https://", "http://")),
        page_key=key,
        page_digest=digest,
        start=citation.start,
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
