"""The words of the interface, one TOML a language; a date in the reader's own form."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("languages")
FALLBACK = "en"
RIGHT_TO_LEFT = frozenset({"ar", "fa", "ps", "ur", "he", "ckb", "sd", "ug", "yi"})


@dataclass(frozen=True, slots=True)
class Strings:
    """The interface in one language. A missing name is a `KeyError`: a test holds them complete."""

    code: str
    direction: str
    words: Mapping[str, str]
    language_names: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.words[name]

    def date(self, day: date | str | None) -> str:
        """Write a day as 23/11/2026, the form used in France and in all our languages."""
        if not day:
            return ""
        found = date.fromisoformat(day[:10]) if isinstance(day, str) else day
        return found.strftime("%d/%m/%Y")

    def language(self, code: str) -> str:
        """Name a language in this one; its code where we have no name."""
        return self.language_names.get(code, code)


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
    names = raw.pop("language_names")
    return Strings(raw["code"], raw["direction"], raw, names)


def choose(wanted: str | None, accept: str | None) -> str:
    """Choose the interface language: the one asked for, else the browser's first that we have."""
    entries = (accept or "").split(",")
    preferred = [wanted or "", *(e.split(";")[0].strip().split("-")[0].lower() for e in entries)]
    return next((code for code in preferred if code in available()), FALLBACK)


def direction(code: str) -> str:
    """Return the writing direction of a language, as HTML's `dir` wants it."""
    return "rtl" if code in RIGHT_TO_LEFT else "ltr"
