"""What is counted of one question, and the curves over many. Pure."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.evaluation.questions import GoldQuestion

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Scores:
    """The figures of one question; None where a figure does not apply to it.

    Attributes:
        page_at_1: whether the first page retrieved is a gold page (`page_at`); so at 5 and at 10.
        passage_at_1: whether the first passage retrieved answers (`passage_at`); so at 5.
        no_twins_at_5: whether no two of the first five passages are of translations of one page;
            None where it is not known what a page translates.
        answer_span: whether the first citation is on a gold page and a highlight holds a gold span.
        citation_precision: of the citations shown, the share that supports the answer.
        citation_recall: of what the gold pages say, the share that is quoted (`citation_recall`).
        quote_fidelity: of the citations shown, the share that is an identical slice of the page
            version named; None where nobody looked at the page.
        notice_present: whether the answer, or the refusal, says that it is no legal advice.
        answered: whether anything was answered.
        partial: whether the answer leaves a part of the question open; None for a refusal.
        right_refusal: of a refusal, whether the pages do not answer.
        refused_unanswerable: of a question that the pages do not answer, whether it was refused.
        highlight_words: words highlighted in the first citation.
    """

    page_at_1: float | None
    page_at_5: float | None
    page_at_10: float | None
    passage_at_1: float | None
    passage_at_5: float | None
    no_twins_at_5: float | None
    answer_span: float | None
    citation_precision: float | None
    citation_recall: float | None
    quote_fidelity: float | None
    notice_present: float | None
    answered: float
    partial: float | None
    right_refusal: float | None
    refused_unanswerable: float | None
    highlight_words: float | None


def folded(text: str) -> str:
    """Fold case and white space, as gold spans are compared."""
    return " ".join(text.casefold().split())


def ranked_pages(row: Row) -> list[set[str]]:
    """Return the distinct pages retrieved, best first, each with the places of its twins.

    A page stands where its first passage does; the twins of all its passages are its own.
    """
    found: dict[str, set[str]] = {}
    for hit in row["retrieved"]:
        found.setdefault(hit["page_key"], set()).update(_places(hit))
    return [*found.values()]


def page_at(row: Row, gold: Sequence[str], k: int) -> float:
    """Whether a gold page is among the first `k` distinct pages (a twin's places count)."""
    return float(any(pages & set(gold) for pages in ranked_pages(row)[:k]))


def passage_at(row: Row, question: GoldQuestion, k: int) -> float:
    """Whether one of the first `k` passages is on a gold page and holds a gold span."""
    return float(any(supports(hit, question) for hit in row["retrieved"][:k]))


def supports(passage: Row, question: GoldQuestion) -> bool:
    """Whether a passage is on a gold page and holds a gold span (any text where none is given)."""
    if not on_gold_page(passage, question):
        return False
    text = folded(passage.get("text") or passage["quote"])
    return not question.gold_spans or any(folded(span) in text for span in question.gold_spans)


def on_gold_page(passage: Row, question: GoldQuestion) -> bool:
    """Whether a passage or citation stands on a gold page, itself or by a twin."""
    return bool(_places(passage) & set(question.gold_pages))


def first_shown(row: Row) -> Row | None:
    """Return the first citation; of a refusal the best passage, which it would have shown."""
    shown: Row | None = next(iter([*row["citations"][:1], *(row["retrieved"] or [])[:1]]), None)
    return shown


def right_when_answered(row: Row, question: GoldQuestion) -> bool:
    """Whether what an answer shows first, or would have shown, supports it.

    Over the API a refusal shows nothing, so it is never right when answered.
    """
    shown = first_shown(row)
    return question.answerable and shown is not None and supports(shown, question)


def in_highlights(citation: Row, spans: Sequence[str]) -> bool:
    """Whether one stretch of highlights holds a span: what stands between two is not lit up."""
    return any(folded(span) in folded(lit) for span in spans for lit in highlighted(citation))


def highlighted(citation: Row) -> list[str]:
    """Return the highlights as they stand in the quote, those with only white space between joined.

    Two with words between are kept apart: glued together they would say what nobody wrote.
    """
    quote, joined = citation["quote"], list[tuple[int, int]]()
    for start, end in sorted((start, end) for start, end in citation["highlights"]):
        if joined and not quote[joined[-1][1] : start].strip():
            before, up_to = joined.pop()
            joined.append((before, max(up_to, end)))
        else:
            joined.append((start, end))
    return [quote[start:end] for start, end in joined]


def citation_recall(row: Row, question: GoldQuestion) -> float | None:
    """Return the share of what the gold pages say that is quoted from a gold page.

    A page and its translations say the same in other words, so of each the version counts that is
    quoted best; an answer in French need not say it in English too. What two pages say counts
    twice. A refusal quotes nothing.

    Args:
        row: its `gold` has the gold pages, with the gold spans that stand on each.
        question: what was asked.

    Returns:
        None when there is no gold span, or it is not known which stands where.
    """
    quoted = [folded(c["quote"]) for c in row["citations"] if on_gold_page(c, question)]
    best: dict[str, tuple[float, int]] = {}
    for page in row.get("gold", ()):
        if page["spans"]:
            held = [any(folded(span) in text for text in quoted) for span in page["spans"]]
            share = sum(held) / len(held), len(held)
            best[page["original"]] = max(share, best.get(page["original"], share))
    total = sum(number for _, number in best.values())
    return sum(share * number for share, number in best.values()) / total if total else None


def score(row: Row, question: GoldQuestion) -> Scores:
    """Count one question."""
    answered = row["outcome"] in {"answered", "partial"}
    citations = row["citations"]
    spans = [folded(s) for s in question.gold_spans]
    can, found = question.answerable, dict.fromkeys((1, 5, 10), 0.0)
    # None: a running service does not tell what it retrieved.
    seen = can and row["retrieved"] is not None
    if seen:
        found = {k: page_at(row, question.gold_pages, k) for k in found}
    first: Row | None = citations[0] if citations else None
    in_first = first and on_gold_page(first, question) and in_highlights(first, spans)
    supported = [float(supports(c, question)) for c in citations]
    return Scores(
        page_at_1=found[1] if seen else None,
        page_at_5=found[5] if seen else None,
        page_at_10=found[10] if seen else None,
        passage_at_1=passage_at(row, question, 1) if seen and spans else None,
        passage_at_5=passage_at(row, question, 5) if seen and spans else None,
        no_twins_at_5=_no_twins((row["retrieved"] or [])[:5]),
        answer_span=float(bool(in_first)) if can and spans else None,
        citation_precision=sum(supported) / len(supported) if supported else None,
        citation_recall=citation_recall(row, question) if can else None,
        quote_fidelity=_fidelity(citations),
        notice_present=float(bool(row["notice"].strip())) if "notice" in row else None,
        answered=float(answered),
        partial=float(row["outcome"] == "partial") if answered else None,
        right_refusal=None if answered else float(not can),
        refused_unanswerable=None if can else float(not answered),
        highlight_words=float(sum(len(s.split()) for s in highlighted(first))) if first else None,
    )


def auroc(confidences: Sequence[float], answerable: Sequence[bool]) -> float | None:
    """Return the chance that an answerable question has the higher confidence (ties count half)."""
    yes = [c for c, a in zip(confidences, answerable, strict=True) if a]
    no = sorted(c for c, a in zip(confidences, answerable, strict=True) if not a)
    if not yes or not no:
        return None
    wins = sum(bisect_left(no, y) + bisect_right(no, y) for y in yes) / 2
    return wins / (len(yes) * len(no))


def calibration_bins(
    confidences: Sequence[float], truths: Sequence[bool], bins: int = 10
) -> list[tuple[float, float, int]]:
    """Return mean confidence, share true and count of each bin of equal width that is not empty."""
    inside: dict[int, list[tuple[float, bool]]] = {}
    for confidence, truth in zip(confidences, truths, strict=True):
        inside.setdefault(min(int(confidence * bins), bins - 1), []).append((confidence, truth))
    found = []
    for _, members in sorted(inside.items()):
        chances, true = zip(*members, strict=True)
        found.append((sum(chances) / len(members), sum(true) / len(members), len(members)))
    return found


def expected_calibration_error(confidences: Sequence[float], truths: Sequence[bool]) -> float:
    """Return the mean distance between confidence and truth over ten bins (Naeini et al., 2015)."""
    bins = calibration_bins(confidences, truths)
    total = sum(count for *_, count in bins)
    return sum(abs(mean - share) * count for mean, share, count in bins) / total if total else 0.0


def risk_coverage(
    confidences: Sequence[float], right: Sequence[bool]
) -> list[tuple[float, float, float]]:
    """Return threshold, coverage and risk when answering from the most confident down.

    Args:
        confidences: one a question.
        right: whether an answer to it is right (`right_when_answered`): one that the pages do not
            answer cannot be, and one that is quoted from another page is not either.

    Returns:
        A point a question: its confidence, the share answered from it up, the share of these wrong.
    """
    order = sorted(range(len(confidences)), key=lambda n: -confidences[n])
    wrong, curve = 0, []
    for position, number in enumerate(order, start=1):
        wrong += not right[number]
        curve.append((confidences[number], position / len(order), wrong / position))
    return curve


def percentile(values: Sequence[float], share: float) -> float:
    """Return the nearest-rank percentile, `share` in 0..1; nan without values."""
    if not values:
        return math.nan
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def _places(passage: Row) -> set[str]:
    return {passage["page_key"], *(place["page_key"] for place in passage["also_on"])}


def _no_twins(hits: Sequence[Row]) -> float | None:
    if not hits or not all(hit.get("original") for hit in hits):
        return None
    originals = {hit["page_key"]: hit["original"] for hit in hits}
    return float(len({*originals.values()}) == len(originals))


def _fidelity(citations: Sequence[Row]) -> float | None:
    looked = [float(c["faithful"]) for c in citations if "faithful" in c]
    return sum(looked) / len(looked) if looked else None
