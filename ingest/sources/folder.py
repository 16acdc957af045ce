"""Pages from a folder on this machine, or from one file.

One bad file never stops the rest: it is noted with its reason, and the walk goes on.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from ingest.errors import SourceInvalid, SourceMissing
from ingest.records import RawPage

MAX_BYTES = 5_000_000
# Pictures and fonts travel inside these.
MAX_DOCUMENT_BYTES = 30_000_000
ASKED = "asked"
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MEDIA_TYPES = {
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".html": "text/html",
    ".htm": "text/html",
    ".txt": "text/plain",
    ".pdf": "application/pdf",
    ".docx": _DOCX,
    ".docm": _DOCX,
}


def read_folder(
    path: Path,
    *,
    source: str,
    failures: dict[str, str],
    publisher: str | None = None,
    licence: str | None = None,
) -> Iterator[RawPage]:
    """Yield the pages under `path` in the order of their names; other files are passed over.

    Hidden files and folders are left out, and so are links that lead out of the folder.

    Args:
        path: a folder, read with its sub-folders, or a single file.
        source: the identity that every page gets.
        failures: receives origin -> one-line reason for each file that cannot be read.
        publisher: who published the pages, unless a page says otherwise.
        licence: under which terms, unless a page says otherwise.

    Raises:
        SourceMissing: nothing is at `path`.
        SourceInvalid: `path` is a file of no known format, or a sub-folder cannot be listed.
    """
    if not path.exists():
        raise SourceMissing(f"{path} does not exist; name a file, a folder or an archive")
    if path.is_file() and path.suffix.lower() not in MEDIA_TYPES:
        known = ", ".join(MEDIA_TYPES)
        raise SourceInvalid(f"{path} is no page that can be read; expected one of {known}")
    for file in _files(path, failures) if path.is_dir() else [path]:
        content = _content(file, failures)
        if content is not None:
            inside = file.relative_to(path) if path.is_dir() else Path(file.name)
            yield RawPage(
                key=inside.with_suffix("").as_posix(),
                origin=str(file),
                media_type=MEDIA_TYPES[file.suffix.lower()],
                content=content,
                source=source,
                publisher=publisher,
                licence=licence,
                asked=_asked(path, file, failures),
            )


def _asked(root: Path, page: Path, failures: dict[str, str]) -> bytes:
    """Return what people ask of a page: `asked/<name>.toml` in the folder, for all languages."""
    beside = root / ASKED / page.with_suffix(".toml").name
    return (_content(beside, failures) or b"") if beside.is_file() else b""


def _files(root: Path, failures: dict[str, str]) -> Iterator[Path]:
    inside = Path(os.path.realpath(root))
    for folder, folders, names in os.walk(root, onerror=_refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            file = Path(folder, name)
            if name.startswith(".") or file.suffix.lower() not in MEDIA_TYPES:
                continue
            if not _printable(file):
                shown = os.fsencode(file).decode("utf-8", "replace")
                failures[shown] = "the file's name is not UTF-8; rename it"
            elif file.is_symlink() and not Path(os.path.realpath(file)).is_relative_to(inside):
                continue
            elif file.is_symlink() and not file.exists():
                failures[str(file)] = "the link leads nowhere; mend it or remove it"
            elif file.is_file():
                yield file


def _refuse(error: OSError) -> None:
    # Going on would look as if every page of that sub-folder had been taken away.
    raise SourceInvalid(
        f"{error.filename} cannot be listed: {error.strerror}; check its rights"
    ) from error


def _printable(file: Path) -> bool:
    try:
        str(file).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _content(file: Path, failures: dict[str, str]) -> bytes | None:
    is_document = MEDIA_TYPES.get(file.suffix.lower(), "").startswith("application/")
    most = MAX_DOCUMENT_BYTES if is_document else MAX_BYTES
    try:
        with file.open("rb") as stream:
            content = stream.read(most + 1)
    except OSError as error:
        failures[str(file)] = f"cannot be read: {error.strerror}; check its rights"
        return None
    if len(content) > most:
        size = file.stat().st_size / 1_000_000
        failures[str(file)] = (
            f"{size:.1f} MB is more than the {most // 1_000_000} MB that a page may have; split it"
        )
        return None
    return content
