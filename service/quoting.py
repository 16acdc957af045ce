"""Which sentences of a passage answer the question: the highlight. Pure; offsets never cut a word.

A highlight is the best few sentences within a budget of words, so that the eye lands on the answer
while the whole passage stays readable around it; where more are all but as good as the best, nobody
can tell which of them answers, and the budget is twice as large. A numbered step brings those
before it and what leads to their list: the second thing to do, shown alone, reads as if it were the
first.
"""

import math
import re
from collections.abc import Sequence

from ingest.sentences import sentence_spans

BUDGET, MOST = 40, 80
# What a sentence may be worth less than the best one and still be as good.
_AS_GOOD = 0.04
# What a sentence is worth beside its cosine. Fitted to judged answers: a section's first sentence
# answers more often, so does one with a number, and a longer one says more than a first word.
_FIRST, _NUMBER, _LENGTH = 0.03, 0.02, 0.02

_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"\w+")
_STEP = re.compile(r"(\d{1,2})[.)]\s")


def candidate_spans(quote: str) -> list[tuple[int, int]]:
    """Return the sentences of a quotation that can be highlighted; a list marker is no sentence."""
    return [(start, end) for start, end in sentence_spans(quote) if _WORD.search(quote[start:end])]


def highlight(
    quote: str,
    spans: Sequence[tuple[int, int]],
    scores: Sequence[float],
    budget: int = BUDGET,
    most: int = MOST,
) -> tuple[tuple[int, int], ...]:
    """Choose the sentences to highlight: the best ones, as many as the budget holds.

    On judged questions they hold the answer in 89 of 100 right passages of our own pages and in 79
    of the national sheets; with 43 words for all they did in 87 and 68.

    Args:
        quote: the quotation.
        spans: its sentences, in order.
        scores: how well each sentence answers, one a span; only their differences count.
        budget: words at the most, unless the best sentence alone is longer.
        most: the same for sentences that are as good as the best one.

    Returns:
        Slices of the quotation in order, neighbours joined; none when there are no sentences.
    """
    if not spans:
        return ()
    worth = [score + _prior(quote, span) for span, score in zip(spans, scores, strict=True)]
    worth[0] += _FIRST
    sizes = [count_words(quote, span) for span in spans]
    before = _steps_before(quote, spans)
    best_first = sorted(range(len(spans)), key=lambda n: (-worth[n], n))
    chosen: set[int] = set()
    for n in best_first:
        grown = chosen | before.get(n, set()) | {n}
        as_good = worth[n] >= worth[best_first[0]] - _AS_GOOD
        if sum(sizes[m] for m in grown) <= (most if as_good else budget):
            chosen = grown
        elif not chosen:
            chosen = {n}
    return _joined(spans, sorted(chosen))


def _steps_before(quote: str, spans: Sequence[tuple[int, int]]) -> dict[int, set[int]]:
    """Return, for each sentence that begins a numbered step, what it is not understood without.

    These are the sentences that begin the steps before it, and the one that leads to the list.
    """
    before: dict[int, set[int]] = {}
    # The lists that may go on, innermost last: the number of the last step, and what led to it.
    lists: list[tuple[int, set[int]]] = []
    for n, (start, end) in enumerate(spans):
        if not (step := _STEP.match(quote, start, end)):
            continue
        number = int(step[1])
        while number > 1 and lists and lists[-1][0] != number - 1:
            lists.pop()
        if number > 1 and lists:
            leading = lists.pop()[1]
        else:
            leading = {n - 1} if n and quote.endswith(":", *spans[n - 1]) else set()
        before[n] = leading
        lists.append((number, leading | {n}))
    return before


def _prior(quote: str, span: tuple[int, int]) -> float:
    number = _NUMBER if _DIGIT.search(quote, *span) else 0.0
    return number + _LENGTH * math.log1p(count_words(quote, span))


def _joined(spans: Sequence[tuple[int, int]], chosen: Sequence[int]) -> tuple[tuple[int, int], ...]:
    found: list[tuple[int, int]] = []
    for position, n in enumerate(chosen):
        if position and chosen[position - 1] == n - 1:
            found[-1] = (found[-1][0], spans[n][1])
        else:
            found.append(spans[n])
    return tuple(found)


def count_words(text: str, span: tuple[int, int]) -> int:
    """Count the words in a slice of `text`."""
    return sum(1 for _ in _WORD.finditer(text, *span))
