"""A text of our own is as old as the last reading of its sources, however often it is ingested."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

from ingest.ages import aged_from, ages, compared_at, is_stale
from ingest.catalogue import Reading
from ingest.records import Basis
from service.answering import Answerer
from service.records import Age
from tests.fakes import make_page

READ = "2026-11-26T10:00:00+00:00"
ELSEWHERE = make_page("en/sheet", "How?", 'It says "based_on": [] and "based_on": [1].')
BASES = tuple(Basis("DILA", consulted_on=date(2020, month, 3)) for month in (1, 5, 2))
OURS = make_page("en/ours", "How?", 'Online. "based_on": []', based_on=BASES)


def test_a_page_of_elsewhere_was_compared_when_it_was_read():
    assert compared_at(ELSEWHERE, READ) == aged_from(ELSEWHERE, READ) == READ


def test_a_text_of_our_own_is_compared_with_nothing_and_ages_from_its_sources():
    assert compared_at(OURS, READ) is None
    assert aged_from(OURS, READ) == "2020-05-03T00:00:00+00:00"
    verified = replace(OURS, verified_by="Comede", verified_on=date(2021, 6, 1))
    assert aged_from(verified, READ) == "2021-06-01T00:00:00+00:00"
    assert aged_from(replace(OURS, based_on=(Basis("DILA"),)), READ) is None


def test_the_catalogue_knows_the_age_of_every_live_page(catalogue):
    read = [Reading(page, "raw", page.key) for page in (ELSEWHERE, OURS)]
    catalogue.apply("s", read, checked=(), removed=())
    found = ages(catalogue)
    assert found["en/ours"] == "2020-05-03T00:00:00+00:00"
    assert found["en/sheet"] == catalogue.checked_at("en/sheet")


def test_a_page_is_old_after_its_days_and_not_before():
    now = datetime.now(UTC)
    assert is_stale((now - timedelta(days=31)).isoformat(), 30)
    assert not is_stale((now - timedelta(days=29)).isoformat(), 30)
    assert not is_stale(None, 1)


def age(page, *, since=None):
    answerer = SimpleNamespace(
        changed_since=lambda *_: since,
        checked_at=lambda _: datetime.now(UTC).isoformat(),
        max_age_days=lambda _: 100,
    )
    return Answerer.age(answerer, page)


def test_our_own_page_grows_old_though_it_was_just_ingested():
    assert age(OURS) == Age(compared_at=None, stale=True)
    assert age(ELSEWHERE).compared_at
    assert not age(ELSEWHERE).stale


def test_a_version_that_is_not_live_bears_no_day_of_the_live_one():
    assert age(ELSEWHERE, since="2026-02-01") == Age(changed_since="2026-02-01")
    assert age(OURS, since="2026-02-01") == Age(stale=True, changed_since="2026-02-01")
