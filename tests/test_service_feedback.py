"""Feedback: counted, kept without a trace of who said it, and usable as an evaluation question."""

import sqlite3

import pytest
from fastapi.testclient import TestClient

from ingest.errors import DataUnusable, FeedbackRefused
from service.api.app import create_app
from service.engine import Engine
from service.feedback import Feedback, Said, as_question

HELPED = Said("helped", "en/legal-aid", "abc", 12, "how do i get a lawyer", "en")
UNCLEAR = Said("unclear", "en/legal-aid", "abc", 12)


def test_what_was_said_is_counted_by_kind(tmp_path):
    feedback = Feedback(tmp_path)
    assert feedback.counts() == {}
    for said in (HELPED, UNCLEAR, UNCLEAR):
        feedback.keep(said)
    assert feedback.counts() == {"helped": 1, "unclear": 2}


def test_a_row_holds_the_day_and_nothing_of_the_sender(tmp_path):
    feedback = Feedback(tmp_path)
    feedback.keep(UNCLEAR)
    (row,) = feedback.rows()
    assert len(row.pop("day")) == len("2026-01-01")
    assert row == {
        "id": 1,
        "kind": "unclear",
        "page_key": "en/legal-aid",
        "page_digest": "abc",
        "start": 12,
        "question": None,
        "language": None,
    }


def test_a_question_that_was_sent_becomes_an_evaluation_question(tmp_path):
    feedback = Feedback(tmp_path)
    feedback.keep(HELPED)
    feedback.keep(UNCLEAR)
    helped, unclear = map(as_question, feedback.rows())
    assert helped["question"] == "how do i get a lawyer"
    assert helped["gold_pages"] == ["en/legal-aid"]
    assert unclear is None


def test_a_full_file_refuses_more(tmp_path):
    feedback = Feedback(tmp_path, most=1)
    feedback.keep(UNCLEAR)
    with pytest.raises(FeedbackRefused, match="1 at most"):
        feedback.keep(UNCLEAR)


def test_a_damaged_file_is_named(tmp_path):
    (tmp_path / "feedback.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(DataUnusable, match=r"feedback\.sqlite cannot be used"):
        Feedback(tmp_path).counts()


BODY = {"kind": "unsafe", "page_key": "en/legal-aid", "page_digest": "abc", "start": 0}


@pytest.fixture(scope="module", autouse=True)
def nothing_kept_before(served):
    (served.data / "feedback.sqlite").unlink(missing_ok=True)


@pytest.fixture(scope="module")
def read_by_someone(served):
    service = served.service.model_copy(update={"maintainer": "someone@example.org"})
    engine = Engine(served.model_copy(update={"service": service}))
    yield TestClient(create_app(engine), raise_server_exceptions=False)
    engine.close()


def test_without_a_maintainer_nothing_is_kept_and_no_button_is_offered(client, served):
    assert client.post("/v1/feedback", json=BODY).status_code == 403
    answer = client.post("/v1/answers", json={"question": "How do I get legal aid?"}).json()
    assert answer["feedback"] is False
    assert not (served.data / "feedback.sqlite").exists()


def test_with_a_maintainer_it_is_kept_and_shown_in_the_status(read_by_someone, served):
    answer = read_by_someone.post("/v1/answers", json={"question": "How do I get legal aid?"})
    assert answer.json()["feedback"] is True
    assert read_by_someone.post("/v1/feedback", json=BODY).status_code == 201
    assert read_by_someone.get("/v1/status").json()["feedback"] == {"unsafe": 1}
    with sqlite3.connect(served.data / "feedback.sqlite") as db:
        assert db.execute("select question from feedback").fetchall() == [(None,)]
    db.close()
    (served.data / "feedback.sqlite").unlink()


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"kind": "rude"}, 422),
        ({"page_key": "nope"}, 404),
        ({"start": -1}, 422),
        ({"question": "x" * 4001}, 422),
        ({"name": "me"}, 422),
    ],
)
def test_feedback_that_makes_no_sense_is_refused(read_by_someone, change, status):
    response = read_by_someone.post("/v1/feedback", json={**BODY, **change})
    assert response.status_code == status
    assert "x" * 100 not in response.text


def test_markup_in_feedback_is_kept_as_the_characters_it_is(tmp_path):
    feedback = Feedback(tmp_path)
    feedback.keep(Said("unsafe", "en/legal-aid", "abc", 0, "<script>'); drop table feedback;--"))
    assert feedback.rows()[0]["question"] == "<script>'); drop table feedback;--"
