"""Maintainers' keys: shown once, kept as hashes, ended at once."""

import stat
import threading

import pytest

from ingest.errors import DataUnusable, KeyRefused
from service.keys import Keys


def test_a_key_that_is_revoked_while_another_is_made_stays_revoked(tmp_path, monkeypatch):
    keys, reading, go_on = Keys(tmp_path), threading.Event(), threading.Event()
    old = keys.add("Anna")
    slow = Keys(tmp_path)

    def all_of_them():
        found = Keys.all(slow)
        reading.set()
        go_on.wait(10)
        return found

    monkeypatch.setattr(slow, "all", all_of_them)
    adding = threading.Thread(target=slow.add, args=("Ben",))
    adding.start()
    assert reading.wait(10)
    revoking = threading.Thread(target=keys.revoke, args=("Anna",))
    revoking.start()
    revoking.join(0.2)
    go_on.set()
    adding.join()
    revoking.join()
    assert keys.owner(old) is None
    assert [key.name for key in keys.all()] == ["Ben"]


def test_a_key_opens_for_its_owner_and_nothing_else_does(tmp_path):
    keys = Keys(tmp_path)
    anna, ben = keys.add("Anna"), keys.add("Ben")
    assert (keys.owner(anna), keys.owner(ben)) == ("Anna", "Ben")
    for wrong in ("", anna[:-1], anna + "x", anna.upper(), keys.all()[0].hash, "\ud800"):
        assert keys.owner(wrong) is None


def test_the_key_itself_is_nowhere_and_the_file_is_its_owners_alone(tmp_path):
    token = Keys(tmp_path).add("Anna")
    (file,) = tmp_path.glob("*.json")
    assert token.removeprefix("passerelle_") not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(token) > 43


def test_a_revoked_key_ends_at_once_and_the_others_go_on(tmp_path):
    keys = Keys(tmp_path)
    anna, ben = keys.add("Anna"), keys.add("Ben")
    Keys(tmp_path).revoke("Anna")
    assert (keys.owner(anna), keys.owner(ben)) == (None, "Ben")
    assert [key.name for key in keys.all()] == ["Ben"]


def test_names_that_cannot_be_are_refused_with_the_reason(tmp_path):
    keys = Keys(tmp_path)
    keys.add("Anna")
    with pytest.raises(KeyRefused, match="Anna has a key already"):
        keys.add("Anna")
    with pytest.raises(KeyRefused, match="is no name"):
        keys.add("")
    with pytest.raises(KeyRefused, match="these have one: Anna"):
        keys.revoke("Ben")


def test_a_damaged_file_is_named(tmp_path):
    (tmp_path / "keys.json").write_text("[{]")
    with pytest.raises(DataUnusable, match=r"keys\.json cannot be read"):
        Keys(tmp_path).owner("x")
