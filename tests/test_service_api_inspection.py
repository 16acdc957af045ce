"""Looking over the API: pages and their age, passages with twins, findings, kept evaluations."""

import pytest
from fastapi.testclient import TestClient

from ingest.catalogue import Catalogue
from ingest.refresh import sources_of
from ingest.settings import Settings
from service.api.app import create_app
from service.engine import Engine
from service.evaluation.condensing import condense
from service.evaluation.questions import GoldQuestion
from service.evaluation.run import evaluate
from service.kept_runs import KeptRuns
from service.keys import Keys
from service.refreshing import refresh
from tests.test_ingest_refresh import write
from tests.test_service_api_maintenance import wait

CARD = "You ask for the library card at the desk of any library in your town."
RENT = "The tenant pays the landlord a deposit before moving into the flat."


@pytest.fixture(scope="module")
def settings(tmp_path_factory, models_folder):
    home = tmp_path_factory.mktemp("inspection")
    (home / "data").mkdir()
    (home / "data" / "models").symlink_to(models_folder)
    write(home / "pages", "card", CARD)
    write(home / "pages", "rent", RENT)
    write(home / "pages", "twin", CARD)
    write(home / "pages", "empty", "To apply:")
    settings = Settings(
        data=home / "data",
        sources={"ours": {"path": home / "pages", "max_age_days": 30}},
        answers={"threshold": 0.0},
        service={"maintainer": "Anna"},
    )
    refresh(sources_of(settings), settings, by="test")
    return settings


@pytest.fixture(scope="module")
def engine(settings):
    return Engine(settings)


@pytest.fixture(scope="module")
def client(settings, engine):
    with TestClient(create_app(engine), raise_server_exceptions=False) as opened:
        opened.headers["Authorization"] = f"Bearer {Keys(settings.data).add('Anna')}"
        yield opened


def test_every_page_is_listed_with_its_source_and_whether_it_is_old(client, settings):
    pages = client.get("/v1/inventory").json()
    assert [page["key"] for page in pages] == ["en/card", "en/empty", "en/rent", "en/twin"]
    assert {(page["source"], page["stale"]) for page in pages} == {("ours", False)}
    catalogue = Catalogue(settings.data)
    with catalogue.database:
        catalogue.database.execute(
            "update live set checked_at = '2020-01-01T00:00:00+00:00' where key = 'en/rent'"
        )
    catalogue.close()
    old = [page["key"] for page in client.get("/v1/inventory").json() if page["stale"]]
    assert old == ["en/rent"]


def test_a_page_is_shown_as_its_passages_with_their_places(client):
    seen = client.get("/v1/passages", params={"page_key": "en/rent"}).json()
    (passage,) = seen["passages"]
    text = seen["page"]["text"]
    assert text[passage["start"] : passage["end"]] == passage["text"] == RENT
    assert (passage["kept_on"], passage["also_on"]) == (None, [])
    assert (seen["source"], seen["max_age_days"]) == ("ours", 30)
    assert [version["digest"] for version in seen["versions"]] == [seen["page"]["digest"]]
    assert seen["origin"].endswith("rent.md")


def test_a_twin_is_shown_with_the_page_that_it_is_quoted_from(client):
    shown = {
        key: client.get("/v1/passages", params={"page_key": key}).json()
        for key in ("en/card", "en/twin")
    }
    kept = [seen["passages"][0]["kept_on"] for seen in shown.values()]
    assert sorted(map(str, kept)) in (["None", "en/card"], ["None", "en/twin"])
    for key, other in (("en/card", "en/twin"), ("en/twin", "en/card")):
        (passage,) = shown[key]["passages"]
        text = shown[key]["page"]["text"]
        assert text[passage["start"] : passage["end"]] == passage["text"] == CARD
        assert passage["also_on"] == [other]


def test_a_page_that_is_not_live_is_a_problem_that_names_it(client):
    response = client.get("/v1/passages", params={"page_key": "en/nowhere"})
    assert response.status_code == 404
    assert "en/nowhere" in response.json()["detail"]


def test_findings_are_looked_for_in_a_job_and_then_kept(client):
    assert client.get("/v1/findings").json()["looked_at"] is None
    started = client.post("/v1/findings")
    assert started.status_code == 202
    job = started.json()
    assert (job["task"], job["dry_run"]) == ("lint", False)
    assert client.get("/v1/running").json()["id"] == job["id"]
    done = wait(client, job)
    assert done["state"] == "done", done
    found = client.get("/v1/findings").json()
    assert found["looked_at"] == done["ended"]
    (lead_in,) = [f for f in found["findings"] if f["rule"] == "lead-in"]
    assert (lead_in["page"], lead_in["line"]) == ("en/empty", 9)
    assert client.get("/v1/running").json() is None


def test_generations_are_listed_newest_first_with_the_live_one_marked(client, settings):
    write(settings.sources["ours"].path, "card", CARD + " It is free.")
    before = client.get("/v1/status").json()["generation"]
    done = wait(client, client.post("/v1/refreshes", json={}).json())
    listed = client.get("/v1/generations").json()
    assert [(g["id"], g["live"]) for g in listed] == [
        (done["report"]["generation"], True),
        (before, False),
    ]
    assert listed[0]["pages"] == 4


def test_an_explanation_brings_the_answer_and_counts_nothing(client):
    before = client.get("/v1/use").json()["tallies"]
    found = client.post("/v1/explanations", json={"question": "Who pays a deposit?"}).json()
    assert found["answer"]["citations"][0]["quote"] == RENT
    assert client.get("/v1/use").json()["tallies"] == before


QUESTIONS = [
    GoldQuestion("q1", "en", "Who pays a deposit?", ("en/rent",), (), "plain", "", "q1", "dev"),
    GoldQuestion("q2", "en", "How much is a cat?", (), (), "other", "", "q2", "dev"),
]


def test_a_kept_evaluation_is_listed_and_told_with_its_errors(client, engine, settings):
    assert client.get("/v1/evaluations").json() == []
    run = evaluate(QUESTIONS, engine.answerer)
    name = KeptRuns(settings.data).keep(condense(run, QUESTIONS, ["en.jsonl"]))
    (listed,) = client.get("/v1/evaluations").json()
    assert (listed["name"], listed["questions"], listed["files"]) == (name, 2, ["en.jsonl"])
    assert listed["figures"]["page_at_1"] == 1.0
    told = client.get(f"/v1/evaluations/{name}").json()
    # With a threshold of 0 everything is answered, the question that no page answers too.
    assert [(e["id"], e["step"]) for e in told["errors"]] == [("q2", "wrongly answered")]
    assert told["values"]["page_at_1"] == {"q1": 1.0}
    assert told["figures"]["language en"]["page_at_1"]["n"] == 1


@pytest.mark.parametrize(
    ("file", "text", "named"),
    [
        ("20260101T000000Z-abcdef", "half a li", True),
        ("20260101T000000Z-abcdef", '{"name": 3}', True),
        ("20260101T000000Z-abcdef", "[]", True),
        ("notes", "{}", False),
    ],
)
def test_one_damaged_or_foreign_evaluation_hides_none_of_the_others(
    client, settings, caplog, file, text, named
):
    before = client.get("/v1/evaluations").json()
    bad = settings.data / "evaluations" / f"{file}.json"
    bad.parent.mkdir(exist_ok=True)
    bad.write_text(text, "utf-8")
    try:
        response = client.get("/v1/evaluations")
    finally:
        bad.unlink()
    assert response.status_code == 200
    assert response.json() == before
    assert (file in caplog.text) is named


@pytest.mark.parametrize("name", ["20260101T000000Z-abcdef", "..%2F..%2Fkeys", "keys"])
def test_an_evaluation_that_is_not_there_is_a_problem(client, name):
    response = client.get(f"/v1/evaluations/{name}")
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
