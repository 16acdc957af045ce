"""How the number of a list item is written, and put before the item's words.

Apart from the readers because HTML and DOCX both leave it to whoever shows the page.
"""

import re

_OWN = re.compile(r"\(?(-?\w+)\s?[.):°]\s")
_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l")),
    *((40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
_LARGEST_ROMAN, _LARGEST_LETTERS = 3999, 9999


def marked(marker: str, text: str) -> str:
    """Return the text of an item behind its marker, unless the author wrote the number there."""
    own = _OWN.match(text)
    if not (marker and text) or (own and own[1].casefold() == marker[:-1].casefold()):
        return text
    return f"{marker} {text}"


def written(number: int, style: str) -> str:
    """Write a number as `a`, `A`, `i` or `I` says; in digits where there is no such letter."""
    if style in {"a", "A"} and 0 < number <= _LARGEST_LETTERS:
        found = _letters(number)
    elif style in {"i", "I"} and 0 < number <= _LARGEST_ROMAN:
        found = _roman(number)
    else:
        return str(number)
    return found.upper() if style.isupper() else found


def ended(marker: str) -> str:
    """Return a marker with a bracket for the full stop behind letters.

    With a full stop, a Roman number would be a sentence of its own.
    """
    return f"{marker[:-1]})" if re.search(r"[^\W\d]\.$", marker) else marker


def _letters(number: int) -> str:
    found = ""
    while number:
        number, letter = divmod(number - 1, 26)
        found = chr(ord("a") + letter) + found
    return found


def _roman(number: int) -> str:
    found = ""
    for value, letters in _ROMAN:
        times, number = divmod(number, value)
        found += letters * times
    return found
