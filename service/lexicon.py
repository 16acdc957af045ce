"""Words that people say for a thing, and the words of French pages: for searching, never shown.

A word index reaches French pages by French words alone; the lexicon leads to them from nine
languages, over all of everyday administration, where the glossary explains the terms of a few
topics.
"""

from pathlib import Path
from typing import Any

from ingest.errors import ContentInvalid
from service.content import LANGUAGES, Term, read_toml

NAME = "lexicon"


def load_lexicon(content: Path) -> tuple[Term, ...]:
    """Return the entries of `lexicon/*.toml` in a content folder as terms without explanation.

    Raises:
        ContentInvalid: a file is no TOML, or an entry lacks its French words.
    """
    files = sorted((content / NAME).glob("*.toml"))
    return tuple(
        _term(file, number, entry)
        for file in files
        for number, entry in enumerate(read_toml(file).get("entries", ()), start=1)
    )


def _term(file: Path, number: int, entry: dict[str, Any]) -> Term:
    try:
        first, *others = entry["fr"]
        said = {code: tuple(entry[code]) for code in LANGUAGES if code in entry and code != "fr"}
        lay = (*others, *entry.get("lay", ()))
    except (KeyError, ValueError, TypeError) as error:
        raise ContentInvalid(
            f"{file}, entry {number}: expected lists of words by language"
        ) from error
    return Term(f"{file.stem}-{number}", first, {}, {**said, "fr": lay}, tuple(others))
