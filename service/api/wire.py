"""From our records to the wire: one function a shape, so that neither side bends to the other."""

import re
from collections.abc import Iterable
from urllib.parse import quote

from ingest.records import Basis, Page
from service.api import schemas
from service.content import FALLBACK, Contact, Term
from service.glossary import QuotedTerms
from service.records import Age, Answer, Citation, Question

_FRAGMENT_WORDS = 5
_VERSIONED = re.compile(r"(.+)@([0-9a-f]{16})")


_NO_TERMS = QuotedTerms(())


def question_in(asked: schemas.QuestionIn) -> Question:
    """Return what was asked, as the service takes it."""
    return Question(
        asked.question,
        asked.language,
        tuple(asked.reading_languages),
        asked.situation,
        asked.limit,
    )


def answer_out(
    answer: Answer, language: str, terms: QuotedTerms = _NO_TERMS, *, feedback: bool = False
) -> schemas.AnswerOut:
    """Show an answer; contacts and explanations speak `language` where they can.

    Args:
        answer: what was found.
        language: of the interface.
        terms: the glossary that explains the words of the quotations.
        feedback: whether a maintainer reads what is reported.
    """
    urgent = None
    if answer.urgent:
        first = [contact_out(contact, language) for contact in answer.urgent.contacts]
        urgent = schemas.UrgentOut(kind=answer.urgent.kind, contacts=first)
    return schemas.AnswerOut(
        outcome=answer.outcome,
        confidence=answer.confidence,
        question_language=answer.question_language,
        not_found_parts=list(answer.not_found_parts),
        citations=[
            citation_out(number, citation).model_copy(
                update={"terms": terms_out(terms.find(citation.quote), language)}
            )
            for number, citation in enumerate(answer.citations, start=1)
        ],
        situations=[
            schemas.SituationOut(id=s.id, label=s.label, page_key=s.page_key, section=[*s.section])
            for s in answer.situations
        ],
        personal_data=[
            schemas.PersonalDataOut(kind=p.kind, start=p.start, end=p.end)
            for p in answer.personal_data
        ],
        urgent=urgent,
        support=[contact_out(contact, language) for contact in answer.support],
        notice=answer.notice,
        generation=answer.generation,
        feedback=feedback,
    )


def terms_out(terms: Iterable[Term], language: str) -> list[schemas.TermOut]:
    """Explain terms in `language`, else in English; one that neither explains is left out."""
    found = []
    for term in terms:
        spoken = next((code for code in (language, FALLBACK) if term.explanation.get(code)), None)
        if spoken:
            explanation = term.explanation[spoken]
            found.append(schemas.TermOut(term=term.term, explanation=explanation, language=spoken))
    return found


def citation_out(number: int, citation: Citation) -> schemas.CitationOut:
    """Show a citation with its page's provenance."""
    page = citation.page
    return schemas.CitationOut(
        number=number,
        quote=citation.quote,
        highlights=[*citation.highlights],
        context=[
            schemas.ContextOut(start=c.start, end=c.end, text=c.text) for c in citation.context
        ],
        page_key=page.key,
        page_title=page.title,
        section=list(citation.section),
        language=page.language,
        also_on=[
            schemas.PlaceOut(page_key=p.page_key, section=list(p.section)) for p in citation.also_on
        ],
        url=page.url,
        link=link_to(citation),
        start=citation.start,
        end=citation.end,
        page_digest=page.digest,
        source=page.publisher,
        licence=page.licence,
        verified_by=page.verified_by,
        verified_on=page.verified_on,
        based_on=[basis_out(basis) for basis in page.based_on],
        modified_on=page.modified_on,
        checked_at=citation.age.compared_at,
        stale=citation.age.stale,
        changed_since=citation.age.changed_since,
        score=citation.score,
    )


def link_to(citation: Citation) -> str:
    """Open the source at the quote by a text fragment, or our own copy of a page without address.

    A fragment names the first and the last words of one line, since a browser matches a text
    fragment within a block of the source.
    """
    page = citation.page
    if page.url is None:
        return copy_of(page.key, page.digest, citation.start, citation.end)
    start, end = citation.highlights[0] if citation.highlights else (0, len(citation.quote))
    words = citation.quote[start:end].split("\n", 1)[0].split()
    head = quote(" ".join(words[:_FRAGMENT_WORDS]), safe="").replace("-", "%2D")
    tail = quote(" ".join(words[-_FRAGMENT_WORDS:]), safe="").replace("-", "%2D")
    text = head if len(words) <= 2 * _FRAGMENT_WORDS else f"{head},{tail}"
    return f"{page.url}#:~:text={text}"


def copy_of(page_key: str, digest: str, start: int, end: int) -> str:
    """Return where our own copy of a page shows a stretch of its text, marked."""
    return f"/pages/{quote(page_key)}@{digest}?at={start}-{end}#c{start}"


def split_version(key: str) -> tuple[str, str]:
    """Split `key@digest`; the digest is empty when none is named. A web address may hold an @."""
    found = _VERSIONED.fullmatch(key)
    return (found[1], found[2]) if found else (key, "")


def contact_out(contact: Contact, language: str) -> schemas.ContactOut:
    """Show a contact; its purpose in `language`, else in English."""
    return schemas.ContactOut(
        id=contact.id,
        name=contact.name,
        purpose=contact.purpose.get(language) or contact.purpose["en"],
        emergency=contact.emergency,
        channels=[schemas.ChannelOut(kind=c.kind, value=c.value) for c in contact.channels],
        cost=contact.cost,
        languages=list(contact.languages),
        source=contact.source,
        source_url=contact.source_url,
        source_date=contact.source_date,
    )


def basis_out(basis: Basis) -> schemas.BasisOut:
    """Show what a text of our own was written from."""
    return schemas.BasisOut(
        publisher=basis.publisher,
        title=basis.title,
        url=basis.url,
        published_on=basis.published_on,
        consulted_on=basis.consulted_on,
    )


def summary_out(page: Page) -> schemas.PageSummary:
    """Name a page."""
    return schemas.PageSummary(
        key=page.key, title=page.title, language=page.language, url=page.url, digest=page.digest
    )


def page_out(page: Page, age: Age) -> schemas.PageOut:
    """Show a whole page, or an earlier version of one."""
    return schemas.PageOut(
        **summary_out(page).model_dump(),
        text=page.text,
        translation_of=page.translation_of,
        source=page.publisher,
        licence=page.licence,
        verified_by=page.verified_by,
        verified_on=page.verified_on,
        based_on=[basis_out(basis) for basis in page.based_on],
        published_on=page.published_on,
        modified_on=page.modified_on,
        checked_at=age.compared_at,
        stale=age.stale,
        changed_since=age.changed_since,
    )
