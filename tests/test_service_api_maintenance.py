"""Maintenance over the API: a key or nothing, one refresh at a time, cancelled, undone."""

import json
import time
from collections import Counter

import pytest
from fastapi.testclient import TestClient

from index import generation
from ingest.catalogue import Catalogue
from ingest.history import History
from ingest.lock import refreshing
from ingest.refresh import sources_of
from ingest.settings import Settings
from service.api.app import create_app
from service.engine import Engine
from service.keys import Keys
from service.refreshing import refresh
from tests.test_ingest_refresh import write
from ui.plain import mount

CARD = "You ask for the library card at the desk of any library in your town."
RENT = "The tenant pays the landlord a deposit before moving into the flat."


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("maintenance")


@pytest.fixture(scope="module")
def settings(home, models_folder):
    (home / "data").mkdir()
    (home / "data" / "models").symlink_to(models_folder)
    write(home / "pages", "card", CARD)
    write(home / "pages", "rent", RENT)
    ours = {"path": home / "pages", "verifier": "The house", "max_age_days": 30, "schedule": "6h"}
    settings = Settings(
        data=home / "data",
        sources={"ours": ours},
        answers={"threshold": 0.0},
        service={"maintainer": "Anna"},
    )
    refresh(sources_of(settings), settings, by="test")
    return settings


@pytest.fixture(scope="module")
def client(settings):
    engine = Engine(settings)
    app = create_app(engine)
    mount(app, engine)
    with TestClient(app, raise_server_exceptions=False) as opened:
        opened.headers["Authorization"] = f"Bearer {Keys(settings.data).add('Anna')}"
        yield opened


def wait(client, job):
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        state = client.get(f"/v1/refreshes/{job['id']}").json()
        if state["state"] != "running":
            return state
        time.sleep(0.1)
    raise AssertionError(f"still running: {state}")


def live(client):
    return client.get("/v1/status").json()["generation"]


KEYED = [
    ("POST", "/v1/refreshes"),
    ("GET", "/v1/refreshes"),
    ("GET", "/v1/refreshes/x"),
    ("DELETE", "/v1/refreshes/x"),
    ("GET", "/v1/refreshes/x/receipts"),
    ("POST", "/v1/rollbacks"),
    ("POST", "/v1/explanations"),
    ("GET", "/v1/sources"),
    ("GET", "/v1/use"),
    ("GET", "/v1/inventory"),
    ("GET", "/v1/passages"),
    ("GET", "/v1/running"),
    ("POST", "/v1/findings"),
    ("GET", "/v1/findings"),
    ("GET", "/v1/generations"),
    ("GET", "/v1/evaluations"),
    ("GET", "/v1/evaluations/x"),
    ("GET", "/v1/purges"),
    ("POST", "/v1/purges"),
    ("DELETE", "/v1/purges"),
]


@pytest.mark.parametrize(("method", "path"), KEYED)
@pytest.mark.parametrize("given", [None, "Bearer nonsense", "Basic QTpC", "Bearer "])
def test_without_a_valid_key_nothing_opens(client, method, path, given):
    headers = {"Authorization": given or ""}
    response = client.request(method, path, headers=headers, json={"question": "x"})
    assert response.status_code == 401
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["www-authenticate"] == "Bearer"
    assert "nonsense" not in response.text


def test_every_maintenance_address_is_among_the_guarded(client):
    from service.api import inspection, maintenance, purges

    routes = {
        (method, route.path.replace("{run}", "x").replace("{name}", "x"))
        for router in (maintenance.router, inspection.router, purges.router)
        for route in router.routes
        for method in route.methods
    }
    assert routes == set(KEYED)


def test_a_refresh_runs_as_a_job_publishes_and_is_remembered(client, home):
    write(home / "pages", "work", "A contract says what the work is and what it pays.")
    response = client.post("/v1/refreshes", json={"sources": ["ours"]})
    assert response.status_code == 202
    job = response.json()
    assert response.headers["location"] == f"/v1/refreshes/{job['id']}"
    done = wait(client, job)
    assert (done["state"], done["by"]) == ("done", "Anna"), done
    assert done["report"]["changes"][0]["added"] == ["en/work"]
    assert done["report"]["passages_encoded"] == 1
    assert live(client) == done["report"]["generation"]
    newest = client.get("/v1/refreshes").json()[0]
    assert (newest["id"], newest["by"], newest["outcome"]) == (job["id"], "Anna", "published")


def test_a_changed_page_leaves_receipts_and_the_old_version_is_shown_as_it_stood(client, home):
    old = client.get("/v1/pages/en/rent").json()
    assert old["changed_since"] is None
    write(home / "pages", "rent", "The landlord gives the deposit back within two months.")
    done = wait(client, client.post("/v1/refreshes", json={}).json())
    assert (done["report"]["receipts"], done["report"]["unsound"]) == (1, 0), done
    (receipt,) = client.get(f"/v1/refreshes/{done['id']}/receipts").json()
    assert (receipt["page_key"], receipt["page_digest"]) == ("en/rent", old["digest"])
    assert [receipt[n] for n in ("rows", "vectors", "postings", "returned")] == [0, 0, 0, 0]
    assert live(client) == done["report"]["generation"]
    assert "two months" in client.get("/v1/pages/en/rent").json()["text"]
    then = client.get(f"/v1/pages/en/rent@{old['digest']}").json()
    assert then["text"] == old["text"]
    assert then["changed_since"] >= done["began"][:10]


def test_a_dry_run_over_the_api_tells_everything_and_publishes_nothing(client, home):
    before = live(client)
    write(home / "pages", "card", CARD + " It is free.")
    done = wait(client, client.post("/v1/refreshes", json={"dry_run": True}).json())
    (page,) = done["report"]["pages"]
    assert "+It is free." in page["difference"]["lines"]
    assert page["passages"][0]["text"].endswith("It is free.")
    assert live(client) == before
    write(home / "pages", "card", CARD)


def test_only_one_refresh_runs_at_a_time_and_the_second_is_told_so(client, settings):
    with refreshing(settings.data):
        response = client.post("/v1/refreshes", json={})
    assert response.status_code == 409
    assert "a refresh is under way" in response.json()["detail"]
    first = client.post("/v1/refreshes", json={})
    second = client.post("/v1/refreshes", json={})
    assert (first.status_code, second.status_code) == (202, 409)
    assert wait(client, first.json())["state"] == "done"


def test_a_cancelled_refresh_ends_and_publishes_nothing(client, home):
    before = live(client)
    write(home / "pages", "late", "This page comes too late for the refresh that is cancelled.")
    job = client.post("/v1/refreshes", json={}).json()
    assert client.delete(f"/v1/refreshes/{job['id']}").status_code == 202
    ended = wait(client, job)
    assert ended["state"] == "cancelled", ended
    assert live(client) == before
    again = wait(client, client.post("/v1/refreshes", json={}).json())
    assert again["report"]["changes"][0]["added"] == ["en/late"]
    assert live(client) == again["report"]["generation"]


def test_too_many_removals_are_held_until_they_are_confirmed(client, home):
    for name in ("late", "work"):
        (home / "pages" / f"{name}.md").unlink()
    held = wait(client, client.post("/v1/refreshes", json={}).json())
    assert held["state"] == "held"
    assert "2 of 4 pages of ours would vanish" in held["error"]
    # What somebody saw go was less than what goes now.
    seen = {"ours": ["en/late"]}
    more = wait(client, client.post("/v1/refreshes", json={"confirm_removals": seen}).json())
    assert (more["state"], "such as en/work" in more["error"]) == ("held", True)
    seen = {"ours": ["en/late", "en/work"]}
    done = wait(client, client.post("/v1/refreshes", json={"confirm_removals": seen}).json())
    assert done["report"]["changes"][0]["removed"] == ["en/late", "en/work"]
    assert live(client) == done["report"]["generation"]


def test_a_roll_back_is_shown_then_confirmed_then_served(client):
    current = live(client)
    shown = client.post("/v1/rollbacks", json={}).json()
    assert (shown["current"], shown["switched"]) == (current, False)
    assert shown["comes_back"] == ["en/late", "en/work"]
    assert live(client) == current
    assert client.post("/v1/rollbacks", json={"confirm": True}).status_code == 409
    body = {"generation": shown["target"], "confirm": True}
    assert client.post("/v1/rollbacks", json=body).json()["switched"]
    assert live(client) == shown["target"]
    newest = client.get("/v1/refreshes").json()[0]
    assert (newest["kind"], newest["by"], newest["previous"]) == ("rollback", "Anna", current)
    back = wait(client, client.post("/v1/refreshes", json={}).json())
    assert live(client) == back["report"]["generation"]
    assert live(client) == current


def test_a_roll_back_to_what_another_encoder_made_is_refused(client, settings):
    current, target = live(client), client.post("/v1/rollbacks", json={}).json()["target"]
    file = generation.folder_of(settings.data, target) / "manifest.json"
    written = file.read_text("utf-8")
    made_by = json.loads(written)["encoder_digest"]
    file.write_text(written.replace(made_by, "other"), "utf-8")
    refused = client.post("/v1/rollbacks", json={"generation": target, "confirm": True})
    file.write_text(written, "utf-8")
    assert refused.status_code == 503
    assert "made with encoder other" in refused.text
    assert f"the settings name {made_by}" in refused.text
    assert (live(client), generation.live_id(settings.data)) == (current, current)


@pytest.mark.parametrize("left", [None, b"nothing"])
def test_a_live_generation_that_cannot_be_read_is_gone_back_from(client, settings, left):
    current = live(client)
    file = generation.folder_of(settings.data, current) / "passages.sqlite"
    # Written beside and put in its place: the service still reads the one that it opened.
    if left is None:
        file.unlink()
    else:
        fresh = file.with_suffix(".fresh")
        fresh.write_bytes(left)
        fresh.replace(file)
    shown = client.post("/v1/rollbacks", json={}).json()
    assert (shown["known"], shown["comes_back"], shown["goes"]) == (False, [], [])
    body = {"generation": shown["target"], "confirm": True}
    assert client.post("/v1/rollbacks", json=body).json()["switched"]
    assert live(client) == shown["target"]
    again = wait(client, client.post("/v1/refreshes", json={}).json())
    assert live(client) == again["report"]["generation"]
    assert live(client) == current


def test_a_generation_that_cannot_be_read_hides_none_of_the_others(client, settings):
    (settings.data / "generations" / "damaged").mkdir()
    assert live(client) in {g["id"] for g in client.get("/v1/generations").json()}
    (settings.data / "generations" / "damaged").rmdir()


def test_a_citation_of_what_was_rolled_back_to_says_since_when_the_page_reads_otherwise(
    client, home
):
    write(home / "pages", "rent", RENT + " The deposit is one month of rent.")
    done = wait(client, client.post("/v1/refreshes", json={}).json())
    assert live(client) == done["report"]["generation"]
    body = {"question": "Who pays the landlord a deposit?"}
    assert client.post("/v1/answers", json=body).json()["citations"][0]["changed_since"] is None
    target = client.post("/v1/rollbacks", json={}).json()["target"]
    client.post("/v1/rollbacks", json={"generation": target, "confirm": True})
    cited = client.post("/v1/answers", json=body).json()["citations"]
    (rent,) = [c for c in cited if c["page_key"] == "en/rent"]
    assert rent["changed_since"] >= done["began"][:10]
    assert rent["checked_at"] is None


def test_the_limit_of_the_source_decides_what_is_old(client, settings):
    from datetime import UTC, datetime, timedelta

    from ingest.catalogue import Catalogue

    catalogue = Catalogue(settings.data)
    for days, stale in ((29, False), (31, True)):
        at = (datetime.now(UTC) - timedelta(days=days)).isoformat()
        with catalogue.database:
            catalogue.database.execute("update live set checked_at = ?", (at,))
        body = {"question": "Who pays the landlord a deposit?"}
        citations = client.post("/v1/answers", json=body).json()["citations"]
        assert {citation["stale"] for citation in citations} == {stale}
    (source,) = client.get("/v1/sources").json()
    assert (source["name"], source["verifier"], source["stale"]) == ("ours", "The house", 2)
    assert source["next_refresh"] > source["last_refreshed"]
    catalogue.close()


def test_an_explanation_shows_what_each_leg_gave(client):
    found = client.post("/v1/explanations", json={"question": "library card"}).json()
    assert found["hits"][0]["page_key"] == "en/card"
    parts = {"body", "near", "lexical", "share", "sentence", "spelling"}
    assert parts == set(found["hits"][0]["parts"])


def test_unknown_names_are_problems_that_say_what_there_is(client):
    response = client.post("/v1/refreshes", json={"sources": ["theirs"]})
    assert response.status_code == 422
    assert "there is no source 'theirs' in the settings; there is ours" in response.json()["detail"]
    for path in ("/v1/refreshes/nope", "/v1/refreshes/nope/receipts"):
        assert client.get(path).status_code == 404
    assert client.delete("/v1/refreshes/nope").status_code == 404
    assert client.post("/v1/rollbacks", json={"generation": "nope"}).status_code == 503


def test_what_pages_are_cited_for_is_counted_without_a_word_of_the_question(client, settings):
    def cited():
        tallies = client.get("/v1/use").json()["tallies"]
        return {(t["kind"], t["name"]): t["count"] for t in tallies}

    before = cited()
    question = "library card Zanzibarbara"
    first = client.post("/v1/answers", json={"question": question}).json()["citations"][0]
    said = {"kind": "unclear", "page_key": first["page_key"], "page_digest": first["page_digest"]}
    assert client.post("/v1/feedback", json={**said, "start": first["start"]}).status_code == 201
    after = client.get("/v1/use").json()
    assert cited()["cited", "en/card"] == before.get(("cited", "en/card"), 0) + 1
    assert cited()["asked", "(none)"] == before.get(("asked", "(none)"), 0) + 1
    assert after["reported"] == [{"page_key": first["page_key"], "kind": "unclear", "count": 1}]
    assert b"Zanzibarbara" not in (settings.data / "tallies.sqlite").read_bytes()


def test_a_question_counts_the_same_on_the_plain_page(client):
    def counts():
        tallies = client.get("/v1/use").json()["tallies"]
        return Counter({(t["kind"], t["name"]): t["count"] for t in tallies})

    before = counts()
    assert client.post("/", data={"question": "How do I get a library card?"}).status_code == 200
    shown = counts()
    client.post("/v1/answers", json={"question": "How do I get a library card?"})
    assert shown - before == counts() - shown
    assert (shown - before)["cited", "en/card"] == 1


def test_a_purge_is_shown_then_confirmed_then_gone_with_its_receipts(client, home):
    write(home / "pages", "note", "Zanzibarbara has a key to the desk of the library.")
    dry = wait(client, client.post("/v1/refreshes", json={"dry_run": True}).json())
    assert "Zanzibarbara" in str(dry["report"])
    wait(client, client.post("/v1/refreshes", json={}).json())
    shown = client.post("/v1/purges", json={"page_key": "en/note"}).json()
    assert (shown["title"], shown["versions"], shown["live"]) == ("note", 1, True)
    assert (shown["passages"], shown["job"]) == (1, None)
    assert "en/note" in {page["key"] for page in client.get("/v1/purges").json()["kept"]}
    response = client.post("/v1/purges", json={"page_key": "en/note", "confirm": True})
    assert response.status_code == 202
    done = wait(client, response.json()["job"])
    assert (done["task"], done["state"], done["by"]) == ("purge", "done", "Anna"), done
    assert (done["report"]["versions"], done["report"]["unsound"]) == (1, 0)
    (receipt,) = client.get(f"/v1/refreshes/{done['id']}/receipts").json()
    assert (receipt["page_key"], receipt["lines"], receipt["returned"]) == ("en/note", 0, 0)
    assert live(client) == done["report"]["generation"]
    assert client.get("/v1/pages/en/note").status_code == 404
    assert client.get(f"/v1/refreshes/{dry['id']}").json()["report"] is None
    listed = client.get("/v1/purges").json()
    assert "en/note" not in {page["key"] for page in listed["kept"]}
    assert [(p["key"], p["by"], p["finished"]) for p in listed["purged"]] == [
        ("en/note", "Anna", True)
    ]


def test_a_purged_page_is_let_in_again_when_somebody_says_so(client, home):
    left = client.request("DELETE", "/v1/purges", params={"page_key": "en/note"}).json()
    assert left["purged"] == []
    done = wait(client, client.post("/v1/refreshes", json={}).json())
    assert done["report"]["changes"][0]["added"] == ["en/note"]
    assert client.post("/v1/purges", json={"page_key": "en/nope"}).status_code == 404
    assert client.delete("/v1/purges", params={"page_key": "en/nope"}).status_code == 404


def test_a_purge_is_never_stopped_half_way(client):
    body = {"page_key": "en/note", "confirm": True}
    job = client.post("/v1/purges", json=body).json()["job"]
    response = client.delete(f"/v1/refreshes/{job['id']}")
    assert response.status_code == 409
    assert "cannot be stopped half way" in response.json()["detail"]
    assert wait(client, job)["state"] == "done"


def test_a_refresh_that_somebody_else_started_is_not_said_to_be_cancelled(client, settings):
    catalogue = Catalogue(settings.data)
    with refreshing(settings.data):
        History(catalogue).begin("elsewhere", "refresh", "cron", None)
        response = client.delete("/v1/refreshes/elsewhere")
    catalogue.close()
    assert response.status_code == 409
    assert "cron started this from outside" in response.json()["detail"]
    # What began and never ended is nothing to stop once nobody holds the right to refresh.
    assert client.delete("/v1/refreshes/elsewhere").status_code == 202
