"""The national archive as a source: nothing is unpacked, and one bad sheet never stops the rest."""

import struct
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from ingest.errors import SourceInvalid, SourceMissing
from ingest.records import RawPage
from ingest.sources.service_public import MAX_BYTES, is_archive, read_archive
from tests.conftest import SHARED

ARCHIVE = SHARED / "service-public" / "vosdroits-particuliers.zip"
needs_archive = pytest.mark.skipif(
    not ARCHIVE.exists(), reason=f"MEASURING DATA MISSING: {ARCHIVE}; the archive is not checked"
)


def sheet(key: str, *, public: bool = True, body: str = "<Texte/>") -> str:
    url = f' spUrl="https://example.org/{key}"' if public else ""
    return f'<?xml version="1.0"?><Publication ID="{key}"{url}>{body}</Publication>'


def make_zip(path: Path, members: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def read(path: Path) -> tuple[list[RawPage], dict[str, str]]:
    failures: dict[str, str] = {}
    return list(read_archive(path, source="guide", failures=failures)), failures


def test_a_sheet_becomes_a_raw_page_with_its_provenance(tmp_path: Path):
    path = make_zip(tmp_path / "guide.zip", {"F1.xml": sheet("F1")})
    assert read(path) == (
        [
            RawPage(
                key="F1",
                origin=f"{path}!F1.xml",
                media_type="application/vnd.service-public+xml",
                content=sheet("F1").encode(),
                source="guide",
                url="https://example.org/F1",
                publisher="DILA",
                licence="Licence Ouverte 2.0",
            )
        ],
        {},
    )


def test_publisher_and_licence_of_the_settings_win(tmp_path: Path):
    path = make_zip(tmp_path / "guide.zip", {"F1.xml": sheet("F1")})
    found = read_archive(path, source="s", failures={}, publisher="Ville", licence="CC BY 4.0")
    assert [(raw.publisher, raw.licence) for raw in found] == [("Ville", "CC BY 4.0")]


def test_forms_sheets_without_address_and_paths_that_climb_are_passed_over(tmp_path: Path):
    members: dict[str, str | bytes] = {
        "R1.xml": sheet("R1"),
        "F2.xml": sheet("F2", public=False),
        "../F3.xml": sheet("F3"),
        "a/../../F4.xml": sheet("F4"),
        "readme.txt": "hello",
        "Fiche.xml": sheet("F5"),
        "guide/N6.xml": sheet("N6"),
    }
    pages, failures = read(make_zip(tmp_path / "guide.zip", members))
    assert [page.key for page in pages] == ["N6"]
    assert failures == {}


def test_broken_sheets_are_named_and_the_rest_goes_on(tmp_path: Path):
    members: dict[str, str | bytes] = {
        "F1.xml": sheet("F1"),
        "F2.xml": "<Publication><Texte></Publication>",
        "F3.xml": b"",
        "F4.xml": "<html/>",
        "F5.xml": b" " * (MAX_BYTES + 1),
        "F6.xml": sheet("F6"),
    }
    path = make_zip(tmp_path / "guide.zip", members)
    pages, failures = read(path)
    assert [page.key for page in pages] == ["F1", "F6"]
    assert list(failures) == [f"{path}!F{n}.xml" for n in (2, 3, 4, 5)]
    reasons = list(failures.values())
    assert reasons[0].startswith("no well-formed XML: ")
    assert reasons[1].startswith("no well-formed XML: ")
    assert reasons[2] == "its root is <html>; expected <Publication>"
    assert reasons[3] == "5.0 MB is more than the 5 MB that a page may have; split it"
    assert not any("\n" in reason for reason in reasons)


def test_a_sheet_whose_bytes_were_damaged_is_a_failure(tmp_path: Path):
    path = tmp_path / "guide.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("F1.xml", sheet("F1", body="<Texte>right</Texte>"))
        archive.writestr("F2.xml", sheet("F2"))
    path.write_bytes(path.read_bytes().replace(b"right", b"wrong"))
    pages, failures = read(path)
    assert [page.key for page in pages] == ["F2"]
    assert failures[f"{path}!F1.xml"].startswith("damaged in the archive: Bad CRC-32")


def test_a_bomb_that_lies_about_its_size_is_never_expanded(tmp_path: Path):
    path = make_zip(
        tmp_path / "guide.zip", {"F1.xml": b" " * (MAX_BYTES * 4), "F2.xml": sheet("F2")}
    )
    raw = path.read_bytes()
    path.write_bytes(raw.replace(struct.pack("<L", MAX_BYTES * 4), struct.pack("<L", 100)))
    pages, failures = read(path)
    assert [page.key for page in pages] == ["F2"]
    assert list(failures) == [f"{path}!F1.xml"]


def test_a_bomb_stays_in_bounded_memory(tmp_path: Path):
    path = make_zip(tmp_path / "guide.zip", {"F1.xml": b" " * 100_000_000, "F2.xml": sheet("F2")})
    tracemalloc.start()
    pages, failures = read(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert ([page.key for page in pages], len(failures)) == (["F2"], 1)
    assert peak < 2 * MAX_BYTES


def test_an_encrypted_sheet_is_a_failure(tmp_path: Path):
    path = make_zip(tmp_path / "guide.zip", {"F1.xml": sheet("F1"), "F2.xml": sheet("F2")})
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(raw)
    pages, failures = read(path)
    assert [page.key for page in pages] == ["F2"]
    assert failures[f"{path}!F1.xml"].startswith("cannot be unpacked: ")


def test_no_entity_brings_anything_in(tmp_path: Path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    doctype = f'<!DOCTYPE Publication [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    content = f'{doctype}<Publication spUrl="u"><Texte>&x;</Texte></Publication>'
    pages, failures = read(make_zip(tmp_path / "guide.zip", {"F1.xml": content}))
    assert [page.key for page in pages] == ["F1"]
    assert failures == {}


@pytest.mark.parametrize("content", [b"", b"no zip at all", b"PK\x03\x04 cut short"])
def test_what_is_no_zip_is_refused(tmp_path: Path, content: bytes):
    path = tmp_path / "guide.zip"
    path.write_bytes(content)
    with pytest.raises(SourceInvalid, match=r"guide\.zip is no zip that can be read"):
        read(path)


def test_a_zip_without_sheets_is_refused(tmp_path: Path):
    with pytest.raises(SourceInvalid, match=r"holds no sheet; expected members such as F265\.xml"):
        read(make_zip(tmp_path / "photos.zip", {"a.jpg": b"x"}))


def test_a_missing_archive_is_named(tmp_path: Path):
    with pytest.raises(SourceMissing, match=r"none\.zip does not exist"):
        read(tmp_path / "none.zip")


def test_only_a_file_called_zip_is_an_archive(tmp_path: Path):
    make_zip(tmp_path / "a.ZIP", {"F1.xml": sheet("F1")})
    make_zip(tmp_path / "letter.docx", {"word/document.xml": "<a/>"})
    (tmp_path / "folder.zip").mkdir()
    names = ("a.ZIP", "letter.docx", "folder.zip", "none.zip")
    assert [is_archive(tmp_path / name) for name in names] == [True, False, False, False]


@pytest.mark.shared
@needs_archive
def test_the_national_archive_has_3184_public_sheets():
    pages, failures = read(ARCHIVE)
    assert (len(pages), failures) == (3184, {})
    assert len({page.key for page in pages}) == 3184
