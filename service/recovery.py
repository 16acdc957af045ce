"""What a process that died left half done, completed or undone before anything else is written."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import chain

from index import generation
from index.encoder import Encoder
from index.passage_table import PassageTable
from index.vectors import VectorCache
from ingest.catalogue import Catalogue
from ingest.elsewhere import elsewhere_lines
from ingest.errors import GenerationDamaged, IndexMissing, StoreError
from ingest.passages import cut
from ingest.purging import Purged
from ingest.records import Page
from ingest.settings import Settings
from service.kept_runs import KeptRuns


def recover(catalogue: Catalogue, settings: Settings) -> None:
    """Complete or undo what was staged; call it while holding the right to refresh."""
    aimed = catalogue.aimed_at
    if aimed is not None and aimed == live_or_none(settings):
        catalogue.promote({})
    else:
        catalogue.discard()


def live_or_none(settings: Settings) -> str | None:
    """Return the name of the live generation, None when there is none or nobody can tell."""
    try:
        return generation.live_id(settings.data)
    except (IndexMissing, GenerationDamaged):
        return None


def live_corpus(settings: Settings) -> str | None:
    """Return the digest of the pages that are served, None when nobody can tell."""
    try:
        return generation.live_manifest(settings.data).corpus_digest
    except StoreError:
        return None


def holding(settings: Settings, key: str) -> list[str]:
    """Return the kept generations that have a page of this key; one that is damaged counts."""
    found = []
    for name in generation.generations(settings.data):
        try:
            table = PassageTable(generation.folder_of(settings.data, name) / "passages.sqlite")
            with closing(table):
                held = key in table.full_digests()
        except StoreError:
            held = True
        if held:
            found.append(name)
    return found


def finish_purges(
    catalogue: Catalogue, settings: Settings, encoder: Encoder, served: Iterable[Page] = ()
) -> dict[str, int]:
    """Take purged pages out of old generations, vectors and kept evaluations; nothing live has any.

    Args:
        catalogue: where the purges are noted.
        settings: where everything is.
        encoder: whose vectors they are.
        served: pages whose vectors stay beside those of the catalogue's pages.

    Returns:
        How many `generations` and `vectors` went.

    Raises:
        Busy: all is gone but what another process keeps busy; called again, it is finished.
    """
    purged = Purged(catalogue)
    pending = purged.pending()
    if not pending:
        return {"generations": 0, "vectors": 0}
    names = {name for key in pending for name in holding(settings, key)}
    generation.drop(settings.data, names)
    for key in pending:
        KeptRuns(settings.data).forget(key)
    cache = VectorCache(settings.data, encoder)
    try:
        kept = (
            text for page in chain(catalogue.pages(), served) for text in _encoded(page, settings)
        )
        vectors = cache.keep_only(chain(kept, elsewhere_lines(settings.content)))
    finally:
        cache.close()
    # Last, as it may have to wait: by now the page is served nowhere.
    purged.overwrite()
    for key in pending:
        purged.finish(key)
    return {"generations": len(names), "vectors": vectors}


def _encoded(page: Page, settings: Settings) -> Iterator[str]:
    """Yield every text of a page that has a vector."""
    for passage in cut(page, settings.passages):
        yield passage.title
        yield passage.fields()["body"]
    yield from (line.text for line in page.asked)
