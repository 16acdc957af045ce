"""Pages that moved from one source to another within one refresh.

Apart from the refresh because it takes two plans to see it: that a page is gone from one source is
known when that is read, and that it came to another when the other is. Taken each by itself, one
would remove what the other may not have yet, and the page would be served nowhere.
"""

from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ingest.catalogue import Reading
from ingest.comparing import Holder

if TYPE_CHECKING:
    from ingest.refresh import Plan


def freed(earlier: Iterable["Plan"]) -> set[str]:
    """Return the keys that earlier plans of the same refresh remove: another source may have them.

    Args:
        earlier: the plans that were made before.
    """
    return {key for found in earlier for key in found.changes.removed}


def waiting(
    readings: Sequence[Reading],
    taken: Mapping[str, Holder],
    own: Container[str | None],
    claimed: Container[str],
) -> list[Reading]:
    """Return what was read under keys of pages that other sources have, once each.

    A source that is read later may turn out to have lost its page.

    Args:
        readings: what was read.
        taken: who holds which key.
        own: the names of the source that was read.
        claimed: keys of what other sources of the same refresh were found to have.
    """
    found: dict[str, Reading] = {}
    for reading in readings:
        key = reading.page.key
        if key in taken and taken[key][1] not in own and key not in claimed:
            found.setdefault(key, reading)
    return [*found.values()]


def settled(found: "Plan", earlier: list["Plan"]) -> "Plan":
    """Let pages move between the source of a plan and those planned before, in either direction.

    What moved is removed nowhere, so the guard asks nobody about it. Where it arrived it counts
    as added, so that it makes no vanishing of other pages look small.

    Args:
        found: a plan.
        earlier: the plans that were made before; those that a page moved from or to are replaced.

    Returns:
        The plan with what moved.
    """
    for number, other in enumerate(earlier):
        arrived = {reading.page.key for reading in found.readings} & {*other.changes.removed}
        awaited = [r for r in other.waiting if r.page.key in found.changes.removed]
        earlier[number] = _with(_without(other, arrived), awaited)
        found = _without(found, {reading.page.key for reading in awaited})
        found = replace(found, taken_over=(*found.taken_over, *sorted(arrived)))
    return found


def _without(found: "Plan", moved: Collection[str]) -> "Plan":
    removed = tuple(key for key in found.changes.removed if key not in moved)
    return replace(found, changes=replace(found.changes, removed=removed))


def _with(found: "Plan", awaited: Sequence[Reading]) -> "Plan":
    keys = [reading.page.key for reading in awaited]
    origins = {reading.origin for reading in awaited}
    failures = {o: why for o, why in found.changes.unreadable.items() if o not in origins}
    added = tuple(sorted({*found.changes.added, *keys}))
    return replace(
        found,
        changes=replace(found.changes, added=added, unreadable=failures),
        readings=(*found.readings, *awaited),
        taken_over=(*found.taken_over, *keys),
        waiting=tuple(r for r in found.waiting if r.page.key not in keys),
    )
