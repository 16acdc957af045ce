"""Lines by which a question is told to be one for an administration at all."""

import pytest

from ingest.domain import domain_lines
from ingest.errors import ContentInvalid
from ingest.settings import Settings
from service.content import LANGUAGES
from tests.test_service_danger import rows_of

LINES = """
administration = ["how do I  renew my passport ", "a fine that is not mine"]
off_domain = ["tell me a joke"]
"""


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
        ("off_domain = []", "en.toml: expected the lists .* administration and off_domain"),
        ("administration = 1\noff_domain = []", "en.toml: expected the lists"),
        ("administration = [1]\noff_domain = []", "en.toml: expected the lists"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_the_reason(tmp_path, text, reason):
    (tmp_path / "domain").mkdir()
    (tmp_path / "domain" / "en.toml").write_text(text, "utf-8")
    with pytest.raises(ContentInvalid, match=reason):
        domain_lines(tmp_path)


def test_ours_are_in_every_language_repeat_nothing_and_are_no_judged_question():
    content = Settings().content
    assert {file.stem for file in (content / "domain").iterdir()} == {*LANGUAGES}
    both = [*domain_lines(content)[0], *domain_lines(content)[1]]
    assert len({*both}) == len(both) > 900
    assert not {*both} & {row["question"] for code in LANGUAGES for row in rows_of(f"{code}.jsonl")}
