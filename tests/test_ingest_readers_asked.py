"""The file of what people ask: one table a heading, for all languages of a page."""

import pytest

from ingest.errors import PageUnreadable
from ingest.readers import read
from ingest.records import Asked, RawPage, page_from_json, page_to_json
from ingest.sources.folder import read_folder

PAGE = "---\ntitle: T\nlanguage: en\nslug: t\n---\nIntro.\n\n## One?\n\nA.\n\n### Two?\n\nB.\n"
LINES = '[[sections]]\nheading = "One?"\nen = ["first  one"]\n[[sections]]\nru = ["два", " "]\n'


def reading(asked: str):
    return read(RawPage("t", "t.md", "text/markdown", PAGE.encode(), "s", asked=asked.encode()))


def test_each_table_belongs_to_the_heading_in_its_place():
    page = reading(LINES)
    assert page.asked == (Asked(1, "en", "first one"), Asked(2, "ru", "два"))
    assert [page.sections[line.section].path[-1] for line in page.asked] == ["One?", "Two?"]
    assert page_from_json(page_to_json(page)) == page


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ("[[sections]]\n", "2 headings and its file of what people ask 1 tables"),
        ("a = 1\n", r"no \[\[sections\]\]"),
        ("sections = 3\n", "must be tables"),
        ("[[sections]]\n[[sections]]\nen = 'x'\n", "en must be a list of lines"),
        ("[[sections", "not valid TOML"),
    ],
)
def test_a_broken_file_is_a_failure_of_its_page(asked, reason):
    with pytest.raises(PageUnreadable, match=reason):
        reading(asked)


def test_the_folder_brings_one_file_to_every_language(tmp_path):
    for language in ("en", "fr"):
        (tmp_path / language).mkdir()
        (tmp_path / language / "t.md").write_text(PAGE, "utf-8")
    (tmp_path / "asked").mkdir()
    (tmp_path / "asked" / "t.toml").write_text(LINES, "utf-8")
    pages = [*read_folder(tmp_path, source="s", failures={})]
    assert [(page.key, page.asked) for page in pages] == [
        ("en/t", LINES.encode()),
        ("fr/t", LINES.encode()),
    ]
    (tmp_path / "asked" / "t.toml").write_text(LINES + "fr = ['deux']\n", "utf-8")
    again = [*read_folder(tmp_path, source="s", failures={})]
    assert {page.digest for page in pages}.isdisjoint(page.digest for page in again)
