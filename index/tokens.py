"""Text to token numbers for the bundled model: a Unigram tokeniser of its own.

The `tokenizers` library needs 290 MB and 0.7 s to open these 250,002 pieces; a dictionary needs
40 MB and 0.1 s, and cutting a question takes microseconds beside the encoder's milliseconds. A test
holds it to that library.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_WORD_START = "▁"
_SURROGATES = re.compile("[\ud800-\udfff]")
_CACHED_WORDS = 100_000
# Longer ones are stretches of a script without spaces, which do not come back.
_CACHED_LENGTH = 24
# Below the least likely piece, so that a known piece always wins (sentencepiece's own constant).
_UNKNOWN_PENALTY = 10.0


@dataclass(frozen=True, slots=True)
class Specials:
    """Token numbers of the pieces that are no text."""

    start: int
    end: int
    padding: int
    unknown: int


class Tokeniser:
    """Cuts text into the most likely sequence of pieces (Kudo 2018, Unigram, by Viterbi).

    Args:
        pieces: text of each piece, by token number.
        scores: log-probability of each piece; 0 marks the pieces that are no text.
        specials: which pieces frame and fill a sequence.
        replacements: code point to what stands for it before cutting.
        limit: most tokens in a sequence, the two that frame it included.
    """

    def __init__(
        self,
        pieces: Sequence[str],
        scores: Sequence[float],
        specials: Specials,
        replacements: Mapping[int, str],
        limit: int,
    ) -> None:
        # Words like `<s>` in a page are text: leaving control pieces out makes them unreachable.
        self._numbers = {
            piece: number
            for number, (piece, score) in enumerate(zip(pieces, scores, strict=True))
            if score < 0
        }
        self._scores = scores
        self._unknown_score = min(scores) - _UNKNOWN_PENALTY
        self._longest = max(map(len, self._numbers))
        self._replacements = {0: "", **replacements}
        self._words: dict[str, tuple[int, ...]] = {}
        self.specials = specials
        self.limit = limit

    def __call__(self, text: str, limit: int | None = None) -> list[int]:
        """Return the text's token numbers, framed, cut at `limit`, by default the model's."""
        room = min(limit or self.limit, self.limit) - 2
        inside = self._pieces(text, room)
        return [self.specials.start, *inside[:room], self.specials.end]

    def count(self, text: str) -> int:
        """Return how many tokens the whole text has, framed, before any cut."""
        return len(self._pieces(text, len(text) + 1)) + 2

    def _pieces(self, text: str, room: int) -> list[int]:
        found: list[int] = []
        for word in self._normalised(text).split():
            if len(found) >= room:
                break
            # No piece is longer, so the rest of a huge word could not come within the limit.
            found.extend(self._word(word[: room * self._longest]))
        return found

    def _word(self, word: str) -> tuple[int, ...]:
        numbers = self._words.get(word)
        if numbers is None:
            numbers = self._cut(_WORD_START + word)
            if len(word) <= _CACHED_LENGTH:
                # Bounded by starting over: no lock, and the frequent words are back at once.
                if len(self._words) >= _CACHED_WORDS:
                    self._words.clear()
                self._words[word] = numbers
        return numbers

    def _normalised(self, text: str) -> str:
        text = without_surrogates(text).translate(self._replacements)
        # The table maps single characters; the model saw accents composed with their letters.
        return unicodedata.normalize("NFC", text)

    def _cut(self, word: str) -> tuple[int, ...]:
        length, unknown = len(word), self.specials.unknown
        best = [0.0] + [float("-inf")] * length
        came_from = [(0, unknown)] * (length + 1)
        for start in range(length):
            so_far = best[start]
            for end in range(start + 1, min(start + self._longest, length) + 1):
                number = self._numbers.get(word[start:end])
                if number is not None:
                    score = so_far + self._scores[number]
                elif end == start + 1:
                    number, score = unknown, so_far + self._unknown_score
                else:
                    continue
                if score > best[end]:
                    best[end], came_from[end] = score, (start, number)
        return _walk_back(came_from, unknown)


def without_surrogates(text: str) -> str:
    """Return the text with each half of a broken character pair as U+FFFD, so it can be encoded."""
    return _SURROGATES.sub("\ufffd", text)


def _walk_back(came_from: Sequence[tuple[int, int]], unknown: int) -> tuple[int, ...]:
    """Return the numbers on the best path; neighbouring unknown characters are one token."""
    numbers: list[int] = []
    at = len(came_from) - 1
    while at > 0:
        at, number = came_from[at]
        if number != unknown or not numbers or numbers[-1] != unknown:
            numbers.append(number)
    return tuple(reversed(numbers))
