"""What people ask that no page here answers: a file of lines by kind, in any language.

Kept beside the pages by the same people, because which questions are about something else depends
on what the pages are about.
"""

import tomllib
from pathlib import Path

from ingest.errors import ContentInvalid
from ingest.records import digest_of

NAME = "elsewhere.toml"


def elsewhere_lines(content: Path) -> list[str]:
    """Return the lines of the file in a content folder; none where there is no such file.

    Raises:
        ContentInvalid: it is no TOML, or its kinds are not lists of lines by language.
    """
    file = content / NAME
    if not file.exists():
        return []
    try:
        kinds = tomllib.loads(file.read_text("utf-8"))["kinds"]
        lists = [lines for kind in kinds for name, lines in kind.items() if name != "name"]
        lines = [line for found in lists for line in found]
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ContentInvalid(f"{file} cannot be read: {error}") from error
    except (KeyError, AttributeError, TypeError) as error:
        raise ContentInvalid(f"{file}: expected [[kinds]] with lists of lines: {error}") from error
    if not all(isinstance(line, str) for line in lines):
        raise ContentInvalid(f"{file}: every line must be words in quotes")
    return list(dict.fromkeys(" ".join(line.split()) for line in lines if line.strip()))


def elsewhere_digest(content: Path) -> str:
    """Name the lines as they stand."""
    return digest_of(*elsewhere_lines(content))
