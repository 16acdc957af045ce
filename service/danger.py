"""Danger that a question speaks of, by wordings alone: it works when everything else is down.

The wordings are data, one file a language in `urgent/` beside this module. All languages are held
against every question, since people mix them.
"""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from service.wordings import Wordings, words_of

# When a question speaks of several dangers, the first of these decides whom to call.
KINDS = (
    "medical_emergency",
    "suicide",
    "child_in_danger",
    "rape",
    "violence",
    "watched_or_held",
    "forced_marriage",
    "no_roof",
)

_FOLDER = Path(__file__).with_name("urgent")
_HARMLESS = "harmless"
# No word of any wording, so that nothing is found across what was taken out.
_TAKEN_OUT = ""


def kind_by_wording(text: str) -> str | None:
    """Return the kind of danger that the question speaks of, or None."""
    words = words_of(text)
    found = list(_wordings().find(words))
    harmless = [(start, end) for label, start, end in found if label == _HARMLESS]
    if harmless:
        for start, end in harmless:
            words[start:end] = [_TAKEN_OUT] * (end - start)
        found = list(_wordings().find(words))
    labels = {label for label, _, _ in found}
    return next((kind for kind in KINDS if kind in labels), None)


def wordings_by_kind() -> Mapping[str, int]:
    """Return how many wordings each kind of danger has, over all languages."""
    files = _files().values()
    return {kind: sum(len(raw["wordings"][kind]) for raw in files) for kind in KINDS}


@cache
def _files() -> Mapping[str, dict[str, Any]]:
    return {
        file.stem: tomllib.loads(file.read_text("utf-8")) for file in sorted(_FOLDER.glob("*.toml"))
    }


@cache
def _wordings() -> Wordings:
    wordings = Wordings()
    for raw in _files().values():
        wordings.add(raw["words"], _labelled(raw))
    return wordings


def _labelled(raw: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for label, wordings in [(_HARMLESS, raw[_HARMLESS]), *raw["wordings"].items()]:
        for wording in wordings:
            yield label, wording
