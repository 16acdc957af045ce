"""Which language a text is in, from three words on: scripts first, then words, then statistics.

Apart because pages and questions must be judged by the same rule: a question's language chooses
the analyser that its words are looked up with.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
from copy import copy
from functools import cache, lru_cache
from typing import Any

INTERFACE = frozenset({"en", "fr", "es", "pt", "ar", "uk", "ru", "tr", "fa"})
_OTHERS = (
    "am bg bn cs de el gu he hi hu hy it ja ka ko lo mr nl pa pl ps ro si so sq sr sw ta te th ur "
    "vi zh"
)
COMMON = INTERFACE | frozenset(_OTHERS.split())

_SAMPLE = 3000
# Names of scripts as Unicode gives them in character names, and the languages that we tell there.
_SCRIPTS: Mapping[str, tuple[str, ...]] = {
    "ARABIC": ("ar", "fa", "ps", "ur"),
    "CYRILLIC": ("ru", "uk", "bg", "sr"),
    "GREEK": ("el",),
    "HEBREW": ("he",),
    "ARMENIAN": ("hy",),
    "GEORGIAN": ("ka",),
    "DEVANAGARI": ("hi", "mr"),
    "BENGALI": ("bn",),
    "GURMUKHI": ("pa",),
    "GUJARATI": ("gu",),
    "TAMIL": ("ta",),
    "TELUGU": ("te",),
    "SINHALA": ("si",),
    "THAI": ("th",),
    "LAO": ("lo",),
    "ETHIOPIC": ("am",),
    "HANGUL": ("ko",),
    "HIRAGANA": ("ja",),
    "KATAKANA": ("ja",),
    "CJK": ("zh", "ja"),
}
_OTHER_SCRIPTS = frozenset(code for codes in _SCRIPTS.values() for code in codes)

# Letters that one language has and its neighbours in the same script have not; the order decides,
# from the language with most letters of its own to the one with fewest.
_TELLING: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("ps", re.compile("[ټډړږښځڅېۍڼ]")),
    ("ur", re.compile("[ٹڈڑںےہھ]")),
    ("fa", re.compile("[پچژگکی]")),
    ("ar", re.compile("[ةىيكأإؤ]")),
    ("sr", re.compile("[ђћљњџј]", re.IGNORECASE)),
    ("uk", re.compile("[іїєґ]", re.IGNORECASE)),
    ("ru", re.compile("[ыэё]", re.IGNORECASE)),
)
# Latin letters travel with people's names, so there they add to the evidence and don't decide.
_LATIN_LETTERS: Mapping[str, re.Pattern[str]] = {
    "vi": re.compile("[ơưđạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE),
    "tr": re.compile("[ğış]"),
    "ro": re.compile("[șță]", re.IGNORECASE),
    "pl": re.compile("[łąęźż]", re.IGNORECASE),
    "cs": re.compile("[řěů]", re.IGNORECASE),
    "de": re.compile("ß"),
    "es": re.compile("ñ"),
}

# Words that every sentence is made of: on three words they say more than letter statistics.
_WORDS: Mapping[str, frozenset[str]] = {
    code: frozenset(words.split())
    for code, words in {
        "en": "the is are do does did can could will would should how what when where who why "
        "which my i you your we to of and in for with from have has if it this that he she they "
        "not am an be get need after without an there",
        "fr": "le la les un une des du de et est suis sont ai as a je tu il elle nous vous ils on "
        "mon ma mes ton votre vos notre que qui quoi quel quelle quels où comment quand combien "
        "pourquoi pour avec sans dans en sur au aux ce cette pas ne sa son ses leur faut puis-je "
        "dois-je peut-on peux puis dois peut est-ce qu'est-ce être avoir après jai cest",
        "es": "el la los las un una unos de del y es soy son he ha yo mi mis su sus qué quién cómo "
        "cuándo cuánto cuánta cuántos dónde cuál por para con sin en no se me te que puedo debo "
        "tengo tiene hay al lo está estoy como cuando después",
        "pt": "o a os as um uma do da dos das de e é sou são tenho tem eu meu minha meus minhas "
        "seu sua que quem como quando quanto quanta onde qual por para com sem em no na nos nas "
        "não se posso devo há ao à estou está depois",
        "tr": "bir ve bu ne nasıl nerede zaman kim kaç için ile ben benim mi mı mu mü var yok gibi "
        "daha çok olarak hangi neden niye kadar sonra değil",
        "de": "der die das ein eine und ist sind ich mein meine wie was wann wo wer warum für mit "
        "nicht zu von kann muss habe",
        "it": "il lo la gli le un una di del della e è sono ho ha io mio mia che chi come quando "
        "quanto dove quale per con senza in non si posso devo",
    }.items()
}
_ELISION = re.compile(r"\b(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu)['’](?=[aeiouyhàâéèêîôû])")
# Chosen on three-word cuts of the development questions: a known word counts as much as about
# three letters' evidence, and a language of the interface wins where little else speaks.
_WEIGHT, _LETTER, _HOME, _ASKED_IN = 6.0, 12.0, 5.0, 4.0
_LATIN_NAMES = 3


def detect(text: str, among: Collection[str] | None = None, default: str = "fr") -> str:
    """Return the ISO 639 code of the language that `text` is most likely in.

    Deterministic, and made for questions: three words are enough where they can be.

    Args:
        text: any text; its first 3,000 characters are looked at.
        among: the codes to choose from; `COMMON` when None.
        default: the answer when the text has no letters, or none of a script of `among`; where
            little speaks for any language, it is preferred (a question's is the interface's).
    """
    sample = unicodedata.normalize("NFC", text[:_SAMPLE])
    candidates = _of_script(_main_script(sample), COMMON if among is None else frozenset(among))
    if len(candidates) <= 1:
        return next(iter(candidates), default)
    for code, letters in _TELLING:
        # One borrowed name must not turn a whole page, so the letters have to be frequent.
        if code in candidates and len(letters.findall(sample)) * 100 >= len(sample):
            return code
    scores = _scores(sample.lower(), candidates)
    if default in scores:
        scores[default] += _ASKED_IN
    return max(sorted(scores), key=scores.__getitem__, default=default)


def _main_script(text: str) -> str | None:
    counts: dict[str, float] = {}
    for letter in text:
        if letter.isalpha():
            name = _script(letter)
            counts[name] = counts.get(name, 0) + 1
    # Kana among Chinese characters is Japanese, however few they are.
    if counts.get("HIRAGANA") or counts.get("KATAKANA"):
        counts["HIRAGANA"] = counts.pop("CJK", 0) + counts.get("HIRAGANA", 0)
    # People keep foreign names in Latin letters, so a few words of another script outweigh them.
    if "LATIN" in counts:
        counts["LATIN"] /= _LATIN_NAMES
    return max(counts, key=counts.__getitem__, default=None)


@lru_cache(maxsize=4096)
def _script(letter: str) -> str:
    return unicodedata.name(letter, "UNKNOWN").partition(" ")[0]


def _of_script(script: str | None, among: frozenset[str]) -> frozenset[str]:
    if script == "LATIN":
        return among - _OTHER_SCRIPTS
    return among & frozenset(_SCRIPTS.get(script or "", ()))


def _scores(text: str, candidates: frozenset[str]) -> dict[str, float]:
    ranked = _ranker(candidates).rank(re.sub(r"\d+", " ", text))
    scores = {code: score + _HOME * (code in INTERFACE) for code, score in ranked}
    words = re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", text)
    for code in scores.keys() & _WORDS.keys():
        scores[code] += _WEIGHT * sum(word in _WORDS[code] for word in words)
    for code in scores.keys() & _LATIN_LETTERS.keys():
        scores[code] += _LETTER * sum(bool(_LATIN_LETTERS[code].search(w)) for w in set(words))
    if "fr" in scores:
        scores["fr"] += _WEIGHT * len(_ELISION.findall(text))
    return scores


@cache
def _model() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    whole = LanguageIdentifier.from_model_file(MODEL_FILE)
    whole.set_languages(sorted(COMMON & set(whole.labels)))
    # Made anew, the two thirds of its table that are about other languages take no memory.
    states = whole.tk_nextmove, whole.tk_output
    return LanguageIdentifier(
        whole.nb_ptc, whole.nb_pc, whole.nb_classes, *states, tk_row=whole.tk_row
    )


@lru_cache(maxsize=32)
def _ranker(candidates: frozenset[str]) -> Any:
    # The library restricts its languages in place, so each set gets a copy of its own.
    ranker = copy(_model())
    ranker.set_languages(sorted(candidates & set(ranker.labels)))
    return ranker
