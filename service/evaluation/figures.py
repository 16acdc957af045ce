"""Figures over many questions: by language and by kind, each with its n and its interval."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

import ir_measures
from ir_measures import RR, Qrel, ScoredDoc, nDCG

from service.evaluation import metrics
from service.evaluation.questions import GoldQuestion
from service.evaluation.statistics import curve_interval, holm, interval, paired_p

_RANKING = {RR: "mrr", nDCG @ 10: "ndcg_at_10"}


def per_question(
    questions: Sequence[GoldQuestion], rows: Sequence[metrics.Row]
) -> dict[str, dict[str, float]]:
    """Return figure -> question id -> value, for the questions that a figure applies to."""
    found: dict[str, dict[str, float]] = {}
    for question, row in zip(questions, rows, strict=True):
        for name, value in asdict(metrics.score(row, question)).items():
            if value is not None:
                found.setdefault(name, {})[question.id] = value
    return found | _ranking(questions, rows)


def figures(questions: Sequence[GoldQuestion], rows: Sequence[metrics.Row]) -> dict[str, Any]:
    """Return group -> figure -> n, mean, low, high. Groups: `all`, each language, each kind."""
    values = per_question(questions, rows)
    table = {}
    for group, members in _groups(questions).items():
        table[group] = {
            name: _summary([q for q in members if q.id in by_id], by_id)
            for name, by_id in sorted(values.items())
            if any(q.id in by_id for q in members)
        }
    return table


def quality(questions: Sequence[GoldQuestion], rows: Sequence[metrics.Row]) -> dict[str, Any]:
    """Return what is told of the whole run: calibration, curve, parity, latency.

    The confidence says how likely it is that the pages answer, and is held against that alone; the
    curve of risk holds it against what is shown, so an answer from the wrong page is a risk too.
    """
    confidences = [row["confidence"] for row in rows]
    answerable = [q.answerable for q in questions]
    right = [metrics.right_when_answered(r, q) for q, r in zip(questions, rows, strict=True)]
    sources = [q.source_id for q in questions]
    curves: dict[str, Callable[[Sequence[float], Sequence[bool]], float | None]] = {
        "auroc": metrics.auroc,
        "expected_calibration_error": metrics.expected_calibration_error,
        "refusal_recall_at_95_coverage": partial(refusal_recall_at, coverage=0.95),
    }
    seconds = [row["seconds"] for row in rows if row.get("seconds") is not None]
    return {
        **{name: curve(confidences, answerable) for name, curve in curves.items()},
        "intervals": {
            name: _bounds(curve_interval(curve, confidences, answerable, sources), len(rows))
            for name, curve in curves.items()
        },
        "calibration_bins": metrics.calibration_bins(confidences, answerable),
        "risk_coverage": metrics.risk_coverage(confidences, right),
        "parity": parity(questions, rows),
        "seconds": {
            name: metrics.percentile(seconds, share)
            for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))
        },
    }


def refusal_recall_at(
    confidences: Sequence[float], answerable: Sequence[bool], coverage: float
) -> float | None:
    """Return the share of unanswerable questions refused when `coverage` of the others answer."""
    kept = sorted(c for c, a in zip(confidences, answerable, strict=True) if a)
    refused = [c for c, a in zip(confidences, answerable, strict=True) if not a]
    if not kept or not refused:
        return None
    threshold = kept[int(len(kept) * (1 - coverage))]
    return sum(c < threshold for c in refused) / len(refused)


def parity(questions: Sequence[GoldQuestion], rows: Sequence[metrics.Row]) -> dict[str, Any]:
    """Return for each figure the worst and best language and their ratio."""
    values = per_question(questions, rows)
    found = {}
    for name in ("page_at_1", "page_at_5", "passage_at_5", "answer_span"):
        means: dict[str, float] = {}
        for language in sorted({q.language for q in questions}):
            own = [
                values[name][q.id]
                for q in questions
                if q.language == language and q.id in values.get(name, {})
            ]
            if own:
                means[language] = sum(own) / len(own)
        if means and max(means.values()):
            worst, best = min(means, key=means.__getitem__), max(means, key=means.__getitem__)
            ratio = means[worst] / means[best]
            found[name] = {"worst": worst, "best": best, "ratio": ratio, "by_language": means}
    return found


def compare(
    questions: Sequence[GoldQuestion],
    before: Sequence[metrics.Row],
    after: Sequence[metrics.Row],
) -> dict[str, dict[str, float]]:
    """Test two runs on the same questions, figure by figure; p is Holm-adjusted."""
    source = {q.id: q.source_id for q in questions}
    return compare_values(per_question(questions, before), per_question(questions, after), source)


def compare_values(
    old: Mapping[str, Mapping[str, float]],
    new: Mapping[str, Mapping[str, float]],
    source: Mapping[str, str],
) -> dict[str, dict[str, float]]:
    """Test figures question by question, on the questions that both sides have.

    Args:
        old: figure -> question -> value, before.
        new: the same, after.
        source: the source question of each; translations of one are not independent.
    """
    result: dict[str, dict[str, float]] = {}
    p_values = {}
    for name in sorted(old.keys() & new.keys()):
        ids = sorted(old[name].keys() & new[name].keys())
        if not ids:
            continue
        a, b = [old[name][i] for i in ids], [new[name][i] for i in ids]
        p_values[name] = paired_p(a, b, [source[i] for i in ids])
        result[name] = {"n": len(ids), "before": sum(a) / len(a), "after": sum(b) / len(b)}
    for name, p in holm(p_values).items():
        result[name]["p"] = p
    return result


def _ranking(
    questions: Sequence[GoldQuestion], rows: Sequence[metrics.Row]
) -> dict[str, dict[str, float]]:
    """Return MRR and nDCG@10 over pages, as ir-measures computes them.

    A page that a folded twin stands on counts as retrieved at its twin's rank.
    """
    qrels, ranked = [], []
    for question, row in zip(questions, rows, strict=True):
        if not question.answerable or row["retrieved"] is None:
            continue
        gold = set(question.gold_pages)
        qrels.append(Qrel(question.id, "gold", 1))
        for rank, pages in enumerate(metrics.ranked_pages(row)):
            name = "gold" if pages & gold else f"page-{rank}"
            ranked.append(ScoredDoc(question.id, name, -float(rank)))
            if name == "gold":
                break
    found: dict[str, dict[str, float]] = {name: {} for name in _RANKING.values()}
    for qrel in qrels:
        for values in found.values():
            values[qrel.query_id] = 0.0
    for metric in ir_measures.iter_calc(list(_RANKING), qrels, ranked):
        found[_RANKING[metric.measure]][metric.query_id] = float(metric.value)
    return found


def _groups(questions: Sequence[GoldQuestion]) -> dict[str, list[GoldQuestion]]:
    groups: dict[str, list[GoldQuestion]] = {"all": list(questions)}
    for question in questions:
        groups.setdefault(f"language {question.language}", []).append(question)
        if question.kind:
            groups.setdefault(f"kind {question.kind.split('/')[0]}", []).append(question)
    return groups


def _summary(members: Sequence[GoldQuestion], by_id: Mapping[str, float]) -> dict[str, float]:
    values = [by_id[q.id] for q in members]
    mean, low, high = interval(values, [q.source_id for q in members])
    return {"n": len(values), "mean": mean, "low": low, "high": high}


def _bounds(found: tuple[float, float] | None, n: int) -> dict[str, float] | None:
    return None if found is None else {"n": n, "low": found[0], "high": found[1]}
