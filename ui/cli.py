"""`passerelle ...`: the words of the command line. What each verb does is in `ui.commands`.

Exit codes: 0 done, 1 what was asked for failed or is held (one line on stderr), 2 wrong usage.
"""

import argparse
import os
import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path

from ingest.errors import PasserelleError
from ingest.settings import interval, load_settings
from ui import commands, keeping


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    parser = build_parser()
    options = parser.parse_args(arguments)
    _refuse_combinations(parser, options)
    try:
        settings = load_settings(options.settings, data=options.data)
        code: int = options.run(options, settings)
    except PasserelleError as error:
        sys.stderr.write(f"passerelle: {error}\n")
        return 1
    except sqlite3.DatabaseError as error:
        sys.stderr.write(
            f"passerelle: data directory {settings.data}: {error}; see `passerelle doctor`\n"
        )
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of our output has gone; say nothing more, also not at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code


def build_parser() -> argparse.ArgumentParser:
    """Return the parser, with every verb that this version has."""
    parser = argparse.ArgumentParser(
        prog="passerelle", description="Answers about rights in France: quotations, or nothing."
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help="where everything made is kept")
    parser.add_argument("--settings", type=Path, metavar="FILE", help="a TOML file of settings")
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    _content_verbs(verbs)
    _asking_verbs(verbs)
    _serving_verbs(verbs)
    _keeping_verbs(verbs)
    return parser


_Verbs = argparse._SubParsersAction
_JSON = "write JSON, for a program"
_CONFIRM = "publish although more pages vanish than refresh.removal_share allows"


def _interval(text: str) -> int:
    try:
        return interval(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _content_verbs(verbs: "_Verbs[argparse.ArgumentParser]") -> None:
    ingest = verbs.add_parser("ingest", help="read pages and publish what changed")
    _source_options(ingest)
    ingest.add_argument("--dry-run", action="store_true", help="say what would change")
    ingest.add_argument("--confirm-removals", action="store_true", help=_CONFIRM)
    ingest.add_argument("--preview", metavar="KEY", help="how this page would be quoted")
    ingest.add_argument("--every", type=_interval, metavar="6h", help="again and again, until ^C")
    ingest.add_argument("--json", action="store_true", help=_JSON)
    ingest.set_defaults(run=commands.ingest)
    lint = verbs.add_parser("lint", help="name what a maintainer should mend on the pages")
    _source_options(lint)
    lint.add_argument("--json", action="store_true", help=_JSON)
    lint.set_defaults(run=commands.lint)


def _refuse_combinations(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """Refuse what would be dropped without a word: who reads again and again confirms nothing."""
    if not getattr(options, "every", None):
        return
    for name in ("json", "confirm_removals", "dry_run", "preview"):
        if getattr(options, name):
            parser.error(
                f"--every and --{name.replace('_', '-')} do not go together: leave one out"
            )


def _source_options(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "sources",
        nargs="*",
        metavar="SOURCE",
        help="a folder, file or archive, or the address of a web page or sitemap",
    )
    verb.add_argument(
        "--allow-private",
        action="store_true",
        help="addresses may lead to this machine or a private network",
    )


def _asking_verbs(verbs: "_Verbs[argparse.ArgumentParser]") -> None:
    for name, run, help_ in (
        ("ask", commands.ask, "answer a question"),
        ("explain", commands.explain, "show what was found for a question, and why"),
    ):
        verb = verbs.add_parser(name, help=help_)
        verb.add_argument(
            "question", metavar="QUESTION", help="in your own words; - reads it from standard input"
        )
        verb.add_argument("--language", metavar="xx", help="of the notices around the answer")
        verb.add_argument(
            "--limit", type=int, choices=range(1, 11), metavar="N", help="most quotations, 1 to 10"
        )
        verb.add_argument("--json", action="store_true", help=_JSON)
        verb.set_defaults(run=run)


def _question_files(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--questions",
        nargs="+",
        type=Path,
        required=True,
        metavar="FILE",
        help="judged questions, one JSON object a line",
    )


def _serving_verbs(verbs: "_Verbs[argparse.ArgumentParser]") -> None:
    for name, run, help_ in (
        ("serve", commands.serve, "serve the API and the plain page"),
        ("ui", commands.ui, "serve the ask page (Streamlit)"),
        ("staff", commands.staff, "serve the maintainers' page (Streamlit), opened with a key"),
    ):
        verb = verbs.add_parser(name, help=help_)
        verb.add_argument("--host", help="default: this machine alone")
        verb.add_argument("--port", type=int, metavar="N", help="default: as the settings say")
        verb.set_defaults(run=run)
    start = verbs.add_parser("start", help="ingest corpus/, serve both, answer one question")
    start.set_defaults(run=commands.start)


def _keeping_verbs(verbs: "_Verbs[argparse.ArgumentParser]") -> None:
    evaluate = verbs.add_parser("evaluate", help="measure answer quality on question files")
    _question_files(evaluate)
    evaluate.add_argument("--split", choices=("tune", "dev", "gate"), help="only these questions")
    evaluate.add_argument("--json", type=Path, metavar="F", help="write the run")
    evaluate.add_argument("--report", type=Path, metavar="F", help="write the run as HTML")
    evaluate.add_argument("--summary", type=Path, metavar="F", help="write what is compared")
    evaluate.add_argument("--baseline", type=Path, metavar="F", help="fail on a significant move")
    evaluate.add_argument("--url", metavar="URL", help="measure a running service")
    evaluate.set_defaults(run=commands.evaluate)
    tune = verbs.add_parser("tune", help="fit the confidence on judged questions")
    _question_files(tune)
    tune.add_argument(
        "--split",
        nargs="+",
        choices=("tune", "dev"),
        default=["tune", "dev"],
        help="only these questions; default: both",
    )
    tune.add_argument("--output", type=Path, metavar="F", help="write there, not to the generation")
    tune.set_defaults(run=commands.tune)
    heads = verbs.add_parser("tune-heads", help="learn to tell what people ask apart, and to find")
    heads.add_argument("output", type=Path, metavar="FILE", help="to be named as encoder.heads")
    heads.set_defaults(run=commands.tune_heads)
    status = verbs.add_parser("status", help="say what is live")
    status.add_argument("--pages", action="store_true", help="list the keys of all pages")
    status.add_argument("--json", action="store_true", help=_JSON)
    status.set_defaults(run=keeping.status)
    history = verbs.add_parser("history", help="list refreshes, roll backs and purges")
    history.add_argument("run_id", nargs="?", metavar="ID", help="one of them, with its receipts")
    history.add_argument(
        "--limit", type=int, default=20, metavar="N", help="most records; default: 20"
    )
    history.add_argument("--json", action="store_true", help=_JSON)
    history.set_defaults(run=keeping.history)
    feedback = verbs.add_parser("feedback", help="list what people said of quotations")
    feedback.add_argument(
        "--questions", action="store_true", help="as evaluation questions, where one was sent"
    )
    feedback.set_defaults(run=commands.feedback)
    doctor = verbs.add_parser("doctor", help="check model, data, content and every generation")
    doctor.add_argument("--json", action="store_true", help=_JSON)
    doctor.set_defaults(run=commands.doctor)
    rollback = verbs.add_parser("rollback", help="make an earlier generation live again")
    rollback.add_argument(
        "generation",
        nargs="?",
        metavar="GENERATION",
        help="default: the newest one before what is live",
    )
    rollback.add_argument("--yes", action="store_true", help="do not ask")
    rollback.set_defaults(run=keeping.rollback)
    purge = verbs.add_parser("purge", help="erase a page for good, from every version")
    purge.add_argument("key", metavar="KEY", help="of the page, as `status --pages` lists it")
    purge.add_argument("--yes", action="store_true", help="do not ask")
    purge.add_argument("--readmit", action="store_true", help="let an erased page come back")
    purge.add_argument("--json", action="store_true", help=_JSON)
    purge.set_defaults(run=keeping.purge)
    _key_verbs(verbs)


def _key_verbs(verbs: "_Verbs[argparse.ArgumentParser]") -> None:
    keys = verbs.add_parser("keys", help="make, list or revoke maintainers' keys")
    actions = keys.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, help_ in (("add", "make a key and show it once"), ("revoke", "end a key")):
        action = actions.add_parser(name, help=help_)
        action.add_argument("name", metavar="NAME", help="whose key it is")
        action.set_defaults(run=keeping.keys)
    actions.add_parser("list", help="list who has a key").set_defaults(run=keeping.keys)


if __name__ == "__main__":
    sys.exit(main())
