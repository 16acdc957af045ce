"""From which day a page's age counts, and whether it is old.

A page of elsewhere was compared with its source when it was last read there. A text of our own
(`based_on`) is a file of ours: reading the file compares nothing, so its age counts from the day on
which somebody last read what it was written from, or verified it.
"""

from datetime import UTC, datetime, timedelta

from ingest.catalogue import Catalogue
from ingest.records import Page, page_from_json

# As pages are kept; within a text the quotes would be escaped.
_OF_ELSEWHERE = '"based_on": []'


def compared_at(page: Page, read_at: str | None) -> str | None:
    """Return when a page was compared with its source; None for a text of our own.

    Args:
        page: as it is live.
        read_at: when it was last read from where it is ingested from (UTC, ISO 8601).
    """
    return None if page.based_on else read_at


def aged_from(page: Page, read_at: str | None) -> str | None:
    """Return from when a page's age counts (UTC, ISO 8601), or None where that is not known."""
    if not page.based_on:
        return read_at
    days = [page.verified_on, *(basis.consulted_on for basis in page.based_on)]
    latest = max(filter(None, days), default=None)
    return f"{latest}T00:00:00+00:00" if latest else None


def ages(catalogue: Catalogue) -> dict[str, str | None]:
    """Return from when the age of each live page counts, by key."""
    found: dict[str, str | None] = {k: known.checked_at for k, known in catalogue.known().items()}
    query = "select body from versions natural join live where instr(body, ?) = 0"
    for (body,) in catalogue.database.execute(query, (_OF_ELSEWHERE,)):
        page = page_from_json(body)
        found[page.key] = aged_from(page, found.get(page.key))
    return found


def is_stale(since: str | None, days: int) -> bool:
    """Whether a page's age is more than `days` days; one that is not known is not."""
    if since is None:
        return False
    return datetime.now(UTC) - datetime.fromisoformat(since) > timedelta(days=days)
