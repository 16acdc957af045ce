"""A question file is refused with its line, before anything is measured."""

import json

import pytest

from ingest.errors import EvaluationInvalid
from ingest.settings import Settings
from service.evaluation.questions import load_questions, refuse_unknown_pages

GOOD = {"id": "a", "language": "en", "question": "What?", "gold_pages": ["p"]}


def write(tmp_path, *lines: object):
    file = tmp_path / "questions.jsonl"
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    file.write_text(text, "utf-8")
    return file


def test_a_question_is_read_with_its_defaults(tmp_path):
    (question,) = load_questions([write(tmp_path, GOOD, "")])
    assert (question.id, question.source_id, question.gold_spans) == ("a", "a", ())
    assert question.answerable


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([GOOD, "{"], "line 2: no JSON"),
        ([GOOD, [1]], "line 2: a JSON object is expected, not list"),
        ([{"id": "a", "language": "en"}], "line 1: question, gold_pages is missing"),
        ([GOOD, GOOD], "line 2: id 'a' stands twice"),
        ([], "no question in these files"),
        ([GOOD | {"gold_spans": "two weeks"}], 'gold_spans is "two weeks", expected a list'),
        ([GOOD | {"gold_spans": None}], "line 1: gold_spans is null, expected a list of texts"),
        ([GOOD | {"gold_spans": [" "]}], 'gold_spans holds " ", expected a list of texts'),
        ([GOOD | {"gold_pages": None}], r'gold_pages is null, .*; write it as \["..."\], or \[\]'),
        ([GOOD | {"gold_pages": ["p", 7]}], "gold_pages holds 7, .*; mend that entry"),
        ([GOOD, GOOD | {"question": None}], "line 2: question is null, expected a text"),
        ([GOOD | {"question": "\t"}], r'question is "\\t", expected a text that is not empty'),
        ([GOOD | {"question": ["x" * 99]}], r'question is \["x{38}\.\.\., expected'),
        ([GOOD | {"id": ""}], 'line 1: id is "", expected a text that is not empty; write it'),
        ([GOOD | {"language": 1}], "line 1: language is 1, expected"),
        ([GOOD | {"source_id": ""}], 'line 1: source_id is "", expected'),
        ([GOOD | {"split": None}], "line 1: split is null, .*, or leave the field out"),
    ],
)
def test_a_bad_line_is_named(tmp_path, lines, message):
    with pytest.raises(EvaluationInvalid, match=message):
        load_questions([write(tmp_path, *lines)])


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(EvaluationInvalid, match=r"none\.jsonl: No such file"):
        load_questions([tmp_path / "none.jsonl"])


def test_a_gold_page_that_does_not_exist_is_named_with_its_line(tmp_path):
    questions = load_questions([write(tmp_path, GOOD)])
    refuse_unknown_pages(questions, ["p"])
    with pytest.raises(EvaluationInvalid, match="line 1, question a: no page p in this index"):
        refuse_unknown_pages(questions, ["other"])


def test_one_gold_page_of_several_that_does_not_exist_is_named(tmp_path):
    questions = load_questions([write(tmp_path, GOOD | {"gold_pages": ["p", "tpyo", "r"]})])
    refuse_unknown_pages(questions, ["p", "tpyo", "r"])
    with pytest.raises(EvaluationInvalid, match="no page tpyo and no page r in this index"):
        refuse_unknown_pages(questions, ["p"])


def test_a_line_separator_of_unicode_ends_no_line(tmp_path):
    line = json.dumps(GOOD | {"question": "one\u2028two"}, ensure_ascii=False)
    (question,) = load_questions([write(tmp_path, line)])
    assert question.question == "one\u2028two"


def test_every_gold_page_of_our_own_questions_is_one_of_our_pages():
    content = Settings().content
    files = sorted((content / "questions").glob("??.jsonl"))
    pages = {f"{file.parent.name}/{file.stem}" for file in (content / "pages").glob("??/*.md")}
    refuse_unknown_pages(load_questions(files), pages)
