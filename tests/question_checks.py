"""What the evaluation questions are held to: each check names the faults it finds in the sets."""

import hashlib
import json
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from ingest import readers
from ingest.records import RawPage
from service.content import LANGUAGES
from tests.corpus_checks import TOPICS, page_files

FIELDS = (
    "id",
    "language",
    "question",
    "gold_pages",
    "gold_spans",
    "fact",
    "kind",
    "source_id",
    "split",
)
FORMS = ("plain", "situation", "slips", "dictated", "mixed", "transliterated", "several")
REFUSED = (
    "near_miss",
    "out_of_scope",
    "other_country",
    "personal_file",
    "hostile",
    "medical_advice",
    "false_premise",
)
SPLITS = ("tune", "dev", "gate")
ANSWERABLE, UNANSWERABLE, SOURCES = 60, 30, 300
# The glossary and the lexicon list what things are called. A question of a word or two is such a
# name ("psicólogo gratis"), which anybody would list; a longer one there was written for it.
NAME_WORDS = 2
# What finding is helped with, and of how many words a question is that may not stand there.
HELPING = {
    "pages/asked/*.toml": 1,
    "elsewhere/*.toml": 1,
    "domain/*.toml": 1,
    "glossary.toml": NAME_WORDS + 1,
    "lexicon/*.toml": NAME_WORDS + 1,
}

Row = dict[str, Any]
Sets = Mapping[str, list[Row]]


def read_sets(folder: Path) -> dict[str, list[Row]]:
    """Return the rows of each `questions/<language>.jsonl`, in the order of the file."""
    files = sorted((folder / "questions").glob("??.jsonl"))
    return {
        file.stem: [json.loads(line) for line in file.read_text("utf-8").split("\n") if line]
        for file in files
    }


def rows(sets: Sets) -> Iterator[Row]:
    """Go through the rows of all languages."""
    for language in sorted(sets):
        yield from sets[language]


def split_of(source_id: str) -> str:
    """Return the third that a source question falls into: its digest alone decides."""
    return SPLITS[int(hashlib.sha256(source_id.encode()).hexdigest(), 16) % 3]


def allowed_kinds() -> dict[bool, set[str]]:
    """Return the kinds of answerable (True) and of unanswerable (False) questions."""
    return {
        True: {f"{form}/{topic}" for form in FORMS for topic in TOPICS},
        False: {f"{why}/{form}" for why in REFUSED for form in FORMS},
    }


def count_faults(sets: Sets, _: Path) -> list[str]:
    """A language with too few questions of a sort, or too few source questions in all."""
    faults = [f"no set in {language}" for language in set(LANGUAGES) ^ set(sets)]
    for language, of_language in sets.items():
        answered = sum(bool(row["gold_pages"]) for row in of_language)
        for found, wanted, sort in (
            (answered, ANSWERABLE, "answerable"),
            (len(of_language) - answered, UNANSWERABLE, "unanswerable"),
        ):
            if found < wanted:
                faults.append(f"{language}: {found} {sort} questions, expected {wanted}")
    sources = len({row["source_id"] for row in rows(sets)})
    return faults + [f"{sources} source questions, expected {SOURCES}"] * (sources < SOURCES)


def field_faults(sets: Sets, _: Path) -> list[str]:
    """A field that is missing, empty, unknown or contradicts another one; a file out of order."""
    faults = []
    kinds = allowed_kinds()
    for language, of_language in sets.items():
        ids = [row["id"] for row in of_language]
        if ids != sorted(ids):
            faults.append(f"{language}: rows are not sorted by id")
        for row in of_language:
            answered = bool(row["gold_pages"])
            wrong = {
                "its fields are not the nine": tuple(row) != FIELDS,
                "it has no question or no fact": not (row["question"] and row["fact"]),
                "it stands in another language's file": row["language"] != language,
                "its id is not <source_id>-<language>": row["id"]
                != f"{row['source_id']}-{row['language']}",
                "its split is not its source question's": row["split"]
                != split_of(row["source_id"]),
                f"its kind {row['kind']!r} is not on the list": row["kind"] not in kinds[answered],
                "it has spans and no page": bool(row["gold_spans"]) and not answered,
            }
            faults += [f"{row['id']}: {fault}" for fault, holds in wrong.items() if holds]
    return faults


def twice_faults(sets: Sets, _: Path) -> list[str]:
    """An id or a question that stands twice, and a source question in one language only."""
    ids = Counter(row["id"] for row in rows(sets))
    texts = Counter(_words(row["question"]) or row["question"] for row in rows(sets))
    faults = [f"{name!r} stands {n} times" for name, n in (ids + texts).items() if n > 1]
    languages = defaultdict(set)
    for row in rows(sets):
        languages[row["source_id"]].add(row["language"])
    return faults + [
        f"{source} is asked in {len(found)} language(s), expected 2 to 4"
        for source, found in languages.items()
        if not 2 <= len(found) <= 4
    ]


def page_faults(sets: Sets, folder: Path) -> list[str]:
    """A gold page that is not there or lacks its translation or a span; a span on no gold page."""
    texts = visible_blocks(tuple(page_files(folder)))
    faults = []
    for row in rows(sets):
        pages, spans = row["gold_pages"], [_spaced(span) for span in row["gold_spans"]]
        for page in pages:
            slug = page.partition("/")[2]
            if page not in texts:
                faults.append(f"{row['id']}: no page {page}")
            elif not any(span in block for span in spans for block in texts[page]):
                faults.append(f"{row['id']}: no span of it stands on {page}")
            if not {f"en/{slug}", f"fr/{slug}"} <= set(pages):
                faults.append(f"{row['id']}: {page} is gold and its translation is not")
        blocks = [block for page in pages for block in texts.get(page, ())]
        faults += [
            f"{row['id']}: {span!r} stands on none of its pages"
            for span in spans
            if not any(span in block for block in blocks)
        ]
    return faults


def leak_faults(sets: Sets, folder: Path) -> list[str]:
    """A question that measures and also stands, word for word, in what finding is helped with."""
    judged = [row for row in rows(sets) if row["split"] != "tune" and _words(row["question"])]
    faults = []
    for place, fewest in HELPING.items():
        helped = {_words(text) for file in sorted(folder.glob(place)) for text in _texts(file)}
        faults += [
            f"{row['id']}: asked in the same words in {place}; word that line otherwise"
            for row in judged
            if (words := _words(row["question"])) in helped and len(words.split()) >= fewest
        ]
    return faults


def _texts(file: Path) -> Iterator[str]:
    left: list[Any] = [tomllib.loads(file.read_text("utf-8"))]
    while left:
        value = left.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            left += value.values()
        elif isinstance(value, list):
            left += value


@lru_cache(maxsize=2)
def visible_blocks(files: tuple[Path, ...]) -> dict[str, list[str]]:
    """Return the lines of each page as its reader makes them visible, by page key."""
    found = {}
    for file in files:
        raw = RawPage(
            key=file.stem,
            origin=str(file),
            media_type="text/markdown",
            content=file.read_bytes(),
            source="corpus",
        )
        page = readers.read(raw)
        found[page.key] = [_spaced(line) for line in page.text.splitlines()]
    return found


def kind_counts(of_sets: Iterable[Row]) -> Counter[str]:
    """Count rows by the form of the answerable and the reason of the unanswerable ones."""
    return Counter(row["kind"].partition("/")[0] for row in of_sets)


def _spaced(text: str) -> str:
    return " ".join(text.casefold().split())


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
