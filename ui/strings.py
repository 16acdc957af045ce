"""The words of the interface, one TOML a language; dates, numbers, plurals in the reader's form."""

import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from ui.plurals import category

FOLDER = Path(__file__).with_name("languages")
FALLBACK = "en"
RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})

# What turns the direction of text: kept in quotations, taken out of what we join into sentences.
_TURNING = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_ISOLATE, _END = "\u2068", "\u2069"


@dataclass(frozen=True, slots=True)
class Strings:
    """The interface in one language. A missing name is a `KeyError`: a test holds them complete.

    Attributes:
        tables: `language_names`, `personal_kinds` and `feedback_kinds`.
        plurals: for each counted thing, its sentence by plural category.
    """

    code: str
    direction: str
    words: Mapping[str, str]
    months: tuple[str, ...]
    tables: Mapping[str, Mapping[str, str]]
    plurals: Mapping[str, Mapping[str, str]]

    def __getitem__(self, name: str) -> str:
        return self.words[name]

    def date(self, day: date | str | None) -> str:
        """Write a day in the reader's form; it stays a Gregorian one, as on French papers."""
        if not day:
            return ""
        found = date.fromisoformat(day[:10]) if isinstance(day, str) else day
        # Where months are written as numbers, the day has two figures as well.
        day_of_month = f"{found.day:02}" if self.months[0].isdigit() else str(found.day)
        month = self.months[found.month - 1]
        written = self["date"].format(day=day_of_month, month=month, year=found.year)
        return self.isolate(self._digits(written))

    def number(self, n: int) -> str:
        """Write a whole number in the reader's digits."""
        return self._digits(str(n))

    def count(self, name: str, n: int) -> str:
        """Say how many there are of something in `plurals`."""
        return self.plurals[name][category(self.code, n)].format(n=self.number(n))

    def language(self, code: str) -> str:
        """Name a language in this one; its code where we have no name."""
        return self.tables["language_names"].get(code, code)

    def personal(self, kind: str) -> str:
        """Name a kind of personal data."""
        kinds = self.tables["personal_kinds"]
        return kinds.get(kind, kinds["other"])

    def join(self, parts: Iterable[str]) -> str:
        """List things in one line."""
        return self["comma"].join(parts)

    def isolate(self, text: str) -> str:
        """Keep foreign words from turning the sentence around them, or being turned by it.

        Needed only where both directions meet; elsewhere the text comes back without the
        characters that turn text, which a title or a name has no use for.
        """
        plain = text.translate(_TURNING)
        mixed = self.direction == "rtl" or any("\u0590" <= c <= "\u08ff" for c in plain)
        return f"{_ISOLATE}{plain}{_END}" if mixed else plain

    def _digits(self, text: str) -> str:
        return text.translate(str.maketrans("0123456789", self["digits"]))


@cache
def available() -> dict[str, str]:
    """Return the interface languages: code to own name, in the order of the menu."""
    order = ("en", "fr", "es", "pt", "ar", "uk", "ru", "tr", "fa")
    found = {file.stem for file in FOLDER.glob("*.toml")}
    return {code: strings(code)["name"] for code in order if code in found}


@cache
def strings(code: str) -> Strings:
    """Return the interface in `code`, or in English where we do not have it."""
    file = FOLDER / f"{code}.toml"
    if not (code.isalpha() and file.exists()):
        return strings(FALLBACK)
    raw = tomllib.loads(file.read_text("utf-8"))
    return Strings(
        code=raw["code"],
        direction=raw["direction"],
        words={name: text for name, text in raw.items() if isinstance(text, str)},
        months=tuple(raw["months"]),
        tables={n: raw[n] for n in ("language_names", "personal_kinds", "feedback_kinds")},
        plurals=raw["plurals"],
    )


def choose(wanted: str | None, accept: str | None, known: Collection[str] | None = None) -> str:
    """Choose a language: the one asked for, else the browser's first among `known`.

    They are those of the asker's interface where none are named.
    """
    entries = (accept or "").split(",")
    preferred = [wanted or "", *(e.split(";")[0].strip().split("-")[0].lower() for e in entries)]
    return next((code for code in preferred if code in (known or available())), FALLBACK)


def direction(code: str) -> str:
    """Return the writing direction of a language, as HTML's `dir` wants it."""
    return "rtl" if code in RIGHT_TO_LEFT else "ltr"
