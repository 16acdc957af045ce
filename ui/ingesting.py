"""`passerelle ingest` for a person: progress while it runs, then what it did or would do."""

import sqlite3
import sys
import time
from collections.abc import Sequence

from ingest.differences import Difference
from ingest.errors import PasserelleError
from ingest.records import ChangeSet
from ingest.refresh import Source
from ingest.settings import Settings
from service.refreshing import Report, refresh
from service.rehearsal import PagePreview, Rehearsal, rehearse
from service.schedule import due
from ui.who import who

_SHOWN_LINES = 60


def ingest_sources(
    sources: Sequence[Source], settings: Settings, *, confirmed: bool, scheduled: bool = False
) -> Report:
    """Read the sources and publish what changed; what cannot be read is named on stderr.

    Raises:
        RefreshHeld: a person has to confirm first.
        PasserelleError: a source, the data directory or the encoder cannot be used.
    """
    report = refresh(
        sources,
        settings,
        by="schedule" if scheduled else who(),
        confirmed=confirmed,
        scheduled=scheduled,
        progress=show_progress,
    )
    _warn(report.changes)
    return report


def rehearse_sources(
    sources: Sequence[Source], settings: Settings, preview: str | None = None
) -> Rehearsal:
    """Say what a refresh would do; with `preview`, how the page of that key would be quoted.

    Raises:
        PasserelleError: a source or the data directory cannot be used.
    """
    rehearsal = rehearse(sources, settings, show_progress, preview)
    _warn(rehearsal.changes)
    return rehearsal


def read_anything(changes: Sequence[ChangeSet]) -> bool:
    """Whether at least one page could be read, or nothing was there to read."""
    return all(c.added or c.changed or c.unchanged or not c.unreadable for c in changes)


def report_text(report: Report) -> str:
    """Write down what a refresh did."""
    lines = [
        *map(_counts, report.changes),
        f"generation {report.generation}: {report.pages} pages, {report.passages} passages, "
        f"{report.passages_encoded} passages encoded ({report.encoded} texts), "
        f"{report.seconds:.1f} s",
    ]
    if report.receipts:
        found = f"{report.unsound} FOUND AGAIN" if report.unsound else "none found again"
        lines.append(f"{report.receipts} passages left, looked for everywhere: {found}")
    if report.findings:
        found = ", ".join(f"{count} {rule}" for rule, count in report.findings.items())
        lines.append(f"lint: {found} on pages that came or changed; see `passerelle lint`")
    return "\n".join(lines)


def rehearsal_text(rehearsal: Rehearsal, preview: str | None = None) -> str:
    """Write down what a refresh would do; with `preview`, how one page would be quoted."""
    lines = [*map(_counts, rehearsal.changes)]
    for page in rehearsal.pages:
        lines += ["", *_difference(page.difference)]
        lines += [f"  line {f.line}, {f.severity}: {f.reason} ({f.rule})" for f in page.findings]
        if preview == page.difference.key:
            lines += _passages(page)
    lines += ["", *(f"held: {reason}" for reason in rehearsal.held)]
    lines.append(f"dry run: nothing was written, nothing was encoded ({rehearsal.seconds:.1f} s)")
    return "\n".join(lines)


def show_progress(step: str, done: int, total: int) -> None:
    """Keep one line up to date on a terminal; elsewhere write a line now and then."""
    if sys.stderr.isatty():
        end = "\n" if done == total else ""
        sys.stderr.write(f"\r{step} {done}{f'/{total}' if total else ''}{end}")
    elif total and done and (done == total or done % (20 * 256) == 0):
        sys.stderr.write(f"{step} {done}/{total}\n")


def keep_ingesting(sources: Sequence[Source], settings: Settings, seconds: int) -> int:
    """Refresh every so often until interrupted; a refresh that fails is told, and the next comes.

    A source with a schedule of its own is read when that is due, however often this wakes.
    """
    while True:
        try:
            if now := due(sources, settings):
                report = ingest_sources(now, settings, confirmed=False, scheduled=True)
                sys.stdout.write(report_text(report) + "\n")
        except (PasserelleError, sqlite3.Error) as error:
            sys.stderr.write(f"passerelle: {error}\n")
        sys.stdout.flush()
        time.sleep(seconds)


def _counts(changes: ChangeSet) -> str:
    counts = {
        "added": len(changes.added),
        "changed": len(changes.changed),
        "unchanged": len(changes.unchanged),
        "removed": len(changes.removed),
        "unreadable": len(changes.unreadable),
    }
    return f"{changes.source}: " + ", ".join(f"{n} {name}" for name, n in counts.items())


def _difference(found: Difference) -> list[str]:
    head = f"{found.change}: {found.key}  {found.title} ({found.words} words)"
    if found.moved:
        head += f", the same as {found.moved}: renamed"
    lines = [head]
    lines += [f"  {name}: {before} -> {after}" for name, before, after in found.metadata]
    lines += [f"  {line}" for line in found.lines[:_SHOWN_LINES]]
    if len(found.lines) > _SHOWN_LINES:
        lines.append(f"  ... {len(found.lines) - _SHOWN_LINES} more lines, see --json")
    return lines


def _passages(page: PagePreview) -> list[str]:
    lines = []
    for number, passage in enumerate(page.passages, start=1):
        mark = "new" if passage.fresh else "as today"
        lines += [f"  [{number}] {' > '.join(passage.section) or '(top)'} ({mark})"]
        lines += [f"      ({words})" for words in passage.context]
        lines += [f"      {line}" for line in passage.text.splitlines() if line]
    return lines


def _warn(changes: Sequence[ChangeSet]) -> None:
    for change in changes:
        for origin, reason in change.unreadable.items():
            sys.stderr.write(f"passerelle: {origin}: {reason}\n")
