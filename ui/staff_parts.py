"""What every tab of the maintainers' page is made of: templates, times in words, plain counts."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from ingest.errors import PasserelleError
from ui.markup import environment
from ui.strings import strings

WORDS = strings("en")
_STEPS = ((86400 * 2, 86400, "day"), (3600, 3600, "hour"), (60, 60, "minute"))


def part(name: str, *values: object, **named: object) -> str:
    """Return one part of the page as HTML; every value in it is escaped."""
    return str(getattr(environment().get_template("staff.html").module, name)(*values, **named))


def show(html: str) -> None:
    """Draw a part."""
    st.html(f'<div class="passerelle staff" lang="en">{html}</div>')


def say(text: str, kind: str = "caution") -> None:
    """Draw a remark: `caution` is to know, `notice` to mind, `down` that something failed."""
    show(part("remark", text, kind))


def attempt(action: Callable[..., object], *values: object, **named: object) -> None:
    """Do what a button asks for; why it could not be done is told when the page is drawn."""
    try:
        action(*values, **named)
    except PasserelleError as error:
        st.session_state.problem = str(error)


def moment(at: str | None, zone: tzinfo = UTC) -> str:
    """Write a moment (ISO 8601, UTC) as a person reads it in her own time zone."""
    if not at:
        return "never"
    found = _read(at).astimezone(zone)
    return f"{found.day} {found:%B %Y, %H:%M}"


def ago(at: str | None, now: datetime | None = None) -> str:
    """Say how long ago a moment is, or how far ahead, in the largest unit that tells something."""
    if not at:
        return "never"
    seconds = ((now or datetime.now(UTC)) - _read(at)).total_seconds()
    for least, unit, name in _STEPS:
        if abs(seconds) >= least:
            many = counted(int(abs(seconds) // unit), name)
            return f"{many} ago" if seconds > 0 else f"in {many}"
    return "just now" if seconds >= 0 else "now"


def counted(number: int, one: str, many: str = "") -> str:
    """Write a number with its noun: `1 page`, `2,310 pages`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def counts(found: Mapping[str, int]) -> str:
    """Write several counts in a line, those of 0 left out; `nothing` when all are."""
    return ", ".join(f"{n:,} {name}" for name, n in found.items() if n) or "nothing"


def listed(names: Iterable[str], most: int = 12) -> str:
    """Write names in a line, and how many more there are than `most`."""
    every = [*names]
    more = f" and {len(every) - most:,} more" if len(every) > most else ""
    return ", ".join(every[:most]) + more


def visitor_zone() -> tzinfo:
    """Return the time zone of the browser; UTC where it does not say."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def matches(wanted: str, *texts: str | None) -> bool:
    """Whether every word that is looked for stands in one of the texts, in any case."""
    said = " ".join(filter(None, texts)).casefold()
    return all(word in said for word in wanted.casefold().split())


def _read(at: str) -> datetime:
    found = datetime.fromisoformat(at)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
