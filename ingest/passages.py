"""From a page to its passages: quotable slices bounded by headings, with the words they need.

Pure: the same page and settings give the same passages, whatever else is ingested.
"""

from bisect import bisect_left
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import dropwhile, takewhile

from ingest.records import (
    Block,
    BlockKind,
    Context,
    Page,
    Passage,
    Place,
    Section,
    digest_of,
    section_ancestry,
)
from ingest.sentences import count_words, sentence_spans
from ingest.settings import PassageSettings

# Raise this when the same page would be cut otherwise.
SPLITTER_VERSION = "2"

_CONTEXT_WORDS = 60
# Readers put it between the cells of a row.
_CELL_SEPARATOR = " | "
_FEWEST_TWIN_WORDS = 5
_LEADS_ON = frozenset(":：")
_OWN_KINDS = frozenset({"contact", "warning", "note", "row"})


@dataclass(frozen=True, slots=True)
class _Piece:
    """What is never cut: a block, or a sentence of one that is too long. `at` names the block."""

    start: int
    end: int
    words: int
    at: int


def splitter_name(settings: PassageSettings) -> str:
    """Name the way of cutting: `<version>:<min>-<max>`."""
    return f"{SPLITTER_VERSION}:{settings.min_words}-{settings.max_words}"


def cut(page: Page, settings: PassageSettings) -> list[Passage]:
    """Cut a page into passages, in the order of its text.

    A passage stays within one section, so a short section is a short passage. Every block that is
    no furniture is in exactly one passage, or, where it is longer than `max_words`, in several
    that are cut between its sentences.
    """
    name = splitter_name(settings)
    return [
        _passage(page, chunk, name)
        for run in _runs(page)
        for chunk in _chunks(page, _pieces(page, run, settings), settings)
    ]


def fold(passages: Sequence[Passage]) -> list[Passage]:
    """Keep twins once: the first in the given order stays, and remembers the other places.

    Twins have the same words but for case and white space, and the same language. A body of
    fewer than five words is never folded, since its meaning is in its place.
    """
    kept: dict[tuple[str, str], Passage] = {}
    places: dict[str, list[Place]] = {}
    for passage in passages:
        words = passage.text.casefold().split()
        twin = (passage.language, " ".join(words))
        if len(words) < _FEWEST_TWIN_WORDS:
            twin = (passage.language, f"\n{passage.id}")
        first = kept.setdefault(twin, passage)
        if first is not passage:
            here = Place(passage.page_key, passage.section, passage.start, passage.end)
            places.setdefault(first.id, []).extend((here, *passage.also_on))
    return [
        replace(p, also_on=(*p.also_on, *places[p.id])) if p.id in places else p
        for p in kept.values()
    ]


def _runs(page: Page) -> Iterator[list[int]]:
    """Yield the positions of blocks with nothing but white space between them, by section."""
    run: list[int] = []
    for at, block in enumerate(page.blocks):
        if run and not _continues(page, page.blocks[run[-1]], block):
            yield run
            run = []
        if block.kind != "furniture" and page.text[block.start : block.end].strip():
            run.append(at)
    if run:
        yield run


def _continues(page: Page, last: Block, block: Block) -> bool:
    return (
        block.section == last.section
        and (block.kind == "warning") == (last.kind == "warning")
        and not page.text[last.end : block.start].strip()
    )


def _pieces(page: Page, run: list[int], settings: PassageSettings) -> list[_Piece]:
    pieces: list[_Piece] = []
    for at in run:
        block = page.blocks[at]
        text = page.text[block.start : block.end]
        count = count_words(text)
        if count > settings.max_words:
            spans = sentence_spans(text)
            sizes = [count_words(text[start:end]) for start, end in spans]
        else:
            spans = [(len(text) - len(text.lstrip()), len(text.rstrip()))]
            sizes = [count]
        pieces.extend(
            _Piece(block.start + start, block.start + end, size, at)
            for (start, end), size in zip(spans, sizes, strict=True)
        )
    return pieces


def _chunks(page: Page, pieces: list[_Piece], settings: PassageSettings) -> Iterator[list[_Piece]]:
    """Gather pieces up to halfway between the bounds; one that leads into the next moves on."""
    target = (settings.min_words + settings.max_words) // 2
    before: list[_Piece] = []
    chunk: list[_Piece] = []
    for piece in pieces:
        size = _size(chunk)
        full = size >= settings.min_words and size + piece.words > target
        if chunk and (full or size + piece.words > settings.max_words):
            kept = len(chunk) - _leading_tail(page, chunk, piece, settings)
            if kept:
                before = yield from _with_short(before, chunk[:kept], settings)
                chunk = chunk[kept:]
        chunk.append(piece)
    before = yield from _with_short(before, chunk, settings)
    if before:
        yield before


def _with_short(
    before: list[_Piece], chunk: list[_Piece], settings: PassageSettings
) -> Generator[list[_Piece], None, list[_Piece]]:
    """Join a short chunk to the one before where both fit; return what is still open."""
    short = min(_size(before), _size(chunk)) < settings.min_words
    if not before or (short and _size(before) + _size(chunk) <= settings.max_words):
        return before + chunk
    yield before
    return chunk


def _size(chunk: list[_Piece]) -> int:
    return sum(piece.words for piece in chunk)


def _leading_tail(
    page: Page, chunk: list[_Piece], following: _Piece, settings: PassageSettings
) -> int:
    """Count the pieces at the end of a chunk that lead into `following` and fit beside it."""
    led, size = 0, following.words
    for piece in reversed(chunk):
        size += piece.words
        if not _leads(page, piece) or size > settings.max_words:
            break
        led += 1
    return led


def _leads(page: Page, piece: _Piece) -> bool:
    return page.blocks[piece.at].kind == "header" or page.text[piece.end - 1] in _LEADS_ON


def _passage(page: Page, chunk: list[_Piece], name: str) -> Passage:
    start, end = chunk[0].start, chunk[-1].end
    blocks = [page.blocks[piece.at] for piece in chunk]
    cases = [
        section
        for section in section_ancestry(page, blocks[0].section)
        if section.kind == "case" and section.heading_end > section.heading_start
    ]
    return Passage(
        id=digest_of(page.digest, str(start), str(end), name),
        page_key=page.key,
        page_digest=page.digest,
        start=start,
        end=end,
        text=page.text[start:end],
        context=_context(page, chunk[0].at, cases, start),
        section=page.sections[blocks[0].section].path,
        title=page.title,
        language=page.language,
        kind=_kind(blocks),
        cases=tuple(page.text[c.heading_start : c.heading_end] for c in reversed(cases)),
    )


def _kind(blocks: list[Block]) -> BlockKind:
    kinds = {block.kind for block in blocks}
    if kinds == {"header", "row"}:
        return "row"
    return kinds.pop() if len(kinds) == 1 and kinds <= _OWN_KINDS else "paragraph"


def _context(page: Page, at: int, cases: list[Section], start: int) -> tuple[Context, ...]:
    """Return what the passage from block `at` on needs, the most needed first while room lasts."""
    wanted = [(case.heading_start, case.heading_end) for case in cases]
    if page.blocks[at].kind != "warning":
        wanted += [*_group_slices(page, at), *_case_leads(page, cases)]
    chosen: list[tuple[int, int]] = []
    room = _CONTEXT_WORDS
    for low, high in sorted(set(wanted), key=wanted.index):
        count = count_words(page.text[low:high])
        if high <= start and 0 < count <= room:
            chosen.append((low, high))
            room -= count
    return tuple(Context(low, high, page.text[low:high]) for low, high in sorted(chosen))


def _group_slices(page: Page, at: int) -> Iterator[tuple[int, int]]:
    """Yield what stands above a row or an item in its own table or list, nearest need first."""
    group = page.blocks[at].group
    first = at
    while group and first and page.blocks[first - 1].group == group:
        first -= 1
    above = page.blocks[first:at]
    if page.blocks[at].kind in {"row", "header"}:
        yield from _labels(page, above, page.blocks[at].level)
        yield from _headers(above)
    else:
        yield from _outer_items(above, page.blocks[at].level)
    if group and first:
        lead = page.blocks[first - 1]
        if _is_lead(page, lead) and lead.section == page.blocks[at].section:
            yield lead.start, lead.end


def _labels(page: Page, above: Sequence[Block], level: int) -> Iterator[tuple[int, int]]:
    """Yield the cells further up that span the row: each upper row holds those of its level on."""
    for block in reversed(above):
        if block.kind == "row" and block.level < level:
            cells = page.text[block.start : block.end].split(_CELL_SEPARATOR)
            label = _CELL_SEPARATOR.join(cells[: level - block.level])
            yield block.start, block.start + len(label)
            level = block.level


def _headers(above: Sequence[Block]) -> Iterator[tuple[int, int]]:
    """Yield the table's own header, and the last one below it that the row stands under."""
    top = list(takewhile(lambda block: block.kind == "header", above))
    below = dropwhile(lambda block: block.kind != "header", reversed(above[len(top) :]))
    last = takewhile(lambda block: block.kind == "header", below)
    for block in (*last, *reversed(top)):
        yield block.start, block.end


def _outer_items(above: Sequence[Block], level: int) -> Iterator[tuple[int, int]]:
    for block in reversed(above):
        if block.level < level:
            yield block.start, block.end
            level = block.level


def _case_leads(page: Page, cases: list[Section]) -> Iterator[tuple[int, int]]:
    """Yield the words before each block of cases that lead into it ("It depends on your age:")."""
    for case in cases:
        before = bisect_left(page.blocks, case.heading_start, key=lambda block: block.start)
        for block in reversed(page.blocks[:before]):
            if block.section == case.parent:
                if _is_lead(page, block):
                    yield block.start, block.end
                break


def _is_lead(page: Page, block: Block) -> bool:
    return page.text[block.end - 1] in _LEADS_ON and block.kind not in {"furniture", "warning"}
