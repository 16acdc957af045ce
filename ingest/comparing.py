"""What was read, held against what is known: which pages are let in, and what happened to each."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from ingest import cleaning
from ingest.catalogue import Catalogue, Known, Reading
from ingest.errors import KeyTaken
from ingest.purging import Purged
from ingest.records import Page

# Where a page is, and the name of its source.
Holder = tuple[str, str]


def not_purged(
    readings: list[Reading], catalogue: Catalogue, failures: dict[str, str]
) -> list[Reading]:
    """Leave out pages that were erased for good and still stand in their source."""
    purged = Purged(catalogue).keys()
    for reading in readings:
        if reading.page.key in purged:
            failures[reading.origin] = (
                f"{reading.page.key} was purged on {purged[reading.page.key][:10]} and is not read "
                "again; take it out of its source, or pass the key to `passerelle purge --readmit`"
            )
    return [reading for reading in readings if reading.page.key not in purged]


def cleaned(
    readings: list[Reading],
    catalogue: Catalogue,
    unchanged: list[str],
    waiting: list[Reading],
) -> tuple[list[Reading], list[Reading]]:
    """Mark furniture; what repeats is judged against the source's unchanged pages as well.

    A block that repeats only now is marked on unchanged pages too, which are among what was read
    then and `unchanged` no more: what they quote must not depend on which pages came first. What is
    marked on them already stays so, since what else it was is not kept. What is `waiting` for its
    key says nothing of what repeats, and is marked by the others.
    """
    kept = set(unchanged)
    others = [page for page in catalogue.pages() if page.key in kept] if readings and kept else []
    repeated = cleaning.repeated_furniture([*others, *(r.page for r in readings)])
    late = [page for page in others if cleaning.newly_repeats(page, repeated)]
    if late:
        known = catalogue.known()
        readings = [*readings, *(_read_again(page, known[page.key]) for page in late)]
        unchanged[:] = [key for key in unchanged if key not in {page.key for page in late}]
    first, second = (
        [replace(r, page=cleaning.clean(r.page, repeated)) for r in some]
        for some in (readings, waiting)
    )
    return first, second


def _read_again(page: Page, known: Known) -> Reading:
    return Reading(page, known.raw_digest, known.origin)


def without_shared_keys(
    readings: list[Reading], source: str, taken: Mapping[str, Holder], failures: dict[str, str]
) -> list[Reading]:
    """Leave out a page whose key another page holds; the holder stays, the failure names both.

    Args:
        readings: what was read.
        source: of which source.
        taken: who holds which key already.
        failures: receives origin -> one-line reason for each page that is left out.
    """
    held = dict(taken)
    kept: list[Reading] = []
    for reading in readings:
        key = reading.page.key
        if key in held:
            failures[reading.origin] = str(_taken(reading, source, *held[key]))
        else:
            held[key] = (reading.origin, source)
            kept.append(reading)
    return kept


def _taken(reading: Reading, source: str, other: str, holder: str) -> KeyTaken:
    # Origins were noted as the path was given, from the root or not.
    if holder != source and f"/{reading.origin}".endswith(f"/{other}"):
        return KeyTaken(
            f"{reading.origin} is in two sources, {holder!r} and {source!r}, and stays with the "
            "first; leave it out of one of them, or, where the first is not in the settings, name "
            "the second there, and it takes the page over"
        )
    return KeyTaken(
        f"{reading.origin} and {other} both have the key {reading.page.key!r}; give one of them "
        "another slug"
    )


def compare(
    readings: list[Reading], unchanged: Iterable[str], known: Mapping[str, Known]
) -> dict[str, tuple[str, ...]]:
    """Sort page keys by what happened to them."""
    groups: dict[str, list[str]] = {"added": [], "changed": [], "unchanged": [*unchanged]}
    for page in (reading.page for reading in readings):
        before = known.get(page.key)
        if before is None:
            groups["added"].append(page.key)
        else:
            same = before.full_digest == page.full_digest
            groups["unchanged" if same else "changed"].append(page.key)
    here = {key for keys in groups.values() for key in keys}
    groups["removed"] = [key for key in known if key not in here]
    return {name: tuple(sorted(keys)) for name, keys in groups.items()}
