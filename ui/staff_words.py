"""The words of the maintainers' page, one TOML a language: texts by tab, counts, numbers, times."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import cache
from pathlib import Path

from ui.plurals import category
from ui.strings import FALLBACK, Strings, choose, strings

FOLDER = Path(__file__).with_name("languages") / "staff"
_STEPS = ((86400 * 2, 86400, "day"), (3600, 3600, "hour"), (60, 60, "minute"))


@dataclass(frozen=True, slots=True)
class StaffWords:
    """The page in one language. A missing name is a `KeyError`: a test holds them complete.

    Attributes:
        base: the asker's interface in the same language, for dates and the names of languages.
        tables: texts by the part of the page that they stand in; `plurals` holds, of each counted
            thing, its forms for one and for many.
    """

    code: str
    base: Strings
    tables: Mapping[str, Mapping[str, str]]
    plurals: Mapping[str, tuple[str, str]]

    def __call__(self, name: str, /, **values: object) -> str:
        """Return the text that stands under `part.name`, with its values filled in."""
        table, _, key = name.partition(".")
        return self.tables[table][key].format(**values)

    def name(self, table: str, key: str) -> str:
        """Name one of a known set; one that we have no word for, or an empty one, by itself."""
        return self.tables[table].get(key) or key.replace("_", " ")

    def told(self, table: str, key: str) -> str:
        """Return what a table says of something; empty when it says nothing."""
        return self.tables[table].get(key, "")

    def number(self, n: int) -> str:
        """Write a whole number: `2,310`."""
        return f"{n:,}".replace(",", self("form.thousands"))

    def decimal(self, value: float, places: int = 2, *, sign: bool = False) -> str:
        """Write a number with places behind the point."""
        written = f"{value:+.{places}f}" if sign else f"{value:.{places}f}"
        return written.replace(".", self("form.decimal"))

    def percent(self, share: float) -> str:
        """Write a share of 1 in percent."""
        return self("form.percent", n=f"{share * 100:.0f}")

    def count(self, name: str, n: int) -> str:
        """Write a number with its noun: `1 page`, `2,310 pages`."""
        one, many = self.plurals[name]
        form = one if category(self.code, n) == "one" else many
        return form.format(n=self.number(n))

    def counts(self, found: Mapping[str, int]) -> str:
        """Write several counts in a line, those of 0 left out; `nothing` when all are."""
        said = [
            self.count(name, n) if name in self.plurals else f"{self.number(n)} {name}"
            for name, n in found.items()
            if n
        ]
        return ", ".join(said) or self("form.nothing")

    def listed(self, names: Iterable[str], most: int = 12) -> str:
        """Write names in a line, and how many more there are than `most`."""
        every = [*names]
        line = ", ".join(every[:most])
        if len(every) <= most:
            return line
        return self("form.and_more", listed=line, more=self.number(len(every) - most))

    def moment(self, at: str | None, zone: tzinfo = UTC) -> str:
        """Write a moment (ISO 8601, UTC) as a person reads it in her own time zone."""
        if not at:
            return self("form.never")
        found = _read(at).astimezone(zone)
        return self("form.moment", date=self.base.date(found), time=f"{found:%H:%M}")

    def ago(self, at: str | None, now: datetime | None = None) -> str:
        """Say how long ago a moment is, or how far ahead, in the largest unit that tells much."""
        if not at:
            return self("form.never")
        seconds = ((now or datetime.now(UTC)) - _read(at)).total_seconds()
        for least, unit, name in _STEPS:
            if abs(seconds) >= least:
                many = self.count(name, int(abs(seconds) // unit))
                return self("form.ago" if seconds > 0 else "form.ahead", many=many)
        return self("form.just_now" if seconds >= 0 else "form.now")

    def ordinal(self, n: int) -> str:
        """Write which one something is: `1st`, `12th`."""
        return self.tables["ordinals"].get(str(n)) or self("ordinals.other", n=n)


def is_past(at: str | None, now: datetime | None = None) -> bool:
    """Whether a moment (ISO 8601, UTC) has come."""
    return bool(at) and _read(str(at)) <= (now or datetime.now(UTC))


@cache
def staff_languages() -> dict[str, str]:
    """Return the languages of the page: code to own name, English first."""
    codes = sorted((file.stem for file in FOLDER.glob("*.toml")), key=lambda c: (c != FALLBACK, c))
    return {code: strings(code)["name"] for code in codes}


@cache
def staff_words(code: str) -> StaffWords:
    """Return the page in `code`, or in English where we do not have it."""
    if code not in staff_languages():
        return staff_words(FALLBACK)
    raw = tomllib.loads((FOLDER / f"{code}.toml").read_text("utf-8"))
    plurals = {name: (one, many) for name, (one, many) in raw.pop("plurals").items()}
    return StaffWords(code, strings(code), raw, plurals)


def choose_staff(wanted: str | None, accept: str | None) -> str:
    """Choose the page's language: the one asked for, else the browser's first that we have."""
    return choose(wanted, accept, staff_languages())


def _read(at: str) -> datetime:
    found = datetime.fromisoformat(at)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
