"""From what people say to what the administration says, and back.

Lay, old, misspelt and transliterated words in nine languages lead to the French term, which the
search then looks for as well; the terms that a quotation uses are found to be explained.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

from service.content import Term
from service.endings import nearly_same_word, same_word

_WORD = re.compile(r"\w+")
# The article, and what Arabic writes onto it: and, so, with, for, as.
_ARABIC_PREFIX = re.compile(r"^[وف]?(?:[بك]?ال|لل)(?=\w{3})")
# Letters that keyboards of neighbouring languages write for one another.
_LETTERS = str.maketrans({"ة": "ه", "ى": "ی", "ي": "ی", "ك": "ک", "ı": "i"})
_LONG = 4

# What stands beside a term's name; an abbreviation (CPAM, PUMa, C2S) or a number to call.
_PARENTHESIS = re.compile(r" \((.+?)\)")
_SHORT = re.compile(r"[A-Z0-9][A-Za-z0-9]*[A-Z0-9][a-z]?")

Phrase = tuple[str, ...]


class Glossary:
    """Finds the terms that a question speaks of.

    Args:
        terms: the glossary; a term's own words count in every language.
    """

    def __init__(self, terms: Iterable[Term]) -> None:
        self._phrases: dict[str, list[tuple[Phrase, str, Term]]] = {}
        for term in terms:
            said = [("fr", term.term), *((c, w) for c, ws in term.also_said.items() for w in ws)]
            for language, words in said:
                phrase = tokens(words)
                if phrase:
                    entry = (phrase, language, term)
                    self._phrases.setdefault(phrase[0][:3], []).append(entry)

    def find(self, question: str, language: str) -> tuple[Term, ...]:
        """Return the terms that the question names, in the order in which it does.

        What is said in under six letters counts only in the question's language or in French,
        since short words of other languages collide.
        """
        words = tokens(question)
        found: dict[str, Term] = {}
        for position, word in enumerate(words):
            for phrase, spoken, term in self._phrases.get(word[:3], ()):
                if term.id in found:
                    continue
                near = spoken in {language, "fr"} or len("".join(phrase)) > _LONG + 1
                if near and _stands_at(phrase, words, position, spoken):
                    found[term.id] = term
        return tuple(found.values())


class QuotedTerms:
    """Finds the administration's terms in a quotation, to be explained beside it.

    A term counts by its own words and by its abbreviation, written as one; its other expansions
    are for searching, and what they name is not always what the explanation explains.

    Args:
        terms: the glossary.
    """

    def __init__(self, terms: Iterable[Term]) -> None:
        self._phrases: dict[str, list[tuple[Phrase, Term]]] = {}
        self._short: dict[str, Term] = {}
        for term in terms:
            name, *aside = _PARENTHESIS.split(term.term)
            for words in (name, *aside, *term.expansions):
                if _SHORT.fullmatch(words):
                    self._short.setdefault(words, term)
            phrase = tuple(map(_singular, tokens(name)))
            if phrase and not _SHORT.fullmatch(name):
                self._phrases.setdefault(phrase[0], []).append((phrase, term))
        for entries in self._phrases.values():
            entries.sort(key=lambda entry: -len(entry[0]))

    def find(self, quotation: str) -> tuple[Term, ...]:
        """Return the terms that stand in a quotation: words in its order, then abbreviations.

        Where a longer term holds a shorter one ("carte Vitale", "carte"), only the longer counts.
        """
        words = tuple(map(_singular, tokens(quotation)))
        found: dict[str, Term] = {}
        position = 0
        while position < len(words):
            step = 1
            for phrase, term in self._phrases.get(words[position], ()):
                if words[position : position + len(phrase)] == phrase:
                    found.setdefault(term.id, term)
                    step = len(phrase)
                    break
            position += step
        for word in _WORD.findall(quotation):
            if term_of := self._short.get(word):
                found.setdefault(term_of.id, term_of)
        return tuple(found.values())


def _singular(word: str) -> str:
    """Fold the French plural, which is all that changes in a term of several words."""
    return word[:-1] if len(word) >= _LONG and word[-1] in "sx" else word


@lru_cache(maxsize=4096)
def tokens(text: str) -> Phrase:
    """Return the words of a text, folded: case, accents, what Arabic writes onto a word."""
    plain = text.casefold()
    if not plain.isascii():
        decomposed = unicodedata.normalize("NFKD", plain)
        plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    words = (_ARABIC_PREFIX.sub("", word) for word in _WORD.findall(plain))
    return tuple(word.translate(_LETTERS) for word in words)


def _stands_at(phrase: Phrase, words: Sequence[str], position: int, language: str) -> bool:
    here = words[position : position + len(phrase)]
    return len(here) == len(phrase) and all(
        # In a phrase, its other words vouch for one that is misspelt at its end.
        same_word(known, word, language) or (len(phrase) > 1 and nearly_same_word(known, word))
        for known, word in zip(phrase, here, strict=True)
    )


def bridged(terms: Iterable[Term]) -> list[tuple[str, ...]]:
    """Return, for each term, the ways in which French pages call it."""
    return [(term.term, *term.expansions) for term in terms]
