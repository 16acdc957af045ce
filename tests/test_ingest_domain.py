"""Lines by which a question is told to be one for an administration at all."""

import json
import re
import unicodedata
from pathlib import Path

import pytest

from ingest.domain import domain_lines
from ingest.errors import ContentInvalid
from ingest.settings import Settings
from service.content import LANGUAGES
from tests.conftest import SHARED

LINES = """
administration = ["how do I  renew my passport ", "a fine that is not mine"]
off_domain = ["tell me a joke"]
"""
JUDGED = (
    *(Path(__file__).parents[1] / "corpus" / "questions").glob("*.jsonl"),
    *(SHARED / "questions").glob("*.jsonl"),
)


def test_lines_of_all_files_are_read(tmp_path):
    assert domain_lines(tmp_path) == ([], [])
    (tmp_path / "domain").mkdir()
    (tmp_path / "domain" / "en.toml").write_text(LINES, "utf-8")
    (tmp_path / "domain" / "fr.toml").write_text(
        "administration = []\noff_domain = ['ha']", "utf-8"
    )
    assert domain_lines(tmp_path) == (
        ["how do I renew my passport", "a fine that is not mine"],
        ["tell me a joke", "ha"],
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("administration = [", "en.toml cannot be read"),
        ("off_domain = []", "en.toml: administration must be a list of lines"),
        ("administration = []\noff_domain = 'a joke'", "en.toml: off_domain must be a list"),
        ("administration = [1]\noff_domain = []", "every line of administration must .* 1"),
        ("administration = []\noff_domain = [' ']", "every line of off_domain must be words"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_the_reason(tmp_path, text, reason):
    (tmp_path / "domain").mkdir()
    (tmp_path / "domain" / "en.toml").write_text(text, "utf-8")
    with pytest.raises(ContentInvalid, match=reason):
        domain_lines(tmp_path)


def words(text: str) -> frozenset[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return frozenset(re.findall(r"\w+", "".join(c for c in plain if not unicodedata.combining(c))))


def test_ours_are_in_every_language_and_repeat_neither_one_another_nor_a_judged_question():
    content = Settings().content
    assert {file.stem for file in (content / "domain").iterdir()} == {*LANGUAGES}
    lines = [words(line) for sort in domain_lines(content) for line in sort]
    assert len(lines) == len({*lines})
    judged = {
        words(row["question"])
        for file in JUDGED
        for row in map(json.loads, file.read_text("utf-8").splitlines())
        if "question" in row
    }
    assert len(judged) > 2000
    near = [
        sorted(line)
        for line in lines
        if any(len(line & other) > 0.6 * len(line | other) for other in judged)
    ]
    assert near == []
