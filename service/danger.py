"""Danger that a question speaks of, by wordings alone: it works when everything else is down.

The wordings are data, one file a language in `urgent/` beside this module. All languages are held
against every question, since people mix them.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from service.clauses import ended_pieces_of, pieces_of
from service.content import KINDS, LANGUAGES
from service.wordings import Wordings, typed_words_of, words_of

FOLDER = Path(__file__).with_name("urgent")
_HARMLESS = "harmless"
# No word of any wording, so that nothing is found across what was taken out.
_TAKEN_OUT = ""
# Words on each side of a wording that are judged with it.
_BESIDE = 2
# Arabic and Persian share a script and many spellings that mean different things; these tell them
# apart: letters that only one of them has on its keyboard, and small words that only one has.
_PERSIAN = re.compile(r"[پچژگکی]|(?<!\w)(?:از|را|که|به|است|این|با|تو)(?!\w)")
_ARABIC = re.compile(r"[كةى]|ي(?!\w)|(?<!\w)(?:ال|وال|بال)\w")


def urgent_kind(
    text: str,
    near: Callable[[str], str | None] = lambda _: None,
    calm: Callable[[tuple[str, ...]], bool] = lambda _: False,
) -> str | None:
    """Return the kind of danger that the question speaks of, or None.

    Args:
        text: the question, as typed.
        near: asked, when no wording is found, for the kind of danger whose examples a text is near
            to: the question, without the clauses in which words only sound like danger.
        calm: asked, when a wording is found, whether the question is clearly like no danger, and so
            are the words that the wording took, alone and with those beside them.
    """
    words, unread = words_of(text), _unread(text)
    found = list(_wordings().find(words))
    harmless = [place for (_, label), *place in found if label == _HARMLESS]
    if harmless:
        for start, end in harmless:
            words[start:end] = [_TAKEN_OUT] * (end - start)
        found = list(_wordings().find(words))
    worded = [
        (kind, start, end) for (language, kind), start, end in found if language not in unread
    ]
    urgent = next((kind for kind in KINDS if any(kind == other for other, _, _ in worded)), None)
    if urgent:
        return None if calm(_around(text, words, [place for _, *place in worded])) else urgent
    return near(_beside(text, harmless) if harmless else text)


def beside_danger(text: str) -> str:
    """Return a question without the clauses in which a wording of danger is found.

    Nothing where no wording is found, or in every clause.

    Args:
        text: the question, on one line.
    """
    clauses = ended_pieces_of(text)
    kept = [clause for clause in clauses if urgent_kind(clause) is None]
    return "".join(kept).strip() if len(kept) < len(clauses) else ""


def _around(text: str, words: list[str], places: Iterable[list[int]]) -> tuple[str, ...]:
    """Return what stands at these places, alone and with the words beside it, each once."""
    typed = typed_words_of(text)
    # Folding joins some words and parts others; where it did, its own spelling has to do.
    read = typed if len(typed) == len(words) else words
    around = (
        " ".join(filter(None, read[max(0, start - beside) : end + beside]))
        for start, end in places
        for beside in (0, _BESIDE)
    )
    return tuple(dict.fromkeys(around))


def _beside(text: str, places: Iterable[list[int]]) -> str:
    """Return the clauses of a text that hold none of these places in its words, one a line."""
    taken = {place for start, end in places for place in range(start, end)}
    kept, at = [], 0
    for piece in pieces_of(text):
        end = at + len(words_of(piece))
        if taken.isdisjoint(range(at, end)):
            kept.append(piece)
        at = end
    return "\n".join(kept)


def _unread(text: str) -> set[str]:
    """Return the languages whose wordings are not meant for this text."""
    persian, arabic = _PERSIAN.search(text), _ARABIC.search(text)
    if persian and not arabic:
        return {"ar"}
    return {"fa"} if arabic and not persian else set()


@cache
def _wordings() -> Wordings[tuple[str, str]]:
    wordings: Wordings[tuple[str, str]] = Wordings()
    for language in LANGUAGES:
        raw = tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8"))
        wordings.add(raw["words"], _labelled(language, raw))
    return wordings


def _labelled(language: str, raw: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], str]]:
    for label, wordings in [(_HARMLESS, raw[_HARMLESS]), *raw["wordings"].items()]:
        for wording in wordings:
            yield (language, label), wording
