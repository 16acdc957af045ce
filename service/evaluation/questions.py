"""Question files: JSONL, checked line by line before anything is measured."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.errors import EvaluationInvalid

_NEEDED = ("id", "language", "question", "gold_pages")


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
        EvaluationInvalid: a file is missing, a line is no JSON object, lacks a field or repeats an
            id; file and line are named.
    """
    found: dict[str, GoldQuestion] = {}
    for file in files:
        for number, line in enumerate(_lines(file), start=1):
            if not line.strip():
                continue
            question = _parse(line, f"{file}, line {number}")
            if question.id in found:
                raise EvaluationInvalid(f"{file}, line {number}: id {question.id!r} stands twice")
            found[question.id] = question
    if not found:
        raise EvaluationInvalid("no question in these files; one JSON object a line is expected")
    return list(found.values())


def refuse_unknown_pages(questions: Iterable[GoldQuestion], known: Collection[str]) -> None:
    """Make sure that every question which claims an answer has one in this corpus.

    Raises:
        EvaluationInvalid: none of a question's gold pages exists.
    """
    for question in questions:
        if question.answerable and not set(question.gold_pages) & set(known):
            wanted = " or ".join(question.gold_pages)
            raise EvaluationInvalid(
                f"{question.where}: no page {wanted} in this index; ingest it, or mend gold_pages"
            )


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text("utf-8").splitlines()
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
        raise EvaluationInvalid(f"{where}: {', '.join(missing)} is missing")
    return GoldQuestion(
        id=str(raw["id"]),
        language=str(raw["language"]),
        question=str(raw["question"]),
        gold_pages=tuple(raw["gold_pages"]),
        gold_spans=tuple(raw.get("gold_spans", ())),
        kind=str(raw.get("kind", "")),
        fact=str(raw.get("fact", "")),
        source_id=str(raw.get("source_id", raw["id"])),
        split=str(raw.get("split", "")),
        where=f"{where}, question {raw['id']}",
    )
