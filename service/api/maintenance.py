"""What a maintainer's key opens: refreshes as jobs, roll backs, explanations, sources, history."""

from collections import Counter
from dataclasses import asdict

from fastapi import APIRouter, Response

from index.rollback import plan_rollback
from ingest.errors import Busy, RefreshHeld, RunUnknown
from ingest.history import History
from ingest.lock import is_refreshing
from service.api import maintenance_schemas as schemas
from service.api import wire
from service.api.access import Maintainer, Past, Running
from service.api.routes import Current, LiveEngine
from service.api.schemas import QuestionIn
from service.jobs import Job, Task
from service.rollbacks import roll_back
from service.schedule import overview

router = APIRouter(tags=["maintenance"])


@router.post("/v1/refreshes", status_code=202)
def start_refresh(
    asked: schemas.RefreshIn, by: Maintainer, jobs: Running, response: Response
) -> schemas.RefreshOut:
    """Start a refresh; one runs at a time, and a second is told so."""
    task: Task = "rehearse" if asked.dry_run else "refresh"
    job = jobs.start(by, asked.sources, task=task, confirmed=asked.confirm_removals)
    response.headers["Location"] = f"/v1/refreshes/{job.id}"
    return refresh_out(job)


@router.get("/v1/refreshes")
def refreshes(_: Maintainer, history: Past, limit: int = 20) -> list[schemas.RunOut]:
    """List what was done, newest first."""
    return [_run_out(run) for run in history.runs(max(1, min(limit, 200)))]


@router.get("/v1/refreshes/{run}")
def refresh(run: str, _: Maintainer, jobs: Running, history: Past) -> schemas.RefreshOut:
    """Say how far a refresh is, or what came of it."""
    job = jobs.get(run)
    return refresh_out(job) if job else _remembered(run, history)


@router.delete("/v1/refreshes/{run}", status_code=202)
def cancel_refresh(
    run: str, _: Maintainer, jobs: Running, history: Past, engine: LiveEngine
) -> schemas.RefreshOut:
    """Ask a refresh to stop; it publishes nothing unless it had done so already."""
    if job := jobs.cancel(run):
        return refresh_out(job)
    found = _remembered(run, history)
    if found.state == "running" and is_refreshing(engine.settings.data):
        raise Busy(
            f"{found.by} started this from outside of this service, which cannot stop it; "
            "stop it where it was started, or wait for it to end"
        )
    return found


@router.get("/v1/refreshes/{run}/receipts")
def receipts(run: str, _: Maintainer, history: Past) -> list[schemas.ReceiptOut]:
    """Return the receipt of every passage that left with this run."""
    if history.run(run) is None:
        raise RunUnknown(f"there is no refresh {run} here")
    return [schemas.ReceiptOut(**asdict(receipt)) for receipt in history.receipts(run)]


@router.post("/v1/rollbacks")
def rollback(asked: schemas.RollbackIn, by: Maintainer, engine: LiveEngine) -> schemas.RollbackOut:
    """Say what would come back and go; switch when it is confirmed."""
    plan = plan_rollback(engine.settings.data, asked.generation)
    if asked.confirm:
        if asked.generation is None:
            raise RefreshHeld(
                "name the generation that you confirm; a call without confirm tells it"
            )
        roll_back(engine.settings, plan, by=by)
        engine.refresh()
    return schemas.RollbackOut(
        current=plan.current,
        target=plan.target,
        made_at=plan.made_at,
        comes_back=[*plan.comes_back],
        changes=[*plan.changes],
        goes=[*plan.goes],
        known=plan.known,
        switched=asked.confirm,
    )


@router.post("/v1/explanations")
def explain(
    asked: QuestionIn, _: Maintainer, engine: LiveEngine, current: Current
) -> schemas.ExplanationOut:
    """Show what was found for a question, what each part gave, and the answer; none is counted."""
    question = wire.question_in(asked)
    found = current.find(question)
    answer = current.answer_found(question, found)
    return schemas.ExplanationOut(
        language=found.language,
        confidence=found.confidence,
        answer=wire.answer_out(answer, asked.language or found.language, engine.terms),
        hits=[
            schemas.HitOut(
                page_key=hit.passage.page_key,
                section=[*hit.passage.section],
                start=hit.passage.start,
                end=hit.passage.end,
                text=hit.passage.text,
                score=hit.score,
                dense=hit.dense,
                lexical=hit.lexical,
                parts=dict(hit.parts),
            )
            for hit in found.hits
        ],
    )


@router.get("/v1/sources")
def sources(_: Maintainer, engine: LiveEngine) -> list[schemas.SourceOut]:
    """List the sources, with their pages, how many are old, and when each is read next."""
    return [schemas.SourceOut(**asdict(source)) for source in overview(engine.settings)]


@router.get("/v1/use")
def use(_: Maintainer, engine: LiveEngine) -> schemas.UseOut:
    """Count what each page was cited for and what was said of it, and which topics found nothing.

    Kept only where the settings name a maintainer who reads it (`service.maintainer`).
    """
    tallies = engine.tallies.all() if engine.tallies else []
    rows = engine.feedback.rows() if engine.feedback else []
    reported = Counter((row["page_key"], row["kind"]) for row in rows)
    return schemas.UseOut(
        kept=engine.tallies is not None,
        tallies=[schemas.TallyOut(**asdict(tally)) for tally in tallies],
        reported=[
            schemas.ReportedOut(page_key=key, kind=kind, count=count)
            for (key, kind), count in sorted(reported.items())
        ],
    )


def refresh_out(job: Job) -> schemas.RefreshOut:
    """Show a job."""
    return schemas.RefreshOut(**asdict(job), dry_run=job.task == "rehearse")


def _run_out(run: object) -> schemas.RunOut:
    return schemas.RunOut.model_validate(run, from_attributes=True)


def _remembered(run: str, history: History) -> schemas.RefreshOut:
    """Show a refresh of which only the record is left."""
    found = history.run(run)
    if found is None:
        raise RunUnknown(f"there is no refresh {run} here")
    return schemas.RefreshOut(
        id=found.id,
        by=found.by,
        task=found.kind,
        dry_run=False,
        state="done" if found.outcome in {"published", "unchanged"} else found.outcome,
        began=found.began,
        ended=found.ended,
        step="ended",
        done=0,
        total=0,
        report=_run_out(found).model_dump(),
        error=found.detail if found.outcome not in {"published", "unchanged"} else None,
    )
