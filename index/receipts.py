"""Deletion receipts: proof that a passage that left is in no store of the generation without it."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from index import generation
from index.asked import lines_of, names_of
from index.encoder import Encoder
from index.generation import Generation
from index.passage_table import PassageTable
from index.search import Searcher
from ingest.elsewhere import elsewhere_lines
from ingest.errors import PageUnknown, StoreError
from ingest.history import Departure, Receipt
from ingest.passages import cut
from ingest.records import Passage, digest_of
from ingest.settings import PassageSettings, SearchSettings, Settings

_ASKED_AT_ONCE = 64
_LOOKED_AT = 50


def leaving(
    data: Path, coming: Iterable[tuple[str, str]], settings: PassageSettings
) -> list[Departure]:
    """Return the passages of the live generation whose page version will no longer be served.

    A passage that was folded into its twin has no row of its own, and leaves all the same.

    Args:
        data: the data directory.
        coming: key and digest of every page that will be served.
        settings: how passages are cut.
    """
    try:
        live = generation.folder_of(data, generation.live_id(data))
        with closing(PassageTable(live / "passages.sqlite")) as table:
            gone = table.versions() - {*coming}
            return departures(table, sorted(key for key, _ in gone), settings)
    except StoreError:
        # Nothing is live, or it is damaged: whatever replaces it replaces all of it.
        return []


def departures(
    table: PassageTable, keys: Sequence[str], settings: PassageSettings
) -> list[Departure]:
    """Return the passages of these pages, as rows and as they are cut, with the lines to each.

    Args:
        table: of the generation that has them.
        keys: of pages that it has.
        settings: how passages are cut.
    """
    pages = {key: table.page(key) for key in keys}
    passages = [table.passage(row) for row, (_, key, _) in enumerate(table.ids()) if key in pages]
    for page in pages.values():
        passages += cut(page, settings)
    return [
        Departure(p.id, p.page_key, p.page_digest, frozenset(names_of(p, pages[p.page_key])))
        for p in {p.id: p for p in passages}.values()
    ]


def prove(
    opened: Generation,
    encoder: Encoder,
    departures: Sequence[Departure],
    known: Mapping[str, Passage],
    settings: Settings,
) -> list[Receipt]:
    """Look for every passage that left: by id in all stores, and by asking its own text.

    A vector or a posting has no id of its own, only the row of its passage: under an id that has no
    row there can be none but those that belong to no passage at all, and these are counted. Lines
    that led to it are looked for by digest among those that were learned from.

    Args:
        opened: the generation that was published without them.
        encoder: makes vectors of their texts.
        departures: what left.
        known: the passages as they were, by id, for asking.
        settings: how questions are searched, and where the lines are that no page answers.
    """
    size = opened.passages.size
    loose = sum(field.loose(size) for field in opened.dense.values())
    stray = opened.lexical.loose(size)
    returned = _ask(
        opened,
        encoder,
        [known[d.passage] for d in departures if d.passage in known],
        settings.search,
    )
    lines = _lines(opened, {name for left in departures for name in left.lines}, settings)
    receipts = []
    for left in departures:
        row = opened.passages.row_of(left.passage)
        still = row is not None
        receipts.append(
            Receipt(
                passage=left.passage,
                page_key=left.page_key,
                page_digest=left.page_digest,
                generation=opened.manifest.id,
                rows=int(still),
                vectors=loose + (len(opened.dense) if still else 0),
                postings=stray + int(still),
                returned=returned.get(left.passage),
                lines=len(left.lines & lines),
            )
        )
    return receipts


def _lines(opened: Generation, names: set[str], settings: Settings) -> set[str]:
    """Return which of these lines were learned from though they lead to nothing that is served."""
    found = opened.asked.holding(names) if opened.asked else set()
    if not found:
        return found
    passages = [opened.passages.passage(row) for row in range(opened.passages.size)]
    standing = [line.text for line in lines_of(passages, opened.passages.asked())]
    standing += elsewhere_lines(settings.content)
    return found - {digest_of(text) for text in standing}


def _ask(
    opened: Generation, encoder: Encoder, passages: Sequence[Passage], settings: SearchSettings
) -> dict[str, int]:
    """Ask each passage's own text; count how often the passage or its words are found on its page.

    Words that the page still has as it is served now did not leave.
    """
    searcher = Searcher(opened, settings)
    counts: dict[str, int] = {}
    for start in range(0, len(passages), _ASKED_AT_ONCE):
        some = passages[start : start + _ASKED_AT_ONCE]
        vectors = encoder.encode_questions([passage.text for passage in some])
        for passage, vector in zip(some, vectors, strict=True):
            hits = searcher.search(passage.text, vector, passage.language, limit=_LOOKED_AT)
            again = [hit.passage for hit in hits if _is_on_page(hit.passage, passage)]
            very = sum(found.id == passage.id for found in again)
            stays = bool(again) and not very and _still_says(opened.passages, passage)
            counts[passage.id] = 0 if stays else len(again)
    return counts


def _is_on_page(found: Passage, left: Passage) -> bool:
    pages = {found.page_key, *(place.page_key for place in found.also_on)}
    return found.id == left.id or (found.text == left.text and left.page_key in pages)


def _still_says(table: PassageTable, passage: Passage) -> bool:
    try:
        return passage.text in table.page(passage.page_key).text
    except PageUnknown:
        return False
