"""What people ask when a section of a page answers: a TOML file beside the pages of a folder.

Apart from the readers because it belongs to no format and to all languages of a page: one table a
heading, in the page's order, with lines in any language. A page in another language has the same
headings in the same order, so one file serves all of them.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ingest.errors import PageUnreadable
from ingest.records import Asked, Page

_NAME_OF_TABLES = "sections"


def attach(page: Page, content: bytes) -> Page:
    """Return the page with what people ask of it.

    Raises:
        PageUnreadable: the file is no such TOML, or has not one table for each of the headings.
    """
    headings = [n for n, s in enumerate(page.sections) if s.heading_end > s.heading_start]
    tables = _tables(content)
    if len(tables) != len(headings):
        raise PageUnreadable(
            f"the page has {len(headings)} headings and its file of what people ask "
            f"{len(tables)} tables; give it one [[{_NAME_OF_TABLES}]] a heading, in order"
        )
    lines = [
        Asked(section, language, " ".join(text.split()))
        for section, table in zip(headings, tables, strict=True)
        for language, text in _lines(table)
    ]
    return replace(page, asked=tuple(lines))


def _tables(content: bytes) -> list[Mapping[str, Any]]:
    try:
        raw = tomllib.loads(content.decode("utf-8"))
        tables = raw[_NAME_OF_TABLES]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PageUnreadable(f"its file of what people ask is not valid TOML: {error}") from error
    except KeyError as error:
        raise PageUnreadable(
            f"its file of what people ask has no [[{_NAME_OF_TABLES}]]; add one a heading"
        ) from error
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise PageUnreadable(f"{_NAME_OF_TABLES} of what people ask must be tables, one a heading")
    return tables


def _lines(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for language, texts in table.items():
        if language == "heading":
            continue
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise PageUnreadable(f"what people ask: {language} must be a list of lines in quotes")
        yield from ((language, text) for text in texts if text.strip())
