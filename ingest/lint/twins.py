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
_SAME, _HELD = 0.7, 0.9
_SAMPLED = 4
_TITLE_STEM, _FEWEST_USES, _TIMES_MORE = 6, 2, 3
_NUMBER = re.compile(r"\d+(?:[ \u00a0\u202f.,]\d{3})*(?:[.,]\d+)?")
_YEAR_OR_ORDINAL = re.compile(r"(?:19|20)\d{2}|\d")


def near_duplicates(subjects: Sequence[Subject], _: Known) -> Iterator[Finding]:
    """Find pages of one language that say nearly the same, by the five-word runs they share.

    Each page is told of once, with the page that holds most of it. Variants of one thing are let
    be where the words that only one title has are at home in that page's text.
    """
    shingles = [_shingles(subject) for subject in subjects]
    nearest: dict[int, tuple[float, int]] = {}
    for first, second in _often_alike(shingles):
        both = len(shingles[first] & shingles[second])
        alike = both / len(shingles[first] | shingles[second])
        # What has least of its own is told of; of two that are alike in this, the later one.
        told, other = second, first
        if len(shingles[first]) < len(shingles[second]):
            told, other = first, second
        held = both / len(shingles[told])
        if alike < _SAME or held < max(_HELD, nearest.get(told, (0.0, 0))[0]):
            continue
        if not _told_apart(subjects[first], subjects[second]):
            nearest[told] = (held, other)
    for told, (held, other) in nearest.items():
        page = subjects[other].page
        reason = f"{held:.0%} of it stands on {page.key} {quoted(page.title)} as well"
        yield subjects[told].whole("near-duplicate", "warning", reason)


def _often_alike(shingles: Sequence[frozenset[int]]) -> Iterator[tuple[int, int]]:
    """Yield pairs of pages that share many runs of a fixed sample, which is quick to find out."""
    shared: Counter[tuple[int, int]] = Counter()
    holders: defaultdict[int, list[int]] = defaultdict(list)
    for number, some in enumerate(shingles):
        for shingle in some:
            if shingle % _SAMPLED == 0:
                holders[shingle].append(number)
    for numbers in holders.values():
        if len(numbers) <= 20:
            shared.update(combinations(numbers, 2))
    for (first, second), count in sorted(shared.items()):
        smaller = min(len(shingles[first]), len(shingles[second]))
        if smaller >= _FEWEST_SHINGLES and count * _SAMPLED >= _SAME * smaller / 2:
            yield first, second


def _told_apart(first: Subject, second: Subject) -> bool:
    """Whether a word that only one title has stands on that page far more often than on the other.

    "Loss" and "theft" in two titles set two pages apart when one tells of loss and the other of
    theft. Where the texts don't bear the difference out, a quotation of one fits both.
    """
    uses = [Counter(_title_stems(_all_words(subject))) for subject in (first, second)]
    titles = [{*_title_stems(subject.page.title)} for subject in (first, second)]
    return any(
        uses[here][word] >= max(_FEWEST_USES, _TIMES_MORE * uses[there][word])
        for here, there in ((0, 1), (1, 0))
        for word in titles[here] - titles[there]
    )


def _title_stems(text: str) -> list[str]:
    """Return the words by their beginnings; a code such as DE is not the word that reads alike."""
    found = re.findall(r"\w+", text)
    return [word if word.isupper() else word.casefold()[:_TITLE_STEM] for word in found]


def _all_words(subject: Subject) -> str:
    page = subject.page
    headings = (page.text[s.heading_start : s.heading_end] for s in page.sections)
    return "\n".join((*headings, *(words for _, words in subject.content())))


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
