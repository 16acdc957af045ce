"""A page of the web from the command line to our own copy of it."""

import json

import pytest
from fastapi.testclient import TestClient

from ingest.settings import load_settings
from service.api.app import create_app
from service.api.wire import split_version
from service.engine import Engine
from service.schedule import overview
from tests.web_site import running
from ui.cli import main
from ui.plain import mount

QUESTION = "How do I get a library card?"
TEXT = "Anyone who lives in the town gets a library card for nothing at the town library."


@pytest.fixture
def data(tmp_path, models_folder):
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "models").symlink_to(models_folder)
    return folder


def test_a_page_of_the_web_is_ingested_asked_and_shown(data, capsys):
    with running() as site:
        address = f"{site.url}/@town/card?page=2"
        site.page("/@town/card?page=2", "Library card", TEXT)
        assert main(["--data", str(data), "ingest", address]) == 1
        assert "which is no public address" in capsys.readouterr().err
        assert main(["--data", str(data), "ingest", address, "--allow-private"]) == 0
        assert "1 added" in capsys.readouterr().out
        assert main(["--data", str(data), "ask", QUESTION, "--json"]) == 0
        (citation,) = json.loads(capsys.readouterr().out)["citations"]
        assert (citation["page_key"], citation["url"]) == (address, address)
        assert citation["link"].startswith(address + "#:~:text=")
        assert main(["--data", str(data), "lint", address, "--allow-private"]) == 0
    engine = Engine(load_settings(data=data, environ={}))
    app = create_app(engine)
    mount(app, engine)
    client = TestClient(app)
    key = address.replace("?", "%3F")
    for path in (key, f"{key}@{citation['page_digest']}"):
        assert client.get(f"/v1/pages/{path}").json()["key"] == address
        assert TEXT in client.get(f"/pages/{path}").text


def test_a_source_of_the_settings_takes_over_the_page_that_was_read_by_its_address(
    data, tmp_path, capsys
):
    with running() as site:
        address = f"{site.url}/card"
        site.page("/card", "Library card", TEXT)
        file = tmp_path / "passerelle.toml"
        file.write_text(
            f"[sources.town]\naddresses = ['{address}']\npublisher = 'Town'\n"
            "allow_private = true\ndelay = 0\n"
        )
        assert main(["--data", str(data), "ingest", address, "--allow-private"]) == 0
        named = ["--data", str(data), "--settings", str(file)]
        assert main([*named, "ingest"]) == 0
        assert main([*named, "ingest", address, "--json"]) == 0
        report = json.loads(capsys.readouterr().out.splitlines()[-1])
    (changes,) = report["changes"]
    assert (changes["source"], changes["unchanged"]) == ("town", [address])
    assert (site.served[-1].path, site.served[-1].status) == ("/card", 304)
    (state,) = overview(load_settings(file, data=data, environ={}))
    assert (state.name, state.path, state.pages) == ("town", address, 1)


def test_the_at_sign_of_an_address_names_no_version():
    assert split_version("https://a.example/@town") == ("https://a.example/@town", "")
    assert split_version("en/card@0123456789abcdef") == ("en/card", "0123456789abcdef")
