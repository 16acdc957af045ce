"""Rules on what a page says of itself and of others: title, language, age, links, numbers."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from ingest.ages import aged_from
from ingest.language import detect
from ingest.lint.findings import Finding, Known, Subject, quoted

_FEWEST_WORDS = 30
_LOOKED_BACK = 100
_TELEPHONE = re.compile(
    r"(?<![\w+.,/€-])(?:\+\s?33[\s.]?(?:\(0\)\s?)?|0)[1-9](?:[\s.]?\d{2}){4}(?![\d€])"
    r"|(?<![\w+.,/-])0[\s.]?[89]\d{2}(?:[\s.]?\d{2}){3}(?![\d€])"
    r"|(?<![\w+.,/-])(?<!\d[\s.])(?:116\s?\d{3}|3\d{3}|3\d\s\d{2})(?![\d€%]|[\s.]\d{2})"
)
# A short number is one only where somebody is told to reach it: 3 000 can be anything.
_REACHING = re.compile(
    r"\b(?:call|calling|phone|dial|ring|text|sms|number|t[ée]l[ée]phon\w*|tel|appel\w*|compos\w*|"
    r"num[ée]ro|joign\w*|contact\w*)\b[^.]{0,60}$",
    re.IGNORECASE,
)
# Nobody calls a fax; where one number serves both, the word for the telephone stands beside it.
_FAX = re.compile(
    r"(?P<telephone>\bt[ée]l(?:\.|[ée]phone)?\s*(?:/|et|ou|and|or|&)\s*|"
    r"\bphone\s*(?:/|and|or|&)\s*)?\b(?:fax|t[ée]l[ée]copi\w*)\b[^\d.;]{0,30}$",
    re.IGNORECASE,
)
_FORM = re.compile(r"\b(?:form\w*|cerfa|S|n°|no\.?)[\s:]*$", re.IGNORECASE)
_MEASURE = re.compile(r"\s*(?:€|euros?|eur\b|%|ans\b|jours?\b|heures?\b|m²|km)", re.IGNORECASE)


def undeclared(subject: Subject, _: Known) -> Iterator[Finding]:
    """Find pages that do not say their title or their language, so that both were guessed."""
    page = subject.page
    for name in subject.source.undeclared:
        guess = page.title if name == "title" else page.language
        reason = f"the page states no {name}; {quoted(guess)} was guessed"
        yield subject.whole(f"{name}-missing", "warning", reason)


def language(subject: Subject, _: Known) -> Iterator[Finding]:
    """Find pages that are in another language than they say."""
    page = subject.page
    text = "\n".join(words for _, words in subject.content())
    if len(text.split()) < _FEWEST_WORDS:
        return
    found = detect(text, default=page.language)
    if found != page.language:
        reason = f"the page says that it is in {page.language!r}; its text reads as {found!r}"
        yield subject.whole("language-other", "error", reason)


def lost(subject: Subject, _: Known) -> Iterator[Finding]:
    """Find what stands on the source of a page and its reader could not keep."""
    for what in subject.page.lost:
        yield subject.whole("lost-in-reading", "warning", what)


def old(subject: Subject, known: Known) -> Iterator[Finding]:
    """Find pages whose age, as `ingest.ages` counts it, is more than their source allows."""
    page = subject.page
    checked = aged_from(page, known.checked_at.get(page.key))
    days = known.max_age_days.get(page.source, known.default_max_age_days)
    if checked is None:
        return
    age = (known.now - datetime.fromisoformat(checked)).days
    if age > days:
        what = "its sources were last read" if page.based_on else "last checked"
        reason = f"{what} on {checked[:10]}, {age} days ago; its source allows {days}"
        yield subject.whole("old", "warning", reason)


def dead_links(subjects: Sequence[Subject], known: Known) -> Iterator[Finding]:
    """Find links, relations and translations that lead to no page."""
    keys = known.keys | {subject.page.key for subject in subjects}
    names = keys | {subject.source.name for subject in subjects}
    for subject in subjects:
        page = subject.page
        for line, target, name in subject.source.links:
            if names.isdisjoint({target, name}):
                reason = f"the link leads to {target!r}, and there is no such page"
                yield Finding(page.key, line, "dead-link", "error", reason)
        stated = dict.fromkeys(page.related, "related")
        if page.translation_of:
            stated[page.translation_of] = "translation_of"
        for target, name in stated.items():
            if target not in keys:
                reason = f"{name} names {target!r}, and there is no such page"
                yield subject.whole("dead-link", "warning", reason)


def same_address(subjects: Sequence[Subject], _: Known) -> Iterator[Finding]:
    """Find pages that give the address of another page as their own."""
    first: dict[str, str] = {}
    for subject in subjects:
        page = subject.page
        if page.url is None:
            continue
        holder = first.setdefault(page.url.rstrip("/"), page.key)
        if holder != page.key:
            reason = f"its address {page.url} is that of {holder} as well; one of them is wrong"
            yield subject.whole("same-address", "warning", reason)


def unknown_numbers(subject: Subject, known: Known) -> Iterator[Finding]:
    """Find telephone numbers that the maintainers' contacts do not know, each once a page."""
    if known.numbers is None:
        return
    places: dict[str, list[tuple[int, str]]] = {}
    for block, text in subject.content():
        for found in _TELEPHONE.finditer(text):
            number = digits(found[0])
            if number not in known.numbers and _is_telephone(text, found):
                places.setdefault(number, []).append((block.start + found.start(), found[0]))
    for (start, written), *again in places.values():
        reason = f"{written} is in no contact that we keep; check it, or add it there"
        if again:
            reason += f" ({len(again) + 1} times on this page)"
        yield subject.at(start, "number-unknown", "warning", reason)


def digits(number: str) -> str:
    """Return the digits of a telephone number, a French one without its country code."""
    found = "".join(c for c in number if c.isdigit())
    return "0" + found[-9:] if len(found) in {11, 12} and found.startswith("33") else found


def _is_telephone(text: str, found: re.Match[str]) -> bool:
    before = text[max(0, found.start() - _LOOKED_BACK) : found.start()]
    fax = _FAX.search(before)
    if fax and not fax["telephone"]:
        return False
    if len(digits(found[0])) >= 9:
        return True
    if _MEASURE.match(text, found.end()) or _FORM.search(before):
        return False
    return _REACHING.search(before) is not None
