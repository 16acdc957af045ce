"""A PDF file as pages of placed words and tags, or the reason why there are none.

Apart because it is the edge to the parser, which runs as another process (`pdf_process`): what that
says is checked here, and how it dies is translated here.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.errors import PageUnreadable

MOST_SECONDS = 120
_PROGRAM = Path(__file__).with_name("pdf_process.py")
_REASONS = {
    "password": "it is protected by a password; save it without one",
    "damaged": "it is damaged or no PDF; save or fetch it again",
}

Tag = tuple[str, tuple[Any, ...]]
"""A tag of the file's structure: its name, and the marks (numbers) and tags below it."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word where it stands, in points; the origin is the lower left corner of the page.

    Attributes:
        text: its letters, in reading order.
        page: number of the page, from 0.
        left, right, base: its edges and its baseline.
        size: of its letters, in points.
        mark: names the marked content that it belongs to, which tags refer to; -1 without.
        glued: whether it goes on with the word before, without a space.
    """

    text: str
    page: int
    left: float
    right: float
    base: float
    size: float
    bold: bool = False
    mark: int = -1
    glued: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page: its words in the order of the file, and its tags.

    Attributes:
        dots: left, bottom, right and top of small round or square drawings.
        picture: the share of the page that its largest picture covers.
        turned: how many words stand upright or upside down; they are left out of `words`.
        damaged: whether the parser could not open it.
    """

    number: int
    height: float
    words: tuple[Word, ...]
    tags: tuple[Tag, ...] = ()
    dots: tuple[tuple[float, float, float, float], ...] = ()
    picture: float = 0.0
    turned: int = 0
    damaged: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """What one PDF file holds and says of itself; empty where it says nothing."""

    title: str
    modified: str
    language: str
    sheets: tuple[Sheet, ...]


def open_file(content: bytes) -> File:
    """Take the words out of a PDF file.

    Raises:
        PageUnreadable: it needs a password, is damaged, has too many pages, or takes more memory
            or time to read than a page may.
    """
    found = _answer(content)
    if reason := _REASONS.get(found.get("error", "")):
        raise PageUnreadable(reason)
    if "error" in found:
        raise PageUnreadable(f"{found['count']} pages are more than a page may have; split it")
    sheets = tuple(_sheet(number, page) for number, page in enumerate(found["pages"]))
    return File(found["title"] or "", found["modified"] or "", found["language"], sheets)


def _answer(content: bytes) -> dict[str, Any]:
    # Isolated (-I): only the parser's own package is imported, whatever the caller's paths hold.
    command = [sys.executable, "-I", str(_PROGRAM)]
    try:
        done = subprocess.run(  # noqa: S603
            command, input=content, capture_output=True, timeout=MOST_SECONDS, check=True
        )
        answer: dict[str, Any] = json.loads(done.stdout)
    except subprocess.TimeoutExpired as error:
        raise PageUnreadable(
            f"reading it takes more than {MOST_SECONDS} seconds; save it anew or split it"
        ) from error
    except (subprocess.CalledProcessError, ValueError) as error:
        raise PageUnreadable(
            "the parser broke off: it takes more memory or time than a page may, or is damaged in "
            "a way that only a new copy mends; print it to a new PDF, or split it"
        ) from error
    return answer


def _sheet(number: int, page: dict[str, Any]) -> Sheet:
    words = tuple(
        Word(text, number, left, right, base, size, bold, mark, glued)
        for text, left, right, base, size, bold, turned, mark, glued in page["words"]
        if not turned
    )
    return Sheet(
        number,
        page["height"],
        words,
        tuple(_tag(tag) for tag in page["tree"]),
        tuple((left, bottom, right, top) for left, bottom, right, top in page["dots"]),
        page["picture"],
        len(page["words"]) - len(words),
        page.get("damaged", False),
    )


def _tag(found: list[Any]) -> Tag:
    name, children = found
    return name, tuple(child if isinstance(child, int) else _tag(child) for child in children)
