"""Erasing a page for good: every version, every generation that holds it, every vector of it."""

from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from typing import Any

from index import generation
from index.asked import names_of
from index.encoder import Encoder
from index.opening import open_encoder
from index.passage_table import PassageTable
from index.publish import Progress
from index.receipts import prove
from index.store import EmbeddedStore
from ingest.catalogue import Catalogue
from ingest.errors import PageUnknown, StoreError
from ingest.history import Departure, History, Receipt
from ingest.lock import refreshing
from ingest.passages import cut
from ingest.purging import Purged
from ingest.records import Page, Passage
from ingest.settings import Settings
from service.recovery import finish_purges, holding, live_or_none, recover
from service.refreshing import PROVING, new_run


@dataclass(frozen=True, slots=True)
class PurgePlan:
    """What purging a page would take, before anybody does it.

    Attributes:
        versions: of the page that are kept.
        passages, lines: that any version has; lines of what people ask.
        live: whether the page is served now, which after a roll back the catalogue does not say.
        generations: earlier ones, by name, that hold it: nobody can go back to them afterwards.
    """

    key: str
    title: str
    versions: int
    passages: int
    lines: int
    live: bool
    generations: tuple[str, ...]


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


def plan_purge(key: str, settings: Settings) -> PurgePlan:
    """Say what purging a page would take; nothing is changed.

    Raises:
        PageUnknown: nothing is kept under this key.
    """
    catalogue = Catalogue(settings.data)
    try:
        versions = Purged(catalogue).versions(key)
        if not versions:
            raise PageUnknown(
                f"nothing is kept under {key!r}; `passerelle status --pages` lists the keys"
            )
        left, _ = _leaving(key, settings, catalogue)
        live, held = live_or_none(settings), holding(settings, key)
        return PurgePlan(
            key=key,
            title=versions[-1].title,
            versions=len({page.digest for page in versions}),
            passages=len(left),
            lines=len({line for page in versions for line in page.asked}),
            live=live in held,
            generations=tuple(name for name in held if name != live),
        )
    finally:
        catalogue.close()


def purge(
    key: str,
    settings: Settings,
    *,
    by: str,
    run: str | None = None,
    progress: Progress | None = None,
) -> PurgeReport:
    """Erase a page and publish without it; it does not come back from its source.

    Args:
        key: of the page.
        settings: where everything is.
        by: who asked for it, for the record.
        run: name of the record, made up when None.
        progress: told the step, how much of it is done and how much there is.

    Raises:
        PageUnknown: nothing is kept under this key.
        Busy: a refresh is under way, or another process keeps the old pages in use; the page is
            served no more then, and what is left of it goes when this is called again.
        PasserelleError: the data directory or the encoder cannot be used; called again, or at the
            next refresh, what was begun is finished.
    """
    with refreshing(settings.data):
        catalogue = Catalogue(settings.data)
        try:
            recover(catalogue, settings)
            return _purge(key, settings, catalogue, by, run or new_run(), progress)
        finally:
            catalogue.close()


def _purge(
    key: str,
    settings: Settings,
    catalogue: Catalogue,
    by: str,
    run: str,
    progress: Progress | None,
) -> PurgeReport:
    encoder = open_encoder(settings.encoder, settings.models, ingesting=False)
    history = History(catalogue)
    tell = progress or (lambda *_: None)
    left, passages = _leaving(key, settings, catalogue)
    history.begin(run, "purge", by, live_or_none(settings))
    try:
        # Before the words go: of a purge that dies in between, the receipts can still be written.
        history.expect(run, left)
        tell("erasing", 0, 0)
        versions = Purged(catalogue).erase(key, by)
        tell("building without it", 0, 0)
        pages = _staying(catalogue, settings)
        manifest, _ = EmbeddedStore(settings).publish(pages, encoder, tell)
        rolled_back = manifest.corpus_digest != catalogue.corpus_digest()
        went = finish_purges(catalogue, settings, encoder, pages if rolled_back else ())
        tell(PROVING, 0, len(passages))
        departures = history.departures({(page.key, page.digest) for page in pages})
        receipts = _receipts(manifest.id, settings, encoder, departures, passages)
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


def _staying(catalogue: Catalogue, settings: Settings) -> list[Page]:
    """Return the pages that are served, without those that are being erased.

    After a roll back they are not the catalogue's, which would publish again what somebody went
    back from. Where the live generation cannot be read, the catalogue's pages are all there is.
    """
    erased = {*Purged(catalogue).pending()}
    try:
        live = generation.live_manifest(settings.data)
        generation.verify_file(settings.data, live, generation.TABLE)
        with closing(
            PassageTable(generation.folder_of(settings.data, live.id) / generation.TABLE)
        ) as table:
            return [page for page in table.every_page() if page.key not in erased]
    except StoreError:
        return [*catalogue.pages()]


def _leaving(
    key: str, settings: Settings, catalogue: Catalogue
) -> tuple[list[Departure], dict[str, Passage]]:
    """Return every passage that any kept version or generation makes of a page.

    Returns:
        What leaves, with digests of the lines that led to it; and the passages by id.
    """
    passages: dict[str, Passage] = {}
    lines: dict[str, set[str]] = {}

    def note(passage: Passage, page: Page) -> None:
        passages.setdefault(passage.id, passage)
        lines.setdefault(passage.id, set()).update(names_of(passage, page))

    for page in Purged(catalogue).versions(key):
        for passage in cut(page, settings.passages):
            note(passage, page)
    for name in holding(settings, key):
        # A damaged generation goes as well; what it held is in the versions.
        with (
            suppress(StoreError),
            closing(
                PassageTable(generation.folder_of(settings.data, name) / generation.TABLE)
            ) as table,
        ):
            for row, (_, page_key, _) in enumerate(table.ids()):
                if page_key == key:
                    note(table.passage(row), table.page(key))
    left = [Departure(p.id, key, p.page_digest, frozenset(lines[p.id])) for p in passages.values()]
    return left, passages


def _receipts(
    name: str,
    settings: Settings,
    encoder: Encoder,
    departures: Sequence[Departure],
    known: Mapping[str, Passage],
) -> list[Receipt]:
    folder = generation.folder_of(settings.data, name)
    opened = generation.open_folder(folder, generation.read_manifest(settings.data, name))
    receipts = prove(opened, encoder, departures, known, settings)
    opened.passages.close()
    return receipts
