"""Where sentences begin and end, in every script we serve, without touching the text.

Used to cut a block that is too long for one passage, and to highlight what answers a question.
"""

import re

_END = re.compile(r"[.!?…؟۔।。！？]+[\"'”’»)\]]*(?=\s)|\n+")
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
        if match.group()[0] != "\n" and not _ends_here(text, start, match.end()):
            continue
        _append(spans, text, start, match.end())
        start = match.end()
    _append(spans, text, start, len(text))
    return spans


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
