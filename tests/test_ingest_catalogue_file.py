"""The catalogue's file: made once, opened without a write, read where nothing can be written."""

import os
import shutil
import sqlite3
import subprocess
import sys

import pytest

from ingest import catalogue_file
from ingest.catalogue import Catalogue
from ingest.errors import DataUnusable
from ingest.history import History
from tests.test_ui_cli import home, run

__all__ = ["home"]


@pytest.fixture
def read_only(monkeypatch):
    """Say of every directory that it cannot be written: root could write into any."""
    monkeypatch.setattr(catalogue_file.os, "access", lambda *_: False)


def put(catalogue, key):
    row = (key, "ours", "digest", "raw", "origin", "2026-01-01")
    with catalogue.database as db:
        db.execute("insert into live values (?, ?, ?, ?, ?, ?)", row)


def test_a_file_that_has_its_tables_is_opened_without_a_write(tmp_path, monkeypatch):
    Catalogue(tmp_path).close()
    said = []

    class Traced(sqlite3.Connection):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.set_trace_callback(said.append)

    real = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *a, **k: real(*a, factory=Traced, **k))
    Catalogue(tmp_path).close()
    assert said == ["pragma user_version"]


def test_where_nothing_can_be_written_all_is_read_and_no_file_comes(tmp_path, read_only):
    # Until the first file is there, it has to be made.
    written = Catalogue(tmp_path)
    History(written)
    put(written, "en/a")
    written.close()
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    catalogue = Catalogue(tmp_path)
    assert [*catalogue.known()] == ["en/a"]
    assert History(catalogue).runs() == []
    with pytest.raises(DataUnusable, match="readonly database"):
        catalogue.discard()
    catalogue.close()
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_what_a_writer_has_in_its_log_is_read_too(tmp_path, read_only):
    writer = Catalogue(tmp_path)
    put(writer, "en/a")
    reader = Catalogue(tmp_path)
    assert [*reader.known()] == ["en/a"]
    put(writer, "en/b")
    assert [*reader.known()] == ["en/a", "en/b"]
    reader.close()
    writer.close()


@pytest.mark.skipif(
    os.geteuid() == 0 and not shutil.which("setpriv"), reason="root writes anywhere"
)
@pytest.mark.parametrize("words", [["status"], ["ask", "How do I get a library card?"]])
def test_a_data_directory_without_the_right_to_write_is_served(home, words):
    data = home / "data"
    run(home, "ingest", str(home / "pages"))
    command = [sys.executable, "-m", "ui.cli", "--data", str(data), *words]
    if os.geteuid() == 0:
        for folder in [home, *home.parents]:
            if not folder.stat().st_mode & 0o005:
                folder.chmod(folder.stat().st_mode | 0o055)
        command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *command]
    for folder in (data, data / "generations"):
        folder.chmod(0o555)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    data.chmod(0o755)
    assert done.returncode == 0, done.stderr
    assert not [*data.glob("catalogue.sqlite-*")]
