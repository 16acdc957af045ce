"""What is counted of one question, and the curves over many. Pure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.evaluation.questions import GoldQuestion

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Scores:
    """The figures of one question; None where a figure does not apply to it."""

    page_at_1: float | None
    page_at_5: float | None
    page_at_10: float | None
    passage_at_1: float | None
    passage_at_5: float | None
    answer_span: float | None
    citation_precision: float | None
    answered: float
    right_refusal: float | None
    refused_unanswerable: float | None
    highlight_words: float | None


def folded(text: str) -> str:
    """Fold case and white space, as gold spans are compared."""
    return " ".join(text.casefold().split())


def ranked_pages(row: Row) -> list[set[str]]:
    """Return the distinct pages retrieved, best first, each with the places of its twins."""
    found: list[set[str]] = []
    seen: set[str] = set()
    for hit in row["retrieved"]:
        if hit["page_key"] not in seen:
            seen.add(hit["page_key"])
            found.append({hit["page_key"], *(p["page_key"] for p in hit["also_on"])})
    return found


def page_at(row: Row, gold: Sequence[str], k: int) -> float:
    """Whether a gold page is among the first `k` distinct pages (a twin's places count)."""
    return float(any(pages & set(gold) for pages in ranked_pages(row)[:k]))


def passage_at(row: Row, question: GoldQuestion, k: int) -> float:
    """Whether one of the first `k` passages is on a gold page and holds a gold span."""
    return float(any(supports(hit, question) for hit in row["retrieved"][:k]))


def supports(passage: Row, question: GoldQuestion) -> bool:
    """Whether a passage is on a gold page and holds a gold span (any text where none is given)."""
    places = {passage["page_key"], *(p["page_key"] for p in passage["also_on"])}
    if not places & set(question.gold_pages):
        return False
    text = folded(passage.get("text") or passage["quote"])
    return not question.gold_spans or any(folded(span) in text for span in question.gold_spans)


def score(row: Row, question: GoldQuestion) -> Scores:
    """Count one question."""
    answered = row["outcome"] in {"answered", "partial"}
    citations = row["citations"]
    shown = [_highlighted(c) for c in citations]
    spans = [folded(s) for s in question.gold_spans]
    can, found = question.answerable, dict.fromkeys((1, 5, 10), 0.0)
    if can:
        found = {k: page_at(row, question.gold_pages, k) for k in found}
    in_first = bool(shown) and any(s in folded(shown[0]) for s in spans)
    supported = [float(supports(c, question)) for c in citations]
    return Scores(
        page_at_1=found[1] if can else None,
        page_at_5=found[5] if can else None,
        page_at_10=found[10] if can else None,
        passage_at_1=passage_at(row, question, 1) if can and spans else None,
        passage_at_5=passage_at(row, question, 5) if can and spans else None,
        answer_span=float(in_first) if can and spans else None,
        citation_precision=sum(supported) / len(supported) if supported else None,
        answered=float(answered),
        right_refusal=None if answered else float(not can),
        refused_unanswerable=None if can else float(not answered),
        highlight_words=float(sum(len(s.split()) for s in shown[:1])) if shown else None,
    )


def auroc(confidences: Sequence[float], answerable: Sequence[bool]) -> float | None:
    """Return the chance that an answerable question has the higher confidence (ties count half)."""
    yes = [c for c, a in zip(confidences, answerable, strict=True) if a]
    no = [c for c, a in zip(confidences, answerable, strict=True) if not a]
    if not yes or not no:
        return None
    wins = sum((y > n) + 0.5 * (y == n) for y in yes for n in no)
    return wins / (len(yes) * len(no))


def calibration_bins(
    confidences: Sequence[float], truths: Sequence[bool], bins: int = 10
) -> list[tuple[float, float, int]]:
    """Return mean confidence, share true and count of each bin of equal width that is not empty."""
    found = []
    for number in range(bins):
        inside = [n for n, c in enumerate(confidences) if min(int(c * bins), bins - 1) == number]
        if inside:
            mean = sum(confidences[n] for n in inside) / len(inside)
            found.append((mean, sum(truths[n] for n in inside) / len(inside), len(inside)))
    return found


def expected_calibration_error(confidences: Sequence[float], truths: Sequence[bool]) -> float:
    """Return the mean distance between confidence and truth over ten bins (Naeini et al., 2015)."""
    bins = calibration_bins(confidences, truths)
    total = sum(count for *_, count in bins)
    return sum(abs(mean - share) * count for mean, share, count in bins) / total if total else 0.0


def risk_coverage(
    confidences: Sequence[float], right: Sequence[bool]
) -> list[tuple[float, float, float]]:
    """Return threshold, coverage and risk when answering from the most confident down."""
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


def _highlighted(citation: Row) -> str:
    return " ".join(citation["quote"][start:end] for start, end in citation["highlights"])
