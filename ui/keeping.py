"""The verbs of those who keep the service: status, history, roll back, purge, keys."""

import argparse
import json
import sys
from dataclasses import asdict
from typing import Any

from ingest.history import History, Run
from ingest.settings import Settings
from ui.commands import say
from ui.who import who


def status(options: argparse.Namespace, settings: Settings) -> int:
    """Say what is live, where it came from and when it was last refreshed."""
    from index.generation import live_manifest
    from ingest.catalogue import Catalogue
    from service.schedule import overview

    manifest = live_manifest(settings.data)
    catalogue = Catalogue(settings.data)
    try:
        runs = History(catalogue).runs(1)
        pages = [*catalogue.known()] if options.pages else None
    finally:
        catalogue.close()
    sources = [asdict(source) for source in overview(settings)]
    counts: dict[str, Any] = {
        "generation": manifest.id,
        "made_at": manifest.made_at,
        "pages": manifest.counts["pages"],
        "passages": manifest.counts["passages"],
        "languages": dict(manifest.languages),
        "encoder": manifest.encoder,
        "version": manifest.version,
        "data": str(settings.data),
    }
    if settings.service.maintainer:
        from service.feedback import Feedback

        counts["feedback"] = Feedback(settings.data).counts()
    if options.json:
        more: dict[str, Any] = {"sources": sources, "last": asdict(runs[0]) if runs else None}
        if pages is not None:
            more["keys"] = pages
        say(json.dumps({**counts, **more}, ensure_ascii=False))
        return 0
    width = max(map(len, counts))
    lines = [f"{name:<{width}}  {value}" for name, value in counts.items()]
    lines += [_source_line(source) for source in sources]
    lines += [_run_line(run) for run in runs]
    say("\n".join([*lines, *(pages or [])]))
    return 0


def history(options: argparse.Namespace, settings: Settings) -> int:
    """List what was done, newest first; with a name, one record and its receipts."""
    from ingest.catalogue import Catalogue
    from ingest.errors import RunUnknown

    catalogue = Catalogue(settings.data)
    try:
        kept = History(catalogue)
        if options.run_id is None:
            runs = kept.runs(options.limit)
            found: Any = [asdict(run) for run in runs]
            lines = [_run_line(run) for run in runs] or ["nothing has been done here yet"]
        else:
            run = kept.run(options.run_id)
            if run is None:
                raise RunUnknown(f"no {options.run_id} is remembered; see `passerelle history`")
            receipts = kept.receipts(run.id)
            found = {**asdict(run), "receipts_kept": [asdict(receipt) for receipt in receipts]}
            lines = [_run_line(run)]
            lines += [
                f"  {r.page_key}@{r.page_digest} passage {r.passage}: {r.rows} rows, {r.vectors} "
                f"vectors, {r.postings} postings, returned "
                + ("not asked" if r.returned is None else str(r.returned))
                + ("" if r.lines is None else f", {r.lines} lines")
                for r in receipts
            ]
    finally:
        catalogue.close()
    say(json.dumps(found, ensure_ascii=False) if options.json else "\n".join(lines))
    return 0


def rollback(options: argparse.Namespace, settings: Settings) -> int:
    """List what would come back and what would go, ask, and switch."""
    from index.rollback import plan_rollback
    from service.rollbacks import roll_back

    plan = plan_rollback(settings.data, options.generation)
    say(f"from {plan.current} to {plan.target} ({plan.made_at})")
    if not plan.known:
        say("what comes back, changes and goes is not known: the live generation cannot be read")
    for label, keys in (
        ("comes back", plan.comes_back),
        ("changes", plan.changes),
        ("goes", plan.goes),
    ):
        if plan.known:
            say(f"{label}: {', '.join(keys) or 'nothing'}")
    if not options.yes and not _agreed("switch?"):
        return 1
    roll_back(settings, plan, by=who())
    say(f"{plan.target} is live")
    return 0


def purge(options: argparse.Namespace, settings: Settings) -> int:
    """Erase a page for good, or let one that was erased come back."""
    from ingest.catalogue import Catalogue
    from ingest.purging import Purged
    from service.purging import purge as erase

    if options.readmit:
        catalogue = Catalogue(settings.data)
        try:
            Purged(catalogue).readmit(options.key)
        finally:
            catalogue.close()
        told = f"{options.key} may come back with the next ingest"
        say(json.dumps({"readmitted": options.key}, ensure_ascii=False) if options.json else told)
        return 0
    # Beside what is for a program, so that `--json` is JSON alone.
    sys.stderr.write(
        f"{options.key}: every version goes, every generation that holds it, and every vector that "
        "no other page needs. It cannot be undone, and the page does not come back from its "
        "source.\n"
    )
    if not options.yes and not _agreed("erase it?"):
        return 1
    report = erase(options.key, settings, by=who())
    if options.json:
        say(json.dumps(report.as_json(), ensure_ascii=False))
    else:
        say(
            f"erased: {report.versions} versions, {report.generations} generations, "
            f"{report.vectors} vectors; {report.generation} is live\n"
            f"{report.receipts} passages looked for everywhere: "
            + (f"{report.unsound} FOUND AGAIN" if report.unsound else "none found again")
        )
    return 1 if report.unsound else 0


def keys(options: argparse.Namespace, settings: Settings) -> int:
    """Make, list or revoke maintainers' keys."""
    from service.keys import Keys

    kept = Keys(settings.data)
    if options.action == "list":
        say("\n".join(f"{key.added}  {key.name}" for key in kept.all()) or "nobody has a key")
    elif options.action == "add":
        say(kept.add(options.name))
        sys.stderr.write("keep it now: it is stored as a hash and cannot be shown again\n")
    else:
        kept.revoke(options.name)
        say(f"the key of {options.name} opens nothing any more")
    return 0


def _agreed(question: str) -> bool:
    try:
        answer = input(f"{question} [y/N] ")
    except EOFError:
        answer = ""
    if answer.strip().lower() in {"y", "yes", "o", "oui"}:
        return True
    say("nothing was changed")
    return False


def _source_line(source: dict[str, Any]) -> str:
    facts = [f"{source['pages']} pages", f"{source['stale']} stale"]
    if source["last_refreshed"]:
        facts.append(f"read {source['last_refreshed'][:16]}")
    if source["next_refresh"]:
        facts.append(f"next {source['next_refresh'][:16]}")
    return f"source {source['name']}: " + ", ".join(facts)


def _run_line(run: Run) -> str:
    counts = [
        f"{name}: " + ", ".join(f"{n} {what}" for what, n in source.items() if n)
        for name, source in run.sources.items()
    ]
    facts = [f"{run.began[:19]}  {run.id}  {run.kind} by {run.by}: {run.outcome}"]
    if run.generation:
        facts.append(f"generation {run.generation}")
    if run.seconds is not None:
        facts.append(f"{run.seconds:.1f} s")
    if run.receipts:
        facts.append(f"{run.receipts} receipts" + (f", {run.unsound} UNSOUND" * bool(run.unsound)))
    if run.findings:
        facts.append(f"{sum(run.findings.values())} findings")
    if run.detail:
        facts.append(run.detail)
    return "; ".join([*facts, *counts])
