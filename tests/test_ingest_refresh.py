"""A refresh: what changed is told, an unreadable page keeps its version, nothing is lost."""

import pytest

from ingest.catalogue import Catalogue
from ingest.errors import DataUnusable, PageUnknown, RefreshHeld, SourceMissing
from ingest.refresh import apply, open_source, plan


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
