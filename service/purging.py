"""Erasing a page for good: every version, every generation that holds it, every vector of it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from index import generation
from index.encoder import Encoder
from index.opening import open_encoder
from index.passage_table import PassageTable
from index.publish import publish
from index.receipts import prove
from ingest.catalogue import Catalogue
from ingest.history import Departure, History, Receipt
from ingest.lock import refreshing
from ingest.passages import cut
from ingest.purging import Purged
from ingest.records import Passage
from ingest.settings import Settings
from service.recovery import finish_purges, holding, live_or_none, recover
from service.refreshing import new_run


@dataclass(frozen=True, slots=True)
class PurgeReport:
    """What was erased, and the proof.

    Attributes:
        versions: of the page in the catalogue.
        generations: that held the page and were dropped.
        vectors: that no live passage needs; those of the page are among them.
        receipts: its passages, looked for everywhere; `unsound` found something.
    """

    run: str
    key: str
    versions: int
    generations: int
    vectors: int
    generation: str
    receipts: int
    unsound: int

    def as_json(self) -> dict[str, Any]:
        """Return the report for a program."""
        return asdict(self)


def purge(key: str, settings: Settings, *, by: str) -> PurgeReport:
    """Erase a page and publish without it; it does not come back from its source.

    Raises:
        PageUnknown: nothing is kept under this key.
        Busy: a refresh is under way.
        PasserelleError: the data directory or the encoder cannot be used; called again, or at the
            next refresh, what was begun is finished.
    """
    with refreshing(settings.data):
        catalogue = Catalogue(settings.data)
        try:
            recover(catalogue, settings)
            return _purge(key, settings, catalogue, by)
        finally:
            catalogue.close()


def _purge(key: str, settings: Settings, catalogue: Catalogue, by: str) -> PurgeReport:
    encoder = open_encoder(settings.encoder, settings.models, ingesting=False)
    history, run = History(catalogue), new_run()
    passages = _passages(key, settings, catalogue)
    history.begin(run, "purge", by, live_or_none(settings))
    try:
        versions = Purged(catalogue).erase(key, by)
        history.expect(run, [Departure(p.id, p.page_key, p.page_digest) for p in passages])
        manifest, _ = publish(settings.data, [*catalogue.pages()], encoder, settings)
        went = finish_purges(catalogue, settings, encoder)
        receipts = _receipts(manifest.id, settings, encoder, history, passages)
    except BaseException as error:
        history.end(run, "failed", detail=str(error))
        raise
    history.settle(run, receipts)
    history.end(run, "published", generation=manifest.id, detail=f"purged {key}")
    return PurgeReport(
        run=run,
        key=key,
        versions=versions,
        generations=went["generations"],
        vectors=went["vectors"],
        generation=manifest.id,
        receipts=len(receipts),
        unsound=sum(not receipt.sound for receipt in receipts),
    )


def _passages(key: str, settings: Settings, catalogue: Catalogue) -> list[Passage]:
    """Return every passage that any kept version or generation makes of the page, by id."""
    found: dict[str, Passage] = {}
    for digest, _ in catalogue.versions(key):
        found.update({p.id: p for p in cut(catalogue.version(key, digest), settings.passages)})
    for name in holding(settings, key):
        table = PassageTable(generation.folder_of(settings.data, name) / "passages.sqlite")
        for row, (passage, page, _) in enumerate(table.ids()):
            if page == key and passage not in found:
                found[passage] = table.passage(row)
        table.close()
    return [*found.values()]


def _receipts(
    name: str,
    settings: Settings,
    encoder: Encoder,
    history: History,
    passages: Sequence[Passage],
) -> list[Receipt]:
    folder = generation.folder_of(settings.data, name)
    opened = generation.open_folder(folder, generation.read_manifest(settings.data, name))
    known = {passage.id: passage for passage in passages}
    receipts = prove(opened, encoder, history.departures(), known, settings.search)
    opened.passages.close()
    return receipts
