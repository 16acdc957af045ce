"""What is wrong is said before anything is asked; a service is asked as anybody asks it."""

import json
from types import SimpleNamespace

import httpx
import pytest

from ingest.errors import EvaluationInvalid, OutputUnusable
from service.evaluation.condensing import condense
from service.evaluation.report import html_report
from ui import evaluating
from ui.cli import main
from ui.client import Client
from ui.written import write

QUESTION = {"id": "a", "language": "en", "question": "What?", "gold_pages": ["en/a"]}
REFUSAL = {
    "outcome": "no_answer",
    "confidence": 0.1,
    "question_language": "en",
    "not_found_parts": [],
    "citations": [],
    "situations": [],
    "personal_data": [],
    "urgent": {"kind": "violence", "contacts": []},
    "support": [],
    "notice": "",
    "generation": "g1",
}
STATUS = {
    "generation": "g2",
    "made_at": "2026-01-01",
    "pages": 1,
    "passages": 1,
    "languages": {"en": 1},
    "encoder": "fake",
    "version": "1.2",
    "error": None,
}
PAGE = {"key": "en/a", "title": "A", "language": "en", "url": None, "digest": "d"}


@pytest.fixture
def asked():
    """The bodies of the questions that the service was asked."""
    return []


@pytest.fixture
def service(asked):
    """A service with one page that answers nothing."""

    def reply(request):
        if request.url.path == "/v1/answers":
            asked.append(json.loads(request.content))
        replies = {"/v1/answers": REFUSAL, "/v1/status": STATUS, "/v1/pages": [PAGE]}
        return httpx.Response(200, json=replies[request.url.path])

    return Client("http://somebody:secret@x:8000", httpx.MockTransport(reply))


@pytest.fixture
def questions(tmp_path):
    def load(**changes):
        file = tmp_path / "questions.jsonl"
        file.write_text(json.dumps(QUESTION | changes), "utf-8")
        return evaluating.load_questions([file])

    return load


def test_a_service_is_asked_with_the_limit_that_its_settings_say(service, asked, questions):
    row, generation = evaluating._ask_over_wire(questions()[0], service)
    assert asked[0]["limit"] is None
    assert generation == "g1"
    assert row | {"seconds": 0} == {
        "id": "a",
        "outcome": "no_answer",
        "confidence": 0.1,
        "retrieved": None,
        "citations": [],
        "notice": REFUSAL["notice"],
        "seconds": 0,
    }


def test_a_gold_page_that_a_service_lacks_is_named_before_it_is_asked(service, asked, questions):
    with pytest.raises(EvaluationInvalid, match="question a: no page en/b in this index"):
        evaluating._ask_service(questions(gold_pages=["en/a", "en/b"]), service)
    assert asked == []


def test_what_is_known_of_a_service_is_stamped_and_no_key_to_it(service, questions, monkeypatch):
    monkeypatch.setattr(evaluating, "finish", lambda _, rows, stamped: stamped)
    # It had published by the time that it was asked for its status: g1 is what answered.
    assert evaluating._ask_service(questions(), service) == {
        "generation": "g1",
        "model": "fake",
        "version": "1.2",
        "url": "http://x:8000",
    }


def test_of_a_service_nothing_is_counted_that_hangs_on_what_it_retrieved(
    service, questions, tmp_path
):
    asked = questions(gold_spans=["two weeks"])
    run = evaluating._ask_service(asked, service)
    assert run.figures["all"].keys() == {
        "answered",
        "answer_span",
        "notice_present",
        "right_refusal",
    }
    assert run.quality["parity"] == {}
    condensed = condense(run, asked, [])
    # Refused although a page answers: whether the page was found, nobody knows.
    assert [error["step"] for error in condensed["errors"]] == ["wrongly refused"]
    counted = {name for name, by_id in condensed["values"].items() if by_id}
    assert counted == run.figures["all"].keys()
    assert "not retrieved" not in html_report(run, asked)
    assert json.loads(run.as_json())["rows"][0]["retrieved"] is None


def test_a_split_that_no_question_is_in_is_said(questions, tmp_path):
    questions(split="dev")
    options = SimpleNamespace(questions=[tmp_path / "questions.jsonl"], split="gate")
    with pytest.raises(EvaluationInvalid, match="none of these 1 questions is in split 'gate'"):
        evaluating._chosen(options)
    assert evaluating._chosen(SimpleNamespace(**vars(options) | {"split": "dev"}))


@pytest.mark.parametrize(
    "words",
    [
        *(["evaluate", option, "missing/r"] for option in ("--json", "--report", "--summary")),
        ["tune", "--output", "missing/r"],
    ],
)
def test_a_folder_that_is_not_there_is_said_before_anything_is_asked(
    tmp_path, capsys, monkeypatch, words
):
    monkeypatch.chdir(tmp_path)
    # The question file is not there either: only what comes first is said.
    code = main(["--data", str(tmp_path / "data"), *words, "--questions", "none.jsonl"])
    assert code == 1
    assert "there is no folder missing; make it first" in capsys.readouterr().err


def test_a_file_that_the_system_refuses_is_named(tmp_path):
    with pytest.raises(OutputUnusable, match=r"cannot be written: File name too long"):
        write(tmp_path / ("x" * 300), "text")
