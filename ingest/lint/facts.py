"""One rule: the same fact told with two different numbers, on one page or on two.

A fact is a sentence with a number and a unit. Two are the same when they share nearly all of the
words that carry meaning; sentences for different cases, or with a number in common, are let be.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from ingest.lint.findings import Finding, Known, Subject, quoted
from ingest.records import Block
from ingest.sentences import sentence_spans

_WORD_NUMBERS = {
    word: str(number)
    for number, words in enumerate(
        (
            "",
            "",
            "two deux",
            "three trois",
            "four quatre",
            "five cinq",
            "six",
            "seven sept",
            "eight huit",
            "nine neuf",
            "ten dix",
            "eleven onze",
            "twelve douze",
        )
    )
    for word in words.split()
}
_UNITS = {
    "day": "days? jours?",
    "week": "weeks? semaines?",
    "month": "months? mois",
    "year": "years? ans? années?",
    "hour": "hours? heures?",
    "euro": "euros? €",
    "percent": "percent %",
}
_UNIT_OF = re.compile(
    r"(?<![\w.,/-])(?P<number>\d+(?:[ \u00a0\u202f.]\d{3})*(?:,\d+)?|"
    + "|".join(_WORD_NUMBERS)
    + r")[\s\u00a0-]*(?:"
    + "|".join(f"(?P<{name}>{'|'.join(words.split())})" for name, words in _UNITS.items())
    + r")(?!\w)",
    re.IGNORECASE,
)
_COMMON_WORDS = """
    avec aupres aussi avant avez avoir apres cela cette ceux comme dans doit donc elle elles etes
    etre faire fait faut leur leurs lors mais meme moins notre nous peut peuvent plus pour quand
    quel quelle sans selon sera sont sous tous tout toute toutes vers vous votre entre ainsi alors
    about after also been before does from have into more most must only other over same shall
    should some such than that their them then there these they this those under until upon very
    what when where which while will with within without would your
    jours mois semaines annees heures euros days weeks months years hours least maximum minimum
    delai environ
"""
_STOP = frozenset(_COMMON_WORDS.split())
_KINDS = frozenset({"paragraph", "note"})
_STEM = 6
_FEWEST_SHARED, _FEWEST_SHARED_APART = 3, 6
_SIBLINGS = 0.3
_ANY_NUMBER = re.compile(r"\d[\d \u00a0\u202f.,]*")
_CODE = re.compile(r"\b(?:[A-Z]{1,4}\d*|[A-Z]\d+)\b")
# What such a sentence is about stands before it, so it cannot be held against another.
_POINTS_ELSEWHERE = re.compile(
    r"\W*(?:ils?|elles?|ce(?:s|la|lui|lle)|c[’']est|son|sa|ses|leurs?|en général|"
    r"it|its|they|their|these|that|those|he|she|his|her)\b|.*\b(?:ce|cet|cette|this)\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\b(?:if|unless|when|in case|for example|e\.g\.|s[i’']|sauf|lorsqu\w+|en cas|exemple)\b",
    re.IGNORECASE,
)
_MOST_COMMON = 40


@dataclass(frozen=True, slots=True)
class _Fact:
    subject: int
    start: int
    text: str
    unit: str
    values: frozenset[str]
    stems: frozenset[str]
    others: frozenset[str]
    left: str
    right: str
    condition: bool
    section: int
    sections: frozenset[int]
    cases: frozenset[int]
    title: tuple[str, ...]


def contradictions(subjects: Sequence[Subject], _: Known) -> Iterator[Finding]:
    """Find sentences that tell the same with another number."""
    facts = [fact for number, subject in enumerate(subjects) for fact in _facts(number, subject)]
    common = Counter((fact.stems, fact.values) for fact in facts)
    told: set[tuple[int, int]] = set()
    for first, second in _alike(facts):
        # What fewer places say is what somebody has to look at.
        rare, usual = (second, first)
        if common[first.stems, first.values] < common[second.stems, second.values]:
            rare, usual = usual, rare
        if (rare.subject, rare.start) in told:
            continue
        told.add((rare.subject, rare.start))
        here, there = subjects[rare.subject], subjects[usual.subject]
        where = "on the same page" if here is there else f"on {there.page.key}"
        reason = (
            f"{quoted(rare.text)} says {_shown(rare)}, and {quoted(usual.text)} {where} says "
            f"{_shown(usual)}"
        )
        yield here.at(rare.start, "two-numbers", "error", reason)


def _facts(number: int, subject: Subject) -> Iterator[_Fact]:
    for block, text in subject.content():
        if block.kind not in _KINDS:
            continue
        title = (*_stems(subject.page.title), *_CODE.findall(subject.page.title))
        enclosing = _enclosing(subject, block)
        cases = frozenset(n for n in enclosing if subject.page.sections[n].kind == "case")
        for start, end in sentence_spans(text):
            if _POINTS_ELSEWHERE.match(text[start:end]):
                continue
            for unit, values, left, right in _numbers(text[start:end]):
                yield _Fact(
                    subject=number,
                    start=block.start + start,
                    text=text[start:end],
                    unit=unit,
                    values=values,
                    stems=frozenset(_stems(text[start:end])),
                    others=_others(text[start:end], values),
                    left=left,
                    right=right,
                    condition=_CONDITION.search(text[start:end]) is not None,
                    section=block.section,
                    sections=enclosing,
                    cases=cases,
                    title=title,
                )


def _numbers(sentence: str) -> Iterator[tuple[str, frozenset[str], str, str]]:
    """Yield each unit with its numbers, and the words of weight just before and behind them."""
    values: defaultdict[str, set[str]] = defaultdict(set)
    span: dict[str, tuple[int, int]] = {}
    for found in _UNIT_OF.finditer(sentence):
        unit, word = str(found.lastgroup), found["number"].casefold()
        plain = _WORD_NUMBERS.get(word) or re.sub(r"[ \u00a0\u202f.](?=\d{3})", "", word)
        values[unit].add(plain)
        span[unit] = (span.get(unit, found.span())[0], found.end())
    for unit, some in values.items():
        left, right = _stems(sentence[: span[unit][0]]), _stems(sentence[span[unit][1] :])
        yield unit, frozenset(some), left[-1] if left else "", right[0] if right else ""


def _others(sentence: str, values: frozenset[str]) -> frozenset[str]:
    """Return the other numbers of a sentence, and names such as C1 or CDD."""
    numbers = {re.sub(r"\D", "", found[0]) for found in _ANY_NUMBER.finditer(sentence)}
    own = {re.sub(r"\D", "", value) for value in values}
    return frozenset((numbers - own) | {found[0] for found in _CODE.finditer(sentence)})


def _enclosing(subject: Subject, block: Block) -> frozenset[int]:
    """Return the section of a block and those around it; the top of the page is around all."""
    found = {0}
    section: int | None = block.section
    while section is not None:
        found.add(section)
        section = subject.page.sections[section].parent
    return frozenset(found)


def _stems(text: str) -> list[str]:
    """Return the beginnings of the words that carry meaning, in order."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in folded if not unicodedata.combining(c))
    words = (w for w in re.findall(r"[^\W\d]+", plain) if len(w) > 3 and w not in _STOP)
    return [word[:_STEM] for word in words]


def _alike(facts: Sequence[_Fact]) -> Iterator[tuple[_Fact, _Fact]]:
    """Yield pairs that tell the same with other numbers, in the order of their places."""
    by_stem: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for number, fact in enumerate(facts):
        for stem in fact.stems:
            by_stem[fact.unit, stem].append(number)
    shared: Counter[tuple[int, int]] = Counter()
    for numbers in by_stem.values():
        # A word of very many facts brings no two of them together; the rarer ones do.
        near = numbers if len(numbers) <= _MOST_COMMON else []
        shared.update(combinations(near, 2))
        if not near:
            shared.update(_on_one_page(facts, numbers))
    for first, second in sorted(shared):
        if _contradict(facts[first], facts[second]):
            yield facts[first], facts[second]


def _on_one_page(facts: Sequence[_Fact], numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    pages: defaultdict[int, list[int]] = defaultdict(list)
    for number in numbers:
        pages[facts[number].subject].append(number)
    for some in pages.values():
        # A page that says something of the kind so often is a table in words.
        if len(some) <= _MOST_COMMON:
            yield from combinations(some, 2)


# The words beside the number, whether there is a condition, what else is counted or has a code.
_MUST_AGREE = ("left", "right", "condition", "others")


def _contradict(first: _Fact, second: _Fact) -> bool:
    if first.values & second.values or first.cases != second.cases:
        return False
    if any(getattr(first, name) != getattr(second, name) for name in _MUST_AGREE):
        return False
    # A word of weight on both sides that the other lacks tells two situations apart; within one
    # section one on either side does, since what stands side by side there was meant to differ.
    if not (first.stems <= second.stems or second.stems <= first.stems):
        return False
    side_by_side = first.subject == second.subject and first.section == second.section
    if side_by_side and first.stems != second.stems:
        return False
    both = min(len(first.stems), len(second.stems))
    if first.subject == second.subject:
        return both >= _FEWEST_SHARED and _one_thread(first, second)
    return both >= _FEWEST_SHARED_APART and not _are_siblings(first.title, second.title)


def _one_thread(first: _Fact, second: _Fact) -> bool:
    """Whether one of two sections encloses the other: side by side they are about two things."""
    return first.section in second.sections or second.section in first.sections


def _are_siblings(first: tuple[str, ...], second: tuple[str, ...]) -> bool:
    """Whether two titles name variants of one thing: they share words, and differ in others."""
    if first == second:
        return False
    shared = len({*first} & {*second})
    return first[:1] == second[:1] or shared >= _SIBLINGS * min(len({*first}), len({*second}))


def _shown(fact: _Fact) -> str:
    return f"{' and '.join(sorted(fact.values))} ({fact.unit})"
