"""Rules on the bones of one page: lead-ins, lists, headings, teasers, furniture, passages."""

import re
from collections.abc import Iterator

from ingest.cleaning import lost_lead_ins, teaser_blocks
from ingest.lint.findings import Finding, Known, Subject, quoted
from ingest.passages import cut
from ingest.sentences import count_words

_FEWEST_WORDS = 4
# What sites write around content, whole blocks only: a sentence that holds these words is content.
_FURNITURE = re.compile(
    r"(?:read more|learn more|see also|share (?:this|on|via)\b.{0,30}|print(?: this page)?|"
    r"back to top|skip to (?:main )?content|accept(?: all)? cookies|cookies? settings|menu|"
    r"subscribe|newsletter|lire la suite|en savoir plus|voir aussi|"
    r"partager(?: (?:sur|cette page|par)\b.{0,30})?|"
    r"imprimer(?: la page)?|haut de (?:la )?page|retour en haut|aller au contenu|"
    r"accepter(?: tous)? les cookies|gérer les cookies|s[’']abonner|fil d[’']ariane)\W*",
    re.IGNORECASE,
)


def lead_in(subject: Subject, _: Known) -> Iterator[Finding]:
    """Find words that lead into nothing: they end in a colon, and their section ends there."""
    page = subject.as_read()
    for position, is_followed in sorted(lost_lead_ins(page).items()):
        block = page.blocks[position]
        if not is_followed:
            text = page.text[block.start : block.end]
            reason = f"{quoted(text)} leads into something, and nothing stands behind it"
            yield subject.at(block.start, "lead-in", "error", reason)


def list_lost(subject: Subject, _: Known) -> Iterator[Finding]:
    """Find words that lead into a list where something else follows."""
    page = subject.as_read()
    for position, is_followed in sorted(lost_lead_ins(page).items()):
        block = page.blocks[position]
        if is_followed:
            text = page.text[block.start : block.end]
            reason = f"{quoted(text)} leads into a list, and what follows is none: it was lost"
            yield subject.at(block.start, "list-lost", "error", reason)


def heading_alone(subject: Subject, _: Known) -> Iterator[Finding]:
    """Find headings under which nothing stands."""
    page = subject.page
    for section in page.sections:
        if section.heading_end == section.heading_start:
            continue
        inside = (b for b in page.blocks if section.start <= b.start < section.end)
        if not any(page.text[b.start : b.end].strip() for b in inside):
            heading = page.text[section.heading_start : section.heading_end]
            reason = f"nothing stands under the heading {quoted(heading)}"
            yield subject.at(section.heading_start, "heading-alone", "error", reason)


def teaser(subject: Subject, _: Known) -> Iterator[Finding]:
    """Find lines of other pages that were cut off, each with its title."""
    page = subject.as_read()
    for position in sorted(teaser_blocks(page)):
        block = page.blocks[position]
        text = page.text[block.start : block.end]
        reason = f"{quoted(text)} belongs to another page that is announced here; it is not quoted"
        yield subject.at(block.start, "teaser", "warning", reason)


def furniture(subject: Subject, _: Known) -> Iterator[Finding]:
    """Find what a site writes around its content and nothing has marked as such."""
    for block, text in subject.content():
        if _FURNITURE.fullmatch(text.strip()):
            reason = f"{quoted(text)} is furniture of the site; take it out"
            yield subject.at(block.start, "furniture", "warning", reason)


def passage_lengths(subject: Subject, known: Known) -> Iterator[Finding]:
    """Find passages that nobody reads to the end, and ones that say nothing when quoted alone."""
    longest = known.passages.max_words
    for passage in cut(subject.page, known.passages):
        count = count_words(passage.text)
        if count > longest:
            reason = (
                f"a passage of {count} words with no place to cut it, {longest} at most; "
                f"break {quoted(passage.text)} into sentences"
            )
            yield subject.at(passage.start, "passage-long", "warning", reason)
        # Contacts, rows and what stands in a list are short by nature and have context; under a
        # heading a short answer is read together with it ("What does it cost? Nothing.").
        alone = passage.kind == "paragraph" and not passage.context and not passage.section
        if alone and count < _FEWEST_WORDS:
            reason = f"{quoted(passage.text)} is all that is quoted of {quoted(passage.title)}"
            yield subject.at(passage.start, "passage-short", "notice", reason)
