"""Files that a command shall write: refused before long work begins, else named in one line."""

from pathlib import Path

from ingest.errors import OutputUnusable


def refuse_unwritable(*files: Path | None) -> None:
    """Raise when one of the files could not be written; None is no file.

    Raises:
        OutputUnusable: its folder is not there, or it is a folder itself.
    """
    for file in files:
        if file is not None and file.is_dir():
            raise OutputUnusable(f"{file} is a folder; name a file in it")
        if file is not None and not file.parent.is_dir():
            raise OutputUnusable(f"{file}: there is no folder {file.parent}; make it first")


def write(file: Path | None, content: str | bytes) -> None:
    """Write a file as a whole; None writes nothing.

    Raises:
        OutputUnusable: the system refuses it.
    """
    if file is None:
        return
    try:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    except OSError as error:
        raise OutputUnusable(
            f"{file} cannot be written: {error.strerror}; check space and rights, or name another"
        ) from error
