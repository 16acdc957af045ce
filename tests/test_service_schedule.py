"""When sources are due: by their own schedule, from when they were last read with success."""

from datetime import UTC, datetime, timedelta

import pytest

from ingest.catalogue import Catalogue
from ingest.history import History
from ingest.records import ChangeSet
from ingest.refresh import sources_of
from ingest.settings import Settings, interval, load_settings
from service.schedule import due, next_reading, overview


@pytest.fixture
def settings(tmp_path):
    (tmp_path / "pages").mkdir()
    ours = {"path": tmp_path / "pages", "schedule": "6h"}
    return Settings(data=tmp_path / "data", sources={"ours": ours})


def read_at(settings, hours_ago, outcome="published"):
    catalogue = Catalogue(settings.data)
    history = History(catalogue)
    history.begin(f"run-{hours_ago}", "refresh", "test", None)
    history.end(f"run-{hours_ago}", outcome, changes=[ChangeSet("ours")])
    at = (datetime.now(UTC) - timedelta(hours=hours_ago)).isoformat()
    with catalogue.database:
        catalogue.database.execute(
            "update runs set ended = ? where id = ?", (at, f"run-{hours_ago}")
        )
    catalogue.close()


@pytest.mark.parametrize(("hours", "names"), [(5, []), (7, ["ours"])])
def test_a_source_is_due_when_its_interval_has_passed(settings, hours, names):
    read_at(settings, hours)
    assert [source.name for source in due(sources_of(settings), settings)] == names


def test_a_source_that_was_never_read_or_never_with_success_is_due(settings):
    assert due(sources_of(settings), settings)
    read_at(settings, 1, "failed")
    assert due(sources_of(settings), settings)


@pytest.mark.parametrize(
    ("counts", "is_due"),
    [({}, True), ({"unchanged": ("b",)}, False), ({"added": ("b",)}, False)],
)
def test_a_refresh_that_could_read_nothing_is_no_success(settings, counts, is_due):
    history = History(Catalogue(settings.data))
    history.begin("r", "refresh", "test", None)
    changes = [ChangeSet("ours", unreadable={"a": "its server answers 503"}, **counts)]
    history.end("r", "unchanged", changes=changes)
    assert bool(due(sources_of(settings), settings)) == is_due


def test_a_source_without_schedule_is_always_due(tmp_path, settings):
    plain = Settings(data=settings.data, sources={"ours": {"path": tmp_path / "pages"}})
    read_at(plain, 1)
    assert due(sources_of(plain), plain)
    assert next_reading("ours", plain, History(Catalogue(plain.data))) is None
    assert overview(plain)[0].next_refresh is None


@pytest.mark.parametrize(("text", "seconds"), [("30m", 1800), ("6h", 21600), ("7d", 604800)])
def test_intervals_are_read(text, seconds):
    assert interval(text) == seconds


@pytest.mark.parametrize("text", ["", "6", "h", "0h", "-1h", "6 hours", "99999d"])
def test_what_is_no_interval_is_refused_with_examples(text, tmp_path):
    with pytest.raises(ValueError, match="write 30m, 6h or 7d"):
        interval(text)
    file = tmp_path / "settings.toml"
    file.write_text(f'[sources.ours]\npath = "."\nschedule = "{text}"\n')
    with pytest.raises(Exception, match=r"sources\.ours\.schedule.*6h"):
        load_settings(file)
