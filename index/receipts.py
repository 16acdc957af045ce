"""Deletion receipts: proof that a passage that left is in no store of the generation without it."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from index import generation
from index.encoder import Encoder
from index.generation import Generation
from index.passage_table import PassageTable
from index.search import Searcher
from ingest.errors import StoreError
from ingest.history import Departure, Receipt
from ingest.passages import cut
from ingest.records import Passage
from ingest.settings import PassageSettings, SearchSettings

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
        table = PassageTable(live / "passages.sqlite")
    except StoreError:
        # Nothing is live, or it is damaged: whatever replaces it replaces all of it.
        return []
    gone = table.versions() - {*coming}
    found = [Departure(*row) for row in table.ids() if (row[1], row[2]) in gone]
    for key, digest in sorted(gone):
        found += [Departure(p.id, key, digest) for p in cut(table.page(key), settings)]
    table.close()
    return [*dict.fromkeys(found)]


def prove(
    opened: Generation,
    encoder: Encoder,
    departures: Sequence[Departure],
    known: Mapping[str, Passage],
    settings: SearchSettings,
) -> list[Receipt]:
    """Look for every passage that left: by id in all stores, and by asking its own text.

    A vector or a posting has no id of its own, only the row of its passage: under an id that has no
    row there can be none but those that belong to no passage at all, and these are counted.

    Args:
        opened: the generation that was published without them.
        encoder: makes vectors of their texts.
        departures: what left.
        known: the passages as they were, by id, for asking.
        settings: how questions are searched.
    """
    size = opened.passages.size
    loose = sum(field.loose(size) for field in opened.dense.values())
    stray = opened.lexical.loose(size)
    returned = _ask(
        opened, encoder, [known[d.passage] for d in departures if d.passage in known], settings
    )
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
            )
        )
    return receipts


def _ask(
    opened: Generation, encoder: Encoder, passages: Sequence[Passage], settings: SearchSettings
) -> dict[str, int]:
    """Ask each passage's own text; count how often the very passage is among what is found."""
    searcher = Searcher(opened, settings)
    counts: dict[str, int] = {}
    for start in range(0, len(passages), _ASKED_AT_ONCE):
        some = passages[start : start + _ASKED_AT_ONCE]
        vectors = encoder.encode_questions([passage.text for passage in some])
        for passage, vector in zip(some, vectors, strict=True):
            hits = searcher.search(passage.text, vector, passage.language, limit=_LOOKED_AT)
            counts[passage.id] = sum(hit.passage.id == passage.id for hit in hits)
    return counts
