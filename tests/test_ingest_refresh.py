"""A refresh: what changed is told, an unreadable page keeps its version, nothing is lost."""

import os
import sys
from argparse import Namespace
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from ingest.belonging import unread
from ingest.catalogue import Catalogue, Known
from ingest.errors import DataUnusable, PageUnknown, RefreshHeld, SourceInvalid, SourceMissing
from ingest.guarding import guard
from ingest.refresh import apply, open_source, plan, sources_of, stage
from ingest.settings import Settings
from ui.commands import _question


def write(folder, name, text="A sentence about the card that is long enough.", **front):
    file = folder / f"{name}.md"
    file.parent.mkdir(parents=True, exist_ok=True)
    front = {"title": name, "language": "en", "slug": name, **front}
    head = "\n".join(f"{k}: {v}" for k, v in front.items())
    file.write_text(f"---\n{head}\n---\n\n## Heading?\n\n{text}\n", "utf-8")
    return file


@pytest.fixture
def pages(tmp_path):
    folder = tmp_path / "pages"
    for name in ("a", "b", "c"):
        write(folder, name)
    return folder


def refresh(folder, catalogue, **options):
    found = plan(open_source(folder), catalogue)
    apply(found, catalogue, **options)
    return found.changes


def refresh_named(name, folder, catalogue, **entry):
    (source,) = sources_of(Settings(sources={name: {"path": folder, **entry}}))
    found = plan(source, catalogue)
    apply(found, catalogue)
    return found.changes


def test_everything_is_new_the_first_time_and_unchanged_the_second(pages, catalogue):
    assert refresh(pages, catalogue).added == ("en/a", "en/b", "en/c")
    digest = catalogue.corpus_digest()
    again = refresh(pages, catalogue)
    assert (again.added, again.changed, again.unchanged) == ((), (), ("en/a", "en/b", "en/c"))
    assert catalogue.corpus_digest() == digest


def test_changed_added_and_removed_pages_are_told_apart(pages, catalogue):
    refresh(pages, catalogue)
    write(pages, "a", "Something else.")
    write(pages, "d")
    (pages / "b.md").unlink()
    changes = refresh(pages, catalogue)
    assert (changes.changed, changes.added, changes.removed) == (("en/a",), ("en/d",), ("en/b",))
    assert [page.key for page in catalogue.pages()] == ["en/a", "en/c", "en/d"]


def _furniture(catalogue):
    return {
        page.key: [page.text[b.start : b.end] for b in page.blocks if b.kind == "furniture"]
        for page in catalogue.pages()
    }


def test_what_is_furniture_does_not_depend_on_which_pages_came_first(catalogue, tmp_path):
    folder, footer = tmp_path / "few", "Call the desk of the town hall."
    for name in "abcd":
        write(folder, name, f"What {name} says.\n\n{footer}")
    refresh(folder, catalogue)
    assert not any(_furniture(catalogue).values())
    for name in "efg":
        write(folder, name, f"What {name} says.\n\n{footer}")
    changes = refresh(folder, catalogue)
    assert changes.added == ("en/e", "en/f", "en/g")
    assert changes.changed == ("en/a", "en/b", "en/c", "en/d")
    assert _furniture(catalogue) == {f"en/{name}": [footer] for name in "abcdefg"}
    digest = catalogue.corpus_digest()
    assert len(refresh(folder, catalogue).unchanged) == 7
    fresh = Catalogue(tmp_path / "fresh")
    refresh(folder, fresh)
    assert fresh.corpus_digest() == digest
    fresh.close()


def test_a_dry_run_writes_nothing(pages, catalogue):
    assert plan(open_source(pages), catalogue).changes.added
    assert catalogue.known() == {}


def test_an_unreadable_page_keeps_its_last_version(pages, catalogue):
    refresh(pages, catalogue)
    (pages / "a.md").write_bytes(b"---\ntitle: a\n---\n\n\xff\xfe")
    changes = refresh(pages, catalogue)
    assert list(changes.unreadable) == [str(pages / "a.md")]
    assert changes.removed == ()
    assert "en/a" in catalogue.known()


def test_an_unreadable_page_keeps_its_version_when_its_folder_is_given_otherwise(
    pages, catalogue, monkeypatch
):
    refresh(pages, catalogue)
    (pages / "a.md").write_bytes(b"\xff")
    monkeypatch.chdir(pages.parent)
    changes = refresh(Path("pages"), catalogue)
    assert list(changes.unreadable) == [str(pages / "a.md")]
    monkeypatch.chdir(pages)
    assert (refresh(Path(), catalogue).removed, changes.removed) == ((), ())


@pytest.mark.parametrize("before", ["{}/pages/", "pages/", ""])
def test_an_unreadable_page_keeps_its_version_when_its_folder_was_moved(
    pages, catalogue, before, tmp_path
):
    write(pages / "sub", "a", "Deeper down.", slug="deeper")
    write(pages / "sub", "d", "Deeper down.")
    first = refresh_named("ours", pages, catalogue)
    assert len(first.added) == 5
    # As it was noted when the folder was given in this way.
    catalogue._db.execute(
        "update live set origin = replace(origin, ?, ?)",
        (f"{pages}/", before.format(tmp_path)),
    )
    moved = pages.rename(tmp_path / "moved")
    (moved / "a.md").write_bytes(b"\xff")
    (moved / "sub" / "a.md").unlink()
    changes = refresh_named("ours", moved, catalogue)
    assert (changes.removed, changes.changed) == (("en/deeper",), ())
    assert list(changes.unreadable) == [str(moved / "a.md")]
    assert "en/a" not in changes.unchanged


def test_a_page_of_an_archive_that_was_renamed_keeps_its_version(catalogue):
    known = {"F1": Known("F1", "s", "d", "r", "/old/2025.zip!in/F1.xml", "t")}
    failures = {"/new/2026.zip!in/F1.xml": "damaged"}
    assert unread(known, failures, Path("/new/2026.zip"), {"F2"}) == {"F1"}
    assert unread(known, {"/new/2026.zip!F1.xml": "damaged"}, Path("/new/2026.zip"), set()) == set()


def test_another_licence_in_the_settings_arrives(pages, catalogue):
    refresh_named("ours", pages, catalogue)
    digests = {page.key: page.digest for page in catalogue.pages()}
    changes = refresh_named("ours", pages, catalogue, licence="CC0")
    assert changes.changed == ("en/a", "en/b", "en/c")
    assert {page.licence for page in catalogue.pages()} == {"CC0"}
    assert {page.key: page.digest for page in catalogue.pages()} == digests


def test_a_renamed_source_takes_over_its_pages(pages, catalogue):
    refresh_named("old", pages, catalogue)
    (pages / "b.md").unlink()
    (pages / "c.md").write_bytes(b"\xff")
    changes = refresh_named("new", pages, catalogue)
    assert (changes.added, changes.changed, changes.unchanged) == ((), (), ("en/a",))
    assert changes.removed == ("en/b",)
    assert list(changes.unreadable) == [str(pages / "c.md")]
    assert {entry.source for entry in catalogue.known().values()} == {"new"}
    assert set(catalogue.known()) == {"en/a", "en/c"}


def test_a_source_that_was_renamed_and_moved_takes_over_what_it_has(pages, catalogue, tmp_path):
    refresh_named("old", pages, catalogue)
    write(pages, "a", "Something else.")
    moved = pages.rename(tmp_path / "moved")
    changes = refresh_named("new", moved, catalogue)
    assert (changes.changed, changes.unchanged) == (("en/a",), ("en/b", "en/c"))
    assert {entry.source for entry in catalogue.known().values()} == {"new"}


def test_a_source_that_is_still_in_the_settings_keeps_its_pages(pages, catalogue):
    refresh_named("one", pages, catalogue)
    settings = Settings(sources={"one": {"path": pages}, "two": {"path": pages}})
    plans = []
    for source in sources_of(settings):
        plans.append(plan(source, catalogue, None, plans))
    stage(plans, catalogue)
    catalogue.promote({})
    reasons = plans[1].changes.unreadable
    assert len(reasons) == 3
    assert all(
        "in two sources, 'one' and 'two', and stays with the first" in r for r in reasons.values()
    )
    assert {entry.source for entry in catalogue.known().values()} == {"one"}


def test_two_new_names_for_an_old_source_do_not_both_take_its_pages(pages, catalogue):
    refresh_named("old", pages, catalogue)
    settings = Settings(sources={"one": {"path": pages}, "two": {"path": pages}})
    plans = []
    for source in sources_of(settings):
        plans.append(plan(source, catalogue, None, plans))
    stage(plans, catalogue)
    catalogue.promote({p.changes.source: p.changes.unchanged for p in plans})
    assert len(plans[1].changes.unreadable) == 3
    assert {entry.source for entry in catalogue.known().values()} == {"one"}


def _refresh_all(sources, catalogue, order, share=0.0):
    """Refresh the sources of a folder each, in an order, as a service does."""
    settings = Settings(sources={name: {"path": sources / name} for name in order})
    plans = []
    for source in sources_of(settings):
        plans.append(plan(source, catalogue, None, plans))
    for found in plans:
        guard(found.changes, share, confirmed=False)
    stage(plans, catalogue)
    catalogue.promote({p.changes.source: p.changes.unchanged for p in plans})
    return {found.changes.source: found.changes for found in plans}


@pytest.mark.parametrize("order", [("one", "two"), ("two", "one")])
def test_a_page_moves_to_another_source_in_one_refresh(catalogue, tmp_path, order):
    write(tmp_path / "one", "p")
    write(tmp_path / "one", "r")
    write(tmp_path / "two", "q")
    _refresh_all(tmp_path, catalogue, order)
    (tmp_path / "one" / "p.md").rename(tmp_path / "two" / "p.md")
    changes = _refresh_all(tmp_path, catalogue, order)
    assert (changes["one"].removed, changes["two"].added) == ((), ("en/p",))
    assert not any(each.unreadable for each in changes.values())
    assert {k: v.source for k, v in catalogue.known().items()} == {
        "en/p": "two",
        "en/q": "two",
        "en/r": "one",
    }
    assert {page.source for page in catalogue.pages()} == {"one", "two"}
    again = _refresh_all(tmp_path, catalogue, order)
    assert again["two"].unchanged == ("en/p", "en/q")


@pytest.mark.parametrize("order", [("one", "two"), ("two", "one")])
def test_pages_that_change_places_with_each_other_both_stay(catalogue, tmp_path, order):
    write(tmp_path / "one", "p")
    write(tmp_path / "two", "q")
    _refresh_all(tmp_path, catalogue, order)
    (tmp_path / "one" / "p.md").rename(tmp_path / "two" / "p.md")
    (tmp_path / "two" / "q.md").rename(tmp_path / "one" / "q.md")
    _refresh_all(tmp_path, catalogue, order)
    assert {k: v.source for k, v in catalogue.known().items()} == {"en/p": "two", "en/q": "one"}


@pytest.mark.parametrize("order", [("one", "two"), ("two", "one")])
def test_what_moves_in_makes_no_vanishing_page_look_small(catalogue, tmp_path, order):
    for name in "abcd":
        write(tmp_path / "one", name)
    write(tmp_path / "two", "q")
    _refresh_all(tmp_path, catalogue, order)
    for name in "abc":
        (tmp_path / "one" / f"{name}.md").rename(tmp_path / "two" / f"{name}.md")
    (tmp_path / "two" / "q.md").unlink()
    with pytest.raises(RefreshHeld, match="1 of 1 pages of two would vanish"):
        _refresh_all(tmp_path, catalogue, order, share=0.9)


@pytest.mark.parametrize("order", [("one", "two"), ("two", "one")])
def test_a_page_that_both_sources_have_stays_where_it_was(catalogue, tmp_path, order):
    write(tmp_path / "one", "p")
    _refresh_all(tmp_path, catalogue, ("one",))
    write(tmp_path / "two", "p")
    changes = _refresh_all(tmp_path, catalogue, order)
    assert list(changes["two"].unreadable) == [str(tmp_path / "two" / "p.md")]
    assert catalogue.source_of("en/p") == "one"


def test_a_folder_inside_another_source_takes_nothing_until_it_is_named(pages, catalogue):
    write(pages / "sub", "d")
    refresh(pages, catalogue)
    changes = refresh(pages / "sub", catalogue)
    (reason,) = changes.unreadable.values()
    assert f"in two sources, {str(pages)!r} and {str(pages / 'sub')!r}" in reason
    assert refresh_named("sub", pages / "sub", catalogue).changed == ("en/d",)
    assert len(catalogue.known(str(pages))) == 3


def test_a_key_already_taken_names_both_and_the_rest_goes_on(pages, catalogue):
    write(pages, "z", "Another page.", slug="a")
    changes = refresh(pages, catalogue)
    (reason,) = changes.unreadable.values()
    assert "z.md" in reason
    assert "a.md" in reason
    assert "'en/a'" in reason
    assert changes.added == ("en/a", "en/b", "en/c")


def test_one_source_never_removes_anothers_pages(pages, catalogue, tmp_path):
    refresh(pages, catalogue)
    other = tmp_path / "other"
    write(other, "x")
    write(other, "a", "A copy under a key that is taken.")
    changes = refresh(other, catalogue)
    assert changes.added == ("en/x",)
    assert len(changes.unreadable) == 1
    assert set(catalogue.known()) == {"en/a", "en/b", "en/c", "en/x"}


def test_when_too_many_pages_would_vanish_nothing_is_published(pages, catalogue):
    refresh(pages, catalogue)
    (pages / "a.md").unlink()
    with pytest.raises(RefreshHeld, match=r"1 of 3 pages .* would vanish.*--confirm-removals"):
        refresh(pages, catalogue, share=0.2)
    assert "en/a" in catalogue.known()
    assert refresh(pages, catalogue, share=0.2, confirmed=True).removed == ("en/a",)


def test_every_version_is_kept_and_found_by_its_digest(pages, catalogue):
    refresh(pages, catalogue)
    first = next(page for page in catalogue.pages() if page.key == "en/a")
    write(pages, "a", "Something else.")
    refresh(pages, catalogue)
    assert catalogue.version("en/a", first.digest) == first
    with pytest.raises(PageUnknown, match="no version nope of page en/a"):
        catalogue.version("en/a", "nope")


def test_an_unchanged_page_was_checked_now(pages, catalogue):
    refresh(pages, catalogue)
    catalogue._db.execute("update live set checked_at = '2020-01-01T00:00:00+00:00'")
    refresh(pages, catalogue)
    assert catalogue.checked_at("en/a") > "2020-01-01T00:00:00+00:00"
    assert catalogue.checked_at("nope") is None


def test_a_source_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SourceMissing, match="nowhere does not exist"):
        open_source(tmp_path / "nowhere")


@pytest.mark.parametrize("inside", ["", "pages"])
def test_a_source_whose_name_is_not_utf_8_is_named_readably(tmp_path, inside):
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    (folder / "pages").mkdir(parents=True)
    with pytest.raises(SourceInvalid, match=r"caf\ufffd.* has a name that is not UTF-8; rename it"):
        open_source(folder / inside)


def test_a_question_that_is_not_utf_8_is_asked_all_the_same(monkeypatch):
    options = Namespace(question="-", language=None, limit=None)
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO("Où est le café ?".encode("cp1252"))))
    assert _question(options).text == "O\ufffd est le caf\ufffd ?"
    options.question = "caf\udce9"
    assert _question(options).text == "caf\ufffd"


def test_a_catalogue_of_another_version_is_refused_with_both_named(tmp_path):
    opened = Catalogue(tmp_path)
    opened._db.execute("pragma user_version = 99")
    opened.close()
    with pytest.raises(DataUnusable, match="has format 99, this version reads 1"):
        Catalogue(tmp_path)


def test_a_catalogue_that_is_no_database_is_named(tmp_path):
    (tmp_path / "catalogue.sqlite").write_bytes(b"not a database at all, only words" * 99)
    with pytest.raises(DataUnusable, match="file is not a database"):
        Catalogue(tmp_path)
