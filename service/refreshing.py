"""A refresh from end to end: read the sources, publish what changed, prove what left, remember it.

Apart from the index because only here do catalogue, generations and history meet: whatever moment a
process dies at, the next refresh finds out which generation is live and completes or undoes.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from secrets import token_hex
from typing import Any

from index import generation
from index.encoder import Encoder
from index.opening import open_encoder
from index.publish import ENCODING_PASSAGES, generation_name, is_live
from index.receipts import leaving, prove
from index.records import Manifest
from index.store import EmbeddedStore
from ingest.catalogue import Catalogue
from ingest.errors import Busy, PageUnknown, RefreshCancelled, RefreshHeld, StoreError
from ingest.guarding import Confirmed, guard
from ingest.history import Departure, History, Outcome, Receipt
from ingest.lock import refreshing
from ingest.passages import cut
from ingest.records import ChangeSet, Passage
from ingest.refresh import Plan, Source, plan, stage
from ingest.settings import Settings
from service.linting import by_rule, lint_plans
from service.recovery import finish_purges, live_corpus, live_or_none, recover

# Beyond this many new pages loading torch pays for itself.
_MANY_PAGES = 200
# The step that comes after everything is published: nothing is left to cancel.
PROVING = "proving what left"

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Report:
    """What a refresh did: the change set of each source, and what came of it.

    Attributes:
        encoded: texts that were encoded, titles and lines of what people ask included.
        passages_encoded: passages among them.
        receipts: passages that left and were looked for everywhere.
        unsound: receipts among them that found something; anything but 0 is a fault.
    """

    run: str
    changes: tuple[ChangeSet, ...]
    generation: str
    pages: int
    passages: int
    encoded: int
    passages_encoded: int
    receipts: int
    unsound: int
    seconds: float
    findings: Mapping[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the report for a program."""
        return asdict(self)


def new_run() -> str:
    """Return a name for a run that is about to begin."""
    return token_hex(8)


def refresh(
    sources: Sequence[Source],
    settings: Settings,
    *,
    by: str,
    run: str | None = None,
    confirmed: Confirmed = False,
    scheduled: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Read the sources and publish what changed.

    Args:
        sources: what to read.
        settings: where everything is.
        by: who or what asked for it, for the record.
        run: its name, made up when None.
        confirmed: which removals a person has seen and wants.
        scheduled: nobody is looking: what was rolled back is not published again unasked.
        progress: told the step, how much of it is done and how much there is. It may raise
            `RefreshCancelled`, and nothing is published then.

    Raises:
        Busy: another refresh is under way.
        RefreshHeld: a person has to confirm first.
        RefreshCancelled: `progress` said so.
        PasserelleError: a source, the data directory or the encoder cannot be used.
    """
    with refreshing(settings.data):
        catalogue = Catalogue(settings.data)
        try:
            work = _Refresh(catalogue, settings, run or new_run(), progress)
            return work.recorded(sources, by, confirmed=confirmed, scheduled=scheduled)
        finally:
            catalogue.close()


class _Refresh:
    """One refresh, while nobody else can run one."""

    def __init__(
        self, catalogue: Catalogue, settings: Settings, run: str, progress: Progress | None
    ) -> None:
        self._catalogue = catalogue
        self._settings = settings
        self._run = run
        self._told = progress
        self._history = History(catalogue)
        self._began = time.perf_counter()
        self._passages_encoded = 0
        self._is_published = False

    def recorded(
        self, sources: Sequence[Source], by: str, *, confirmed: Confirmed, scheduled: bool
    ) -> Report:
        """Do it, and leave a record however it ends."""
        recover(self._catalogue, self._settings)
        previous = live_or_none(self._settings)
        self._history.begin(self._run, "refresh", by, previous)
        plans: list[Plan] = []
        try:
            report = self._done(sources, plans, confirmed=confirmed, scheduled=scheduled)
        except BaseException as error:
            recover(self._catalogue, self._settings)
            if isinstance(error, RefreshHeld):
                # They were read to the end, and what was found unchanged was checked.
                self._catalogue.promote(_unchanged(plans))
            self._history.end(
                self._run,
                _outcome(error, is_published=self._is_published),
                generation=live_or_none(self._settings),
                seconds=self._seconds(),
                detail=str(error),
                changes=[found.changes for found in plans],
            )
            raise
        self._history.end(
            self._run,
            "unchanged" if report.generation == previous else "published",
            generation=report.generation,
            seconds=report.seconds,
            encoded=report.passages_encoded,
            changes=report.changes,
            findings=report.findings,
        )
        return report

    def _done(
        self,
        sources: Sequence[Source],
        plans: list[Plan],
        *,
        confirmed: Confirmed,
        scheduled: bool,
    ) -> Report:
        catalogue, settings = self._catalogue, self._settings
        for source in sources:
            plans.append(plan(source, catalogue, self._progress, plans))
        for found in plans:
            guard(found.changes, settings.refresh.removal_share, confirmed=confirmed)
        findings = by_rule(lint_plans(plans, catalogue, settings))
        stage(plans, catalogue)
        encoder = open_encoder(settings.encoder, settings.models, ingesting=False)
        manifest, encoded = self._published(plans, encoder, scheduled=scheduled)
        self._is_published = True
        catalogue.promote(_unchanged(plans))
        # Where it has to wait, the list of purges says so, and the next refresh tries again.
        with suppress(Busy):
            finish_purges(catalogue, settings, encoder)
        receipts = self._settled(encoder, manifest)
        return Report(
            run=self._run,
            changes=tuple(found.changes for found in plans),
            generation=manifest.id,
            pages=manifest.counts["pages"],
            passages=manifest.counts["passages"],
            encoded=encoded,
            passages_encoded=self._passages_encoded,
            receipts=len(receipts),
            unsound=sum(not receipt.sound for receipt in receipts),
            seconds=self._seconds(),
            findings=findings,
        )

    def _published(
        self, plans: Sequence[Plan], light: Encoder, *, scheduled: bool
    ) -> tuple[Manifest, int]:
        """Publish what will be live; torch is loaded only when there is much to encode."""
        catalogue, settings = self._catalogue, self._settings
        name = generation_name(catalogue.corpus_digest(staged=True), settings, light)
        if is_live(settings.data, name):
            return generation.read_manifest(settings.data, name), 0
        if scheduled and (since := self._rolled_back(name)):
            raise RefreshHeld(
                f"generation {name} was rolled back from on {since[:10]} and the pages are still "
                "the same; mend them, or publish it by hand with `passerelle ingest`"
            )
        catalogue.aim(name)
        left = leaving(settings.data, catalogue.coming(), settings.passages)
        self._history.expect(self._run, left)
        fresh = sum(len(p.changes.added) + len(p.changes.changed) for p in plans)
        encoder = light
        pages = [*catalogue.pages(staged=True)]
        if fresh > _MANY_PAGES or (len(pages) > _MANY_PAGES and self._encoded_by_another(light)):
            encoder = open_encoder(settings.encoder, settings.models, ingesting=True)
        return EmbeddedStore(settings).publish(pages, encoder, self._progress)

    def _encoded_by_another(self, encoder: Encoder) -> bool:
        """Whether what is live, if anything is, was made by another encoder."""
        try:
            return generation.live_manifest(self._settings.data).encoder_digest != encoder.digest
        except StoreError:
            return False

    def _rolled_back(self, name: str) -> str | None:
        """Return when the pages that are about to be published were rolled back from.

        A purge changes the name of their generation and nothing else of them.
        """
        corpus = self._catalogue.corpus_digest()
        same = corpus == self._catalogue.corpus_digest(staged=True)
        if same and corpus != live_corpus(self._settings):
            return self._history.last_rollback()
        return self._history.rolled_back(name)

    def _settled(self, encoder: Encoder, manifest: Manifest) -> list[Receipt]:
        """Write a receipt for each passage that left, those of a refresh that died included."""
        left = self._history.departures(self._catalogue.coming())
        receipts: list[Receipt] = []
        if left:
            self._progress(PROVING, 0, len(left))
            opened = generation.open_folder(
                generation.folder_of(self._settings.data, manifest.id), manifest
            )
            receipts = prove(opened, encoder, left, self._texts(left), self._settings)
            opened.passages.close()
        self._history.settle(self._run, receipts)
        return receipts

    def _texts(self, left: Sequence[Departure]) -> dict[str, Passage]:
        """Cut the versions that left once more, to know what their passages said."""
        found: dict[str, Passage] = {}
        for key, digest in dict.fromkeys((d.page_key, d.page_digest) for d in left):
            try:
                page = self._catalogue.version(key, digest)
            except PageUnknown:
                continue
            found.update({p.id: p for p in cut(page, self._settings.passages)})
        return found

    def _progress(self, step: str, done: int, total: int) -> None:
        if step == ENCODING_PASSAGES:
            self._passages_encoded = done
        if self._told:
            # What is published cannot be cancelled any more.
            with suppress(*((RefreshCancelled,) if self._is_published else ())):
                self._told(step, done, total)

    def _seconds(self) -> float:
        return round(time.perf_counter() - self._began, 3)


def _unchanged(plans: Sequence[Plan]) -> dict[str, tuple[str, ...]]:
    return {found.changes.source: found.changes.unchanged for found in plans}


def _outcome(error: BaseException, *, is_published: bool) -> Outcome:
    if isinstance(error, RefreshHeld):
        return "held"
    if isinstance(error, RefreshCancelled | KeyboardInterrupt):
        # Its receipts are still owed then, and the next refresh writes them.
        return "published" if is_published else "cancelled"
    return "failed"
