"""Passages looked at sentence by sentence, for what the vector of a whole passage blurs.

Where pages have no lines of what people ask, the first few are ordered anew, and trusted, by the
best of their sentences too; with lines nothing was gained by it.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice

from index.ngrams import covered
from index.records import Hit
from index.weights_file import Floats
from service.quoting import candidate_spans

# As many as an answer quotes by default, so that looking costs an answer nothing.
FIRST = 3
# Of a sentence's cosine, and of the share of the question's letters that it has, beside the
# passage's own score: the best sentence counts.
_COSINE, _SPELLING = 0.4, 0.3

Encode = Callable[[Sequence[str]], Floats]
Looked = tuple[list[tuple[int, int]], list[float]]


def sentence_scores(hits: Sequence[Hit], vector: Floats, encode: Encode) -> list[Looked]:
    """Return for each passage its sentences' spans, and their cosines with the question.

    Args:
        hits: the passages.
        vector: of the question, (dimension,) float32, length 1.
        encode: sentences to (n, dimension) float32, length 1; called once at the most.
    """
    spans = [candidate_spans(hit.passage.text) for hit in hits]
    sentences = [
        hit.passage.text[start:end]
        for hit, found in zip(hits, spans, strict=True)
        for start, end in found
    ]
    scores = iter((encode(sentences) @ vector).tolist() if sentences else ())
    return [(found, [*islice(scores, len(found))]) for found in spans]


def look_closer(hits: Sequence[Hit], question: str, vector: Floats, encode: Encode) -> list[Hit]:
    """Order the first hits by their best sentence too.

    Its cosine is their part `sentence`; what one sentence holds of the question's letters at the
    most is their part `spelling`.

    Args:
        hits: best first.
        question: as asked.
        vector: as for `sentence_scores`.
        encode: as for `sentence_scores`.
    """
    looked = sentence_scores(hits[:FIRST], vector, encode)
    first = []
    for hit, (spans, cosines) in zip(hits, looked, strict=False):
        spelling = [covered(question, hit.passage.text[start:end]) for start, end in spans]
        worth = [_COSINE * c + _SPELLING * s for c, s in zip(cosines, spelling, strict=True)]
        seen = {"sentence": max(cosines, default=0.0), "spelling": max(spelling, default=0.0)}
        parts = {name: round(value, 4) for name, value in seen.items()}
        first.append(
            (hit.score + max(worth, default=0.0), replace(hit, parts={**hit.parts, **parts}))
        )
    first.sort(key=lambda pair: -pair[0])
    return [*(hit for _, hit in first), *hits[FIRST:]]
