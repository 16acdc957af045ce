"""Who may ask for maintenance, and what such a request is given to work with."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from ingest.catalogue import Catalogue
from ingest.errors import KeyRefused
from ingest.history import History
from service.api.routes import LiveEngine
from service.jobs import Jobs
from service.keys import Keys

_bearer = HTTPBearer(auto_error=False, description="a key made by `passerelle keys add NAME`")


def maintainer(
    engine: LiveEngine,
    given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> str:
    """Return whose key was sent.

    Raises:
        KeyRefused: none was, or it is nobody's.
    """
    owner = Keys(engine.settings.data).owner(given.credentials) if given else None
    if owner is None:
        raise KeyRefused(
            "this needs a maintainer's key: send `Authorization: Bearer KEY`; "
            "`passerelle keys add NAME` makes one"
        )
    return owner


def running_jobs(request: Request) -> Jobs:
    """Return the jobs of the app."""
    jobs: Jobs = request.app.state.jobs
    return jobs


def opened_history(engine: LiveEngine) -> Iterator[History]:
    """Open the history for one request."""
    catalogue = Catalogue(engine.settings.data)
    try:
        yield History(catalogue)
    finally:
        catalogue.close()


Maintainer = Annotated[str, Depends(maintainer)]
Running = Annotated[Jobs, Depends(running_jobs)]
Past = Annotated[History, Depends(opened_history)]
