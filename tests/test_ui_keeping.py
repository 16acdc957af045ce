"""The verbs of those who keep the service, as they use them."""

import json
import sqlite3

import pytest

from ingest.catalogue import Catalogue
from tests.test_ui_cli import PAGE, home, last_error, run

__all__ = ["home"]


@pytest.fixture
def ingested(home, capsys):
    (home / "pages" / "b.md").write_text(PAGE.replace("library-card", "b"), "utf-8")
    assert run(home, "ingest", str(home / "pages")) == 0
    (home / "pages" / "card.md").write_text(PAGE.replace("proof of address", "photo"), "utf-8")
    assert run(home, "ingest", str(home / "pages")) == 0
    capsys.readouterr()
    return home


def test_history_lists_what_was_done_and_shows_receipts(ingested, capsys):
    assert run(ingested, "history", "--json") == 0
    newest, first = json.loads(capsys.readouterr().out)
    assert (newest["outcome"], newest["receipts"], newest["unsound"]) == ("published", 1, 0)
    assert first["previous"] is None
    assert run(ingested, "history", newest["id"]) == 0
    out = capsys.readouterr().out
    assert "en/library-card@" in out
    assert "0 rows, 0 vectors, 0 postings, returned 0" in out
    assert run(ingested, "history", "nope") == 1
    assert "no nope is remembered" in last_error(capsys)


def test_status_names_the_sources_and_the_last_refresh(ingested, capsys):
    assert run(ingested, "status") == 0
    out = capsys.readouterr().out
    assert f"source {ingested / 'pages'}: 2 pages, 0 stale" in out
    assert "refresh by command line" in out
    assert "1 receipts" in out
    assert run(ingested, "status", "--pages", "--json") == 0
    assert json.loads(capsys.readouterr().out)["keys"] == ["en/b", "en/library-card"]


def test_a_dry_run_shows_the_sentences_and_the_passages(ingested, capsys):
    (ingested / "pages" / "card.md").write_text(PAGE, "utf-8")
    sources = str(ingested / "pages")
    assert run(ingested, "ingest", sources, "--dry-run", "--preview", "en/library-card") == 0
    out = capsys.readouterr().out
    assert "+You ask for the library card at the desk of any library, with a proof" in out
    assert "[1] How do I get a library card? (new)" in out
    assert run(ingested, "ingest", sources, "--dry-run", "--json") == 0
    (page,) = json.loads(capsys.readouterr().out)["pages"]
    assert page["difference"]["change"] == "changed"


def test_purge_says_what_goes_and_asks(ingested, capsys, monkeypatch):
    monkeypatch.setattr("builtins.input", lambda _: "n")
    assert run(ingested, "purge", "en/b") == 1
    told = capsys.readouterr()
    assert "every version goes" in told.err
    assert "nothing was changed" in told.out
    assert run(ingested, "purge", "en/b", "--yes", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["versions"], report["unsound"]) == (1, 0)
    assert run(ingested, "purge", "en/nope", "--yes") == 1
    assert "nothing is kept under 'en/nope'" in last_error(capsys)
    assert run(ingested, "purge", "en/b", "--readmit", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"readmitted": "en/b"}


def test_keys_are_shown_once_listed_and_revoked(ingested, capsys):
    assert run(ingested, "keys", "list") == 0
    assert "nobody has a key" in capsys.readouterr().out
    assert run(ingested, "keys", "add", "Anna") == 0
    token = capsys.readouterr().out.strip()
    assert token.startswith("passerelle_")
    assert run(ingested, "keys", "list") == 0
    listed = capsys.readouterr().out
    assert "Anna" in listed
    assert token not in listed
    assert run(ingested, "keys", "revoke", "Anna") == 0
    capsys.readouterr()
    assert run(ingested, "keys", "revoke", "Anna") == 1
    assert "Anna has no key" in last_error(capsys)


def test_ingesting_every_so_often_goes_on_after_a_failure(ingested, capsys, monkeypatch):
    from ui import ingesting

    waits = []

    def sleep(seconds):
        waits.append(seconds)
        if len(waits) == 1:
            (ingested / "pages" / "b.md").unlink()
        else:
            raise KeyboardInterrupt

    monkeypatch.setattr(ingesting.time, "sleep", sleep)
    assert run(ingested, "ingest", str(ingested / "pages"), "--every", "6h") == 130
    captured = capsys.readouterr()
    assert waits == [21600, 21600]
    assert "2 unchanged" in captured.out
    assert "would vanish" in captured.err


def test_ingesting_every_so_often_goes_on_when_the_catalogue_is_busy(home, capsys, monkeypatch):
    from ui import ingesting

    def busy(*_):
        raise sqlite3.OperationalError("database is locked")

    def sleep(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(ingesting, "due", busy)
    monkeypatch.setattr(ingesting.time, "sleep", sleep)
    assert run(home, "ingest", str(home / "pages"), "--every", "6h") == 130
    assert "database is locked" in last_error(capsys)


@pytest.mark.parametrize("option", ["--json", "--confirm-removals", "--dry-run", "--preview=x"])
def test_what_again_and_again_cannot_do_is_wrong_usage(home, capsys, option):
    with pytest.raises(SystemExit) as caught:
        run(home, "ingest", "--every", "6h", option)
    assert caught.value.code == 2
    assert f"--every and {option.partition('=')[0]} do not go together" in capsys.readouterr().err


def test_a_damaged_catalogue_is_one_line(home, capsys):
    Catalogue(home / "data").close()
    file = home / "data" / "catalogue.sqlite"
    # The pages that hold the tables, not the head that tells the format.
    file.write_bytes(file.read_bytes()[:4096] + b"x" * 40_000)
    assert run(home, "doctor") == 1
    assert "BAD  data directory" in capsys.readouterr().out
    assert run(home, "ingest", str(home / "pages")) == 1
    assert f"data directory {home / 'data'}: database disk image" in last_error(capsys)


def test_an_interval_that_is_none_is_wrong_usage(ingested, capsys):
    with pytest.raises(SystemExit) as caught:
        run(ingested, "ingest", "--every", "sometimes")
    assert caught.value.code == 2
    assert "write 30m, 6h or 7d" in capsys.readouterr().err
