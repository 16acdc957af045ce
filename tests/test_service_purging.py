"""A purge: the words of a page are in no file afterwards, and it does not come back by itself."""

import json
import sqlite3

import pytest

from index import generation, publish
from index.asked import AskedIndex, Line
from index.rollback import plan_rollback
from index.store import EmbeddedStore
from index.vectors import VectorCache
from ingest.catalogue import Catalogue
from ingest.elsewhere import elsewhere_lines
from ingest.errors import Busy, PageUnknown, RefreshHeld
from ingest.history import History
from ingest.purging import Purged
from ingest.records import digest_of
from ingest.refresh import open_source
from ingest.settings import Settings
from ingest.visits import Visit, Visits
from service import purging, refreshing, rollbacks
from service.kept_runs import KeptRuns
from service.purging import purge
from service.recovery import finish_purges
from tests.fakes import FakeEncoder
from tests.test_index_publish import harm
from tests.test_ingest_refresh import write

SECRET = "Zanzibarbara lives at the third house behind the old mill of the village."


@pytest.fixture
def settings(tmp_path, monkeypatch):
    for module in (refreshing, purging, rollbacks):
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
    def count():
        db = sqlite3.connect(settings.data / "vectors.sqlite")
        (found,) = db.execute("select count(*) from vectors").fetchone()
        db.close()
        return found

    assert count() == 1 + 2
    assert purge("en/secret", settings, by="test").vectors == 2
    assert count() == 1


@pytest.fixture
def lined(settings, tmp_path):
    """Both pages have lines of what people ask, one of them in common."""
    for name, lines in {
        "card": ["price of it", "both"],
        "secret": ["where is she", "both"],
    }.items():
        ask(tmp_path, name, *lines)
    # Without the thousands of lines that no page answers, which take long to learn from.
    settings = settings.model_copy(update={"content": tmp_path / "content"})
    refresh(tmp_path, settings)
    return settings


def ask(home, name, *lines):
    file = home / "pages" / "asked" / f"{name}.toml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"[[sections]]\nen = {json.dumps(lines)}\n", "utf-8")


def has_vector(settings, text):
    db = sqlite3.connect(settings.data / "vectors.sqlite")
    key = digest_of(FakeEncoder().digest, text)
    found = db.execute("select 1 from vectors where key = ?", (key,)).fetchone()
    db.close()
    return found is not None


def learned(settings, *texts):
    folder = generation.folder_of(settings.data, generation.live_id(settings.data))
    found = AskedIndex.load(folder).holding({digest_of(text) for text in texts})
    return {text for text in texts if digest_of(text) in found}


def receipts_of(settings, run):
    return History(Catalogue(settings.data)).receipts(run)


def never_lets_go(monkeypatch, text):
    """Make every later generation learn from a line whatever the pages say."""
    real = publish.lines_of
    kept = Line("en", text, (0,))
    monkeypatch.setattr(publish, "lines_of", lambda *given: [*real(*given), kept])


def test_the_lines_of_a_purged_page_go_from_the_vectors_and_from_what_was_learned(lined):
    lines = ("where is she", "price of it", "both")
    assert learned(lined, *lines) == {*lines}
    assert all(has_vector(lined, line) for line in lines)
    report = purge("en/secret", lined, by="test")
    assert learned(lined, *lines) == {"price of it", "both"}
    assert [has_vector(lined, line) for line in lines] == [False, True, True]
    assert b"where is she" not in everything(lined)
    assert {r.lines for r in receipts_of(lined, report.run)} == {0}
    assert report.unsound == 0


def test_a_receipt_tells_when_a_line_of_a_purged_page_stays(lined, monkeypatch):
    never_lets_go(monkeypatch, "where is she")
    report = purge("en/secret", lined, by="test")
    found = {r.passage: (r.lines, r.sound) for r in receipts_of(lined, report.run)}
    # Of its two versions, only the second one ever had a line.
    assert sorted(found.values()) == [(0, True), (1, False)]
    assert report.unsound == 1
    assert History(Catalogue(lined.data)).run(report.run).unsound == 1


def test_a_receipt_tells_when_a_line_that_left_with_its_passage_stays(lined, tmp_path, monkeypatch):
    never_lets_go(monkeypatch, "price of it")
    write(tmp_path / "pages", "card", "The card costs five euros for everyone in the town.")
    ask(tmp_path, "card", "both")
    report = refresh(tmp_path, lined)
    (receipt,) = receipts_of(lined, report.run)
    assert (receipt.page_key, receipt.lines, receipt.returned) == ("en/card", 1, 0)
    assert report.unsound == 1


def test_a_line_that_leads_elsewhere_now_is_no_line_that_stayed(lined, tmp_path):
    content = tmp_path / "content"
    (content / "elsewhere").mkdir(parents=True)
    beside = '[[kinds]]\nname = "near_miss"\nen = ["price of it"]\n'
    (content / "elsewhere" / "card.toml").write_text(beside, "utf-8")
    write(tmp_path / "pages", "card", "The card costs five euros for everyone in the town.")
    ask(tmp_path, "card", "both")
    report = refresh(tmp_path, lined)
    assert learned(lined, "price of it")
    assert (report.receipts, report.unsound) == (1, 0)


def test_a_purge_that_died_after_the_words_went_still_proves_the_lines(
    lined, tmp_path, monkeypatch
):
    with monkeypatch.context() as patched:
        patched.setattr(EmbeddedStore, "publish", lambda *_: (_ for _ in ()).throw(SystemExit(9)))
        with pytest.raises(SystemExit):
            purge("en/secret", lined, by="test")
    never_lets_go(monkeypatch, "where is she")
    receipts = receipts_of(lined, refresh(tmp_path, lined).run)
    assert sorted((r.lines, r.returned) for r in receipts) == [(0, None), (1, None)]


def test_a_model_that_does_not_say_what_it_learned_from_proves_nothing(lined):
    folder = generation.folder_of(lined.data, generation.live_id(lined.data))
    model = AskedIndex.load(folder)._model
    older = type(model).of_arrays({n: a for n, a in model.arrays().items() if n != "names"})
    assert older.holding({"x"}) == {"x"}
    assert model.holding({"x"}) == set()


def test_a_catalogue_made_before_lines_were_looked_for_still_opens(settings):
    db = sqlite3.connect(settings.data / "catalogue.sqlite")
    for table in ("departures", "receipts"):
        db.execute(f"alter table {table} drop column lines")
    db.close()
    (receipt,) = [
        r
        for run in History(Catalogue(settings.data)).runs()
        if run.receipts
        for r in receipts_of(settings, run.id)
    ]
    assert (receipt.lines, receipt.sound) == (None, True)


def test_what_an_evaluation_quoted_of_a_purged_page_goes_with_it(settings):
    kept = KeptRuns(settings.data)
    errors = [{"cited": f"en/secret: {SECRET}"}, {"cited": "en/card: The card is free"}]
    name = kept.keep({"errors": errors})
    purge("en/secret", settings, by="test")
    assert b"Zanzibarbara" not in everything(settings)
    assert [e["cited"] for e in kept.get(name)["errors"]] == [
        *("en/secret: (erased)", "en/card: The card is free"),
    ]


@pytest.mark.parametrize("damage", ["overwritten", "pages gone"])
def test_a_damaged_generation_does_not_stand_in_the_way_of_a_purge(settings, damage):
    old = next(n for n in generation.generations(settings.data))
    harm(generation.folder_of(settings.data, old), damage)
    assert purge("en/secret", settings, by="test").generations == 2


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


def roll_back(settings):
    rollbacks.roll_back(settings, plan_rollback(settings.data), by="test")


def test_a_purge_after_a_roll_back_keeps_what_was_gone_back_to(settings, tmp_path):
    write(tmp_path / "pages", "card", "The card costs a thousand euros, says this faulty page.")
    bad = refresh(tmp_path, settings).generation
    roll_back(settings)
    report = purge("en/secret", settings, by="test")
    opened = generation.open_live(settings.data, FakeEncoder())
    assert "free of charge" in opened.passages.page("en/card").text
    assert [page["key"] for page in opened.passages.pages()] == ["en/card"]
    assert report.unsound == 0
    assert b"Zanzibarbara" not in everything(settings)
    assert has_vector(settings, opened.passages.passage(0).fields()["body"])
    assert report.generation != bad
    # The pages that were gone back from are not published again unasked either, only by hand.
    source = open_source(tmp_path / "pages")
    with pytest.raises(RefreshHeld, match="was rolled back from"):
        refreshing.refresh([source], settings, by="test", scheduled=True)
    assert generation.live_id(settings.data) == report.generation
    refresh(tmp_path, settings)
    assert b"thousand euros" in everything(settings)


def test_what_a_server_said_of_a_purged_page_goes_with_it(settings, tmp_path):
    def visited():
        catalogue = Catalogue(settings.data)
        return {row[0] for row in catalogue.database.execute("select origin from visits")}

    known = Catalogue(settings.data).known()
    card, secret = known["en/card"].origin, known["en/secret"].origin
    said = Visit("https://example.org/secret", "key", etag="tag")
    visits = [(origin, "digest", said) for origin in (card, secret, "gone long ago")]
    Visits(Catalogue(settings.data)).keep(visits, "terms")
    purge("en/secret", settings, by="test")
    assert visited() == {card}


def test_a_purge_after_a_roll_back_says_what_is_live(settings, tmp_path):
    write(tmp_path / "pages", "late", "A page that came with what was rolled back from.")
    refresh(tmp_path, settings)
    roll_back(settings)
    assert not purging.plan_purge("en/late", settings).live
    (tmp_path / "pages" / "late.md").unlink()
    (tmp_path / "pages" / "secret.md").unlink()
    refresh(tmp_path, settings)
    assert not purging.plan_purge("en/secret", settings).live
    roll_back(settings)
    assert purging.plan_purge("en/secret", settings).live


def test_a_purge_after_a_refresh_that_failed_finds_nothing_again(settings, tmp_path, monkeypatch):
    write(tmp_path / "pages", "card", "The card costs five euros for everyone in the town.")
    with monkeypatch.context() as patched:
        patched.setattr(EmbeddedStore, "publish", lambda *_: (_ for _ in ()).throw(OSError("full")))
        with pytest.raises(OSError, match="full"):
            refresh(tmp_path, settings)
    report = purge("en/secret", settings, by="test")
    assert (report.receipts, report.unsound) == (2, 0)


def test_a_purge_that_died_is_finished_by_the_next_refresh(settings, tmp_path):
    Purged(Catalogue(settings.data)).erase("en/secret", "test")
    assert SECRET.encode() in everything(settings)
    report = refresh(tmp_path, settings)
    assert b"Zanzibarbara" not in everything(settings)
    assert Purged(Catalogue(settings.data)).pending() == []
    (receipt,) = History(Catalogue(settings.data)).receipts(report.run)
    assert (receipt.sound, receipt.returned) == (True, None)


@pytest.mark.parametrize("file", ["catalogue.sqlite", "vectors.sqlite"])
def test_while_another_process_reads_the_old_pages_a_purge_says_that_it_is_unfinished(
    settings, tmp_path, monkeypatch, file
):
    connect = sqlite3.connect
    reader = connect(settings.data / file, isolation_level=None)
    reader.execute("begin")
    reader.execute("select count(*) from sqlite_schema").fetchone()
    with monkeypatch.context() as patched:
        patched.setattr(sqlite3, "connect", lambda *a, **k: connect(*a, **{**k, "timeout": 0.1}))
        with pytest.raises(Busy, match=rf"not finished: another process reads .*{file}"):
            purge("en/secret", settings, by="test")
        assert Purged(Catalogue(settings.data)).pending() == ["en/secret"]
        assert refresh(tmp_path, settings).pages == 1
        assert Purged(Catalogue(settings.data)).pending() == ["en/secret"]
    reader.close()
    report = purge("en/secret", settings, by="test")
    assert Purged(Catalogue(settings.data)).pending() == []
    assert report.unsound == 0
    assert b"Zanzibarbara" not in everything(settings)


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
