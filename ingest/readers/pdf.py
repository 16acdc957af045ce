"""PDF: the text of a printed page, put back into headings, paragraphs, lists and tables."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date

from ingest.errors import PageUnreadable
from ingest.language import detect
from ingest.readers.outline import PageBuilder
from ingest.readers.pdf_file import File, Word, open_file
from ingest.readers.pdf_layout import laid_out_pieces
from ingest.readers.pdf_lines import Hyphens, Piece, lines_of, with_bullets, without_running
from ingest.readers.pdf_tags import is_tagged, outside, tagged_pieces
from ingest.readers.text import title_of
from ingest.records import Page, RawPage

_NO_TITLE = re.compile(
    r"microsoft (?:word|powerpoint)\b.*|\(?(?:untitled|anonymous|unspecified|sans titre).*|"
    r"document\s?\d*|"
    r".*\.(?:docx?|odt|indd|pdf|html?)",
    re.IGNORECASE,
)
_DATE = re.compile(r"(?:D:)?(\d{4})(\d{2})(\d{2})")
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_]|$)", re.IGNORECASE)
_PICTURE_SHARE = 0.3
_FEW_WORDS = 30
# Arabic letters that fonts hold in the shape that they have within a word.
_SHAPES = re.compile("[\ufb50-\ufdff\ufe70-\ufefc\ufb00-\ufb06]")


def read(raw: RawPage) -> Page:
    """Read a PDF by its tags where it has some, by its looks else.

    Page numbers and what repeats at the edges of pages is left out. The title is the first heading
    when the file's own title says the same or it alone has its level, else the file's own title,
    else the file's name.

    Raises:
        PageUnreadable: it is protected by a password, damaged, scanned without text, or takes too
            much memory or time to read.
    """
    file = open_file(raw.content)
    words = without_running(file.sheets)
    if not any(words):
        raise _without_text(file)
    hyphens = Hyphens(line.text for of_page in words for line in lines_of(of_page))
    by_tags = is_tagged(file.sheets, words)
    if by_tags:
        pieces = tagged_pieces(file.sheets, words, hyphens)
    else:
        marked = [with_bullets(w, sheet) for w, sheet in zip(words, file.sheets, strict=True)]
        pieces = laid_out_pieces(marked, hyphens)
    title, pieces = _title(pieces, file.title)
    builder = _built(pieces)
    for loss in _losses(file, words, by_tags=by_tags):
        builder.lose(loss)
    language = _LANGUAGE.match(file.language)
    return builder.build(
        key=raw.key,
        title=title or title_of(raw.key),
        language=language[1].lower() if language else detect(builder.text),
        source=raw.source,
        url=raw.url,
        publisher=raw.publisher,
        licence=raw.licence,
        modified_on=_day(file.modified),
    )


def _without_text(file: File) -> PageUnreadable:
    pages = len(file.sheets)
    if any(sheet.picture for sheet in file.sheets):
        return PageUnreadable(
            f"its {pages} pages are pictures without text, as a scanner makes them; "
            "run text recognition over it first"
        )
    return PageUnreadable("the page is empty; give it some text, or remove it")


def _title(pieces: Sequence[Piece], stated: str) -> tuple[str, list[Piece]]:
    """Return the title and the pieces below it."""
    stated = "" if _NO_TITLE.fullmatch(stated.strip()) else " ".join(stated.split())
    first = pieces[0] if pieces else None
    if first is not None and first.kind == "heading":
        alone = [p.level for p in pieces if p.kind == "heading"].count(first.level) == 1
        if alone or first.text.casefold() == stated.casefold():
            return first.text, list(pieces[1:])
    return stated, list(pieces)


def _built(pieces: Sequence[Piece]) -> PageBuilder:
    builder = PageBuilder()
    groups: dict[int, int] = {0: 0}
    for piece in pieces:
        text = _SHAPES.sub(lambda found: _unshaped(found[0]), piece.text)
        if piece.kind == "heading":
            builder.open_section(text, level=piece.level)
            continue
        if piece.group not in groups:
            groups[piece.group] = builder.new_group()
        builder.add(piece.kind, text, group=groups[piece.group], level=piece.level)
    return builder


def _unshaped(char: str) -> str:
    return unicodedata.normalize("NFKC", char)


def _losses(file: File, words: Sequence[Sequence[Word]], *, by_tags: bool) -> list[str]:
    found = []
    for sheet, its_words in zip(file.sheets, words, strict=True):
        place = f"page {sheet.number + 1}"
        if sheet.damaged:
            found.append(f"{place} is damaged and was left out; save or fetch the file again")
        elif sheet.picture > _PICTURE_SHARE and len(its_words) < _FEW_WORDS:
            found.append(
                f"{place} is a picture; if words stand in it, run text recognition over it"
            )
        if sheet.turned:
            found.append(f"{place} has {sheet.turned} words that stand upright; they were left out")
        unknown = sum(word.text.count("\ufffd") for word in its_words)
        if unknown:
            found.append(
                f"{place} has {unknown} letters that the file does not name; read it with care"
            )
    if by_tags and (untagged := len(outside(file.sheets, words))):
        found.append(
            f"{untagged} words belong to no part of the text by the file's own tags; "
            "they were left out"
        )
    return found


def _day(text: str) -> date | None:
    found = _DATE.match(text)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None
