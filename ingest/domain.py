"""What people ask of an administration on any topic, and what no administration answers.

Files of lines, one a language, kept beside the pages; questions are compared with both sorts.
"""

import tomllib
from pathlib import Path

from ingest.errors import ContentInvalid

NAME = "domain"


def domain_lines(content: Path) -> tuple[list[str], list[str]]:
    """Return the lines of both sorts in `domain/*.toml`: administration, off domain.

    Raises:
        ContentInvalid: a file is no TOML, or lacks its two lists of lines.
    """
    administration: list[str] = []
    off_domain: list[str] = []
    for file in sorted((content / NAME).glob("*.toml")):
        try:
            raw = tomllib.loads(file.read_text("utf-8"))
            for lines, found in (
                (administration, raw["administration"]),
                (off_domain, raw["off_domain"]),
            ):
                lines += [" ".join(line.split()) for line in found]
        except (OSError, ValueError) as error:
            raise ContentInvalid(f"{file} cannot be read: {error}") from error
        except (KeyError, TypeError, AttributeError) as error:
            raise ContentInvalid(
                f"{file}: expected the lists of lines administration and off_domain: {error!r}"
            ) from error
    return administration, off_domain
