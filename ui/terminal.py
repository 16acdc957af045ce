"""Answers and explanations as lines for a terminal, and explanations for a program."""

from typing import Any

from service.answering import Found
from service.api.schemas import AnswerOut, CitationOut, ContactOut
from ui.strings import strings
from ui.view import card

_SHOWN = 10


def answer_text(answer: AnswerOut, language: str) -> str:
    """Write an answer down: quotation with its source, or the refusal with who can help."""
    words = strings(language)
    lines: list[str] = []
    if answer.urgent:
        lines += [words["urgent"], *map(_contact, answer.urgent.contacts), ""]
    lines += [words[answer.outcome], ""]
    for citation in answer.citations:
        lines += _citation(citation, language)
    if answer.not_found_parts:
        lines += [words["not_found_parts"], *(f"  - {part}" for part in answer.not_found_parts), ""]
    if answer.support:
        lines += [words["support"], *map(_contact, answer.support), ""]
    return "\n".join([*lines, answer.notice])


def _citation(citation: CitationOut, language: str) -> list[str]:
    laid_out = card(citation, strings(language))
    head = f"[{laid_out.number}] {laid_out.title}"
    marked = "".join(f"**{p.text}**" if p.marked else p.text for p in laid_out.pieces)
    body = [f"    {line}" for line in (*laid_out.context, *marked.splitlines()) if line]
    section = [f"    {laid_out.section}"] if laid_out.section else []
    known = (*laid_out.warnings, *laid_out.facts, laid_out.written_from)
    facts = [f"    - {fact}" for fact in known if fact]
    return [head, *section, "", *body, "", *facts, f"    - {laid_out.link}", ""]


def _contact(contact: ContactOut) -> str:
    reach = ", ".join(f"{c.kind} {c.value}" for c in contact.channels)
    return f"  {contact.name}: {contact.purpose} {reach}".rstrip()


def explanation_json(found: Found) -> dict[str, Any]:
    """Return what finding brought, for a program."""
    return {
        "language": found.language,
        "confidence": found.confidence,
        "hits": [
            {
                "page_key": hit.passage.page_key,
                "section": list(hit.passage.section),
                "start": hit.passage.start,
                "end": hit.passage.end,
                "text": hit.passage.text,
                "score": hit.score,
                "dense": hit.dense,
                "lexical": hit.lexical,
                "parts": dict(hit.parts),
            }
            for hit in found.hits
        ],
    }


def explanation_text(found: Found) -> str:
    """Return what finding brought, for a person: best first, what each leg and field gave."""
    lines = [f"language {found.language}, confidence {found.confidence:.3f}"]
    for hit in found.hits[:_SHOWN]:
        parts = ", ".join(f"{name} {value:.3f}" for name, value in hit.parts.items())
        lines.append(f"{hit.score:7.3f}  {hit.passage.page_key}  {' > '.join(hit.passage.section)}")
        lines.append(f"         {parts}")
        lines.append(f"         {hit.passage.text[:100]!r}")
    return "\n".join(lines)
