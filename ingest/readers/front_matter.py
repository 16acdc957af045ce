"""The YAML block at the top of a Markdown page: its metadata, checked key by key.

Apart from the Markdown reader because what it guards is provenance: a key with a typing error must
not silently take the source or the date of a page away.
"""

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

import yaml

from ingest.errors import PageUnreadable
from ingest.records import Basis

_FENCE = re.compile(r"---[ \t]*(?:\n|$)")
_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


def split(text: str) -> tuple[dict[str, Any], str, int]:
    """Return the metadata of a page, the text below it, and the number of lines above that text.

    `language` and `slug` are strings when given; every other value is ready to be a field of
    `Page` (`source` is another name for `publisher`).

    Raises:
        PageUnreadable: the block is not closed or no YAML, a key is unknown, a value is not of its
            kind, or a verification is half given; the message names the line or the key.
    """
    opening = _FENCE.match(text)
    if opening is None:
        return {}, text, 0
    closing = _CLOSING.search(text, opening.end())
    if closing is None:
        raise PageUnreadable(
            "the front matter that opens on line 1 is never closed; end it with a line of ---"
        )
    values = _load(text[opening.end() : closing.start()])
    fields = _checked(values, _KINDS, "")
    if "source" in fields:
        fields.setdefault("publisher", fields.pop("source"))
    _whole_verification(fields)
    return fields, text[closing.end() :], text.count("\n", 0, closing.end())


def _whole_verification(fields: Mapping[str, Any]) -> None:
    """Refuse who verified a page without when, and the other way round: half says nothing."""
    given = [name for name in ("verified_by", "verified_on") if name in fields]
    if len(given) == 1:
        missing = "verified_on" if given[0] == "verified_by" else "verified_by"
        raise PageUnreadable(
            f"front matter: {given[0]} is given without {missing}; add who verified this very text "
            "and on which day, or take both out"
        )


def _load(block: str) -> Mapping[Any, Any]:
    try:
        values = yaml.safe_load(block)
    except yaml.MarkedYAMLError as error:
        # The block starts on the page's second line, and YAML counts from 0.
        mark = error.problem_mark or error.context_mark
        line = f"line {mark.line + 2}" if mark else "the block"
        raise PageUnreadable(
            f"front matter, {line}: {error.problem or 'no valid YAML'}; "
            "put a value that holds a colon in quotes"
        ) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = str(error).splitlines()[0]
        raise PageUnreadable(f"front matter is not valid YAML: {reason}; correct it") from error
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise PageUnreadable("front matter is no list of keys; expected lines such as title: ...")
    return values


def _checked(
    values: Mapping[Any, Any], kinds: Mapping[str, Callable[[str, Any], Any]], inside: str
) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for key, value in values.items():
        if key not in kinds:
            near = difflib.get_close_matches(str(key), kinds, n=1, cutoff=0)[0]
            raise PageUnreadable(
                f"front matter: {inside}{key} is not a known key; did you mean {inside}{near}?"
            )
        if value is not None:
            fields[key] = kinds[key](f"{inside}{key}", value)
    return fields


def _refused(key: str, expected: str, value: object) -> PageUnreadable:
    given = repr(value) if isinstance(value, str | int | float | date) else type(value).__name__
    return PageUnreadable(f"front matter: {key} is {given:.60}; expected {expected}")


def _words(key: str, value: object) -> str:
    # A title such as 2024 or 3919 is a number to YAML, and words to everyone else.
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value.strip():
        raise _refused(key, "words", value)
    return " ".join(value.split())


def _matching(pattern: re.Pattern[str], expected: str) -> Callable[[str, Any], str]:
    def check(key: str, value: object) -> str:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise _refused(key, expected, value)
        return value

    return check


def _day(key: str, value: object) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise _refused(key, "a date such as 2026-01-31", value) from error


def _list(key: str, value: object) -> Iterable[Any]:
    if not isinstance(value, list):
        raise _refused(key, "a list, one entry a line after a dash", value)
    return value


def _names(key: str, value: object) -> tuple[str, ...]:
    return tuple(_words(key, entry) for entry in _list(key, value))


def _bases(key: str, value: object) -> tuple[Basis, ...]:
    bases = []
    for number, entry in enumerate(_list(key, value), start=1):
        name = f"{key}[{number}]"
        if not isinstance(entry, dict):
            raise _refused(name, "keys such as publisher and url", entry)
        fields = _checked(entry, _BASIS_KINDS, f"{name}.")
        if "publisher" not in fields:
            raise PageUnreadable(f"front matter: {name} names no publisher; add one")
        bases.append(Basis(**fields))
    return tuple(bases)


_BASIS_KINDS: dict[str, Callable[[str, Any], Any]] = {
    "publisher": _words,
    "title": _words,
    "url": _words,
    "published_on": _day,
    "consulted_on": _day,
}
_KINDS: dict[str, Callable[[str, Any], Any]] = {
    "title": _words,
    "language": _matching(_LANGUAGE, "a code such as en or fr, in quotes if it is no"),
    "slug": _matching(_SLUG, "letters, digits and hyphens"),
    "translation_of": _words,
    "source": _words,
    "publisher": _words,
    "licence": _words,
    "url": _words,
    "verified_by": _words,
    "verified_on": _day,
    "published_on": _day,
    "modified_on": _day,
    "topics": _names,
    "related": _names,
    "based_on": _bases,
}
