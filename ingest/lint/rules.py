"""The rules by name, and how pages are put through all of them."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from ingest.lint import facts, provenance, structure, twins
from ingest.lint.findings import Finding, Known, Subject

PageRule = Callable[[Subject, Known], Iterator[Finding]]
CorpusRule = Callable[[Sequence[Subject], Known], Iterator[Finding]]

PAGE_RULES: tuple[PageRule, ...] = (
    structure.lead_in,
    structure.list_lost,
    structure.heading_alone,
    structure.teaser,
    structure.furniture,
    structure.passage_lengths,
    provenance.undeclared,
    provenance.lost,
    provenance.language,
    provenance.old,
    provenance.unknown_numbers,
)
CORPUS_RULES: tuple[CorpusRule, ...] = (
    provenance.dead_links,
    provenance.same_address,
    twins.near_duplicates,
    twins.translations,
    facts.contradictions,
)
# Every name that a finding can have; `docs/lint.md` describes each.
NAMES = (
    "lead-in",
    "list-lost",
    "heading-alone",
    "teaser",
    "furniture",
    "passage-long",
    "passage-short",
    "title-missing",
    "language-missing",
    "lost-in-reading",
    "language-other",
    "old",
    "number-unknown",
    "dead-link",
    "same-address",
    "near-duplicate",
    "translation-sections",
    "translation-numbers",
    "two-numbers",
)
_ORDER = {"error": 0, "warning": 1, "notice": 2}


def lint(
    subjects: Sequence[Subject],
    known: Known,
    only: Iterable[str] | None = None,
    *,
    together: bool = True,
) -> list[Finding]:
    """Put pages through every rule; return the findings by page and line.

    Args:
        subjects: the pages, cleaned; rules that hold pages against each other see all of them.
        known: what they are compared with.
        only: keys of the pages whose findings are wanted; all when None.
        together: whether pages are held against each other as well.
    """
    wanted = None if only is None else frozenset(only)
    found = [
        finding
        for subject in subjects
        if wanted is None or subject.page.key in wanted
        for rule in PAGE_RULES
        for finding in rule(subject, known)
    ]
    for corpus_rule in CORPUS_RULES if together else ():
        found += [f for f in corpus_rule(subjects, known) if wanted is None or f.page in wanted]
    return sorted(set(found), key=lambda f: (f.page, f.line, _ORDER[f.severity], f.rule, f.reason))
