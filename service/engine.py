"""Owns the live generation and swaps it while requests run.

A request works with the answerer it took at its start; a new generation is opened in the
background and put in its place in one assignment, so no request ever sees two of them.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

from index.encoder import Encoder
from index.generation import folder_of
from index.opening import open_encoder
from index.store import EmbeddedStore, Store
from ingest.catalogue import Catalogue
from ingest.errors import DataUnusable, PasserelleError
from ingest.language import detect
from ingest.records import Page
from ingest.settings import Settings
from service import danger
from service.answering import Answerer
from service.confidence import calibrations_in
from service.content import Content, load_content
from service.feedback import Feedback
from service.glossary import Glossary, QuotedTerms
from service.lexicon import load_lexicon
from service.nearness import Nearness
from service.quoting import candidate_spans
from service.records import Answer, Question
from service.sentence_vectors import MOST, SentenceVectors
from service.tallies import Tallies

_log = logging.getLogger(__name__)

# Passages whose sentences are encoded at each look for a new generation: a tenth of a second.
_AT_A_LOOK = 2
# Passages have five sentences in the mean; a corpus with more of them than memory keeps is not read
# ahead, since what nobody asks for would drive out what somebody did.
_MOST_PASSAGES = MOST // 5


def _read_ahead() -> None:
    """Read what the first question needs, while the encoder is opened: both wait for unpacking."""
    detect("Bonjour", default="fr")
    danger.urgent_kind("Bonjour")


class Engine:
    """Opens what answering needs and keeps it current.

    Raises:
        IndexMissing: nothing has been published yet.
        StoreError: the live generation cannot be used.
        ModelError: the encoder cannot be used.
        ContentInvalid: a notice or contact file cannot be used.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._store: Store = EmbeddedStore(settings)
        # First of all: a mistyped directory must not be made, nor a model unpacked into it.
        self._store.live()
        threading.Thread(target=_read_ahead, name="read-ahead", daemon=True).start()
        self.content: Content = load_content(settings.content)
        self.encoder: Encoder = open_encoder(settings.encoder, settings.models, ingesting=False)
        self.terms = QuotedTerms(self.content.glossary)
        self._glossary = Glossary((*self.content.glossary, *load_lexicon(settings.content)))
        self._nearness = Nearness(self.encoder, settings.models)
        self.feedback = Feedback(settings.data) if settings.service.maintainer else None
        self.tallies = Tallies(settings.data) if settings.service.maintainer else None
        self.last_error: str | None = None
        self._catalogue = Catalogue(settings.data)
        self._swap = threading.Lock()
        self._stop = threading.Event()
        self._answerer = self._open()

    @property
    def answerer(self) -> Answerer:
        """The answerer over the live generation; take it once a request."""
        return self._answerer

    def answer(self, question: Question) -> Answer:
        """Answer from the live generation and count it, where anything is counted.

        Raises:
            QuestionInvalid: the question is empty or too long.
        """
        answerer = self.answerer
        found = answerer.find(question)
        answer = answerer.answer_found(question, found)
        if self.tallies:
            nearest = [answerer.searcher.page(hit.passage.page_key) for hit in found.hits[:1]]
            self.tallies.count(answer, nearest[0].topics if nearest else ())
        return answer

    @property
    def error(self) -> str | None:
        """What does not work although the service answers, for a maintainer; None when all does."""
        return "; ".join(filter(None, (self.last_error, self._nearness.error))) or None

    def version(self, key: str, digest: str) -> Page:
        """Return one version of a page, live or not.

        Raises:
            PageUnknown: none is kept with this key and digest.
        """
        return self._catalogue.version(key, digest)

    def refresh(self) -> bool:
        """Open the live generation if another one is served; True when it was swapped.

        A generation that cannot be opened leaves the one that is served in place; the reason
        stands in `last_error` until the next success.
        """
        with self._swap:
            try:
                if self._store.live() == self._answerer.searcher.manifest.id:
                    return False
                self._answerer = self._open()
            except PasserelleError as error:
                self.last_error = str(error)
                return False
            self.last_error = None
            return True

    def watch(self, seconds: float = 1.0) -> threading.Thread:
        """Look for a new generation every so often, in a thread that `close` ends.

        In between it encodes sentences that nobody has asked for yet, so that also the first who
        asks about a page waits little.
        """

        def look() -> None:
            answerer, reading = self._answerer, _reading(self._answerer)
            while not self._stop.wait(seconds):
                if answerer is not self._answerer:
                    answerer, reading = self._answerer, _reading(self._answerer)
                _read_on(reading)
                try:
                    self.refresh()
                    self._write_tallies()
                except Exception as error:  # noqa: BLE001 - the next generation is waited for
                    _log.exception("looking for a new generation failed")
                    self.last_error = f"looking for a new generation failed: {error!r}"

        thread = threading.Thread(target=look, name="generation-watch", daemon=True)
        thread.start()
        return thread

    def close(self) -> None:
        """Stop watching and let go of the files."""
        self._stop.set()
        self._write_tallies()
        self._catalogue.close()

    def _open(self) -> Answerer:
        searcher = self._store.open(self.encoder)
        calibrations = calibrations_in(folder_of(self.settings.data, searcher.manifest.id))
        return Answerer(
            searcher,
            self.encoder,
            SentenceVectors(self.encoder),
            self.content,
            self.settings,
            self._glossary,
            calibrations,
            self._catalogue.checked_at,
            self._max_age_days,
            self._catalogue.changed_since,
            self._nearness.kind,
            self._nearness.calm,
        )

    def _write_tallies(self) -> None:
        if self.tallies:
            # A full disk must not end the watch; what was counted is written later.
            with suppress(DataUnusable):
                self.tallies.flush()

    def _max_age_days(self, key: str) -> int | None:
        """Return the limit of the source that a page came from; None when it has none."""
        entry = self.settings.sources.get(self._catalogue.source_of(key) or "")
        return entry.max_age_days if entry else None


def _reading(answerer: Answerer) -> Iterator[None]:
    """Encode the sentences of one passage a step, of all passages where memory keeps them."""
    searcher = answerer.searcher
    if searcher.manifest.counts["passages"] > _MOST_PASSAGES:
        return
    for key in sorted(searcher.keys()):
        for passage in searcher.passages_of(key):
            text = passage.text
            if sentences := [text[start:end] for start, end in candidate_spans(text)]:
                answerer.sentences(sentences)
                yield


def _read_on(reading: Iterator[None]) -> None:
    try:
        for _ in islice(reading, _AT_A_LOOK):
            pass
    except Exception:  # noqa: BLE001 - whatever it was
        # They are encoded when somebody asks.
        _log.exception("sentences could not be encoded ahead")
