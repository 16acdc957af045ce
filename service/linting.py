"""Lint over whole sources, or over the pages that a refresh would touch."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from ingest import cleaning, readers
from ingest.catalogue import Catalogue
from ingest.errors import ContentInvalid, PageUnreadable
from ingest.lint.findings import Finding, Known, Subject
from ingest.lint.provenance import digits
from ingest.lint.rules import lint
from ingest.refresh import Plan, Source, raw_pages
from ingest.settings import Settings
from ingest.source_facts import source_facts
from service.content import load_content

# Holding pages against each other grows with their number: a refresh of more leaves it to
# `passerelle lint`.
MOST_PAGES_TOGETHER = 1000

Progress = Callable[[str, int, int], None]


def lint_sources(
    sources: Sequence[Source], settings: Settings, progress: Progress | None = None
) -> tuple[list[Finding], dict[str, str]]:
    """Read sources as they are now and put every page through every rule.

    Returns:
        The findings, and the reason by origin of each page that could not be read.

    Raises:
        SourceError: a source cannot be read at all.
    """
    failures: dict[str, str] = {}
    subjects = [subject for source in sources for subject in _subjects(source, failures, progress)]
    catalogue = Catalogue(settings.data)
    try:
        known = known_to(settings, catalogue)
    finally:
        catalogue.close()
    return lint(subjects, known), failures


def lint_plans(plans: Sequence[Plan], catalogue: Catalogue, settings: Settings) -> list[Finding]:
    """Return what there is to say of the pages that a refresh adds or changes."""
    touched = {
        reading.page.key: Subject(reading.page, reading.source)
        for found in plans
        for reading in found.readings
    }
    if not touched:
        return []
    gone = {key for found in plans for key in found.changes.removed}
    others = [key for key in catalogue.known() if key not in touched and key not in gone]
    known = known_to(settings, catalogue, others)
    together = len(others) + len(touched) <= MOST_PAGES_TOGETHER
    beside = [Subject(catalogue.live(key)) for key in others] if together else []
    subjects = [*beside, *touched.values()]
    return lint(subjects, known, only=touched, together=together)


def known_to(settings: Settings, catalogue: Catalogue, keys: Iterable[str] = ()) -> Known:
    """Return what rules compare pages with: contacts, ages and their limits, other pages."""
    try:
        contacts = load_content(settings.content).contacts.values()
    except ContentInvalid:
        # `doctor` tells of it; a page can be looked at without.
        numbers = None
    else:
        channels = [channel for contact in contacts for channel in contact.channels]
        numbers = frozenset(digits(c.value) for c in channels if c.kind != "web")
    live = catalogue.known()
    limits = {name: s.max_age_days for name, s in settings.sources.items() if s.max_age_days}
    return Known(
        numbers=numbers,
        checked_at={key: entry.checked_at for key, entry in live.items()},
        max_age_days=limits,
        default_max_age_days=settings.answers.max_age_days,
        keys=frozenset(keys),
        passages=settings.passages,
    )


def by_rule(findings: Iterable[Finding]) -> dict[str, int]:
    """Count findings by rule, the most frequent first."""
    return dict(Counter(finding.rule for finding in findings).most_common())


def _subjects(source: Source, failures: dict[str, str], progress: Progress | None) -> list[Subject]:
    read = []
    for done, raw in enumerate(raw_pages(source, failures), start=1):
        if progress:
            progress("reading", done, 0)
        try:
            page = readers.read(raw)
        except PageUnreadable as error:
            failures[raw.origin] = str(error)
            continue
        read.append((raw.origin, page, source_facts(raw, page)))
    # What a source took back after it had given it is no page.
    kept = [(page, facts) for origin, page, facts in read if origin not in failures]
    repeated = cleaning.repeated_furniture(page for page, _ in kept)
    return [Subject(cleaning.clean(page, repeated), facts) for page, facts in kept]
