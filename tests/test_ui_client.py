"""A client that is told in time that nobody answers, and takes no nonsense for an answer."""

import socket
import time

import httpx
import pytest

from ingest.errors import QuestionInvalid, ServiceUnreachable
from ui.client import Client


def replying(status: int, text: str) -> Client:
    return Client(
        "http://x", httpx.MockTransport(lambda _: httpx.Response(status, text=text)), timeout=5
    )


def test_an_api_that_takes_the_question_and_says_nothing_is_given_up():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        client = Client(f"http://127.0.0.1:{silent.getsockname()[1]}", timeout=0.3)
        began = time.monotonic()
        with pytest.raises(ServiceUnreachable, match="ReadTimeout"):
            client.ask("legal aid")
    assert time.monotonic() - began < 30


@pytest.mark.parametrize(
    ("status", "text"),
    [(200, "<h1>It works!</h1>"), (200, "{}"), (200, ""), (500, "{}"), (404, "no"), (503, "")],
)
def test_nonsense_is_no_answer_and_no_refusal(status, text):
    with pytest.raises(ServiceUnreachable):
        replying(status, text).ask("legal aid")


def test_a_question_that_is_refused_is_not_a_failure_and_is_not_repeated():
    with pytest.raises(QuestionInvalid) as refused:
        replying(422, '{"title": "too long"}').ask("a secret")
    assert "secret" not in str(refused.value)


def test_an_address_that_can_be_nobodys_is_said():
    with pytest.raises(ServiceUnreachable, match=r"'http://::1:8000' is no address of an API"):
        Client("http://::1:8000")
