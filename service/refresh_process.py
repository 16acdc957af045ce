"""A refresh, dry run, lint or purge in a process of its own: `python -m service.refresh_process`.

Apart so that serving never loads torch, shares no lock with the work, and can end it at any moment.
The order comes as JSON on standard input; progress and the result go out as JSON, a line each.
"""

import json
import os
import signal
import sys
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from ingest.errors import PasserelleError, RefreshCancelled, RefreshHeld
from ingest.refresh import sources_of
from ingest.settings import Settings
from service.linting import lint_sources
from service.purging import purge
from service.refreshing import refresh
from service.rehearsal import rehearse

_NICENESS = 10


def main() -> int:
    """Do what standard input orders, and return 0 when it was done."""
    # Questions that are asked meanwhile come first.
    with suppress(OSError):
        os.nice(_NICENESS)
    order = json.load(sys.stdin)
    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: stopped.append(number))

    def progress(step: str, done: int, total: int) -> None:
        if stopped and order["task"] != "purge":
            raise RefreshCancelled("the refresh was cancelled; nothing was published")
        # What a purge began is done, whether or not anybody listens any more.
        with suppress(*((OSError,) if order["task"] == "purge" else ())):
            _tell({"progress": [step, done, total]})

    try:
        _tell({"report": _run(order, progress)})
    except PasserelleError as error:
        held = isinstance(error, RefreshHeld)
        cancelled = isinstance(error, RefreshCancelled)
        state = "held" if held else "cancelled" if cancelled else "failed"
        _tell({"error": str(error), "state": state})
        return 1
    return 0


def _run(order: dict[str, Any], progress: Any) -> dict[str, Any]:
    settings = Settings.model_validate(order["settings"])
    wanted = set(order["sources"])
    sources = [s for s in sources_of(settings) if not wanted or s.name in wanted]
    if order["task"] == "rehearse":
        return rehearse(sources, settings, progress).as_json()
    if order["task"] == "lint":
        findings, unreadable = lint_sources(sources, settings, progress)
        return {"findings": [asdict(f) for f in findings], "unreadable": unreadable}
    if order["task"] == "purge":
        return purge(
            order["page"], settings, by=order["by"], run=order["run"], progress=progress
        ).as_json()
    report = refresh(
        sources,
        settings,
        by=order["by"],
        run=order["run"],
        confirmed=order["confirmed"],
        progress=progress,
    )
    return report.as_json()


def _tell(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
