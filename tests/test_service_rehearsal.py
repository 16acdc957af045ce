"""A dry run: what would change, readable, with the passages as they would be; nothing written."""

import pytest

from ingest.errors import PageUnknown
from ingest.refresh import open_source
from ingest.settings import Settings
from service import refreshing
from service.rehearsal import rehearse
from tests.fakes import FakeEncoder
from tests.test_ingest_refresh import write


@pytest.fixture
def pages(tmp_path, monkeypatch):
    monkeypatch.setattr(refreshing, "open_encoder", lambda *_, **__: FakeEncoder())
    write(tmp_path / "pages", "rent", "The tenant pays a deposit. It is one month's rent.")
    write(tmp_path / "pages", "card", "The card is free of charge for everyone in the town.")
    source = open_source(tmp_path / "pages")
    refreshing.refresh([source], Settings(data=tmp_path / "data"), by="test")
    return tmp_path / "pages"


def rehearsed(pages):
    found = rehearse([open_source(pages)], Settings(data=pages.parent / "data"))
    return found, {page.difference.key: page for page in found.pages}


def test_a_changed_page_shows_the_sentences_that_go_and_come(pages):
    write(pages, "rent", "The tenant pays a deposit. It is two months' rent.", licence="CC0")
    _, found = rehearsed(pages)
    difference = found["en/rent"].difference
    assert difference.lines == (
        "@@",
        " The tenant pays a deposit.",
        "-It is one month's rent.",
        "+It is two months' rent.",
    )
    assert difference.metadata == (("licence", None, "CC0"),)


def test_the_passages_of_a_changed_page_are_shown_as_they_would_be_quoted(pages):
    write(pages, "rent", "The tenant pays a deposit. It is two months' rent.")
    _, found = rehearsed(pages)
    (passage,) = found["en/rent"].passages
    assert passage.text == "The tenant pays a deposit. It is two months' rent."
    assert (passage.section, passage.fresh) == (("Heading?",), True)


def test_a_rename_is_named_as_such_on_both_sides(pages):
    write(pages, "rent", "The tenant pays a deposit. It is one month's rent.", slug="deposit")
    _, found = rehearsed(pages)
    assert found["en/deposit"].difference.moved == "en/rent"
    assert found["en/rent"].difference.moved == "en/deposit"


def test_a_removal_that_would_be_held_says_so(pages):
    (pages / "card.md").unlink()
    whole, found = rehearsed(pages)
    assert found["en/card"].difference.change == "removed"
    assert whole.held[0].startswith("1 of 2 pages")


def test_nothing_is_written_and_nothing_encoded(pages, monkeypatch):
    def never(*_, **__):
        raise AssertionError("a dry run opened an encoder")

    monkeypatch.setattr(refreshing, "open_encoder", never)
    data = pages.parent / "data"
    before = {f: f.read_bytes() for f in data.rglob("*") if f.is_file() and f.suffix != ".sqlite"}
    write(pages, "rent", "Something else.")
    whole, _ = rehearsed(pages)
    assert whole.changes[0].changed == ("en/rent",)
    assert all(file.read_bytes() == content for file, content in before.items())
    assert rehearsed(pages)[0].changes[0].changed == ("en/rent",)


def test_where_many_pages_are_touched_only_the_one_asked_for_is_previewed(pages, monkeypatch):
    monkeypatch.setattr("service.rehearsal.MOST_PREVIEWED", 1)
    write(pages, "rent", "Something else.")
    write(pages, "work", "A contract says what the work is and what it pays.")
    _, found = rehearsed(pages)
    assert [page.passages for page in found.values()] == [(), ()]
    asked = rehearse([open_source(pages)], Settings(data=pages.parent / "data"), preview="en/work")
    assert [bool(page.passages) for page in asked.pages] == [False, True]


def test_a_page_that_nothing_happens_to_is_previewed_as_it_stands(pages):
    write(pages, "rent", "Something else.")
    settings = Settings(data=pages.parent / "data")
    asked = rehearse([open_source(pages)], settings, preview="en/card")
    found = {page.difference.key: page for page in asked.pages}
    assert (found["en/card"].difference.change, found["en/rent"].passages) == ("unchanged", ())
    (passage,) = found["en/card"].passages
    assert "free of charge" in passage.text
    assert not passage.fresh


def test_a_preview_of_a_page_that_is_nowhere_is_an_error(pages):
    with pytest.raises(PageUnknown, match=r"no page 'en/nope' to preview.*status --pages"):
        rehearse([open_source(pages)], Settings(data=pages.parent / "data"), preview="en/nope")
