"""`passerelle evaluate`: ask every question here or of a running service, write down what came."""

import argparse
import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ingest.errors import EvaluationInvalid
from ingest.settings import Settings
from service.engine import Engine
from service.evaluation.condensing import SIGNIFICANT, compare_condensed, condense, summary
from service.evaluation.questions import GoldQuestion, load_questions, refuse_unknown_pages
from service.evaluation.report import html_report, text_report
from service.evaluation.run import Run, evaluate, finish
from service.kept_runs import KeptRuns
from ui.client import Client
from ui.written import refuse_unwritable, write


def run_evaluation(options: argparse.Namespace, settings: Settings) -> int:
    """Measure, report, and compare with a baseline; exit code 1 when a figure moved for real.

    Raises:
        EvaluationInvalid: a question file or the baseline cannot be used.
        OutputUnusable: a file cannot be written.
        ServiceUnreachable: the service at `--url` does not answer.
    """
    refuse_unwritable(options.json, options.report, options.summary)
    questions = load_questions(options.questions)
    if options.split:
        questions = [q for q in questions if q.split == options.split]
    run = _ask_service(questions, options.url) if options.url else _ask_here(questions, settings)
    condensed = condense(run, questions, [file.name for file in options.questions])
    # First what nobody named a place for: a file that fails then takes nothing with it.
    kept = KeptRuns(settings.data).keep(condensed)
    sys.stdout.write(f"{text_report(run)}\nkept as evaluation {kept}\n")
    write(options.json, run.as_json())
    write(options.report, html_report(run, questions))
    write(options.summary, summary(condensed))
    return _hold_against(options.baseline, condensed) if options.baseline else 0


def _ask_here(questions: list[GoldQuestion], settings: Settings) -> Run:
    answerer = Engine(settings).answerer
    refuse_unknown_pages(questions, answerer.searcher.keys())
    return evaluate(questions, answerer, _progress)


def _ask_service(questions: list[GoldQuestion], url: str) -> Run:
    """Ask a running service; what it retrieved is known only as far as it cites it."""
    client = Client(url)
    rows: list[dict[str, Any]] = []
    for done, question in enumerate(questions, start=1):
        began = time.perf_counter()
        answer = client.ask(question.question, limit=10).model_dump(mode="json")
        seconds = time.perf_counter() - began
        retrieved = [{**c, "text": c["quote"]} for c in answer["citations"]]
        urgent = answer["urgent"] and answer["urgent"]["kind"]
        row = {name: answer[name] for name in ("outcome", "confidence", "citations")}
        row |= {"id": question.id, "retrieved": retrieved, "urgent": urgent, "seconds": seconds}
        rows.append(row)
        _progress(done, len(questions))
    status = client.status()
    return finish(questions, rows, {"generation": status.generation, "model": status.encoder})


def _hold_against(file: Path, run: Mapping[str, Any]) -> int:
    try:
        before = json.loads(file.read_text("utf-8"))
        moved = compare_condensed(before, run)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise EvaluationInvalid(
            f"baseline {file} is no summary that `evaluate --summary` wrote: {error}"
        ) from error
    if not moved:
        raise EvaluationInvalid(f"baseline {file} has none of these questions")
    for name, figure in moved.items():
        mark = "MOVED" if figure["p"] < SIGNIFICANT else "     "
        moved_to = f"{figure['before']:.3f} -> {figure['after']:.3f} p={figure['p']:.4f}"
        sys.stdout.write(f"{mark} {name:<22} {moved_to}\n")
    return int(any(figure["p"] < SIGNIFICANT for figure in moved.values()))


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done}/{total}" + ("\n" if done == total else ""))
