"""The readers, one file a format: bytes become a page with its text, sections and blocks."""

from importlib import import_module
from typing import cast

from ingest.errors import PageUnreadable, one_page
from ingest.readers.asked import attach
from ingest.records import Page, RawPage

# Modules are named, not imported: a parser is loaded when the first page needs it.
_READERS = {
    "text/markdown": "markdown",
    "text/html": "html",
    "text/plain": "text",
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.service-public+xml": "service_public",
}


def read(raw: RawPage) -> Page:
    """Read one page with the reader for its media type.

    Raises:
        PageUnreadable: no reader takes this media type, or the page is not what it claims to be.
    """
    name = _READERS.get(raw.media_type)
    if name is None:
        known = ", ".join(sorted(_READERS))
        raise PageUnreadable(f"no reader for {raw.media_type!r}; there is one for {known}")
    with one_page(f"reading {raw.key} as {raw.media_type}"):
        page = cast("Page", import_module(f"ingest.readers.{name}").read(raw))
        return attach(page, raw.asked) if raw.asked else page
