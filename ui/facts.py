"""The source card in words: who published a text, from what, when; and what to be careful about."""

from service.api.schemas import BasisOut, CitationOut, PageOut
from ui.strings import Strings


def facts(shown: CitationOut | PageOut, words: Strings) -> tuple[str, ...]:
    """Return what is known of where a text comes from; a date that we lack is not made up."""
    found = []
    if shown.source:
        found.append(f"{words['organisation']} {words.isolate(shown.source)}")
    if shown.verified_by and shown.verified_on:
        who, day = words.isolate(shown.verified_by), words.date(shown.verified_on)
        found.append(words["verified"].format(who=who, date=day))
    if len(shown.based_on) == 1:
        found.append(f"{words['based_on']} {_basis(shown.based_on[0], words)}")
    if shown.modified_on:
        found.append(words["modified_on"].format(date=words.date(shown.modified_on)))
    if shown.checked_at:
        found.append(words["checked_at"].format(date=words.date(shown.checked_at)))
    if shown.licence:
        found.append(words.isolate(shown.licence))
    return tuple(found)


def warnings(shown: CitationOut | PageOut, words: Strings) -> tuple[str, ...]:
    """Return what someone should know before she acts on a text."""
    found = [] if shown.verified_by and shown.verified_on else [words["not_verified"]]
    if shown.changed_since:
        day = words.date(shown.changed_since)
        found.append(words["changed_since"].format(date=day))
    if shown.stale:
        found.append(words["stale_sources" if shown.based_on else "stale"])
    return tuple(found)


def sources(shown: CitationOut | PageOut, words: Strings) -> tuple[str, tuple[str, ...]]:
    """Return what a text was written from when that is several: a line that sums up, and each."""
    if len(shown.based_on) < 2:
        return "", ()
    publishers = dict.fromkeys(words.isolate(basis.publisher) for basis in shown.based_on)
    summary = f"{words['based_on']} {words.join(publishers)}"
    return summary, tuple(_basis(basis, words) for basis in shown.based_on)


def _basis(basis: BasisOut, words: Strings) -> str:
    named = [words.isolate(name) for name in (basis.publisher, basis.title) if name]
    if basis.published_on:
        named.append(words["published_on"].format(date=words.date(basis.published_on)))
    if basis.consulted_on:
        named.append(words["consulted_on"].format(date=words.date(basis.consulted_on)))
    return words.join(named)
