"""Erasing a page for good over the API: what is kept, what would go, doing it, letting it back."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict

from fastapi import APIRouter, Response

from index.generation import read_manifest
from ingest.catalogue import Catalogue
from ingest.errors import GenerationDamaged
from ingest.purging import Purged
from ingest.settings import Settings
from service.api import purge_schemas as schemas
from service.api.access import Maintainer, Running
from service.api.maintenance import refresh_out
from service.api.routes import LiveEngine
from service.purging import plan_purge

router = APIRouter(tags=["maintenance"])


@router.get("/v1/purges")
def kept_and_purged(_: Maintainer, engine: LiveEngine) -> schemas.PurgesOut:
    """List the pages of which anything is kept, live or not, and those that were purged."""
    with _purged(engine.settings) as purged:
        return schemas.PurgesOut(
            kept=[schemas.KeptPageOut(**asdict(page)) for page in purged.kept()],
            purged=[schemas.PurgedOut(**asdict(page)) for page in purged.erased()],
        )


@router.post("/v1/purges")
def purge(
    asked: schemas.PurgeIn, by: Maintainer, engine: LiveEngine, jobs: Running, response: Response
) -> schemas.PurgeOut:
    """Say what would go with a page; when it is confirmed, erase it, as a job like a refresh."""
    settings = engine.settings
    plan = plan_purge(asked.page_key, settings)
    job = jobs.start(by, task="purge", page=plan.key) if asked.confirm else None
    if job:
        response.status_code = 202
        response.headers["Location"] = f"/v1/refreshes/{job.id}"
    return schemas.PurgeOut(
        page_key=plan.key,
        title=plan.title,
        versions=plan.versions,
        passages=plan.passages,
        lines=plan.lines,
        live=plan.live,
        generations=_days(settings, plan.generations),
        job=refresh_out(job) if job else None,
    )


@router.delete("/v1/purges")
def readmit(page_key: str, by: Maintainer, engine: LiveEngine) -> schemas.PurgesOut:
    """Let a purged page come back from its source with the next refresh."""
    with _purged(engine.settings) as purged:
        purged.readmit(page_key)
    return kept_and_purged(by, engine)


def _days(settings: Settings, generations: Iterable[str]) -> list[str]:
    found = []
    for name in generations:
        # Nobody can go back to a damaged one today either.
        with suppress(GenerationDamaged):
            found.append(read_manifest(settings.data, name).made_at)
    return found


@contextmanager
def _purged(settings: Settings) -> Iterator[Purged]:
    catalogue = Catalogue(settings.data)
    try:
        yield Purged(catalogue)
    finally:
        catalogue.close()
