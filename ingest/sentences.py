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
# A full stop after one of these ends no sentence: titles, references, and numbering; nor after an
# initial, which the end of "my cousin's" is not.
_ABBREVIATION = re.compile(
    r"(?:^|[\s(«\"'’])(?:M|MM|Mme|Mlle|Mr|Mrs|Ms|Dr|Pr|Me|St|Ste|art|al|av|bd|cf|ex|no|num|p|pp|"
    r"tél|tel|env|max|min|etc|vs|e\.g|i\.e|p\.\s?ex|c\.-à-d|\d{1,3}|(?<!['’])[A-Z])\.$",
    re.IGNORECASE,
)
# Before a number these end no sentence either, in the languages of the pages and of their readers.
_BEFORE_NUMBER = """
    janv févr fév avr juil juill sept oct nov déc jan feb apr jun jul aug sep dec ene feb abr dic
    fev янв февр фев апр авг сент сен окт нояб ноя дек січ лют квіт трав черв серп верес
    жовт листоп груд şub haz tem ağu eyl eki kas
    n núm num nro nr nº n° n.º art chap fig réf ref alin pág págs pag aprox approx sec ch para
    reg ext apt appt apto bât esc ét tél tel tfno tfn tlf tlm telf teléf telef
    тел факс моб ст п пп ч гл стр рис д кв корп эт оф каб буд вул ул md sf kat dk cad sok mah
    ص ت م ف هـ رقم تلفن هاتف شماره ش
"""
# Words as well as months: only behind the day of the month.
_ONLY_DATES = "mar may mai ago dez set out ara nis oca бер лип"
_NUMBERED = re.compile(
    r"(?:(?<![^\W_])(?:" + "|".join(map(re.escape, _BEFORE_NUMBER.split())) + r"|[^\W\d_])"
    r"|(?<!\d)\d{1,2}(?:er|º|ª)?\s(?:de\s)?(?:" + "|".join(_ONLY_DATES.split()) + r"))\.$",
    re.IGNORECASE,
)
# Of a street, before its name.
_STREET = re.compile(r"(?<!\w)(?:ул|вул|просп|пер|бул|пл|avda|sok|cad|mah)\.$", re.IGNORECASE)
_LONGEST_ABBREVIATION = 16
# The second line of an address, and what its first may not end in or be.
_POSTCODE = re.compile(r"[ \t]*\d{5}[ \u00a0](?P<town>[^\W\d_])[^\n|.!?;:]{1,40}(?:\n|$)")
_OPENS = re.compile(r"[\s\"'“”«(\[]*(?P<first>\S)")


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Return the sentences of `text` as slices in order, without the white space between them.

    A line break ends a sentence (list items and table rows are lines), but for the one before the
    postcode of an address. Every character that is not white space is in exactly one slice.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _END.finditer(text):
        first = match.group()[0]
        if first == "\n":
            ends = not _goes_on(text, start, match.start(), match.end())
        else:
            ends = first in f"．{_WIDE}" or _ends_here(text, start, match.end())
        if not ends:
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
    before = text[max(start, end - _LONGEST_ABBREVIATION) : end]
    is_number = opening["first"].isdecimal() or opening["first"] == "+"
    if (is_number and _NUMBERED.search(before)) or _STREET.search(before):
        return False
    # "etc." may well end a sentence when a capital follows; a title or a number never does.
    found = _ABBREVIATION.search(text[max(start, end - 12) : end])
    return found is None or "etc" in found.group()


def _goes_on(text: str, start: int, at: int, end: int) -> bool:
    """Whether what stands behind a line break is the postcode and town of the line before."""
    following = _POSTCODE.match(text, end)
    if end != at + 1 or at <= start or following is None or not following["town"].isupper():
        return False
    line = max(start, text.rfind("\n", start, at) + 1)
    return text[at - 1].isalnum() and not _POSTCODE.match(text, line)


def _append(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        spans.append((start, end))
