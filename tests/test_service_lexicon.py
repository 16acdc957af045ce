"""The lexicon: what people say leads to the words of French pages, and is never shown."""

import tomllib
from collections import Counter

import pytest

from ingest.errors import ContentInvalid
from ingest.settings import Settings
from service.content import LANGUAGES
from service.glossary import Glossary, bridged
from service.lexicon import load_lexicon

ENTRY = """
[[entries]]
fr = ["titre de séjour", "carte de séjour"]
lay = ["papiers de résidence"]
en = ["residence permit"]
uk = ["дозвіл на проживання"]
"""
FILES = sorted((Settings().content / "lexicon").glob("*.toml"))


def lexicon(tmp_path, text):
    (tmp_path / "lexicon").mkdir()
    (tmp_path / "lexicon" / "papers.toml").write_text(text, "utf-8")
    return load_lexicon(tmp_path)


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("How do I renew my residence permit?", "en"),
        ("Як продовжити дозвіл на проживання?", "uk"),
        ("renouveler mes papiers de résidence", "fr"),
    ],
)
def test_what_people_say_leads_to_the_words_of_french_pages(tmp_path, question, language):
    terms = Glossary(lexicon(tmp_path, ENTRY)).find(question, language)
    assert bridged(terms) == [("titre de séjour", "carte de séjour")]
    assert not terms[0].explanation


def test_an_entry_without_french_words_is_named(tmp_path):
    with pytest.raises(ContentInvalid, match=r"papers.toml, entry 1"):
        lexicon(tmp_path, '[[entries]]\nen = ["rent"]\n')


def test_a_content_folder_may_have_none(tmp_path):
    assert load_lexicon(tmp_path) == ()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_entry_has_words_in_every_language_and_none_stands_twice(file):
    entries = tomllib.loads(file.read_text("utf-8"))["entries"]
    for code in LANGUAGES:
        assert all(entry[code] for entry in entries), code
        words = Counter(word.casefold() for entry in entries for word in entry[code])
        assert [word for word, count in words.items() if count > 1] == [], code
