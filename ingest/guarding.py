"""The guard of a refresh: more pages never vanish than a person has seen and wants gone."""

from collections.abc import Collection, Mapping

from ingest.errors import RefreshHeld
from ingest.records import ChangeSet

# True: whatever vanishes may. A mapping: the keys of each source whose removal somebody looked at.
Confirmed = bool | Mapping[str, Collection[str]]


def guard(changes: ChangeSet, share: float, *, confirmed: Confirmed) -> None:
    """Stop a refresh that would take more pages away than anybody meant.

    Args:
        changes: what the refresh would do to one source.
        share: the share of the source's known pages above which removal needs confirmation.
        confirmed: what a person has seen of the removals and wants.

    Raises:
        RefreshHeld: more pages would vanish than `share` allows, and not all of it is confirmed.
    """
    removed = changes.removed
    before = len(changes.changed) + len(changes.unchanged) + len(removed)
    if confirmed is True or not removed or len(removed) <= share * before:
        return
    seen = confirmed.get(changes.source, ()) if confirmed else ()
    unseen = sorted({*removed} - {*seen})
    if not unseen:
        return
    vanish = f"{len(removed)} of {before} pages of {changes.source} would vanish"
    if seen:
        raise RefreshHeld(
            f"{vanish}, and {len(unseen)} of them not when somebody looked and agreed, such as "
            f"{unseen[0]}; nothing was published. Look at what would change once more"
        )
    raise RefreshHeld(
        f"{vanish}; nothing was published. Look at them with --dry-run, then pass "
        "--confirm-removals"
    )
