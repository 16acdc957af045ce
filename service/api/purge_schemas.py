"""The wire of erasing a page for good. Imports nothing of ours but the rest of the wire."""

from pydantic import BaseModel, ConfigDict, Field

from service.api.maintenance_schemas import RefreshOut


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid")


class KeptPageOut(_Wire):
    """A page of which anything is kept: the title of its newest version, and whether it is live."""

    key: str
    title: str
    language: str
    live: bool


class PurgedOut(_Wire):
    """A page that was purged, when (UTC) and by whom; `finished` once it is gone everywhere."""

    key: str
    at: str
    by: str
    finished: bool


class PurgesOut(_Wire):
    """`GET /v1/purges`: what can be purged, and what was."""

    kept: list[KeptPageOut]
    purged: list[PurgedOut]


class PurgeIn(_Wire):
    """`POST /v1/purges`: which page; nothing is erased until it is confirmed."""

    page_key: str = Field(max_length=2000)
    confirm: bool = False


class PurgeOut(_Wire):
    """What goes with a page, and the job that erases it once that is confirmed.

    `generations` are the days (UTC) of earlier generations that hold the page and go with it.
    """

    page_key: str
    title: str
    versions: int
    passages: int
    lines: int
    live: bool
    generations: list[str]
    job: RefreshOut | None
