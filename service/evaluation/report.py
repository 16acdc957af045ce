"""A run as one self-contained HTML page: stamps, figures, plots, and the errors to read."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from service.evaluation.failures import failures
from service.evaluation.questions import GoldQuestion
from service.evaluation.run import Run

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;"
    "color:#1b2430}table{border-collapse:collapse;margin:1rem 0}td,th{border-bottom:1px solid #ddd;"
    "padding:.25rem .7rem;text-align:start;vertical-align:top}.n{text-align:end;"
    "font-variant-numeric:tabular-nums}td small{white-space:nowrap}"
    "figure{display:inline-block;vertical-align:top;margin:1rem 0}"
    "svg text{font-size:13px;fill:#1b2430}figcaption{max-width:24rem}"
)
# What finding brought, what was quoted of it, and whether to answer at all: a table each.
_TOPICS = {
    "Finding": (
        *("page_at_1", "page_at_5", "page_at_10", "passage_at_1", "passage_at_5"),
        *("mrr", "ndcg_at_10", "no_twins_at_5"),
    ),
    "Quoting": (
        *("answer_span", "citation_precision", "citation_recall", "quote_fidelity"),
        *("highlight_words", "notice_present"),
    ),
    "Answering and refusing": ("answered", "partial", "right_refusal", "refused_unanswerable"),
}
_SIDE = 320
_CURVES = {
    "auroc": "AUROC",
    "expected_calibration_error": "expected calibration error",
    "refusal_recall_at_95_coverage": "refusal recall at 95 % coverage",
}


def html_report(run: Run, questions: Sequence[GoldQuestion]) -> str:
    """Return the report of a run; it loads nothing and holds no script."""
    quality = run.quality
    parts = [
        "<h1>Passerelle: answer quality</h1>",
        _pairs(run.stamps),
        *(f"<h2>{title}</h2>{_figures(run.figures, names)}" for title, names in _TOPICS.items()),
        "<h2>Parity, worst language first</h2>",
        _parity(quality["parity"]),
        "<h2>Confidence</h2>",
        _pairs(
            {
                **{shown: _number(quality, name) for name, shown in _CURVES.items()},
                **{f"seconds, {k}": f"{v:.3f}" for k, v in quality["seconds"].items()},
            }
        ),
        _plot(
            "Risk and coverage: answering from the surest question down. An answer is wrong when "
            "no page answers, or when what it quotes first does not",
            ("coverage: share answered", "risk: share of the answers wrong"),
            [(c, r) for _, c, r in quality["risk_coverage"]],
            diagonal=False,
        ),
        _plot(
            "Reliability: on the dashed line a confidence means what it says",
            ("confidence", "share that the pages answer"),
            [(mean, share) for mean, share, _ in quality["calibration_bins"]],
            diagonal=True,
        ),
        "<h2>Errors</h2>",
        _errors(questions, run.rows),
    ]
    head = "<!doctype html><html lang=en><meta charset=utf-8><title>Passerelle: quality</title>"
    return f"{head}<style>{_STYLE}</style>" + "\n".join(parts)


def text_report(run: Run) -> str:
    """Return the figures for a terminal, one group a block."""
    lines = []
    for group, table in run.figures.items():
        lines.append(group)
        lines += [
            f"  {name:<22} {f['mean']:7.3f}  [{f['low']:.3f}, {f['high']:.3f}]  n={f['n']}"
            for name, f in table.items()
        ]
    lines += [f"{shown}: {_number(run.quality, name)}" for name, shown in _CURVES.items()]
    return "\n".join(lines)


def _number(quality: Mapping[str, Any], name: str) -> str:
    value, bounds = quality[name], quality["intervals"][name]
    if value is None:
        return "n/a"
    if bounds is None:
        return f"{value:.3f}"
    return f"{value:.3f} ({bounds['low']:.3f}-{bounds['high']:.3f}), n={bounds['n']}"


def _pairs(values: Mapping[str, str]) -> str:
    rows = (f"<tr><th>{escape(k)}<td>{escape(v)}" for k, v in values.items())
    return f"<table>{''.join(rows)}</table>"


def _figures(figures: Mapping[str, Any], names: Sequence[str]) -> str:
    counted = [name for name in names if name in figures["all"]]
    head = "".join(f"<th class=n>{escape(name.replace('_', ' '))}" for name in counted)
    rows = []
    for group in sorted(figures, key=_place):
        cells = "".join(f"<td class=n>{_cell(figures[group].get(name))}" for name in counted)
        rows.append(f"<tr><th>{escape(group.replace('_', ' '))}{cells}")
    return f"<table><tr><th>{head}{''.join(rows)}</table>"


def _place(group: str) -> tuple[int, str]:
    """Order groups: all questions, then by language, then by kind."""
    return 0 if group == "all" else 1 if group.startswith("language") else 2, group


def _cell(figure: Mapping[str, float] | None) -> str:
    if figure is None:
        return ""
    span = f"{figure['low']:.2f}-{figure['high']:.2f}"
    return f"{figure['mean']:.2f}<br><small>{span}<br>n={figure['n']}</small>"


def _parity(parity: Mapping[str, Any]) -> str:
    rows = []
    for name, found in parity.items():
        languages = sorted(found["by_language"].items(), key=lambda item: item[1])
        listed = ", ".join(f"{code} {mean:.2f}" for code, mean in languages)
        shown = escape(name.replace("_", " "))
        rows.append(f"<tr><th>{shown}<td class=n>{found['ratio']:.2f}<td>{escape(listed)}")
    return f"<table><tr><th><th>worst / best<th>by language{''.join(rows)}</table>"


def _plot(
    title: str, axes: tuple[str, str], points: Sequence[tuple[float, float]], *, diagonal: bool
) -> str:
    """Draw a line through points in the unit square, with its axes named and marked."""
    path = " ".join(f"{x * _SIDE:.1f},{(1 - y) * _SIDE:.1f}" for x, y in points)
    parts = [f'<rect width="{_SIDE}" height="{_SIDE}" fill="#fafafa" stroke="#ddd"/>']
    for share in (0, 0.25, 0.5, 0.75, 1):
        at = share * _SIDE
        parts += [
            f'<path d="M{at} 0V{_SIDE}M0 {at}H{_SIDE}" stroke="#e6e6e6"/>',
            f'<text x="{at}" y="{_SIDE + 18}" text-anchor="middle">{share:g}</text>',
            f'<text x="-8" y="{_SIDE - at + 4}" text-anchor="end">{share:g}</text>',
        ]
    if diagonal:
        parts.append(f'<path d="M0 {_SIDE}L{_SIDE} 0" stroke="#999" stroke-dasharray="4"/>')
    parts += [
        f'<polyline points="{path}" fill="none" stroke="#0b4f83" stroke-width="2"/>',
        f'<text x="{_SIDE / 2}" y="{_SIDE + 38}" text-anchor="middle">{escape(axes[0])}</text>',
        f'<text transform="translate(-44 {_SIDE / 2}) rotate(-90)" text-anchor="middle">'
        f"{escape(axes[1])}</text>",
    ]
    box = f'width="{_SIDE + 70}" height="{_SIDE + 60}" viewBox="-55 -10 {_SIDE + 70} {_SIDE + 60}"'
    drawing = f'<svg {box} role=img aria-label="{escape(title)}">{"".join(parts)}</svg>'
    return f"<figure>{drawing}<figcaption>{escape(title)}</figcaption></figure>"


def _errors(questions: Sequence[GoldQuestion], rows: Sequence[Mapping[str, Any]]) -> str:
    head = "<tr><th>id<th>step<th>question<th>expected<th>shown<th>confidence"
    lines = [
        f"<tr><td>{escape(f.id)}<td>{escape(f.step)}<td dir=auto>{escape(f.question)}"
        f"<td>{escape(f.expected)}<td dir=auto>{escape(f.cited)}<td class=n>{f.confidence:.2f}"
        for f in failures(questions, rows)
    ]
    return f"<table>{head}{''.join(lines)}</table>"
