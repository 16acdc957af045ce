"""Question files: JSONL, checked line by line before anything is measured."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.errors import EvaluationInvalid

_NEEDED = ("id", "language", "question", "gold_pages")
# As much of a wrong value as a message repeats.
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """A question with what would answer it.

    Attributes:
        gold_pages: keys of the pages that answer, any of which counts; none: not answerable.
        gold_spans: strings that an answering passage holds, any of which counts.
        source_id: translations of one question share it; the question's own id when alone.
        split: `tune`, `dev` or `gate`, by source question.
        where: file and line, for messages.
    """

    id: str
    language: str
    question: str
    gold_pages: tuple[str, ...]
    gold_spans: tuple[str, ...]
    kind: str
    fact: str
    source_id: str
    split: str
    where: str = ""

    @property
    def answerable(self) -> bool:
        """Whether the corpus holds an answer."""
        return bool(self.gold_pages)


def load_questions(files: Iterable[Path]) -> list[GoldQuestion]:
    """Read question files in order.

    Raises:
        EvaluationInvalid: a file is missing, a line is no JSON object, lacks a field, has something
            else in it than belongs there or repeats an id; file, line and field are named.
    """
    found: dict[str, GoldQuestion] = {}
    for file in files:
        for number, line in enumerate(_lines(file), start=1):
            if not line.strip():
                continue
            question = _parse(line, f"{file}, line {number}")
            if question.id in found:
                raise EvaluationInvalid(
                    f"{file}, line {number}: id {question.id!r} stands twice; give one another id"
                )
            found[question.id] = question
    if not found:
        raise EvaluationInvalid("no question in these files; one JSON object a line is expected")
    return list(found.values())


def refuse_unknown_pages(questions: Iterable[GoldQuestion], known: Collection[str]) -> None:
    """Make sure that every page which a question names as its answer is in this corpus.

    One that is not there can only be missed, even where another gold page is.

    Args:
        questions: to be asked.
        known: the keys of all pages, those included whose passages are kept under a twin.

    Raises:
        EvaluationInvalid: one of a question's gold pages does not exist.
    """
    keys = set(known)
    for question in questions:
        unknown = [page for page in question.gold_pages if page not in keys]
        if unknown:
            raise EvaluationInvalid(
                f"{question.where}: no page {' and no page '.join(unknown)} in this index; "
                "ingest it, or mend gold_pages"
            )


def _lines(file: Path) -> list[str]:
    try:
        # Not `splitlines`: JSON may hold line separators of Unicode as they are.
        return file.read_text("utf-8").split("\n")
    except OSError as error:
        raise EvaluationInvalid(f"{file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise EvaluationInvalid(f"{file} is not UTF-8: {error}") from error


def _parse(line: str, where: str) -> GoldQuestion:
    try:
        raw: Any = json.loads(line)
    except json.JSONDecodeError as error:
        raise EvaluationInvalid(f"{where}: no JSON: {error}") from error
    if not isinstance(raw, dict):
        raise EvaluationInvalid(f"{where}: a JSON object is expected, not {type(raw).__name__}")
    missing = [name for name in _NEEDED if name not in raw]
    if missing:
        raise EvaluationInvalid(f"{where}: {', '.join(missing)} is missing; add it")
    name = _text(raw, "id", where)
    return GoldQuestion(
        id=name,
        language=_text(raw, "language", where),
        question=_text(raw, "question", where),
        gold_pages=_texts(raw, "gold_pages", where),
        gold_spans=_texts(raw, "gold_spans", where),
        kind=_note(raw, "kind", where),
        fact=_note(raw, "fact", where),
        source_id=_text({"source_id": name, **raw}, "source_id", where),
        split=_note(raw, "split", where),
        where=f"{where}, question {name}",
    )


def _text(raw: dict[str, Any], name: str, where: str) -> str:
    value = raw[name]
    if not isinstance(value, str) or not value.strip():
        raise _wrong(value, name, where, "a text that is not empty", 'write it as "..."')
    return value


def _note(raw: dict[str, Any], name: str, where: str) -> str:
    value = raw.get(name, "")
    if not isinstance(value, str):
        raise _wrong(value, name, where, "a text", 'write it as "...", or leave the field out')
    return value


def _texts(raw: dict[str, Any], name: str, where: str) -> tuple[str, ...]:
    # A text alone is refused too: taken as a list it would be one of letters.
    values = raw.get(name, [])
    if not isinstance(values, list):
        raise _wrong(values, name, where, "a list of texts", 'write it as ["..."], or [] for none')
    for value in values:
        if not isinstance(value, str) or not value.strip():
            wanted = "a list of texts that are not empty"
            raise _wrong(value, name, where, wanted, "mend that entry, or take it out", "holds")
    return tuple(values)


def _wrong(
    value: object, name: str, where: str, wanted: str, way_out: str, verb: str = "is"
) -> EvaluationInvalid:
    shown = json.dumps(value, ensure_ascii=False)
    shown = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}..."
    return EvaluationInvalid(f"{where}: {name} {verb} {shown}, expected {wanted}; {way_out}")
