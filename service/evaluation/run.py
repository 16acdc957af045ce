"""One evaluation run: every question asked, every figure counted, everything stamped.

What a question of danger shows is not counted here, since these questions do not say which of them
is one: the sets of `corpus/questions/urgent*.jsonl` do, and `tests/test_service_danger.py` and
`docs/danger.md` count them.
"""

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from index.records import Hit
from index.store import Searching
from ingest.errors import PageUnknown
from ingest.records import Page
from service.answering import Answerer, Found
from service.api.wire import citation_out
from service.evaluation.figures import figures, quality
from service.evaluation.metrics import folded
from service.evaluation.questions import GoldQuestion
from service.lexicon import NAME as LEXICON
from service.records import Question

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run: stamps, figures by group, curves, and a row a question."""

    stamps: dict[str, str]
    figures: dict[str, Any]
    quality: dict[str, Any]
    rows: list[dict[str, Any]]

    def as_json(self) -> str:
        """Serialise the run; everything but the seconds is the same for the same input."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)


def evaluate(
    questions: Sequence[GoldQuestion], answerer: Answerer, progress: Progress | None = None
) -> Run:
    """Ask every question of an answerer in this process."""
    rows = []
    for done, question in enumerate(questions, start=1):
        rows.append(ask(question, answerer))
        if progress:
            progress(done, len(questions))
    return finish(questions, rows, stamps(answerer))


def finish(
    questions: Sequence[GoldQuestion], rows: list[dict[str, Any]], stamped: dict[str, str]
) -> Run:
    """Count the figures of rows that were asked here or elsewhere."""
    return Run(stamped, figures(questions, rows), quality(questions, rows), rows)


def ask(question: GoldQuestion, answerer: Answerer, found: Found | None = None) -> dict[str, Any]:
    """Ask one question and return its row: what came, and what a figure needs from the pages.

    Args:
        question: what is asked, and what answers it.
        answerer: who is asked.
        found: what finding brought, where it was looked for already.
    """
    searcher = answerer.searcher
    asked = Question(question.question)
    began = time.perf_counter()
    found = found or answerer.find(asked)
    answer = answerer.answer_found(asked, found)
    seconds = time.perf_counter() - began
    return {
        "id": question.id,
        "outcome": answer.outcome,
        "confidence": answer.confidence,
        "retrieved": [
            retrieved(hit, searcher.original(hit.passage.page_key)) for hit in found.hits
        ],
        "citations": [
            checked(citation_out(n, c).model_dump(mode="json"), searcher.page(c.page.key))
            for n, c in enumerate(answer.citations, 1)
        ],
        "gold": gold(question, searcher),
        "notice": answer.notice,
        "seconds": round(seconds, 5),
    }


def stamps(answerer: Answerer) -> dict[str, str]:
    """Name everything that the figures depend on."""
    manifest = answerer.searcher.manifest
    settings = answerer.settings
    chosen = settings.model_dump_json(include={"passages", "search", "answers", "encoder"})
    tuned = json.dumps(asdict(answerer.calibrations), sort_keys=True)
    return {
        "generation": manifest.id,
        "corpus": manifest.corpus_digest,
        "model": f"{manifest.encoder} {manifest.encoder_digest}",
        "settings": hashlib.sha256(chosen.encode()).hexdigest()[:16],
        # Tuning leaves the generation its name, and the glossary is read beside it.
        "calibration": hashlib.sha256(tuned.encode()).hexdigest()[:16],
        "words": words_digest(settings.content),
        "code": code_digest(),
    }


def words_digest(content: Path) -> str:
    """Hash the glossary and the lexicon of a content folder, which lead questions to pages."""
    digest = hashlib.sha256()
    for file in (content / "glossary.toml", *sorted((content / LEXICON).glob("*.toml"))):
        if file.exists():
            digest.update(file.relative_to(content).as_posix().encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def code_digest() -> str:
    """Hash the source of everything that finding, quoting and refusing rest on."""
    root = Path(__file__).resolve().parents[2]
    digest = hashlib.sha256()
    for package in ("ingest", "index", "service"):
        for file in sorted((root / package).rglob("*.*")):
            if file.suffix in {".py", ".toml"}:
                digest.update(file.relative_to(root).as_posix().encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def retrieved(hit: Hit, original: str | None = None) -> dict[str, Any]:
    """Return one passage that was found, as a row of a run keeps it.

    Args:
        hit: it.
        original: key of what its page is a translation of, or its own; None where nobody asked,
            and then nothing is said of twins.
    """
    passage = hit.passage
    return {
        "page_key": passage.page_key,
        "original": original,
        "also_on": [{"page_key": p.page_key, "section": [*p.section]} for p in passage.also_on],
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
        "score": round(hit.score, 6),
    }


def checked(citation: dict[str, Any], page: Page) -> dict[str, Any]:
    """Return a citation as it goes out, with whether it is an identical slice of the page it names.

    A citation that misquotes cannot be made; this looks at what is sent, after all that was done
    to it.
    """
    same = page.text[citation["start"] : citation["end"]] == citation["quote"]
    named = (page.key, page.digest) == (citation["page_key"], citation["page_digest"])
    return citation | {"faithful": same and named}


def gold(question: GoldQuestion, searcher: Searching) -> list[dict[str, Any]]:
    """Return the gold pages of this index, each with its original and the spans it holds."""
    found = []
    for key in question.gold_pages:
        try:
            text = folded(searcher.page(key).text)
        except PageUnknown:
            # Another gold page is there, or the question would have been refused.
            continue
        spans = [span for span in question.gold_spans if folded(span) in text]
        found.append({"page_key": key, "original": searcher.original(key), "spans": spans})
    return found
