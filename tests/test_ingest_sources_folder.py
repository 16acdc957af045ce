"""Pages from a folder: what is read, under which key, and what is left out with a reason."""

import os
from pathlib import Path

import pytest

from ingest.errors import SourceInvalid, SourceMissing
from ingest.records import RawPage
from ingest.sources.folder import MAX_BYTES, MAX_DOCUMENT_BYTES, read_folder


def _read(path: Path) -> tuple[list[RawPage], dict[str, str]]:
    failures: dict[str, str] = {}
    return list(read_folder(path, source="s", failures=failures)), failures


def _write(root: Path, *names: str) -> None:
    for name in names:
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name, "utf-8")


def test_keys_are_relative_paths_without_suffix_in_order(tmp_path):
    _write(tmp_path, "fr/b.md", "a.txt", "fr/a.HTML", "en/deep/c.markdown", "z.htm")
    pages, failures = _read(tmp_path)
    assert [(p.key, p.media_type) for p in pages] == [
        ("a", "text/plain"),
        ("z", "text/html"),
        ("en/deep/c", "text/markdown"),
        ("fr/a", "text/html"),
        ("fr/b", "text/markdown"),
    ]
    assert pages[0].content == b"a.txt"
    assert pages[0].origin == str(tmp_path / "a.txt")
    assert failures == {}


def test_a_single_file_has_its_stem_as_key(tmp_path):
    _write(tmp_path, "fr/carte-vitale.md")
    pages, _ = _read(tmp_path / "fr" / "carte-vitale.md")
    assert [p.key for p in pages] == ["carte-vitale"]


def test_pages_inherit_what_the_source_says(tmp_path):
    _write(tmp_path, "a.md")
    failures: dict[str, str] = {}
    (page,) = read_folder(tmp_path, source="s", failures=failures, publisher="P", licence="L")
    assert (page.source, page.publisher, page.licence, page.url) == ("s", "P", "L", None)


def test_hidden_and_foreign_files_are_passed_over(tmp_path):
    _write(tmp_path, ".hidden.md", ".git/a.md", "picture.png", "notes.odt", "a.md")
    pages, failures = _read(tmp_path)
    assert [p.key for p in pages] == ["a"]
    assert failures == {}


def test_links_that_lead_out_are_passed_over(tmp_path):
    inside, outside = tmp_path / "in", tmp_path / "out"
    _write(outside, "secret.md")
    _write(inside, "a.md")
    (inside / "secret.md").symlink_to(outside / "secret.md")
    (inside / "folder").symlink_to(outside)
    (inside / "twin.md").symlink_to(inside / "a.md")
    pages, failures = _read(inside)
    assert [p.key for p in pages] == ["a", "twin"]
    assert failures == {}


@pytest.mark.parametrize("target", ["gone.md", "a.md"])
def test_a_link_to_nowhere_is_a_failure_of_one_page(tmp_path, target):
    _write(tmp_path, "b.md")
    (tmp_path / "a.md").symlink_to(tmp_path / target)
    pages, failures = _read(tmp_path)
    assert [p.key for p in pages] == ["b"]
    assert failures == {str(tmp_path / "a.md"): "the link leads nowhere; mend it or remove it"}


def test_a_page_of_20_mb_is_left_out_with_its_size(tmp_path):
    _write(tmp_path, "a.md", "c.md")
    (tmp_path / "b.md").write_bytes(b"x" * 20_000_000)
    pages, failures = _read(tmp_path)
    assert [p.key for p in pages] == ["a", "c"]
    assert failures == {
        str(tmp_path / "b.md"): "20.0 MB is more than the 5 MB that a page may have; split it"
    }


@pytest.mark.parametrize("name", ["a.pdf", "a.docx", "a.DOCM"])
def test_documents_may_be_larger_since_pictures_travel_inside(tmp_path, name):
    (tmp_path / name).write_bytes(b"x" * 20_000_000)
    assert len(_read(tmp_path)[0][0].content) == 20_000_000
    (tmp_path / name).write_bytes(b"x" * (MAX_DOCUMENT_BYTES + 1))
    assert _read(tmp_path)[1] == {
        str(tmp_path / name): "30.0 MB is more than the 30 MB that a page may have; split it"
    }


def test_a_page_of_just_the_limit_is_read(tmp_path):
    (tmp_path / "b.txt").write_bytes(b"x" * MAX_BYTES)
    pages, failures = _read(tmp_path)
    assert len(pages[0].content) == MAX_BYTES
    assert failures == {}


def test_something_that_is_no_regular_file_is_never_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "folder.md").mkdir()
    assert _read(tmp_path) == ([], {})


def test_a_file_name_that_is_not_utf_8_is_a_failure_of_one_page(tmp_path):
    _write(tmp_path, "a.md")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xe9.md")).write_text("x")
    pages, failures = _read(tmp_path)
    assert [p.key for p in pages] == ["a"]
    assert failures == {f"{tmp_path}/\ufffd.md": "the file's name is not UTF-8; rename it"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_must_not_be_read_is_a_failure_and_what_must_not_be_listed_stops(tmp_path):
    _write(tmp_path, "a.md", "b.md", "c/d.md")
    (tmp_path / "a.md").chmod(0)
    pages, failures = _read(tmp_path)
    assert [p.key for p in pages] == ["b", "c/d"]
    assert failures == {
        str(tmp_path / "a.md"): "cannot be read: Permission denied; check its rights"
    }
    (tmp_path / "c").chmod(0)
    with pytest.raises(SourceInvalid, match="cannot be listed: Permission denied"):
        _read(tmp_path)
    (tmp_path / "c").chmod(0o700)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(SourceMissing, match=r"nowhere does not exist; name a file, a folder"):
        _read(tmp_path / "nowhere")


def test_a_single_file_of_unknown_format_is_refused_with_the_known_ones(tmp_path):
    _write(tmp_path, "a.odt")
    with pytest.raises(SourceInvalid, match=r"a\.odt is no page .* expected one of \.md, "):
        _read(tmp_path / "a.odt")
