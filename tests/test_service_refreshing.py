"""A refresh end to end: counts, nothing encoded twice, receipts, records, repair after death."""

import json
import sqlite3
from dataclasses import replace

import pytest

from index import generation
from index.opening import open_encoder
from index.passage_table import PassageTable
from ingest.catalogue import Catalogue
from ingest.errors import Busy, PasserelleError, RefreshCancelled, RefreshHeld
from ingest.history import Departure, History, Receipt
from ingest.lock import is_refreshing, refreshing
from ingest.refresh import Source, open_source, sources_of
from ingest.settings import EncoderSettings, Settings
from service import refreshing as module
from service.refreshing import refresh
from tests.fakes import FakeEncoder
from tests.test_ingest_refresh import write

TEXTS = {
    "card": "You ask for the library card at the desk of any library in your town.",
    "rent": "The tenant pays the landlord a deposit before moving into the flat.",
    "school": "Every child between three and sixteen goes to school, whatever its papers.",
}


@pytest.fixture(autouse=True)
def _fake_encoder(monkeypatch):
    """The encoder is the one thing replaced: it is the only part that needs a model."""
    monkeypatch.setattr(module, "open_encoder", lambda *_, **__: FakeEncoder())


@pytest.fixture
def pages(tmp_path):
    for name, text in TEXTS.items():
        write(tmp_path / "pages", name, text)
    return tmp_path / "pages"


@pytest.fixture
def settings(tmp_path):
    return Settings(data=tmp_path / "data")


def run(pages, settings, **options):
    options = {"by": "test", "confirmed": True, **options}
    return refresh([open_source(pages)], settings, **options)


def live_ids(settings, key):
    name = generation.live_id(settings.data)
    table = PassageTable(generation.folder_of(settings.data, name) / "passages.sqlite")
    found = [passage for passage, page, _ in table.ids() if page == key]
    table.close()
    return found


def history(settings):
    return History(Catalogue(settings.data))


def test_counts_are_right_to_the_page_and_only_changed_passages_are_encoded(pages, settings):
    first = run(pages, settings)
    assert (first.pages, first.passages_encoded, first.receipts) == (3, 3, 0)
    write(pages, "rent", "The landlord gives the deposit back within two months.")
    write(pages, "work", "A contract says what the work is and what it pays.")
    (pages / "school.md").unlink()
    second = run(pages, settings)
    (changes,) = second.changes
    assert (changes.added, changes.changed) == (("en/work",), ("en/rent",))
    assert (changes.removed, changes.unchanged) == (("en/school",), ("en/card",))
    assert second.passages_encoded == 2


def test_the_same_again_encodes_nothing_and_makes_no_generation(pages, settings):
    first = run(pages, settings)
    again = run(pages, settings)
    assert (again.generation, again.encoded, again.receipts) == (first.generation, 0, 0)
    assert history(settings).runs(1)[0].outcome == "unchanged"


def test_a_rename_is_one_removed_and_one_added_and_nothing_is_encoded(pages, settings):
    run(pages, settings)
    write(pages, "rent", TEXTS["rent"], slug="deposit", title="rent")
    report = run(pages, settings)
    (changes,) = report.changes
    assert (changes.added, changes.removed) == (("en/deposit",), ("en/rent",))
    assert report.encoded == 0
    assert live_ids(settings, "en/deposit")
    assert not live_ids(settings, "en/rent")


def test_every_passage_that_left_has_a_sound_receipt_that_is_kept(pages, settings):
    run(pages, settings)
    left = {*live_ids(settings, "en/rent"), *live_ids(settings, "en/school")}
    write(pages, "rent", "The landlord gives the deposit back within two months.")
    (pages / "school.md").unlink()
    report = run(pages, settings)
    receipts = history(settings).receipts(report.run)
    assert {r.passage for r in receipts} == left
    assert [(r.rows, r.vectors, r.postings, r.returned) for r in receipts] == [(0, 0, 0, 0)] * 2
    assert (report.receipts, report.unsound) == (2, 0)


def test_a_receipt_tells_when_the_passage_is_still_there(pages, settings):
    from index.receipts import prove

    run(pages, settings)
    name = generation.live_id(settings.data)
    opened = generation.open_live(settings.data, FakeEncoder())
    row = opened.passages.row_of(live_ids(settings, "en/rent")[0])
    passage = opened.passages.passage(row)
    departure = Departure(passage.id, passage.page_key, passage.page_digest)
    (receipt,) = prove(opened, FakeEncoder(), [departure], {passage.id: passage}, settings)
    assert receipt == Receipt(passage.id, "en/rent", passage.page_digest, name, 1, 1, 1, 1, 0)
    assert not receipt.sound


def test_a_receipt_tells_when_the_words_of_a_page_that_went_come_back_under_another_id(
    pages, settings
):
    from index.receipts import prove

    run(pages, settings)
    opened = generation.open_live(settings.data, FakeEncoder())
    row = opened.passages.row_of(live_ids(settings, "en/rent")[0])
    rent = replace(opened.passages.passage(row), id="older")
    departure = Departure("older", "en/rent", "older")
    known = {"older": rent}
    # The page as it is served has these words still, so they did not leave.
    (receipt,) = prove(opened, FakeEncoder(), [departure], known, settings)
    assert receipt.sound
    db = sqlite3.connect(
        generation.folder_of(settings.data, receipt.generation) / "passages.sqlite"
    )
    with db:
        db.execute("delete from pages where key = 'en/rent'")
    db.close()
    opened = generation.open_live(settings.data, FakeEncoder())
    (receipt,) = prove(opened, FakeEncoder(), [departure], known, settings)
    assert (receipt.rows, receipt.returned, receipt.sound) == (0, 1, False)


def test_the_record_says_who_when_what_and_which_generation(pages, settings):
    first = run(pages, settings, by="Anna")
    record = history(settings).run(first.run)
    assert (record.by, record.outcome, record.kind) == ("Anna", "published", "refresh")
    assert (record.generation, record.previous, record.encoded) == (first.generation, None, 3)
    (counts,) = record.sources.values()
    assert counts == {"added": 3, "changed": 0, "unchanged": 0, "removed": 0, "unreadable": 0}
    assert record.began <= record.ended


def test_a_held_refresh_leaves_a_record_and_nothing_else(pages, settings):
    first = run(pages, settings)
    (pages / "school.md").unlink()
    with pytest.raises(RefreshHeld, match="1 of 3 pages"):
        run(pages, settings, confirmed=False)
    newest = history(settings).runs(1)[0]
    assert (newest.outcome, newest.generation) == ("held", first.generation)
    assert "en/school" in Catalogue(settings.data).known()


def test_a_cancelled_refresh_publishes_nothing_and_the_next_one_does(pages, settings):
    first = run(pages, settings)
    write(pages, "rent", "The landlord gives the deposit back within two months.")

    def stop(step, *_):
        if step.startswith("encoding"):
            raise RefreshCancelled("cancelled")

    with pytest.raises(RefreshCancelled):
        run(pages, settings, progress=stop)
    assert generation.live_id(settings.data) == first.generation
    assert history(settings).runs(1)[0].outcome == "cancelled"
    again = run(pages, settings)
    assert again.changes[0].changed == ("en/rent",)
    assert again.receipts == 1


def test_what_is_published_is_not_said_to_be_cancelled(pages, settings):
    run(pages, settings)
    write(pages, "rent", "The landlord gives the deposit back within two months.")

    def stop(step, *_):
        if step == module.PROVING:
            raise RefreshCancelled("the refresh was cancelled; nothing was published")

    report = run(pages, settings, progress=stop)
    assert (report.receipts, report.unsound) == (1, 0)
    assert history(settings).runs(1)[0].outcome == "published"


def test_who_interrupts_a_refresh_after_it_was_published_reads_so_in_its_record(
    pages, settings, monkeypatch
):
    with monkeypatch.context() as patched:
        patched.setattr(
            module, "finish_purges", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt)
        )
        with pytest.raises(KeyboardInterrupt):
            run(pages, settings)
    assert history(settings).runs(1)[0].outcome == "published"
    assert run(pages, settings).changes[0].unchanged == ("en/card", "en/rent", "en/school")


def test_a_held_refresh_counts_as_read_and_its_unchanged_pages_as_checked(pages, settings):
    run(pages, settings)
    catalogue = Catalogue(settings.data)
    with catalogue.database:
        catalogue.database.execute("update live set checked_at = '2020-01-01'")
        catalogue.database.execute("update runs set ended = '2020-01-01'")
    (pages / "school.md").unlink()
    write(pages, "rent", "The landlord gives the deposit back within two months.")
    with pytest.raises(RefreshHeld):
        run(pages, settings, confirmed=False, scheduled=True)
    assert catalogue.checked_at("en/card") > "2026"
    assert catalogue.checked_at("en/rent") == catalogue.checked_at("en/school") == "2020-01-01"
    assert History(catalogue).last_of(str(pages.resolve())) > "2026"


def test_a_death_after_the_switch_is_completed_with_its_receipts(pages, settings, monkeypatch):
    run(pages, settings)
    write(pages, "rent", "The landlord gives the deposit back within two months.")
    with monkeypatch.context() as patched:
        patched.setattr(Catalogue, "promote", lambda *_: (_ for _ in ()).throw(SystemExit(9)))
        patched.setattr(module, "recover", lambda *_: None)
        with pytest.raises(SystemExit):
            run(pages, settings)
    # Another source comes next: the page that was switched to must not be lost by it.
    other = pages.parent / "other"
    write(other, "work", "A contract says what the work is and what it pays.")
    report = run(other, settings)
    texts = [page.text for page in Catalogue(settings.data).pages()]
    assert any("two months" in text for text in texts)
    assert report.pages == 4
    assert [r.page_key for r in history(settings).receipts(report.run)] == ["en/rent"]


def test_a_record_that_never_ended_was_interrupted(pages, settings):
    run(pages, settings)
    history(settings).begin("dead", "refresh", "test", None)
    run(pages, settings)
    assert history(settings).run("dead").outcome == "interrupted"


def test_only_one_refresh_runs_at_a_time(pages, settings):
    with refreshing(settings.data):
        assert is_refreshing(settings.data)
        with pytest.raises(Busy, match="another refresh is under way"):
            run(pages, settings)
    assert not is_refreshing(settings.data)


def test_a_failure_is_recorded_with_its_reason(pages, settings, monkeypatch):
    def broken(*_, **__):
        raise PasserelleError("the model is on holiday")

    monkeypatch.setattr(module, "open_encoder", broken)
    with pytest.raises(PasserelleError):
        run(pages, settings)
    newest = history(settings).runs(1)[0]
    assert (newest.outcome, newest.detail) == ("failed", "the model is on holiday")


def test_what_was_rolled_back_is_not_published_again_unasked(pages, settings):
    first = run(pages, settings)
    write(pages, "rent", "The landlord gives the deposit back within two months.")
    second = run(pages, settings)
    records = history(settings)
    generation.switch(settings.data, first.generation)
    records.begin("back", "rollback", "Anna", second.generation)
    records.end("back", "published", generation=first.generation)
    with pytest.raises(RefreshHeld, match="was rolled back from"):
        run(pages, settings, scheduled=True)
    assert generation.live_id(settings.data) == first.generation
    assert run(pages, settings).generation == second.generation
    assert run(pages, settings, scheduled=True).generation == second.generation


def test_a_source_that_is_given_a_name_keeps_its_pages(pages, settings):
    first = run(pages, settings)
    named = Settings(data=settings.data, sources={"ours": {"path": pages}})
    (source,) = sources_of(named, [pages])
    assert (source.name, source.former) == ("ours", str(pages.resolve()))
    report = refresh([source], named, by="test")
    assert report.generation == first.generation
    assert {entry.source for entry in Catalogue(settings.data).known().values()} == {"ours"}


def test_another_licence_publishes_with_nothing_encoded(pages, settings):
    first = run(pages, settings)
    source = open_source(pages, licence="CC0")
    report = refresh([source], settings, by="test")
    assert (len(report.changes[0].changed), report.encoded) == (3, 0)
    assert report.generation != first.generation


def test_a_source_that_is_renamed_keeps_its_pages(pages, settings):
    def named(name):
        named = Settings(data=settings.data, sources={name: {"path": pages}})
        return refresh(sources_of(named), named, by="test")

    first, second = named("old"), named("new")
    assert (second.generation, second.encoded) == (first.generation, 0)
    assert {entry.source for entry in Catalogue(settings.data).known().values()} == {"new"}


def test_two_sources_of_one_refresh_that_claim_one_key_are_told_and_the_rest_goes_on(
    pages, settings
):
    other = pages.parent / "other"
    write(other, "rent", "Another text under a key that is taken.")
    write(other, "work", "A contract says what the work is and what it pays.")
    report = refresh([Source("a", pages), Source("b", other)], settings, by="test")
    assert report.pages == 4
    (reason,) = report.changes[1].unreadable.values()
    assert "both have the key 'en/rent'" in reason


def test_the_report_is_plain_json(pages, settings):
    report = json.loads(json.dumps(run(pages, settings).as_json()))
    assert (report["pages"], report["passages_encoded"], report["unsound"]) == (3, 3, 0)


def test_many_pages_take_the_fast_door_when_they_are_new_or_another_encoder_comes(
    pages, settings, monkeypatch
):
    doors = []

    def doors_of(digest):
        def opened(*_, ingesting):
            doors.append(ingesting)
            return FakeEncoder(digest)

        doors.clear()
        monkeypatch.setattr(module, "open_encoder", opened)
        run(pages, settings)
        return tuple(doors)

    monkeypatch.setattr(module, "_MANY_PAGES", 2)
    assert doors_of("one") == (False, True)
    write(pages, "card", "You ask for the library card by post.")
    assert doors_of("one") == (False,)
    assert doors_of("two") == (False, True)
    monkeypatch.setattr(module, "_MANY_PAGES", 3)
    assert doors_of("three") == (False,)


def test_the_real_encoder_is_the_same_through_both_doors(settings, models_folder):
    light = open_encoder(EncoderSettings(), models_folder, ingesting=False)
    heavy = open_encoder(EncoderSettings(), models_folder, ingesting=True)
    assert (light.digest, light.dimension) == (heavy.digest, heavy.dimension)
