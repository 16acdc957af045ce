"""The lexical leg: BM25 with one analyser a language, and none for a language that has none.

An analyser folds case and accents, splits elisions, drops stop words and stems. A question only
reaches passages of its own language; bridging languages is done before it gets here.
"""

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import bm25s
import numpy as np
import Stemmer
from bm25s import stopwords

from index.weights_file import Floats
from ingest.errors import GenerationDamaged

_Score = TypeVar("_Score", float, Floats)
# The score that is half of what words can count: a long question has many, and many prove little.
_HALF = 10.0
_STEMMERS = {
    "fr": "french",
    "en": "english",
    "es": "spanish",
    "pt": "portuguese",
    "ar": "arabic",
    "ru": "russian",
    "tr": "turkish",
}
# What questions are made of and says nothing about their subject.
_ASKING = {
    "fr": "a ai as avez avons ca ce cet cette ces cela chez combien comme comment d dans des donc "
    "du elle elles fais faites en est et etes etre eu fait faut il ils j je l la le les leur leurs "
    "lui m ma mais me mes moi mon n ne ni nos notre nous on ont ou par pas "
    "peut peux plus pour pourquoi qu quand "
    "que quel quelle quelles quels qui quoi s sa sans se ses si son sont suis sur t ta te tes toi "
    "ton tu un une vais va vos votre vous y aux au avec jai cest quon",
    "en": "a am an and any are as at be been but by can could did do does for from get got had has "
    "have how i if im in is it its me my need of on or our she should so some that the their "
    "them there they this to us was we were what when where which who why will with would you "
    "your",
    "es": "a al como con cual cuando cuanto de del donde el ella en es esta este hay la las lo los "
    "me mi mis para pero por puedo que quien se si sin su sus tengo un una y yo",
    "pt": "a ao as com como da das de do dos e ela em eu fazer ha me meu minha na no o os onde ou "
    "para por posso qual quando que quem se sem sou tenho um uma",
    "tr": "ve bir bu icin ile mi mu ne nasil nerede ben benim var yok da de ki",
    "ru": "как где когда что кто я мне мой моя мои меня у в на и ли не по для это можно есть",
    "ar": "في من على الى عن هل ما كيف اين متى انا هو هي هذا هذه ان او لا لي",
}
_LISTED = {
    "en": stopwords.STOPWORDS_EN,
    "es": stopwords.STOPWORDS_SPANISH,
    "pt": stopwords.STOPWORDS_PORTUGUESE,
    "ru": stopwords.STOPWORDS_RUSSIAN,
    "tr": stopwords.STOPWORDS_TURKISH,
}
_FRENCH_PLURAL = re.compile(r"(?<=\w{3})[sx]$")
_WORD = re.compile(r"\w+")
# Unicode holds œ and æ for letters of their own; keyboards seldom have them.
_WRITTEN_OUT = str.maketrans({"’": "'", "œ": "oe", "æ": "ae"})


def supports(language: str) -> bool:
    """Whether there is an analyser for this language."""
    return language in _STEMMERS


def analyse(language: str, text: str) -> list[str]:
    """Return the stems of the words that carry meaning; none for a language without analyser."""
    if not supports(language):
        return []
    stops = _stop_words(language)
    words = [word for word in _WORD.findall(fold(text)) if word not in stops]
    if language == "fr":
        # Without its accent a participle's plural stems otherwise than its singular.
        words = [_FRENCH_PLURAL.sub("", word) for word in words]
    stems: list[str] = _stemmer(language).stemWords(words)
    return stems


def fold(text: str) -> str:
    """Fold case, accents and joined vowels; Arabic letters lose their marks, Russian keeps й."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_WRITTEN_OUT))
    # The Russian stemmer knows endings by й, and has е for ё as most people write it.
    kept = decomposed.replace("и\u0306", "й")
    return "".join(c for c in kept if not unicodedata.combining(c))


@lru_cache(maxsize=16)
def _stemmer(language: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(_STEMMERS[language])


@lru_cache(maxsize=16)
def _stop_words(language: str) -> frozenset[str]:
    listed = _LISTED.get(language, ())
    return frozenset(fold(word) for word in (*listed, *_ASKING.get(language, "").split()))


class LexicalIndex:
    """BM25 over the passages of each language that has an analyser."""

    def __init__(self) -> None:
        self._by_language: dict[str, tuple[bm25s.BM25, Floats]] = {}
        self._size = 0

    @classmethod
    def build(cls, languages: Sequence[str], texts: Sequence[str]) -> "LexicalIndex":
        """Index a text a row, each under its language."""
        built = cls()
        built._size = len(texts)
        for language in sorted(filter(supports, set(languages))):
            rows = np.array([n for n, code in enumerate(languages) if code == language])
            stems = [analyse(language, texts[n]) for n in rows]
            if any(stems):
                engine = bm25s.BM25(k1=1.2, b=0.75)
                engine.index(stems, show_progress=False)
                built._by_language[language] = (engine, rows)
        return built

    @property
    def languages(self) -> frozenset[str]:
        """The languages whose rows can be reached."""
        return frozenset(self._by_language)

    @property
    def size(self) -> int:
        """How many rows there are."""
        return self._size

    def scores(self, language: str, stems: Iterable[str]) -> Floats:
        """Return the BM25 score of every row, (n,) float32; zero where no word is shared.

        Args:
            language: of the question and of the rows that it can reach.
            stems: as `analyse` gives them; a stem that stands twice counts twice.
        """
        result = np.zeros(self._size, np.float32)
        if language in self._by_language:
            engine, rows = self._by_language[language]
            known = [stem for stem in stems if stem in engine.vocab_dict]
            if known:
                result[rows] = engine.get_scores(known)
        return result

    def most(self, language: str, stems: Iterable[str]) -> float:
        """Return the BM25 score that no passage of a language reaches: every stem, without end.

        A stem that no passage has weighs a little more than one that a single passage has.
        """
        if language not in self._by_language:
            return 0.0
        engine, rows = self._by_language[language]
        starts, vocabulary = engine.scores["indptr"], engine.vocab_dict
        found = 0.0
        for stem in stems:
            token = vocabulary.get(stem)
            having = 0 if token is None else int(starts[token + 1] - starts[token])
            found += math.log1p((len(rows) - having + 0.5) / (having + 0.5))
        return found

    def loose(self, rows: int) -> int:
        """Count the postings and their rows that belong to none of the `rows` passages."""
        found = max(0, self._size - rows)
        for engine, of_language in self._by_language.values():
            postings = np.asarray(engine.scores["indices"])
            found += int((postings >= len(of_language)).sum()) + int((of_language >= rows).sum())
        return found

    def save(self, folder: Path) -> None:
        """Write one folder a language."""
        folder.mkdir()
        np.save(folder / "size.npy", np.array(self._size))
        for language, (engine, rows) in self._by_language.items():
            engine.save(folder / language, show_progress=False)
            np.save(folder / language / "rows.npy", rows)

    @classmethod
    def load(cls, folder: Path) -> "LexicalIndex":
        """Read what `save` wrote; postings stay on disk until they are needed.

        Raises:
            GenerationDamaged: a file is missing or cannot be read.
        """
        loaded = cls()
        try:
            loaded._size = int(np.load(folder / "size.npy"))
            for place in sorted(path for path in folder.iterdir() if path.is_dir()):
                engine = bm25s.BM25.load(place, mmap=True, show_progress=False)
                loaded._by_language[place.name] = (engine, np.load(place / "rows.npy"))
        except (OSError, ValueError, KeyError, EOFError) as error:
            raise GenerationDamaged(f"{folder}: words cannot be read: {error}") from error
        return loaded


def saturated(score: _Score) -> _Score:
    """Return what a score of words counts, 0..1."""
    return score / (score + _HALF)
