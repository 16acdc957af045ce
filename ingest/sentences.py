"""Where sentences begin and end, in every script we serve, without touching the text.

Used to cut a block that is too long for one passage, and to highlight what answers a question.
"""

import re

# Chinese and Japanese put no space behind a full stop; a wide point may stand in a number.
_WIDE = "。！？｡"
_END = re.compile(
    r"(?<![.!?…؟۔।])[.!?…؟۔।]++[\"'”’»)\]]*+(?=\s)"
    rf"|(?:[{_WIDE}]|．(?![\d．]))[.!?…{_WIDE}]*[\"'”’»)\]」』）】》]*"
    r"|\n+"
)
# What is written without spaces: Chinese, Japanese, Thai, Lao, Khmer.
_UNSPACED = re.compile(
    r"[\u0e01-\u0eff\u1780-\u17ff\u3005-\u3007\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    r"\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]"
)
_LETTERS_A_WORD = 2
# A full stop after one of these ends no sentence: titles, references, and numbering.
_ABBREVIATION = re.compile(
    r"(?:^|[\s(«\"'’])(?:M|MM|Mme|Mlle|Mr|Mrs|Ms|Dr|Pr|Me|St|Ste|art|al|av|bd|cf|ex|no|num|p|pp|"
    r"tél|tel|env|max|min|etc|vs|e\.g|i\.e|p\.\s?ex|c\.-à-d|\d{1,3}|[A-Z])\.$",
    re.IGNORECASE,
)
_OPENS = re.compile(r"[\s\"'“”«(\[]*(?P<first>\S)")


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Return the sentences of `text` as slices in order, without the white space between them.

    A line break ends a sentence (list items and table rows are lines). Every character that is
    not white space is in exactly one slice.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _END.finditer(text):
        first = match.group()[0]
        if first not in f"\n．{_WIDE}" and not _ends_here(text, start, match.end()):
            continue
        _append(spans, text, start, match.end())
        start = match.end()
    _append(spans, text, start, len(text))
    return spans


def count_words(text: str) -> int:
    """Count the words of a text; where none are kept apart by spaces, two characters are one."""
    letters = len(_UNSPACED.findall(text))
    if not letters:
        return len(text.split())
    others = sum(any(map(str.isalnum, word)) for word in _UNSPACED.sub(" ", text).split())
    return others + -(-letters // _LETTERS_A_WORD)


def _ends_here(text: str, start: int, end: int) -> bool:
    opening = _OPENS.match(text, end)
    if opening is None:
        return True
    if opening["first"].islower():
        return False
    # "etc." may well end a sentence when a capital follows; a title or a number never does.
    found = _ABBREVIATION.search(text[max(start, end - 12) : end])
    return found is None or "etc" in found.group()


def _append(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        spans.append((start, end))
