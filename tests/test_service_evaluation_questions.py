"""A question file is refused with its line, before anything is measured."""

import json

import pytest

from ingest.errors import EvaluationInvalid
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
