"""What people ask of an administration on any topic, and what no page about rights answers.

Files of lines, one a language, kept beside the pages; what tells one sort from the other is learned
from them when they change, and comes with the heads.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ingest.errors import ContentInvalid

NAME = "domain"


def domain_lines(content: Path) -> tuple[list[str], list[str]]:
    """Return the lines of both sorts in `domain/*.toml`: administration, off domain.

    Raises:
        ContentInvalid: a file is no TOML, or has not both lists of lines.
    """
    administration: list[str] = []
    off_domain: list[str] = []
    for file in sorted((content / NAME).glob("*.toml")):
        try:
            raw = tomllib.loads(file.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise ContentInvalid(f"{file} cannot be read: {error}") from error
        administration += _lines(file, "administration", raw)
        off_domain += _lines(file, "off_domain", raw)
    return administration, off_domain


def _lines(file: Path, sort: str, raw: Mapping[str, Any]) -> list[str]:
    lines = raw.get(sort)
    if not isinstance(lines, list):
        raise ContentInvalid(f"{file}: {sort} must be a list of lines; give it one, even if empty")
    for line in lines:
        if not isinstance(line, str) or not line.strip():
            raise ContentInvalid(f"{file}: every line of {sort} must be words in quotes: {line!r}")
    return [" ".join(line.split()) for line in lines]
