"""A small language for wordings, and how a text is held against hundreds of them at once.

A wording is a row of words, read from left to right:

    frapp*          a word that begins so; *x and *x* end with it or hold it
    (a|b c|d*)      one of these; with ? behind it, or none
    <name>          one of a named list of words
    x y             y is the next word after x
    x .. y          up to four words stand between
    x ... y         up to twelve words stand between

Case, accents, apostrophes, doubled letters and the several forms of Arabic and Persian letters
make no difference, so that a slip or a missing accent changes nothing.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from sys import intern
from typing import Generic, TypeVar

_GAPS = {"..": 4, "...": 12}
# A group may hold groups, one level deep; what is no piece ends the reading with an error.
_PIECE = re.compile(
    r"(?P<gap>\.{2,3})"
    r"|(?P<choice>\((?:[^()]|\([^()]*\)\??)*\)|<\w+>|[^\s()<>?|.]+)(?P<optional>\?)?"
)
_INNER = re.compile(r"\(([^()]*)\)(\?)?")
_WORD = re.compile(r"[^\W_]+")
_APOSTROPHES = str.maketrans(dict.fromkeys("’ʼ`´‘ʹ′", "'"))
# Letters that Unicode decomposition leaves apart although people write one for the other, and
# marks that are not seen.
_SAME_LETTER = str.maketrans(
    {"ı": "i", "ґ": "г", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ە": "ه", "ـ": None}
    | dict.fromkeys("\u200c\u200d\u200e\u200f\u061c")
)


class _Plain(dict[int, str | None]):
    """What a character of a decomposed text is read as; worked out once each."""

    def __missing__(self, point: int) -> str | None:
        character = chr(point)
        if unicodedata.combining(character):
            self[point] = None
        elif character.isdigit():
            self[point] = str(unicodedata.digit(character))
        else:
            self[point] = _SAME_LETTER.get(point, character)
        return self[point]


_PLAIN = _Plain()
_DOUBLED = re.compile(r"([^\W\d_])\1+")
# The prefix of the Persian present tense is written apart, joined, or with a zero-width mark.
_PERSIAN_PREFIX = re.compile(r"\b(ن?مي) (?=\w)")

Words = Sequence[str]
Label = TypeVar("Label")
_Alternative = tuple[str, ...]
# A group that a word may begin, and the words that must follow it.
_Begun = tuple[int, _Alternative]
_Spans = dict[int, dict[int, set[int]]]


@dataclass(frozen=True, slots=True)
class _Step:
    """One piece of a wording: which group of alternatives, after how wide a gap at the most."""

    group: int
    gap: int
    optional: bool


class Wordings(Generic[Label]):
    """Wordings with a label each; a text is read once for all of them."""

    def __init__(self) -> None:
        self._numbers = count()
        self._by_word: dict[str, list[_Begun]] = defaultdict(list)
        self._by_beginning: dict[str, list[_Begun]] = defaultdict(list)
        self._by_middle: dict[str, list[_Begun]] = defaultdict(list)
        self._by_ending: dict[str, list[_Begun]] = defaultdict(list)
        self._longest = 0
        self._by_first: dict[int, list[tuple[Label, tuple[_Step, ...]]]] = defaultdict(list)

    def add(self, named: Mapping[str, str], wordings: Iterable[tuple[Label, str]]) -> None:
        """Add pairs of a label and a wording; `<name>` stands for one of the `named` lists.

        Raises:
            ValueError: a wording is not of the form above; it is named.
        """
        numbers: dict[str, int] = {}
        folded = {_fold(f"<{name}>"): _fold(choices) for name, choices in named.items()}
        pairs = [*wordings]
        # No fold reaches beyond a line, and one over all of them takes a fraction of the time.
        lines = "\n".join(" ".join(wording.split()) for _, wording in pairs)
        plain = _fold(lines).split("\n") if pairs else []
        for (label, wording), line in zip(pairs, plain, strict=True):
            steps = tuple(self._steps(line, folded, numbers))
            if not steps or steps[0].optional or steps[-1].optional:
                raise ValueError(f"{wording!r} must begin and end with what it cannot do without")
            for first, *rest in _written_out(steps):
                self._by_first[first.group].append((label, tuple(rest)))

    def find(self, words: Words) -> Iterator[tuple[Label, int, int]]:
        """Yield the label of each wording that occurs, with its first word and the one after."""
        spans = self._spans(words)
        for group, first in spans.items():
            for label, steps in self._by_first.get(group, ()):
                for start, end in _walk(spans, first, steps):
                    yield label, start, end

    def _spans(self, words: Words) -> _Spans:
        """Return where each group of alternatives occurs: group to start to ends."""
        spans: _Spans = {}
        for start, word in enumerate(words):
            for group, rest in self._beginning_with(word):
                end = start + 1 + len(rest)
                if not rest or (
                    end <= len(words) and all(map(_fits, rest, words[start + 1 : end]))
                ):
                    spans.setdefault(group, {}).setdefault(start, set()).add(end)
        return spans

    def _beginning_with(self, word: str) -> Iterator[_Begun]:
        yield from self._by_word.get(word, ())
        # No stretch longer than the longest piece of a wording can be one, so that a word of
        # thousands of letters costs no more than as many letters in many words.
        longest = min(len(word), self._longest)
        for length in range(1, longest + 1):
            yield from self._by_beginning.get(word[:length], ())
        if word.isascii():  # only Arabic and Persian need words by their middle or end
            return
        for start in range(len(word) - longest, len(word)):
            yield from self._by_ending.get(word[start:], ())
        for start in range(len(word)):
            for end in range(start + 1, min(start + longest, len(word)) + 1):
                yield from self._by_middle.get(word[start:end], ())

    def _steps(
        self, wording: str, named: Mapping[str, str], numbers: dict[str, int]
    ) -> Iterator[_Step]:
        gap, place = 0, 0
        while place < len(wording):
            piece = _PIECE.match(wording, place)
            if not piece or wording[piece.end() : piece.end() + 1].strip():
                raise ValueError(f"{wording!r} cannot be read at {wording[place:]!r}")
            place = piece.end() + 1
            if piece["gap"]:
                gap = _GAPS[piece["gap"]]
                continue
            choice = piece["choice"]
            if choice not in numbers:
                numbers[choice] = self._group(set(_alternatives(choice, named)))
            yield _Step(numbers[choice], gap, bool(piece["optional"]))
            gap = 0

    def _group(self, alternatives: Iterable[_Alternative]) -> int:
        number = next(self._numbers)
        # There are tens of thousands, nearly all of one word: those of a group share one entry.
        alone: _Begun = (number, ())
        for first, *rest in alternatives:
            self._put(first, (number, tuple(map(intern, rest))) if rest else alone)
        return number

    def _put(self, first: str, begun: _Begun) -> None:
        self._longest = max(self._longest, len(first.strip("*")))
        if first.startswith("*") and first.endswith("*"):
            self._by_middle[first.strip("*")].append(begun)
        elif first.startswith("*"):
            self._by_ending[first[1:]].append(begun)
        elif first.endswith("*"):
            self._by_beginning[first[:-1]].append(begun)
        else:
            self._by_word[first].append(begun)


def typed_words_of(text: str) -> list[str]:
    """Return the words of a text as they were typed."""
    return _WORD.findall(text)


def words_of(text: str) -> list[str]:
    """Return the words of a text, folded."""
    return _WORD.findall(_fold(text))


def _written_out(steps: Sequence[_Step]) -> Iterator[list[_Step]]:
    """Yield the steps with and without each that may be missing; the wider gap then remains."""
    for place, step in enumerate(steps):
        if step.optional:
            before, after = list(steps[:place]), list(steps[place + 1 :])
            yield from _written_out([*before, replace(step, optional=False), *after])
            gap = max(step.gap, after[0].gap)
            yield from _written_out([*before, replace(after[0], gap=gap), *after[1:]])
            return
    yield list(steps)


def _walk(
    spans: _Spans, first: Mapping[int, set[int]], steps: Sequence[_Step]
) -> set[tuple[int, int]]:
    """Return (start, end) of every way to read the steps after a first group's places."""
    if not all(step.group in spans for step in steps):
        return set()
    reached = {(start, end) for start, ends in first.items() for end in ends}
    for step in steps:
        places = spans[step.group]
        reached = {
            (start, end)
            for start, before in reached
            for place in range(before, before + step.gap + 1)
            for end in places.get(place, ())
        }
        if not reached:
            break
    return reached


def _fits(pattern: str, word: str) -> bool:
    if pattern.startswith("*"):
        part = pattern.strip("*")
        return part in word if pattern.endswith("*") else word.endswith(part)
    return word.startswith(pattern[:-1]) if pattern.endswith("*") else word == pattern


def _alternatives(piece: str, named: Mapping[str, str]) -> Iterator[_Alternative]:
    if piece.startswith("<"):
        if piece not in named:
            raise ValueError(f"{piece} stands for no list of words here")
        piece = f"({named[piece]})"
    for choice in _choices(piece):
        if choice.startswith("<"):
            yield from _alternatives(choice, named)
        elif choice:
            yield from _spellings(choice)


def _choices(piece: str) -> Iterator[str]:
    """Yield what a piece stands for, with the groups within it written out."""
    if ".." in piece:
        raise ValueError(f"a gap cannot stand within a group: {piece!r}")
    inner = _INNER.search(piece, 1)
    if inner:
        for choice in [*inner[1].split("|"), *([""] if inner[2] else [])]:
            yield from _choices(piece[: inner.start()] + choice + piece[inner.end() :])
        return
    if "?" in piece:
        raise ValueError(f"only a group or a whole piece can be optional: {piece!r}")
    for choice in piece.strip("()").split("|"):
        yield " ".join(choice.split())


def _spellings(choice: str) -> Iterator[_Alternative]:
    """Yield a choice as its words; one with an apostrophe both apart and joined."""
    yield tuple(choice.replace("'", " ").split())
    if "'" in choice:
        yield tuple(choice.replace("'", "").split())


def _fold(text: str) -> str:
    plain = text.casefold()
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain.translate(_APOSTROPHES)).translate(_PLAIN)
        plain = _PERSIAN_PREFIX.sub(r"\1", plain)
    return _DOUBLED.sub(r"\1", plain.replace("`", "'"))
