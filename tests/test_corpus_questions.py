"""The evaluation questions are what their README says, and each check on them can fail."""

import copy
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.settings import Settings
from service.evaluation.questions import load_questions
from tests import question_checks as checks

CORPUS = Settings().content
CHECKS: tuple[Callable[[checks.Sets, Path], list[str]], ...] = (
    checks.count_faults,
    checks.field_faults,
    checks.twice_faults,
    checks.page_faults,
    checks.leak_faults,
)


@pytest.fixture(scope="module")
def sets():
    return checks.read_sets(CORPUS)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_questions_hold_to_their_rules(check, sets):
    assert check(sets, CORPUS) == []


def test_the_harness_reads_every_question(sets):
    questions = load_questions(sorted((CORPUS / "questions").glob("??.jsonl")))
    assert [question.id for question in questions] == [row["id"] for row in checks.rows(sets)]
    assert {question.split for question in questions} == set(checks.SPLITS)


@pytest.fixture
def planted(sets):
    """A copy of the sets, to plant a fault in."""
    return copy.deepcopy(sets)


def _first(planted, *, answerable):
    return next(row for row in planted["en"] if bool(row["gold_pages"]) is answerable)


@pytest.mark.parametrize(
    ("answerable", "least"), [(True, checks.ANSWERABLE), (False, checks.UNANSWERABLE)]
)
def test_a_language_with_too_few_questions_is_named(planted, answerable, least):
    kept = [row for row in planted["en"] if bool(row["gold_pages"]) is answerable][: least - 1]
    planted["en"] = [row for row in planted["en"] if bool(row["gold_pages"]) is not answerable]
    planted["en"] += kept
    (fault,) = checks.count_faults(planted, CORPUS)
    assert re.fullmatch(rf"en: {least - 1} (un)?answerable questions, expected {least}", fault)


def test_a_missing_language_and_too_few_sources_are_named(planted):
    del planted["fa"]
    assert checks.count_faults(planted, CORPUS) == ["no set in fa"]
    few = {language: of_language[:1] for language, of_language in planted.items()}
    assert "source questions, expected 300" in checks.count_faults(few, CORPUS)[-1]


@pytest.mark.parametrize(
    ("answerable", "change", "named"),
    [
        (True, {"split": "none"}, "its split is not its source question's"),
        (True, {"source_id": "z999"}, "its id is not <source_id>-<language>"),
        (True, {"language": "fr"}, "it stands in another language's file"),
        (True, {"fact": ""}, "it has no question or no fact"),
        (True, {"note": "x"}, "its fields are not the nine"),
        (True, {"kind": "plain/mutuelles"}, "its kind 'plain/mutuelles' is not on the list"),
        (True, {"kind": "near_miss/plain"}, "its kind 'near_miss/plain' is not on the list"),
        (False, {"kind": "plain/mutuelle"}, "its kind 'plain/mutuelle' is not on the list"),
        (False, {"gold_spans": ["free"]}, "it has spans and no page"),
    ],
)
def test_a_wrong_field_is_named(planted, answerable, change, named):
    row = _first(planted, answerable=answerable)
    row.update(change)
    assert f"{row['id']}: {named}" in checks.field_faults(planted, CORPUS)


def test_rows_out_of_order_are_named(planted):
    planted["uk"].reverse()
    assert checks.field_faults(planted, CORPUS) == ["uk: rows are not sorted by id"]


def test_each_split_follows_from_the_source_question_alone():
    assert [checks.split_of(source) for source in ("a001", "a003", "a004")] == [
        "tune",
        "gate",
        "dev",
    ]


def test_an_id_and_a_question_that_stand_twice_are_named(planted):
    row = {**_first(planted, answerable=True)}
    row["question"] = f"  {row['question'].upper()} "
    planted["en"].append(row)
    faults = checks.twice_faults(planted, CORPUS)
    assert f"{row['id']!r} stands 2 times" in faults
    assert len(faults) == 2


def test_a_question_in_one_language_only_is_named(planted):
    source = planted["en"][0]["source_id"]
    for language in planted.keys() - {"en"}:
        planted[language] = [row for row in planted[language] if row["source_id"] != source]
    assert checks.twice_faults(planted, CORPUS) == [
        f"{source} is asked in 1 language(s), expected 2 to 4"
    ]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"gold_pages": ["en/none", "fr/none"]}, "no page en/none"),
        ({"gold_pages": ["en/mutuelle"]}, "en/mutuelle is gold and its translation is not"),
        ({"gold_spans": ["no such words"]}, "'no such words' stands on none of its pages"),
        ({"gold_spans": ["[the ameli account](ameli"]}, "stands on none of its pages"),
        ({"gold_spans": []}, "no span of it stands on "),
    ],
)
def test_a_gold_page_or_span_that_is_not_there_is_named(planted, change, named):
    row = _first(planted, answerable=True)
    row.update(change)
    assert any(
        row["id"] in fault and named in fault for fault in checks.page_faults(planted, CORPUS)
    )


def test_a_span_that_a_page_loses_is_named(sets, tmp_path):
    folder = Path(shutil.copytree(CORPUS, tmp_path / "corpus"))
    page = folder / "pages/en/carte-vitale.md"
    page.write_text(page.read_text("utf-8").replace("works everywhere", "is valid"), "utf-8")
    faults = checks.page_faults(sets, folder)
    assert faults
    assert all("en/carte-vitale" in fault or "works everywhere" in fault for fault in faults)


PLANTED = {
    "pages/asked/planted.toml": '[[sections]]\nen = ["{}"]\n',
    "elsewhere/planted.toml": '[[kinds]]\nname = "near_miss"\nen = ["{}"]\n',
    "domain/planted.toml": 'administration = ["{}"]\n',
    "glossary.toml": '[[terms]]\nid = "x"\n[terms.also_said]\nen = ["{}"]\n',
    "lexicon/planted.toml": '[[entries]]\nen = ["{}"]\n',
}


@pytest.fixture
def leaks(tmp_path):
    """Name the leaks of a question that is planted in a file of a content folder."""

    def named(place, question, **changes):
        (tmp_path / "glossary.toml").write_text("terms = []", "utf-8")
        file = tmp_path / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(PLANTED[place].format(question.upper()), "utf-8")
        row = {"id": "a-en", "question": f"{question} ?", "split": "gate", **changes}
        return checks.leak_faults({"en": [row]}, tmp_path)

    return named


@pytest.mark.parametrize("place", PLANTED)
def test_a_measuring_question_in_what_helps_finding_is_named(leaks, place):
    (fault,) = leaks(place, "where is my card")
    assert fault.startswith(f"a-en: asked in the same words in {place.replace('planted', '*')}")
    assert leaks(place, "where is my card", split="tune") == []


@pytest.mark.parametrize("place", PLANTED)
def test_a_question_of_two_words_may_be_the_name_of_a_thing_where_things_are_named(leaks, place):
    named = place.startswith(("glossary", "lexicon"))
    assert len(leaks(place, "free psychologist")) == (not named)
    assert len(leaks(place, "a free psychologist")) == 1


def test_the_readme_counts_are_the_files_counts(sets):
    readme = (CORPUS / "questions/README.md").read_text("utf-8")
    table = {
        name: int(n) for name, n in re.findall(r"^\| `(\w+)` \| (\d+) \|", readme, re.MULTILINE)
    }
    assert table == dict(checks.kind_counts(checks.rows(sets)))
    by_language = re.findall(r"^\| (\w\w) \| (\d+) \| (\d+) \|$", readme, re.MULTILINE)
    assert {(code, int(n), int(m)) for code, n, m in by_language} == {
        (language, len(found := [row for row in of if row["gold_pages"]]), len(of) - len(found))
        for language, of in sets.items()
    }
    thirds = re.findall(r"^\| (tune|dev|gate) \| (\d+) \| (\d+) \|$", readme, re.MULTILINE)
    assert {(name, int(n), int(m)) for name, n, m in thirds} == {
        (split, len({row["source_id"] for row in of}), len(of))
        for split in checks.SPLITS
        if (of := [row for row in checks.rows(sets) if row["split"] == split])
    }
