"""Sheets of the national guide to rights and procedures, read straight from its zip archive.

Apart from the folder source because nothing is unpacked: member names are never paths here, and
every sheet is measured before it is read.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from ingest.errors import PageUnreadable, SourceInvalid, SourceMissing
from ingest.readers.service_public_xml import parse
from ingest.records import RawPage

MEDIA_TYPE = "application/vnd.service-public+xml"
MAX_BYTES = 5_000_000
_PUBLISHER = "DILA"
_LICENCE = "Licence Ouverte 2.0"
# F are sheets and N are dossiers and themes; R are forms and services, no pages of rules.
_SHEET = re.compile(r"(?:.*/)?(?P<id>[FN]\d+)\.xml")


def is_archive(path: Path) -> bool:
    """Whether `path` is a file that calls itself a zip; other formats are zips inside as well."""
    return path.is_file() and path.suffix.lower() == ".zip"


def read_archive(
    path: Path,
    *,
    source: str,
    failures: dict[str, str],
    publisher: str | None = None,
    licence: str | None = None,
) -> Iterator[RawPage]:
    """Yield the archive's public sheets in its own order.

    A sheet without an address (`spUrl`) is no longer public and is passed over.

    Args:
        path: the zip.
        source: the identity that every page gets.
        failures: receives origin -> one-line reason for each sheet that cannot be read.
        publisher: who published the sheets, DILA by default.
        licence: under which terms, Licence Ouverte 2.0 by default.

    Raises:
        SourceMissing: nothing is at `path`.
        SourceInvalid: it is no zip, cannot be read, or holds no sheet.
    """
    with _opened(path) as archive:
        for key, info in _sheets(archive, path):
            origin = f"{path}!{info.filename}"
            try:
                content = _content(archive, info)
                url = _address(content)
            except PageUnreadable as error:
                failures[origin] = str(error)
                continue
            if url is not None:
                publisher, licence = publisher or _PUBLISHER, licence or _LICENCE
                yield RawPage(key, origin, MEDIA_TYPE, content, source, url, publisher, licence)


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except FileNotFoundError as error:
        raise SourceMissing(
            f"{path} does not exist; name a file, a folder or an archive"
        ) from error
    except (zipfile.BadZipFile, zipfile.LargeZipFile, OSError, ValueError) as error:
        raise SourceInvalid(
            f"{path} is no zip that can be read: {error}; fetch it again"
        ) from error


def _sheets(archive: zipfile.ZipFile, path: Path) -> list[tuple[str, zipfile.ZipInfo]]:
    """Return the key and the member of each sheet; of two members with one name the last counts."""
    members = {info.filename: info for info in archive.infolist()}
    matches = {name: _SHEET.fullmatch(name) for name in members if ".." not in name.split("/")}
    sheets = [(match["id"], members[name]) for name, match in matches.items() if match]
    if not sheets:
        raise SourceInvalid(
            f"{path} holds no sheet; expected members such as F265.xml, as in the official "
            "archive of the guide"
        )
    return sheets


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    # The size in the directory may be a lie, so what comes out is counted as well.
    if info.file_size > MAX_BYTES:
        raise _too_large(info.file_size)
    try:
        with archive.open(info) as stream:
            content = stream.read(MAX_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise PageUnreadable(f"damaged in the archive: {error}; fetch the archive again") from error
    except (RuntimeError, NotImplementedError) as error:
        raise PageUnreadable(f"cannot be unpacked: {error}; expected a plain zip") from error
    if len(content) > MAX_BYTES:
        raise _too_large(len(content))
    return content


def _too_large(size: int) -> PageUnreadable:
    return PageUnreadable(
        f"{size / 1_000_000:.1f} MB is more than the {MAX_BYTES // 1_000_000} MB that a page may "
        "have; split it"
    )


def _address(content: bytes) -> str | None:
    root = parse(content)
    if root.tag != "Publication":
        raise PageUnreadable(f"its root is <{root.tag}>; expected <Publication>")
    return root.get("spUrl")
