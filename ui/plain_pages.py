"""What the plain reading view shows: one page in parts of a bounded size, and the list of all."""

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

from ingest.errors import PageUnknown
from ingest.records import Page
from service.api import wire
from service.engine import Engine
from ui.facts import facts, sources, warnings
from ui.reading import paginate, parts_of, run_of, stretch
from ui.strings import Strings, direction

PAGES_A_PART = 60


def page(
    engine: Engine, words: Strings, key: str, at: str | None, part: str | None
) -> dict[str, Any]:
    """Return what the reading view of `key` or `key@digest` shows.

    Args:
        engine: holds the live pages and every version of them.
        words: the interface.
        key: the page's key, with `@` and a digest for one version of it.
        at: the quotation to mark, as `start-end` in the page's text.
        part: which part of a long page, from 1; the one that holds the quotation when None.

    Raises:
        PageUnknown: there is no such page or version.
    """
    found, old = _found(engine, key)
    quoted = stretch(at)
    runs = paginate(parts_of(found, quoted))
    run = run_of(runs, quoted[0]) if quoted and not part else _number(part) - 1
    run = min(run, len(runs) - 1)
    out = wire.page_out(found, engine.answerer.age(found))
    written_from, listed = sources(out, words)
    named = words["in_language"].format(language=words.language(found.language))
    return {
        "page": found,
        "url": found.url if (found.url or "").startswith(("https://", "http://")) else None,
        "direction": direction(found.language),
        "foreign": named if found.language != words.code else "",
        "groups": [(k, [*g]) for k, g in groupby(runs[run], key=attrgetter("holder"))],
        "run": run,
        "runs": len(runs),
        "facts": facts(out, words),
        "written_from": written_from,
        "sources": listed,
        "warnings": [*([words["not_current"]] if old else ()), *warnings(out, words)],
    }


def contents(summaries: Sequence[Any], part: str) -> dict[str, Any]:
    """Return what the list of pages shows: one part of it, by language and title."""
    entries = sorted(summaries, key=lambda p: (p["language"], p["title"]))
    runs = max(1, -(-len(entries) // PAGES_A_PART))
    run = min(_number(part), runs) - 1
    shown = entries[run * PAGES_A_PART : (run + 1) * PAGES_A_PART]
    groups = [(k, direction(k), [*g]) for k, g in groupby(shown, key=lambda p: p["language"])]
    return {"groups": groups, "total": len(entries), "run": run, "runs": runs}


def _found(engine: Engine, key: str) -> tuple[Page, bool]:
    """Return a page, and whether it is an older version of it than the live one."""
    name, digest = wire.split_version(key)
    try:
        live = engine.answerer.searcher.page(name)
    except PageUnknown:
        if not digest:
            raise
        return engine.version(name, digest), True
    if digest and live.digest != digest:
        return engine.version(name, digest), True
    return live, False


def _number(part: str | None) -> int:
    """Read which part was asked for; anything but a number is the first."""
    return max(1, int(part)) if part and part.isascii() and part.isdigit() and len(part) < 7 else 1
