"""Which sentences of a passage answer the question: the highlight. Pure; offsets never cut a word.

A highlight is a run of neighbouring sentences within a budget of words, so that the eye lands on
the answer while the whole passage stays readable around it.
"""

import re
from collections.abc import Sequence

from ingest.sentences import sentence_spans

BUDGET = 40

_WORD = re.compile(r"\w+")


def candidate_spans(quote: str) -> list[tuple[int, int]]:
    """Return the sentences of a quotation that can be highlighted; a list marker is no sentence."""
    return [(start, end) for start, end in sentence_spans(quote) if _WORD.search(quote[start:end])]


def highlight(
    quote: str, spans: Sequence[tuple[int, int]], scores: Sequence[float], budget: int = BUDGET
) -> tuple[tuple[int, int], ...]:
    """Choose the run of sentences to highlight.

    Starts at the best sentence and takes in the better neighbour while the run stays within
    `budget` words and the neighbour is close enough in score to be part of the answer.

    Args:
        quote: the quotation.
        spans: its sentences, in order.
        scores: how well each sentence answers, one a span; only their differences count.
        budget: words at the most, unless the best sentence alone is longer.

    Returns:
        One slice of the quotation, or none when there are no sentences.
    """
    if not spans:
        return ()
    first = last = max(range(len(spans)), key=lambda n: (scores[n], -n))
    words = count_words(quote, spans[first])
    while True:
        around = [n for n in (first - 1, last + 1) if 0 <= n < len(spans)]
        around = [n for n in around if words + count_words(quote, spans[n]) <= budget]
        if not around:
            return ((spans[first][0], spans[last][1]),)
        nearest = max(around, key=lambda n: (scores[n], -n))
        words += count_words(quote, spans[nearest])
        first, last = min(first, nearest), max(last, nearest)


def count_words(text: str, span: tuple[int, int]) -> int:
    """Count the words in a slice of `text`."""
    return sum(1 for _ in _WORD.finditer(text, *span))
