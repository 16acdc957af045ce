"""A purge: the words of a page are in no file afterwards, and it does not come back by itself."""

import pytest

from index import generation
from index.vectors import VectorCache
from ingest.catalogue import Catalogue
from ingest.elsewhere import elsewhere_lines
from ingest.errors import PageUnknown
from ingest.history import History
from ingest.purging import Purged
from ingest.refresh import open_source
from ingest.settings import Settings
from service import purging, refreshing
from service.purging import purge
from service.recovery import finish_purges
from tests.fakes import FakeEncoder
from tests.test_ingest_refresh import write

SECRET = "Zanzibarbara lives at the third house behind the old mill of the village."


@pytest.fixture
def settings(tmp_path, monkeypatch):
    for module in (refreshing, purging):
        monkeypatch.setattr(module, "open_encoder", lambda *_, **__: FakeEncoder())
    settings = Settings(data=tmp_path / "data", generations={"keep": 9})
    write(tmp_path / "pages", "card", "The card is free of charge for everyone in the town.")
    write(tmp_path / "pages", "secret", "Written before the page said anything of anybody.")
    refresh(tmp_path, settings)
    write(tmp_path / "pages", "secret", SECRET)
    refresh(tmp_path, settings)
    return settings


def refresh(home, settings):
    source = open_source(home / "pages")
    return refreshing.refresh([source], settings, by="test", confirmed=True)


def everything(settings):
    files = [file for file in settings.data.rglob("*") if file.is_file()]
    return b"".join(file.read_bytes() for file in files)


def test_the_words_of_a_purged_page_are_in_no_file(settings):
    assert SECRET.encode() in everything(settings)
    report = purge("en/secret", settings, by="test")
    left = everything(settings)
    for words in (SECRET, "Zanzibarbara", "Written before the page"):
        assert words.encode() not in left
    assert b"The card is free" in left
    assert (report.versions, report.generations) == (2, 2)


def test_the_vectors_of_a_purged_page_go_and_those_of_others_stay(settings):
    import sqlite3

    def count():
        db = sqlite3.connect(settings.data / "vectors.sqlite")
        (found,) = db.execute("select count(*) from vectors").fetchone()
        db.close()
        return found

    assert count() == 1 + 2
    assert purge("en/secret", settings, by="test").vectors == 2
    assert count() == 1


def test_lines_that_no_page_answers_keep_their_vectors(settings):
    line = elsewhere_lines(settings.content)[0]

    def encoded():
        cache = VectorCache(settings.data, FakeEncoder())
        cache.vectors([line])
        cache.close()
        return cache.encoded

    assert encoded() == 1
    purge("en/secret", settings, by="test")
    assert encoded() == 0


def test_a_purge_leaves_a_receipt_for_every_passage_that_any_version_had(settings):
    report = purge("en/secret", settings, by="Anna")
    history = History(Catalogue(settings.data))
    receipts = history.receipts(report.run)
    assert (len(receipts), report.receipts, report.unsound) == (2, 2, 0)
    assert all(r.sound and r.returned == 0 for r in receipts)
    record = history.run(report.run)
    assert (record.kind, record.by, record.outcome) == ("purge", "Anna", "published")
    assert record.generation == generation.live_id(settings.data)


def test_a_purged_page_does_not_come_back_until_it_is_let_in(settings, tmp_path):
    purge("en/secret", settings, by="test")
    report = refresh(tmp_path, settings)
    (reason,) = report.changes[0].unreadable.values()
    assert "en/secret was purged on" in reason
    assert report.pages == 1
    Purged(Catalogue(settings.data)).readmit("en/secret")
    assert refresh(tmp_path, settings).pages == 2


def test_a_purge_that_died_is_finished_by_the_next_refresh(settings, tmp_path):
    Purged(Catalogue(settings.data)).erase("en/secret", "test")
    assert SECRET.encode() in everything(settings)
    report = refresh(tmp_path, settings)
    assert b"Zanzibarbara" not in everything(settings)
    assert Purged(Catalogue(settings.data)).pending() == []
    (receipt,) = History(Catalogue(settings.data)).receipts(report.run)
    assert (receipt.sound, receipt.returned) == (True, None)


def test_a_page_that_only_old_versions_have_can_be_purged(settings, tmp_path):
    (tmp_path / "pages" / "secret.md").unlink()
    refresh(tmp_path, settings)
    assert SECRET.encode() in everything(settings)
    report = purge("en/secret", settings, by="test")
    assert report.generations == 2
    assert b"Zanzibarbara" not in everything(settings)


def test_what_is_not_there_cannot_be_purged(settings):
    with pytest.raises(PageUnknown, match="nothing is kept under 'en/nope'"):
        purge("en/nope", settings, by="test")
    with pytest.raises(PageUnknown, match="nothing to let back in"):
        Purged(Catalogue(settings.data)).readmit("en/nope")
    assert finish_purges(Catalogue(settings.data), settings, FakeEncoder())["vectors"] == 0
