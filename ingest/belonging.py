"""Which live pages are a source's, also after its folder was moved or its name was changed.

Apart from the refresh because a page is known by where it was found, and that may have changed for
every page of a source at once while nothing is wrong with any of them.
"""

from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from pathlib import Path

from ingest.catalogue import Catalogue, Known, Reading, translated
from ingest.comparing import Holder
from ingest.records import ChangeSet


def known_of(catalogue: Catalogue, names: Iterable[str | None]) -> dict[str, Known]:
    """Return the live pages of a source by key, under any of its names; later names count more."""
    found: dict[str, Known] = {}
    for name in filter(None, names):
        found.update(catalogue.known(name))
    return found


def orphans(
    catalogue: Catalogue, name: str, named: Container[str] | None, claimed: Container[str]
) -> dict[str, Known]:
    """Return the live pages that a source may take over: those of no source in the settings.

    Args:
        catalogue: what is live.
        name: of the source; only one that is in the settings takes over anything.
        named: every name in the settings; None where they are not known.
        claimed: keys of pages that another source of the same refresh has already.
    """
    if named is None or name not in named:
        return {}
    return {
        key: entry
        for key, entry in catalogue.known().items()
        if entry.source != name and entry.source not in named and key not in claimed
    }


def claimed_by(
    earlier: Iterable[tuple[ChangeSet, Sequence[Reading]]], catalogue: Catalogue
) -> dict[str, Holder]:
    """Return the pages that other sources of the same refresh have, by key."""
    everywhere = catalogue.known()
    found: dict[str, Holder] = {}
    for changes, readings in earlier:
        found.update({k: (everywhere[k].origin, changes.source) for k in changes.unchanged})
        found.update({r.page.key: (r.origin, changes.source) for r in readings})
    return found


def held_elsewhere(
    catalogue: Catalogue,
    own: Container[str | None],
    unchanged: Container[str],
    left: Container[str],
) -> dict[str, Holder]:
    """Return the live pages whose keys nothing else may have, by key.

    Args:
        catalogue: what is live.
        own: the names of the source that is read; its pages may read otherwise now.
        unchanged: keys of its pages that read as before.
        left: keys that it may take over.
    """
    return {
        key: (entry.origin, entry.source)
        for key, entry in catalogue.known().items()
        if key in unchanged or (entry.source not in own and key not in left)
    }


def taken_over(
    left: Mapping[str, Known], own: Container[str | None], read: Container[str], path: Path | None
) -> dict[str, Known]:
    """Return those of the pages `left` that were read here, or lie in the source's folder."""
    return {
        key: entry
        for key, entry in left.items()
        if entry.source not in own and (key in read or _is_below(entry.origin, path))
    }


def take_over(catalogue: Catalogue, source: str, keys: Iterable[str]) -> None:
    """Make pages of sources that are in the settings no more those of `source`."""
    with translated(catalogue.file.parent), catalogue.database as database:
        database.executemany(
            "update live set source = ? where key = ?", [(source, key) for key in keys]
        )


def unread(
    known: Mapping[str, Known], failures: Collection[str], path: Path | None, read: Container[str]
) -> set[str]:
    """Return the keys of known pages that could not be read this time.

    A page that was found elsewhere before (the folder was moved, or given by another path) is known
    by its place inside the source.

    Args:
        known: live pages of the source by key.
        failures: origins of what could not be read.
        path: where the source is; None for one on the web.
        read: keys of the pages that could be read.
    """
    keys = {entry.key for entry in known.values() if entry.origin in failures}
    exact = {entry.origin for entry in known.values()}
    for origin in failures:
        if path is None or origin in exact or not _is_below(origin, path):
            continue
        inside = origin.removeprefix(str(path.absolute())) or f"/{path.name}"
        elsewhere = (
            (len(entry.origin), entry.key)
            for entry in known.values()
            if entry.key not in read
            and not _is_below(entry.origin, path)
            and f"/{entry.origin}".endswith(inside)
        )
        # The nearest to the top: the same name deeper down was another page.
        keys.update(key for _, key in sorted(elsewhere)[:1])
    return keys


def _is_below(origin: str, path: Path | None) -> bool:
    """Whether an origin is the file, or lies in the folder or archive, at `path`."""
    if path is None:
        return False
    root = str(path.absolute())
    return origin == root or origin.startswith((f"{root}/", f"{root}!"))
