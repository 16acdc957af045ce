"""The seam behind which generations are kept: what a service asks of vectors and words.

The embedded store has them in the data directory, as FAISS, BM25 and SQLite in one process. Where
one machine is no longer enough, a distributed engine does the same behind the same seam;
`tests/test_index_store.py` is what any store has to pass.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol

from index import generation
from index.asked import AskedScores
from index.encoder import Encoder
from index.publish import Progress, publish
from index.records import Hit, Manifest
from index.search import Searcher, Summary
from index.weights_file import Floats
from ingest.records import Page, Passage
from ingest.settings import Settings


class Searching(Protocol):
    """One generation, opened; it goes on answering when another one is made live.

    What each does is said by `index.search.Searcher`.
    """

    @property
    def manifest(self) -> Manifest:
        """What it was built from."""

    def page(self, key: str) -> Page:
        """Return a page as it stands in it."""

    def original(self, key: str) -> str:
        """Return the key of what a page is a translation of, or its own."""

    def pages(self) -> list[Summary]:
        """Return a summary of every page."""

    def keys(self) -> set[str]:
        """Return the keys of all pages."""

    def passages_of(self, key: str) -> list[Passage]:
        """Return the passages that stand on a page."""

    def asked(self, question: str, vector: Floats) -> AskedScores | None:
        """Score the passages by the lines of what people ask."""

    def search(
        self,
        question: str,
        vector: Floats,
        language: str,
        *,
        limit: int = 50,
        bridged: Sequence[Sequence[str]] = (),
        asked: AskedScores | None = None,
        query: Floats | None = None,
    ) -> list[Hit]:
        """Return the best passages by both legs, best first."""


class Store(Protocol):
    """Keeps generations, one of which is live."""

    def publish(
        self, pages: Sequence[Page], encoder: Encoder, progress: Progress | None = None
    ) -> tuple[Manifest, int]:
        """Make the generation of these pages live; also return how many texts were encoded.

        Raises:
            StoreError: nothing was published, and the last generation stays.
        """

    def live(self) -> str:
        """Return the name of the live generation.

        Raises:
            IndexMissing: nothing has been published yet.
        """

    def kept(self) -> list[str]:
        """Return the names of all generations, the oldest first."""

    def switch(self, name: str, encoder: Encoder) -> None:
        """Make a generation live that was published earlier.

        Raises:
            StoreError: it is not there, or cannot be served with this encoder; nothing changed.
        """

    def open(self, encoder: Encoder) -> Searching:
        """Open the live generation for questions that this encoder encodes.

        Raises:
            IndexMissing: nothing has been published yet.
            StoreError: the live generation cannot be served with this encoder.
        """

    def drop(self, names: Iterable[str]) -> None:
        """Remove generations for good; the live one always stays."""


class EmbeddedStore:
    """The store in the data directory; any process may open one, and one at a time publishes."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def publish(
        self, pages: Sequence[Page], encoder: Encoder, progress: Progress | None = None
    ) -> tuple[Manifest, int]:
        """Publish into the data directory, as `index.publish.publish` does."""
        return publish(self._settings.data, pages, encoder, self._settings, progress)

    def live(self) -> str:
        """Read the live pointer."""
        return generation.live_id(self._settings.data)

    def kept(self) -> list[str]:
        """List the folders of generations."""
        return generation.generations(self._settings.data)

    def switch(self, name: str, encoder: Encoder) -> None:
        """Open a generation as a service would, then point to it."""
        data, passages = self._settings.data, self._settings.passages
        generation.open_named(data, name, encoder, passages).passages.close()
        generation.switch(data, name)

    def open(self, encoder: Encoder) -> Searcher:
        """Open what the live pointer names."""
        live = generation.open_live(self._settings.data, encoder, self._settings.passages)
        return Searcher(live, self._settings.search)

    def drop(self, names: Iterable[str]) -> None:
        """Remove folders of generations."""
        generation.drop(self._settings.data, names)
