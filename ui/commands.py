"""What each verb of the command line does. Heavy imports wait until the verb that needs them."""

import argparse
import gc
import json
import sys
from dataclasses import asdict
from typing import Any

from ingest.errors import PageError, RefreshHeld, SourceError, StoreError
from ingest.refresh import sources_of
from ingest.settings import Settings

_JSON: dict[str, Any] = {"ensure_ascii": False, "default": str}


def say(text: str) -> None:
    """Write one line for a person, or one document for a program, to standard output."""
    sys.stdout.write(text + "\n")


def ingest(options: argparse.Namespace, settings: Settings) -> int:
    """Read the sources named, or those in the settings, and publish what changed."""
    from ui import ingesting

    sources = sources_of(settings, options.sources, allow_private=options.allow_private)
    if options.dry_run or options.preview:
        rehearsal = ingesting.rehearse_sources(sources, settings, options.preview)
        text = ingesting.rehearsal_text(rehearsal, options.preview)
        say(json.dumps(rehearsal.as_json(), **_JSON) if options.json else text)
        return 0 if ingesting.read_anything(rehearsal.changes) else 1
    if options.every:
        return ingesting.keep_ingesting(sources, settings, options.every)
    report = ingesting.ingest_sources(sources, settings, confirmed=options.confirm_removals)
    say(json.dumps(report.as_json(), **_JSON) if options.json else ingesting.report_text(report))
    return 0 if ingesting.read_anything(report.changes) and not report.unsound else 1


def lint(options: argparse.Namespace, settings: Settings) -> int:
    """Look at pages for what a maintainer should mend; exit code 1 when there is an error."""
    from service.linting import by_rule, lint_sources
    from ui.ingesting import show_progress

    sources = sources_of(settings, options.sources, allow_private=options.allow_private)
    findings, failures = lint_sources(sources, settings, show_progress)
    if options.json:
        found = {"findings": [asdict(f) for f in findings], "unreadable": failures}
        say(json.dumps(found, **_JSON))
    else:
        for f in findings:
            say(f"{f.page}:{f.line}: {f.severity}: {f.reason} ({f.rule})")
        for origin, reason in failures.items():
            say(f"{origin}: unreadable: {reason}")
        counts = ", ".join(f"{count} {rule}" for rule, count in by_rule(findings).items())
        say(f"{len(findings)} findings" + (f": {counts}" if counts else ""))
    return 1 if failures or any(f.severity == "error" for f in findings) else 0


def ask(options: argparse.Namespace, settings: Settings) -> int:
    """Answer one question from the live generation. A refusal is an answer: exit code 0."""
    from service.api.wire import answer_out
    from ui.terminal import answer_text

    answer = _engine(settings).answerer.answer(_question(options))
    language = options.language or answer.question_language
    wire = answer_out(answer, language)
    say(wire.model_dump_json() if options.json else answer_text(wire, language))
    return 0


def explain(options: argparse.Namespace, settings: Settings) -> int:
    """Show what was found for a question, with what each leg and field contributed."""
    from ui.terminal import explanation_json, explanation_text

    found = _engine(settings).answerer.find(_question(options))
    say(
        json.dumps(explanation_json(found), ensure_ascii=False)
        if options.json
        else explanation_text(found)
    )
    return 0


def serve(options: argparse.Namespace, settings: Settings) -> int:
    """Serve the API and the plain page until interrupted."""
    # What is read at the start stays: to look for garbage in it takes a tenth of the start.
    gc.disable()
    import uvicorn

    from service.api.app import create_app
    from ui.plain import mount
    from ui.ports import address, listen

    host, port = options.host or settings.service.host, _port(options, settings.service.port)
    with listen(host, port) as socket:
        engine = _engine(settings)
        app = create_app(engine)
        mount(app, engine)
        gc.freeze()
        gc.enable()
        config = uvicorn.Config(app, log_level=settings.service.log, access_log=False)
        host, port = socket.getsockname()[:2]
        say(
            f"Passerelle answers at {address(host, port)}/ ({engine.answerer.searcher.manifest.id})"
        )
        sys.stdout.flush()
        uvicorn.Server(config).run(sockets=[socket])
    return 0


def ui(options: argparse.Namespace, settings: Settings) -> int:
    """Serve the ask page until interrupted."""
    return _app("app.py", settings.service.ui_port, options, settings)


def staff(options: argparse.Namespace, settings: Settings) -> int:
    """Serve the maintainers' page until interrupted."""
    return _app("staff.py", settings.service.staff_port, options, settings)


def start(options: argparse.Namespace, settings: Settings) -> int:
    """Ingest the sources, serve both, print the addresses and one answered question."""
    from index.generation import live_manifest
    from ui.ingesting import ingest_sources, report_text
    from ui.start import refuse_taken_ports
    from ui.start import start as start_all

    refuse_taken_ports(settings)
    try:
        say(report_text(ingest_sources(sources_of(settings), settings, confirmed=False)))
    except (RefreshHeld, SourceError, PageError, StoreError) as error:
        # What was published before answers as well as it did; where there is nothing, why it is so
        # is all that can be said.
        try:
            kept = live_manifest(settings.data)
        except StoreError:
            raise error from None
        sys.stderr.write(
            f"passerelle: {error}\n"
            f"passerelle: served as before: generation {kept.id} of {kept.made_at[:10]}\n"
        )
    arguments = [
        word
        for flag in ("data", "settings")
        if (value := getattr(options, flag))
        for word in (f"--{flag}", str(value))
    ]
    return start_all(settings, arguments)


def feedback(options: argparse.Namespace, settings: Settings) -> int:
    """List what people said of quotations, or the start of evaluation questions made from it."""
    from service.feedback import Feedback, as_question

    rows: list[dict[str, Any]] = Feedback(settings.data).rows()
    if options.questions:
        rows = [question for row in rows if (question := as_question(row))]
    for row in rows:
        say(json.dumps(row, ensure_ascii=False))
    return 0


def doctor(options: argparse.Namespace, settings: Settings) -> int:
    """Check everything that answering needs; exit code 1 when something is wrong."""
    from ui.checkup import check_all

    findings = check_all(settings)
    if options.json:
        say(json.dumps([asdict(f) for f in findings], ensure_ascii=False))
    else:
        say("\n".join(f"{'ok ' if f.sound else 'BAD'}  {f.what}: {f.detail}" for f in findings))
    return 0 if all(f.sound for f in findings) else 1


def evaluate(options: argparse.Namespace, settings: Settings) -> int:
    """Measure answer quality; exit code 1 when a figure moved against the baseline."""
    from ui.evaluating import run_evaluation

    return run_evaluation(options, settings)


def tune_heads(options: argparse.Namespace, settings: Settings) -> int:
    """Learn the heads for lines of what people ask and for queries."""
    from ui.tuning import run_head_tuning

    return run_head_tuning(options, settings)


def tune(options: argparse.Namespace, settings: Settings) -> int:
    """Fit the confidence of the live generation on judged questions."""
    from ui.tuning import run_tuning

    return run_tuning(options, settings)


def _app(app: str, port: int, options: argparse.Namespace, settings: Settings) -> int:
    from ui.apps import run
    from ui.ports import address

    service = settings.service
    api = address(service.host, service.port)
    run(app, options.host or service.host, _port(options, port), options.settings, api)
    return 0


def _engine(settings: Settings) -> Any:
    from service.engine import Engine

    return Engine(settings)


def _question(options: argparse.Namespace) -> Any:
    from service.records import Question

    given = options.question
    # What is no UTF-8 is a question all the same: the words around it may be enough.
    read = sys.stdin.buffer.read() if given == "-" else given.encode("utf-8", "surrogateescape")
    return Question(read.decode("utf-8", "replace"), options.language, limit=options.limit)


def _port(options: argparse.Namespace, default: int) -> int:
    return default if options.port is None else options.port
