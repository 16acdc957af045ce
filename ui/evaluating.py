"""`passerelle evaluate`: ask every question here or of a running service, write down what came."""

import argparse
import sys
import time
from typing import Any

import httpx

from ingest.errors import EvaluationInvalid
from ingest.settings import Settings
from service.engine import Engine
from service.evaluation.condensing import condense, summary
from service.evaluation.questions import GoldQuestion, load_questions, refuse_unknown_pages
from service.evaluation.report import html_report, text_report
from service.evaluation.run import Run, evaluate, finish
from service.kept_runs import KeptRuns
from ui.baselines import hold_against, read_baseline, refuse_other_questions
from ui.client import Client
from ui.written import refuse_unwritable, write


def run_evaluation(options: argparse.Namespace, settings: Settings) -> int:
    """Measure, report, and compare with a baseline; exit code 1 when a figure moved for real.

    Everything that can be refused is looked at before the first question is asked.

    Raises:
        EvaluationInvalid: a question file or the baseline cannot be used, or the baseline is of
            questions that are not asked.
        OutputUnusable: a file cannot be written.
        ServiceUnreachable: the service at `--url` does not answer.
    """
    refuse_unwritable(options.json, options.report, options.summary)
    before = read_baseline(options.baseline) if options.baseline else None
    questions = _chosen(options)
    if before:
        refuse_other_questions(options.baseline, before, questions)
    if options.url:
        run = _ask_service(questions, Client(options.url))
    else:
        run = _ask_here(questions, settings)
    condensed = condense(run, questions, [file.name for file in options.questions])
    # First what nobody named a place for: a file that fails then takes nothing with it.
    kept = KeptRuns(settings.data).keep(condensed)
    sys.stdout.write(f"{text_report(run)}\nkept as evaluation {kept}\n")
    write(options.json, run.as_json())
    write(options.report, html_report(run, questions))
    write(options.summary, summary(condensed))
    return hold_against(before, condensed) if before else 0


def _chosen(options: argparse.Namespace) -> list[GoldQuestion]:
    questions = load_questions(options.questions)
    if not options.split:
        return questions
    chosen = [question for question in questions if question.split == options.split]
    if not chosen:
        raise EvaluationInvalid(
            f"none of these {len(questions)} questions is in split {options.split!r}; leave "
            "--split out, or name files with such questions"
        )
    return chosen


def _ask_here(questions: list[GoldQuestion], settings: Settings) -> Run:
    answerer = Engine(settings).answerer
    refuse_unknown_pages(questions, answerer.searcher.keys())
    return evaluate(questions, answerer, _progress)


def _ask_service(questions: list[GoldQuestion], client: Client) -> Run:
    """Ask a running service as anybody asks it; it tells what it cites, not what it retrieved."""
    refuse_unknown_pages(questions, {page.key for page in client.pages()})
    rows: list[dict[str, Any]] = []
    # A service may publish meanwhile: then the stamp names each generation that answered.
    generations: dict[str, None] = {}
    for done, question in enumerate(questions, start=1):
        row, generation = _ask_over_wire(question, client)
        rows.append(row)
        generations[generation] = None
        _progress(done, len(questions))
    status = client.status()
    # A key to the service may stand in its address, and stamps are committed.
    address = str(httpx.URL(client.url).copy_with(userinfo=b""))
    stamped = {"generation": ", ".join(generations), "model": status.encoder}
    return finish(questions, rows, stamped | {"version": status.version, "url": address})


def _ask_over_wire(question: GoldQuestion, client: Client) -> tuple[dict[str, Any], str]:
    """Return the row of a question, and the generation that answered."""
    began = time.perf_counter()
    answer = client.ask(question.question).model_dump(mode="json")
    seconds = round(time.perf_counter() - began, 5)
    row = {name: answer[name] for name in ("outcome", "confidence", "citations", "notice")}
    # None and no empty list: nothing that was retrieved is known, which is not nothing retrieved.
    row |= {"id": question.id, "retrieved": None, "seconds": seconds}
    return row, answer["generation"]


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done}/{total}" + ("\n" if done == total else ""))
