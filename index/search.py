"""A question finds passages: both legs bring candidates, one fusion orders them.

The dense leg compares the question's vector with each passage (its headings and context are
encoded with it); the lexical leg compares words, within the question's own language or with French
words that a glossary led to; what was learned from lines of what people ask scores whole sections.
A score is their weighted sum, so that it depends on the question and the passage alone.
"""

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from index.asked import AskedScores
from index.dense import Rows
from index.generation import Generation
from index.lexical import analyse, saturated
from index.records import Hit, Manifest
from index.weights_file import Floats
from ingest.records import Page, Passage
from ingest.settings import SearchSettings

Summary = dict[str, str | None]

_BRIDGED_TO = frozenset(("en", "fr"))


class Searcher:
    """Searches one open generation; safe to share between threads."""

    def __init__(self, opened: Generation, settings: SearchSettings) -> None:
        self._opened = opened
        self._settings = settings

    @property
    def manifest(self) -> Manifest:
        """What the generation was built from."""
        return self._opened.manifest

    def page(self, key: str) -> Page:
        """Return a page as this generation has it.

        Raises:
            PageUnknown: it has none with this key.
        """
        return self._opened.passages.page(key)

    def original(self, key: str) -> str:
        """Return the key of what a page is a translation of, or its own.

        Raises:
            PageUnknown: this generation has no page with this key.
        """
        return self._opened.passages.original(key)

    def pages(self) -> list[Summary]:
        """Return key, title, language, url and digest of every page."""
        return self._opened.passages.pages()

    def keys(self) -> set[str]:
        """Return the keys of all pages."""
        return {str(summary["key"]) for summary in self.pages()}

    def passages_of(self, key: str) -> list[Passage]:
        """Return the passages that stand on a page, those kept under a twin of it included."""
        return self._opened.passages.passages_of(key)

    def asked(self, question: str, vector: Floats) -> AskedScores | None:
        """Score the passages by the lines of what people ask; None where no page has any.

        Args:
            question: as asked.
            vector: what the encoder's `encode_lines` makes of it.
        """
        if self._opened.asked is None or not self._settings.asked_weight:
            return None
        return self._opened.asked.scores(question, vector)

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
        """Return the best passages, best first; ties are ordered by passage.

        Args:
            question: as asked, for the lexical leg.
            vector: of the question, (dimension,) float32, length 1; how near a passage is to it is
                a hit's part `near`.
            language: of the question.
            limit: how many passages at the most.
            bridged: of each thing that the question names, how French pages may call it; looked up
                in French, and in English, whose pages use the French terms.
            asked: what `asked` returned for the question.
            query: the question's `query`, to find and order passages by where the settings say so;
                by default `vector`.
        """
        own = self._opened.lexical.scores(language, stems := analyse(language, question))
        words = own + self._bridged_scores(bridged, set(stems))
        most = self._opened.lexical.most(language, stems)
        turned = query if query is not None and self._settings.queries else vector
        if self._opened.adapter:
            turned = self._opened.adapter(turned)
        rows = self._candidates(turned, words, asked)
        if not len(rows):
            return []
        legs = {name: field.cosines(turned, rows) for name, field in self._opened.dense.items()}
        if turned is not vector:
            legs["near"] = self._opened.dense["body"].cosines(vector, rows)
        legs["lexical"] = words[rows]
        legs["share"] = own[rows] / np.float32(max(most, 1e-9))
        if asked:
            legs["asked"] = asked.rows[rows]
        scores = self._settings.body_weight * legs["body"]
        scores += self._settings.lexical_weight * saturated(legs["lexical"])
        if asked:
            scores += self._settings.asked_weight * legs["asked"]
        order = np.lexsort((rows, -scores))[:limit]
        led_to = asked.led_to if asked else np.zeros(len(words), np.bool_)
        return [
            self._hit(int(rows[n]), float(scores[n]), legs, n, led_to=bool(led_to[rows[n]]))
            for n in order
        ]

    def _candidates(self, vector: Floats, words: Floats, asked: AskedScores | None) -> Rows:
        count = self._settings.candidates
        found = [field.best_rows(vector, count) for field in self._opened.dense.values()]
        for scores in (words, asked.rows) if asked else (words,):
            best = np.argpartition(-scores, min(count, len(scores) - 1))[:count]
            found.append(best[scores[best] > 0])
        return np.unique(np.concatenate(found))

    def _bridged_scores(self, bridged: Sequence[Sequence[str]], known: Collection[str]) -> Floats:
        """Add up what the best way of saying each thing brings, beyond words that are known."""
        lexical = self._opened.lexical
        scores = np.zeros(lexical.size, np.float32)
        for code in lexical.languages & _BRIDGED_TO:
            for ways in bridged:
                stems = ([s for s in analyse(code, way) if s not in known] for way in ways)
                scores += np.maximum.reduce([lexical.scores(code, found) for found in stems])
        return np.float32(self._settings.bridge_weight) * scores

    def _hit(
        self, row: int, score: float, legs: Mapping[str, Floats], at: int, *, led_to: bool
    ) -> Hit:
        passage: Passage = self._opened.passages.passage(row)
        lexical = float(legs["lexical"][at])
        return Hit(
            passage,
            score,
            dense=float(legs.get("near", legs["body"])[at]),
            lexical=lexical if lexical > 0 else None,
            parts={name: round(float(values[at]), 4) for name, values in legs.items()},
            led_to=led_to,
        )
