"""Whether two words are one word in two forms: case, number, gender, possessor, simple verb forms.

What may change is a short list of endings a language, not any letters: "psychologue" is no form of
"psychologique", nor "Samuel" of "Samu". Words come folded, as `service.glossary.tokens` gives them:
no case, no accents, й as и, ї as і, dotless ı as i.

Paradigms are patterns, kept broad where a language stacks endings (Turkish): each was read against
the words that it joins in the glossary and in questions, not derived from a grammar.
"""

import re
from functools import lru_cache

# Two forms of a word differ in endings of one and the same paradigm, after a stem they share.
_LATIN = {
    "fr": ("e?s?", "s?|x", "er|ez|ee?s?"),
    "en": ("s?|es", "y|ies", "e?|e?d|ing"),
    "es": ("e?s?", "[oa]s?"),
    "pt": ("e?s?", "[oa]s?", "ao|oes", "l|is"),
}
_NOUN = "[аяоеєуюыиіь]?|[оеєыия]ю|[оеє][ивмі]|[ія]?[ів]|[ая][мх]|[ая]ми|[оеє]ві"
_RUSSIAN = (_NOUN, "[ыиое]и|[ая]я|[ую]ю|[ыоеи]е|[ое](?:ю|го|му)|[ыиое]м|[ыи](?:х|ми)")
_UKRAINIAN = (_NOUN, "[иі]и|[аяеєуюі]|[оьє]?(?:го|му)|о[іюм]|[иі](?:м|х|ми)")
_TURKISH = (
    "[kg]?(?:l[ae]r)?(?:[iu]?[mn](?:[iu]z)?|s?[iu])?"
    "(?:n?[iu]n|[yn]?[iuae]|n?[dt][ae](?:n|ki)?|y?l[ae])?",
    "m[ae]k?|[dt][iu](?:[mnk]|k.{1,6})?|[iu]yor.{0,3}|[ae]c[ae][kg].{0,3}",
)
_ARABIC = ("ت?(?:ی|ک|ه|ها|نا|کم|هم|ان|ین)|ات|ون|ا?",)
_PERSIAN = ("(?:ها?)?ی{0,2}(?:[متش]|[امت]ان|شان|ا[متش]|ان|را)?",)
_PARADIGMS = {
    language: tuple(map(re.compile, paradigms))
    for language, paradigms in {
        **_LATIN,
        "uk": _UKRAINIAN,
        "ru": _RUSSIAN,
        "tr": _TURKISH,
        "ar": _ARABIC,
        "fa": _PERSIAN,
    }.items()
}
# Short stems of Latin script are whole words of their own too often ("ameli", "amelie").
_STEM = {**dict.fromkeys(_LATIN, 6), "uk": 3, "ru": 3, "tr": 4, "ar": 4, "fa": 4}
_LONG = 4
_SLIP = 2


@lru_cache(maxsize=16384)
def same_word(known: str, word: str, language: str) -> bool:
    """Whether `word` is `known`, a word of `language`, or another form of it."""
    if known == word:
        return True
    if language in _LATIN and len(known) >= _LONG and word == known + "s":
        return True
    pairs = zip(known, word, strict=False)
    shared = next(
        (n for n, (one, other) in enumerate(pairs) if one != other), min(len(known), len(word))
    )
    return any(
        paradigm.fullmatch(known, stem) and paradigm.fullmatch(word, stem)
        for stem in range(_STEM.get(language, shared + 1), shared + 1)
        for paradigm in _PARADIGMS.get(language, ())
    )


def nearly_same_word(known: str, word: str) -> bool:
    """Whether two words begin alike and end otherwise: a slip, where the words around it agree."""
    if len(known) < _LONG or abs(len(known) - len(word)) > _SLIP:
        return False
    stem = max(_LONG, len(known) - _SLIP)
    return known[:stem] == word[:stem]
