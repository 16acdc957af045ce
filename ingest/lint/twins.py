"""Rules that hold two pages against each other: near-duplicates and translations."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise
from zlib import crc32

from ingest.lint.findings import Finding, Known, Subject, quoted
from ingest.records import Section

_SHINGLE = 5
_FEWEST_SHINGLES = 30
_SAME = 0.7
_SAMPLED = 4
_NUMBER = re.compile(r"\d+(?:[ \u00a0\u202f.,]\d{3})*(?:[.,]\d+)?")
_YEAR_OR_ORDINAL = re.compile(r"(?:19|20)\d{2}|\d")


def near_duplicates(subjects: Sequence[Subject], _: Known) -> Iterator[Finding]:
    """Find pages of one language that say nearly the same, by the five-word runs they share."""
    shingles = [_shingles(subject) for subject in subjects]
    shared: Counter[tuple[int, int]] = Counter()
    holders: defaultdict[int, list[int]] = defaultdict(list)
    for number, some in enumerate(shingles):
        # A fixed sample of all runs finds the pairs; the whole set then measures them.
        for shingle in some:
            if shingle % _SAMPLED == 0:
                holders[shingle].append(number)
    for numbers in holders.values():
        if len(numbers) <= 20:
            shared.update(combinations(numbers, 2))
    for (first, second), count in sorted(shared.items()):
        smaller = min(len(shingles[first]), len(shingles[second]))
        if smaller < _FEWEST_SHINGLES or count * _SAMPLED < _SAME * smaller / 2:
            continue
        both = len(shingles[first] & shingles[second])
        alike = both / (len(shingles[first]) + len(shingles[second]) - both)
        if alike >= _SAME:
            other = subjects[first].page
            reason = f"{alike:.0%} of it stands on {other.key} {quoted(other.title)} as well"
            yield subjects[second].whole("near-duplicate", "warning", reason)


def translations(subjects: Sequence[Subject], _: Known) -> Iterator[Finding]:
    """Find translations with other sections, or with other numbers, than what they translate."""
    by_key = {subject.page.key: subject for subject in subjects}
    for subject in subjects:
        original = by_key.get(subject.page.translation_of or "")
        if original is None:
            continue
        ours, theirs = _headings(subject), _headings(original)
        if len(ours) != len(theirs):
            reason = (
                f"it has {len(ours)} sections and {original.page.key}, which it translates, "
                f"{len(theirs)}"
            )
            yield subject.whole("translation-sections", "warning", reason)
            continue
        yield from _other_numbers(subject, original, ours, theirs)


def _shingles(subject: Subject) -> frozenset[int]:
    language = subject.page.language
    text = " ".join(words for _, words in subject.content())
    words = re.findall(r"\w+", text.casefold())
    runs = (words[n : n + _SHINGLE] for n in range(len(words) - _SHINGLE + 1))
    return frozenset(crc32(f"{language}:{' '.join(run)}".encode()) for run in runs)


def _headings(subject: Subject) -> list[Section]:
    return [s for s in subject.page.sections if s.heading_end > s.heading_start]


def _other_numbers(
    subject: Subject, original: Subject, ours: list[Section], theirs: list[Section]
) -> Iterator[Finding]:
    """Compare the numbers between one heading and the next; words for numbers are let pass."""
    for here, there in zip(_spans(subject, ours), _spans(original, theirs), strict=True):
        mine = _numbers(subject.page.text[slice(*here)])
        other = _numbers(original.page.text[slice(*there)])
        missing = sorted((other - mine).elements(), key=float)
        extra = sorted((mine - other).elements(), key=float)
        # A number written as a word on one side is missing there; one each side is a contradiction.
        if missing and extra:
            reason = (
                f"it says {', '.join(extra)} where {original.page.key}, which it translates, "
                f"says {', '.join(missing)}"
            )
            yield subject.at(here[0], "translation-numbers", "error", reason)


def _spans(subject: Subject, headings: list[Section]) -> list[tuple[int, int]]:
    starts = [section.heading_start for section in headings] + [len(subject.page.text)]
    return [*pairwise(starts)]


def _numbers(text: str) -> Counter[str]:
    """Count the numbers of a text as `1234.5`; years and single digits are written too freely."""
    found: Counter[str] = Counter()
    for match in _NUMBER.finditer(text):
        plain = re.sub(r"[ \u00a0\u202f.,](?=\d{3}(?!\d))", "", match[0]).replace(",", ".")
        if plain.count(".") <= 1 and not _YEAR_OR_ORDINAL.fullmatch(plain):
            found[plain.rstrip("0").rstrip(".") if "." in plain else plain] += 1
    return found
