"""Several questions in one: where one ends and the next begins; what a story asks. Pure.

A part begins after a question mark, or at a joining word that a question word follows ("and how");
what is told before the first question belongs to it.
"""

import re
from collections.abc import Iterator

from ingest.sentences import sentence_spans

_BETWEEN = " ,،;؛"
# Each part costs a search; an answer looks at so many.
MOST = 4
# Shorter ones lean on what stands before ("and how much?"), and are no question of their own.
_FEWEST_WORDS = 3
# All but two judged questions are shorter; in more words the question drowns in what is told.
_STORY = 60

# Words that ask wherever they stand, in the languages of the interface.
_ASKING = (
    "how|what|where|why|"
    "comment|combien|quel(?:le)?s?|pourquoi|est-ce|qu'est-ce|puis-je|dois-je|faut-il|"
    "cómo|cuánto|cuánta|cuántos|cuántas|cuanto|qué|dónde|cuándo|quién|cuál|"
    "quanto|quantos|quantas|quais|qual|"
    "كيف|كم|أين|وين|متى|ماذا|لماذا|هل|ما هي|ما هو|"
    "скільки|чому|який|яка|яке|які|"
    "сколько|почему|можно|какой|какая|какое|какие|"
    "nasıl|nerede|nereye|nereden|hangi|kaç|neden|ne|kim|"
    "چگونه|چطور|چقدر|کجا|چه|چرا|آیا|چند"
)
# Words that ask at the beginning, and join or refer elsewhere ("when I go", "qui est enceinte").
_BEGINNING = (
    "when|who|whom|which|où|quand|qui|ça|como|donde|puedo|que|onde|quem|posso|"
    "як|де|куди|коли|хто|що|чи|как|где|куда|когда|кто|что|нужна|нужно|могут|کی|"
    "(?:is|are|am|can|could|do|does|will|must|should) "
    "(?:i|you|we|they|he|she|it|my|our|the|there|this|that|these|someone|anyone)"
)
# Of these, the ones that a sentence may take up again.
_REFERRING = frozenset(
    "who whom which when qui que où quand donde onde quem де хто що коли где кто что когда".split()  # noqa: SIM905
)
# French takes these up by "que": "si je suis malade et que je ne travaille pas".
_TAKEN_UP = frozenset(("si", "quand", "lorsque", "comme"))
_JOINING = r"and|also|et|aussi|y|e|і|й|та|и|ve|و"
# A row of commas is read once: read anew from each of them, 4,000 take seconds.
_ENDS = re.compile(
    rf"(?<=[?؟])\s*"
    rf"|(?<![\s,،;؛])[\s,،;؛]++(?=(?:(?:{_JOINING})\s+|و)(?:{_ASKING}|{_BEGINNING})\b)",
    re.IGNORECASE,
)
_LEADING = re.compile(rf"(?:(?:{_JOINING})\s+|[\s,،;؛]+)*(?:و(?=(?:{_ASKING})\b))?", re.IGNORECASE)
_MARKED = re.compile(r".*[?؟]")
_ASKS = re.compile(
    rf"[?؟]|\b(?:{_ASKING})\b|(?:^|[.,:;!،؛]\s*)(?:{_BEGINNING})\b",
    re.IGNORECASE,
)


def parts_of(question: str) -> tuple[str, ...]:
    """Return the questions in a text, in order, without the words that join them; else none.

    What asks nothing (a greeting, thanks, a story) belongs to the question before it, or to the
    first one.

    Args:
        question: as asked, on one line.
    """
    spans: list[tuple[int, int]] = []
    asked = False
    for start, end in _pieces(question):
        begin = _after(question, start, end)
        before = question[spans[-1][0] : start].rstrip() if spans else ""
        if not spans or (asked and _stands_alone(question[begin:end], before)):
            spans.append((begin, end))
            asked = _asks(question[begin:end])
        else:
            spans[-1] = spans[-1][0], end
            # With the word that joins it: "and when I go" asks nothing.
            asked = asked or _asks(question[start:end])
    parts = tuple(question[start:end].strip(_BETWEEN) for start, end in spans)
    return parts if len(parts) > 1 else ()


def asked_in_story(text: str) -> tuple[str, ...]:
    """Return what a long text asks, the last first: at most two sentences, without the story.

    Those with a question mark, else the last one; of one without end its last words. None of a text
    of up to 60 words, which is found by as a whole.

    Args:
        text: as asked, on one line.
    """
    if len(text.split()) <= _STORY:
        return ()
    sentences = [text[start:end] for start, end in sentence_spans(text)]
    # Up to its last mark: "...? thanks" goes on in small letters.
    marked = [found[0] for one in sentences if (found := _MARKED.match(one))]
    asking = marked or sentences[-1:]
    return tuple(" ".join(sentence.split()[-_STORY // 2 :]) for sentence in asking[:-3:-1])


def _pieces(question: str) -> Iterator[tuple[int, int]]:
    start = 0
    for found in _ENDS.finditer(question):
        yield start, found.start()
        start = found.end()
    yield start, len(question)


def _after(question: str, start: int, end: int) -> int:
    """Return where a piece begins after the words and signs that join it to the one before."""
    joined = _LEADING.match(question, start, end)
    return joined.end() if joined else start


def _stands_alone(piece: str, before: str) -> bool:
    """Return whether a piece is a question of its own after the one before it."""
    words = piece.casefold().split()
    if len(words) < _FEWEST_WORDS or not _asks(piece):
        return False
    # "qui est enceinte et qui ne parle pas": the second refers to whom the first does.
    told = before.casefold().split()
    if before.endswith(("?", "؟")) or words[0] not in _REFERRING:
        return True
    return words[0] not in told[1:] and not (words[0] == "que" and _TAKEN_UP.intersection(told))


def _asks(text: str) -> bool:
    return _ASKS.search(text) is not None
