"""What people ask that no page here answers: files of lines by kind, in any language.

Kept beside the pages by the same people, because which questions are about something else depends
on what the pages are about.
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path

from ingest.errors import ContentInvalid
from ingest.records import digest_of

NAME = "elsewhere"


def elsewhere_lines(content: Path) -> list[str]:
    """Return the lines of `elsewhere/*.toml` in a content folder; none where there are no files.

    Raises:
        ContentInvalid: a file is no TOML, or its kinds are not lists of lines by language.
    """
    files = sorted((content / NAME).glob("*.toml"))
    lines = [" ".join(line.split()) for file in files for line in _lines(file)]
    return list(dict.fromkeys(line for line in lines if line))


def elsewhere_digest(content: Path) -> str:
    """Name the lines as they stand."""
    return digest_of(*elsewhere_lines(content))


def _lines(file: Path) -> Iterator[str]:
    try:
        kinds = tomllib.loads(file.read_text("utf-8"))["kinds"]
        lists = [lines for kind in kinds for name, lines in kind.items() if name != "name"]
        lines = [line for found in lists for line in found]
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ContentInvalid(f"{file} cannot be read: {error}") from error
    except (KeyError, AttributeError, TypeError) as error:
        raise ContentInvalid(f"{file}: expected [[kinds]] with lists of lines: {error}") from error
    for line in lines:
        if not isinstance(line, str):
            raise ContentInvalid(f"{file}: every line must be words in quotes")
        yield line
