"""What a maintainer's key shows: pages, findings, generations, what is running, evaluations."""

import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Response

from index.generation import generations, read_manifest
from ingest.errors import GenerationDamaged, RunUnknown
from service.api import inspection_schemas as schemas
from service.api import wire
from service.api.access import Maintainer, Running
from service.api.maintenance import refresh_out
from service.api.maintenance_schemas import RefreshOut
from service.api.routes import Current, LiveEngine
from service.inspecting import InspectedPassage, inspect, inventory
from service.kept_runs import KeptRuns
from service.recovery import live_or_none

_LOG = logging.getLogger(__name__)

router = APIRouter(tags=["inspection"])


@router.get("/v1/inventory")
def pages_by_age(_: Maintainer, engine: LiveEngine, current: Current) -> list[schemas.PageStateOut]:
    """List the live pages with their source, from when its age counts, and whether it is old."""
    states = inventory(current.searcher, engine.settings)
    return [schemas.PageStateOut(**asdict(state)) for state in states]


@router.get("/v1/passages")
def passages(
    page_key: str, _: Maintainer, engine: LiveEngine, current: Current
) -> schemas.InspectedPageOut:
    """Show a page as the service sees it: its passages in order, context, twins, versions."""
    seen = inspect(page_key, current.searcher, engine.settings)
    return schemas.InspectedPageOut(
        page=wire.page_out(seen.page, current.age(seen.page)),
        source=seen.source,
        origin=seen.origin,
        checked_at=seen.checked_at,
        stale=seen.stale,
        max_age_days=seen.max_age_days,
        versions=[schemas.VersionOut(digest=digest, since=day) for digest, day in seen.versions],
        passages=[_passage_out(passage) for passage in seen.passages],
    )


@router.get("/v1/running")
def running(_: Maintainer, jobs: Running) -> RefreshOut | None:
    """Say what this service is doing for a maintainer right now; null when nothing."""
    job = jobs.newest("running")
    return refresh_out(job) if job else None


@router.post("/v1/findings", status_code=202)
def look_for_findings(by: Maintainer, jobs: Running, response: Response) -> RefreshOut:
    """Put every page of every source through lint, as a job like a refresh; nothing is written."""
    job = jobs.start(by, task="lint")
    response.headers["Location"] = f"/v1/refreshes/{job.id}"
    return refresh_out(job)


@router.get("/v1/findings")
def findings(_: Maintainer, jobs: Running) -> schemas.FindingsOut:
    """Return what lint said when it last went through all pages, while this service ran."""
    job = jobs.newest("done", task="lint")
    if job is None or job.report is None:
        return schemas.FindingsOut(looked_at=None, findings=[], unreadable={})
    return schemas.FindingsOut(looked_at=job.ended, **job.report)


@router.get("/v1/generations")
def kept_generations(_: Maintainer, engine: LiveEngine) -> list[schemas.GenerationOut]:
    """List the generations that are kept and can be read, newest first."""
    data = engine.settings.data
    live = live_or_none(engine.settings)
    manifests = []
    for name in reversed(generations(data)):
        # One that is damaged is not to be gone back to, and hides none of the others.
        with suppress(GenerationDamaged):
            manifests.append(read_manifest(data, name))
    return [
        schemas.GenerationOut(
            id=manifest.id,
            made_at=manifest.made_at,
            pages=manifest.counts["pages"],
            passages=manifest.counts["passages"],
            live=manifest.id == live,
        )
        for manifest in manifests
    ]


@router.get("/v1/evaluations")
def evaluations(_: Maintainer, engine: LiveEngine) -> list[schemas.EvaluationSummaryOut]:
    """List the evaluations that were kept and can be read, newest first."""
    kept = KeptRuns(engine.settings.data)
    found = []
    for name in kept.names():
        try:
            found.append(_summary_out(kept.get(name)))
        except (RunUnknown, LookupError, TypeError, AttributeError, ValueError) as error:
            # One that is damaged hides none of the others.
            _LOG.warning("evaluation %s is not listed, since it cannot be read: %s", name, error)
    return found


@router.get("/v1/evaluations/{name}")
def evaluation(name: str, _: Maintainer, engine: LiveEngine) -> schemas.EvaluationOut:
    """Return one evaluation: figures, error list, and the values that a comparison needs."""
    return schemas.EvaluationOut.model_validate(KeptRuns(engine.settings.data).get(name))


def _summary_out(run: Mapping[str, Any]) -> schemas.EvaluationSummaryOut:
    return schemas.EvaluationSummaryOut(
        name=run["name"],
        at=run["at"],
        files=run["files"],
        questions=run["questions"],
        generation=run["stamps"].get("generation", ""),
        figures={name: figure["mean"] for name, figure in run["figures"]["all"].items()},
    )


def _passage_out(seen: InspectedPassage) -> schemas.InspectedPassageOut:
    passage, place = seen.passage, seen.place
    everywhere = [passage.page_key, *(twin.page_key for twin in passage.also_on)]
    return schemas.InspectedPassageOut(
        id=passage.id,
        section=[*place.section],
        context=[context.text for context in passage.context],
        text=passage.text,
        start=place.start,
        end=place.end,
        kept_on=seen.kept_on,
        also_on=[key for key in dict.fromkeys(everywhere) if key != place.page_key],
    )
