"""The glossary is what its schema says, and each rule names a fault that is planted."""

import re
import shutil
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from ingest.settings import Settings
from service.content import LANGUAGES
from service.glossary import tokens
from tests.corpus_checks import contact_numbers

CORPUS = Settings().content
FIELDS = {"id", "term", "explanation", "also_said"}
EXPLANATION_WORDS = range(8, 26)
SAID = range(2, 7)
EXPANSIONS = range(4)
# Letters that a text in the language cannot hold: it would be in another one.
FOREIGN = {"uk": "[ыэёъ]", "ru": "[іїєґ]", "ar": "[پچژگیک]", "fa": "[ةيك]"}


def _terms(folder: Path) -> list[dict[str, Any]]:
    return list(tomllib.loads((folder / "glossary.toml").read_text("utf-8"))["terms"])


def glossary_faults(folder: Path) -> list[str]:
    """Return what is wrong with the glossary of `folder`, each fault with its term's id."""
    terms = _terms(folder)
    ids = [term.get("id", "") for term in terms]
    faults = [f"{b}: stands twice" for a, b in pairwise(sorted(ids)) if a == b]
    faults += [f"{b}: stands after {a}; sort by id" for a, b in pairwise(ids) if a > b]
    numbers = contact_numbers(folder)
    for term in terms:
        faults += [f"{term.get('id')}: {fault}" for fault in _term_faults(term)]
        number = term.get("term", "").replace(" ", "")
        if number.isdigit() and number not in numbers:
            faults.append(f"{term['id']}: {number} is no number of a contact in contacts.toml")
    return faults + _shared(terms)


def _term_faults(term: dict[str, Any]) -> Iterator[str]:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", str(term.get("id"))):
        yield "its id is not made of small letters, digits and hyphens"
    yield from (f"{name} is missing" for name in FIELDS - term.keys())
    yield from (f"{name} is no field of a term" for name in term.keys() - FIELDS - {"expansions"})
    expansions = term.get("expansions", [])
    if len(expansions) not in EXPANSIONS or not _are_words(expansions):
        yield "expansions are not up to three phrases"
    explanation, also_said = term.get("explanation", {}), term.get("also_said", {})
    for code in LANGUAGES:
        words, said = explanation.get(code, ""), also_said.get(code, [])
        if len(words.split()) not in EXPLANATION_WORDS:
            yield f"its explanation in {code} is not one of 8 to 25 words"
        if re.search(r"\d", words):
            yield f"its explanation in {code} holds a figure, which may change"
        if len(said) not in SAID or not _are_words(said) or len({*said}) < len(said):
            yield f"also_said in {code} is not two to six different phrases"
        if code in FOREIGN and re.search(FOREIGN[code], " ".join([words, *said])):
            yield f"{code} holds letters of another language"
    for extra in (explanation.keys() | also_said.keys()) - set(LANGUAGES):
        yield f"{extra} is none of the nine languages"


def _are_words(phrases: list[Any]) -> bool:
    return all(isinstance(phrase, str) and tokens(phrase) for phrase in phrases)


def _shared(terms: list[dict[str, Any]]) -> list[str]:
    """Return what leads to two terms at once, in one language."""
    owners: dict[tuple[str, tuple[str, ...]], dict[str, None]] = defaultdict(dict)
    for term in terms:
        for code, phrases in (*term["also_said"].items(), ("fr", [term.get("term", "")])):
            for phrase in phrases:
                owners[code, tokens(phrase)].setdefault(term["id"])
    return [
        f"{' and '.join(ids)}: both are called {' '.join(phrase)!r} in {code}"
        for (code, phrase), ids in owners.items()
        if len(ids) > 1
    ]


def test_the_glossary_holds_to_its_schema():
    assert glossary_faults(CORPUS) == []


def test_the_glossary_has_at_least_150_terms():
    assert len(_terms(CORPUS)) >= 150


def test_the_glossary_says_that_it_awaits_native_readers():
    assert "await reading by native\n# speakers" in (CORPUS / "glossary.toml").read_text("utf-8")


@pytest.fixture
def folder(tmp_path):
    """The first terms of the corpus's glossary and its contacts, to plant a fault in."""
    shutil.copy(CORPUS / "contacts.toml", tmp_path)
    terms = (CORPUS / "glossary.toml").read_text("utf-8").split("[[terms]]")[:21]
    (tmp_path / "glossary.toml").write_text("[[terms]]".join(terms), "utf-8")
    return tmp_path


def test_the_part_that_faults_are_planted_in_has_none(folder):
    assert glossary_faults(folder) == []


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('id = "aah"', 'id = "AAH"', "AAH: its id is not made of small letters"),
        ('id = "aah"', 'id = "ada"', "ada: stands twice"),
        ('id = "aah"', 'id = "zzz"', "acte-de-naissance: stands after zzz"),
        ('id = "aah"\nterm =', 'id = "aah"\nwort =', "aah: term is missing"),
        ('id = "aah"\nterm =', 'id = "aah"\nwort =', "aah: wort is no field"),
        ('term = "3919"', 'term = "39 20"', "3919: 3920 is no number of a contact"),
        ("expansions = [", 'expansions = ["a", "b", "c", ', "114: expansions are not up to three"),
        ("expansions = [", "expansions = [17, ", "114: expansions are not up to three phrases"),
        ("\nfa = ", '\nfa = "کوتاه" # ', "114: its explanation in fa is not one of 8 to 25 words"),
        ("\nen = ", "\nxx = ", "114: xx is none of the nine languages"),
        ("\nen = ", "\nxx = ", "114: its explanation in en is not one of 8 to 25 words"),
        ('\nen = "', '\nen = "Since 2016, ', "114: its explanation in en holds a figure"),
        (
            '\nfr = ["le 114"',
            '\nfr = ["le 114", "le 114"',
            "114: also_said in fr is not two to six",
        ),
        ('\nfr = ["le 114"', '\nfr = ["?"', "114: also_said in fr is not two to six"),
        (
            '\nes = ["número 114"',
            '\nes = ["un", "dos", "tres"',
            "114: also_said in es is not two to six",
        ),
        (
            '\ntr = ["',
            '\ntr = ["x"] # ',
            "114: also_said in tr is not two to six different phrases",
        ),
        ('\nuk = ["', '\nuk = ["быстро ', "114: uk holds letters of another language"),
        ('\nfr = ["le 114"', '\nfr = ["Âme"', "114 and ame: both are called 'ame' in fr"),
    ],
)
def test_a_planted_fault_is_named(folder, old, new, named):
    file = folder / "glossary.toml"
    text = file.read_text("utf-8")
    assert old in text, f"the glossary holds no {old!r} to plant a fault in"
    file.write_text(text.replace(old, new, 1), "utf-8")
    assert [fault for fault in glossary_faults(folder) if fault.startswith(named)] != []
