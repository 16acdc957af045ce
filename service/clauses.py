"""The sentences and clauses of a text, so that danger told in half a sentence can be read alone.

Where a clause ends need not be known exactly: what was cut wrongly is near to nothing.
"""

import re
from itertools import pairwise

MOST = 11
_FEWEST_WORDS = 3
# A full stop or comma inside a number or an address ends nothing. A row of them is read once.
_ENDS = re.compile(
    r"""[!?؟…;؛\n]+ | (?<![.])[.]++(?=\s|$)      # sentences and lines
      | (?<![,:])[,:]++(?=\s|$) | [،()«»"]+ | \s[-–—]+\s  # clauses""",
    re.VERBOSE,
)


def pieces_of(text: str) -> tuple[str, ...]:
    """Return every piece of a text in order, on one line each, however short; some are empty.

    Args:
        text: as typed, on one line or several.
    """
    return tuple(" ".join(_visible(piece).split()) for piece in _ENDS.split(text))


def ended_pieces_of(text: str) -> tuple[str, ...]:
    """Return every piece of a text with what ends it; together they are the text."""
    ends = [found.end() for found in _ENDS.finditer(text)]
    return tuple(text[a:b] for a, b in pairwise([0, *ends, len(text)]) if a < b)


def clauses_of(text: str, *, single: bool = False) -> tuple[str, ...]:
    """Return the pieces of a text that are three words or longer, the longest first.

    Args:
        text: as typed, on one line or several.
        single: whether a text that is a single piece has that one, not none.

    Returns:
        At most 11 pieces, each once.
    """
    pieces = [piece for piece in dict.fromkeys(pieces_of(text)) if piece]
    if len(pieces) < 2 and not single:
        return ()
    long = [piece for piece in pieces if len(piece.split()) >= _FEWEST_WORDS]
    return tuple(sorted(long, key=len, reverse=True)[:MOST])


def _visible(piece: str) -> str:
    return "".join(c if c.isprintable() else " " for c in piece)
