"""The client with a key: what it sends, and what each refusal becomes."""

import json

import httpx
import pytest

from ingest.errors import KeyRefused, RequestRefused, ServiceUnreachable
from ui.staff_client import StaffClient

JOB = {
    "id": "a1",
    "by": "Anna",
    "task": "rehearse",
    "dry_run": True,
    "state": "running",
    "began": "2026-11-26T12:00:00+00:00",
    "ended": None,
    "step": "reading",
    "done": 3,
    "total": 0,
    "report": None,
    "error": None,
}


def client(answer, seen=None):
    def handler(request):
        if seen is not None:
            seen.append(request)
        return answer

    return StaffClient("passerelle_abc", "http://api", httpx.MockTransport(handler))


def test_the_key_goes_in_a_header_and_never_in_an_address():
    seen = []
    client(httpx.Response(200, json=[]), seen).sources()
    assert seen[0].headers["authorization"] == "Bearer passerelle_abc"
    assert "passerelle_abc" not in str(seen[0].url)


def test_a_page_key_of_any_form_arrives_as_it_is():
    seen = []
    with pytest.raises(ServiceUnreachable):
        client(httpx.Response(200, json={}), seen).inspect("https://x.org/a?b=c&d#é")
    assert seen[0].url.params["page_key"] == "https://x.org/a?b=c&d#é"


def test_a_dry_run_is_started_over_the_sources_that_are_named():
    seen = []
    job = client(httpx.Response(202, json=JOB), seen).start(["ours"], dry_run=True)
    assert (job.id, job.state) == ("a1", "running")
    asked = {"sources": ["ours"], "dry_run": True, "confirm_removals": False}
    assert json.loads(seen[0].content) == asked


def test_a_page_is_erased_only_with_the_word_that_confirms_it():
    seen = []
    plan = {"page_key": "en/a", "title": "A", "versions": 1, "passages": 1, "lines": 0}
    plan |= {"live": True, "generations": [], "job": None}
    asked = client(httpx.Response(200, json=plan), seen)
    assert asked.purge("en/a").job is None
    asked.purge("en/a", confirm=True)
    assert [json.loads(request.content)["confirm"] for request in seen] == [False, True]


def test_a_page_that_is_let_in_again_is_named_whatever_its_key_is():
    seen = []
    client(httpx.Response(200, json={"kept": [], "purged": []}), seen).readmit(
        "https://x.org/a?b#é"
    )
    assert (seen[0].method, seen[0].url.params["page_key"]) == ("DELETE", "https://x.org/a?b#é")


def test_nothing_that_runs_is_none():
    assert client(httpx.Response(200, content=b"null")).running() is None


@pytest.mark.parametrize("key", ["", "  ", "clé", "a\nb", "a\x00"])
def test_what_cannot_be_a_key_is_refused_before_anything_is_sent(key):
    with pytest.raises(KeyRefused, match="that is no key"):
        StaffClient(key)


def test_a_key_that_opens_nothing_says_whom_to_ask():
    with pytest.raises(KeyRefused, match="ask whoever runs Passerelle"):
        client(httpx.Response(401, json={"title": "x", "status": 401, "detail": "y"})).runs()


def test_a_refusal_keeps_the_reason_of_the_api():
    told = {"title": "A refresh is under way", "status": 409, "detail": "wait for it to end"}
    with pytest.raises(RequestRefused, match=r"^wait for it to end$"):
        client(httpx.Response(409, json=told)).look()


@pytest.mark.parametrize("answer", [httpx.Response(502, text="<h1>Bad gateway</h1>")])
def test_what_is_no_problem_document_is_not_shown_as_one(answer):
    with pytest.raises(ServiceUnreachable, match="502"):
        client(answer).generations()


def test_an_api_that_does_not_answer_says_how_to_start_it():
    def handler(_):
        raise httpx.ConnectError("refused")

    down = StaffClient("k", "http://api", httpx.MockTransport(handler))
    with pytest.raises(ServiceUnreachable, match="passerelle serve"):
        down.findings()
