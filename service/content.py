"""What is said around an answer: notices, contacts and the glossary, read from `corpus/`.

Kept by maintainers as files and never ingested; a language that a file lacks falls back on English.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ingest.errors import ContentInvalid

LANGUAGES = ("en", "fr", "es", "pt", "ar", "uk", "ru", "tr", "fa")
FALLBACK = "en"
# The dangers that a question can speak of. When it speaks of several, the first of these decides
# whom to call.
KINDS = (
    "medical_emergency",
    "suicide",
    "child_in_danger",
    "rape",
    "violence",
    "watched_or_held",
    "forced_marriage",
    "no_roof",
)
# What every answer is shown under, so no language may lack it.
_NOTICE = "not_legal_advice"


@dataclass(frozen=True, slots=True)
class Channel:
    """One way to reach a contact: `call`, `text`, `chat`, `fax` or `web`, and its value."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Contact:
    """Someone who can help. `purpose` says for what, by language."""

    id: str
    name: str
    emergency: bool
    channels: tuple[Channel, ...]
    purpose: Mapping[str, str]
    cost: str | None = None
    languages: tuple[str, ...] = ()
    source: str | None = None
    source_url: str | None = None
    source_date: date | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the administration, what it means, and what people say instead, by language.

    `expansions` are other French words that pages use for the same thing.
    """

    id: str
    term: str
    explanation: Mapping[str, str]
    also_said: Mapping[str, tuple[str, ...]]
    expansions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Content:
    """Everything in `corpus/` that is not a page."""

    notices: Mapping[str, dict[str, str]]
    contacts: Mapping[str, Contact]
    support: tuple[Contact, ...]
    danger: Mapping[str, tuple[Contact, ...]]
    glossary: tuple[Term, ...]

    @property
    def emergency_first(self) -> tuple[Contact, ...]:
        """Whom to name when nothing else can be said: emergency numbers, then who can help."""
        everyone = (*self.danger["violence"], *self.support)
        return tuple({contact.id: contact for contact in everyone}.values())

    def notice(self, language: str | None) -> Mapping[str, str]:
        """Return the notices in `language`, each in English where we do not have it."""
        return self.notices[FALLBACK] | self.notices.get(language or FALLBACK, {})


def load_content(folder: Path) -> Content:
    """Read notices, contacts and the glossary from `folder`.

    Raises:
        ContentInvalid: a file is missing, is no TOML or lacks a field, or names an unknown contact;
            a kind of danger has nobody to call.
    """
    contacts_file = folder / "contacts.toml"
    raw = read_toml(contacts_file)
    try:
        contacts = {entry["id"]: _contact(entry) for entry in raw["contacts"]}
        support = _pick(contacts, raw["support"]["contacts"])
        danger = {entry["kind"]: _pick(contacts, entry["contacts"]) for entry in raw["danger"]}
    except KeyError as error:
        raise ContentInvalid(f"{contacts_file}: {error} is missing or unknown") from error
    for name, contact in contacts.items():
        if not contact.purpose.get(FALLBACK):
            raise ContentInvalid(
                f"{contacts_file}: contact {name!r} lacks {FALLBACK} under `for`; every other "
                "language falls back on it"
            )
    for kind in KINDS:
        if not danger.get(kind):
            raise ContentInvalid(
                f"{contacts_file}: [[danger]] names nobody for kind {kind!r}; add whom to call"
            )
    return Content(_notices(folder / "notices"), contacts, support, danger, _glossary(folder))


def read_toml(file: Path) -> dict[str, Any]:
    """Read a file of the content folder.

    Raises:
        ContentInvalid: it is missing, or no TOML.
    """
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise ContentInvalid(
            f"{file}: {error.strerror}; `content` in the settings names the folder"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ContentInvalid(f"{file} is not valid TOML: {error}") from error


def _contact(entry: dict[str, Any]) -> Contact:
    return Contact(
        id=entry["id"],
        name=entry["name"],
        emergency=entry["emergency"],
        channels=tuple(Channel(c["kind"], c["value"]) for c in entry.get("channels", ())),
        purpose=entry["for"],
        cost=entry.get("cost"),
        languages=tuple(entry.get("languages", ())),
        source=entry.get("source"),
        source_url=entry.get("source_url"),
        source_date=entry.get("source_date"),
    )


def _pick(contacts: Mapping[str, Contact], ids: Iterable[str]) -> tuple[Contact, ...]:
    return tuple(contacts[name] for name in ids)


def _notices(folder: Path) -> dict[str, dict[str, str]]:
    found = {file.stem: read_toml(file) for file in sorted(folder.glob("*.toml"))}
    if FALLBACK not in found:
        raise ContentInvalid(
            f"{folder}: {FALLBACK}.toml is missing; every other language falls back on it"
        )
    for language, notice in found.items():
        if not notice.get(_NOTICE):
            raise ContentInvalid(
                f"{folder / language}.toml: {_NOTICE} is missing; every answer is shown under it"
            )
    return found


def _glossary(folder: Path) -> tuple[Term, ...]:
    file = folder / "glossary.toml"
    if not file.exists():
        return ()
    try:
        return tuple(
            Term(
                entry["id"],
                entry["term"],
                entry["explanation"],
                {code: tuple(words) for code, words in entry["also_said"].items()},
                tuple(entry.get("expansions", ())),
            )
            for entry in read_toml(file)["terms"]
        )
    except KeyError as error:
        raise ContentInvalid(f"{file}: {error} is missing") from error
