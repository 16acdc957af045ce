"""People who can help, laid out: numbers that a phone can dial, in the words of the interface."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from service.api.schemas import ContactOut
from service.api.wire import contact_out
from service.content import Content
from service.danger import urgent_kind
from ui.strings import Strings

# A text in pieces, each with the link that dials it, or "".
Tappable = tuple[tuple[str, str], ...]

# Characters of a question that are looked at for danger, the refused ones included: 0.3 s of work.
_MOST_READ = 20_000

_SCHEMES = {"call": "tel:", "text": "sms:", "fax": "tel:"}


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to reach someone, as a link that a phone understands; no link where it is unsafe."""

    kind: str
    label: str
    value: str
    href: str


@dataclass(frozen=True, slots=True)
class Helper:
    """Someone who can help, ready to be written down."""

    name: str
    purpose: str
    note: str
    emergency: bool
    channels: tuple[Channel, ...]
    speaks: str


def helper(contact: ContactOut, words: Strings) -> Helper:
    """Lay out a contact; numbers can be tapped."""
    notes = [words["emergency"] if contact.emergency else words["not_emergency"]]
    if not any(c.kind in {"call", "text"} for c in contact.channels):
        notes = []
    if contact.cost:
        notes.append(words["free" if contact.cost == "free" else "paid"])
    known = words.tables["language_names"]
    spoken = [words.language(code) for code in contact.languages if code in known]
    return Helper(
        name=contact.name,
        purpose=contact.purpose,
        note=words.join(notes),
        emergency=contact.emergency,
        channels=tuple(
            Channel(c.kind, words[c.kind], c.value, _address(c.kind, c.value))
            for c in contact.channels
        ),
        speaks=words["speaks"] + words["colon"] + words.join(spoken) if spoken else "",
    )


def danger_in(typed: str) -> str | None:
    """Return the kind of danger that wordings find in a question as it was typed, or None.

    What is searched may lack personal data, and words around it; danger is looked for in all.
    """
    return urgent_kind(typed[:_MOST_READ])


def first_to_call(content: Content, kind: str | None, words: Strings) -> tuple[Helper, ...]:
    """Say whom to call first in a kind of danger; nobody without one."""
    contacts = content.danger.get(kind, ()) if kind else ()
    return helpers([contact_out(contact, words.code) for contact in contacts], words)


def without_answer(content: Content, question: str, words: Strings) -> tuple[Helper, ...]:
    """Say who can help when the service cannot answer: first those for the danger she names.

    Needs nothing that could be down: the rules and the contacts are files.
    """
    kind = danger_in(question)
    first = content.danger.get(kind, ()) if kind else ()
    contacts = {contact.id: contact for contact in (*first, *content.emergency_first)}
    return helpers([contact_out(c, words.code) for c in contacts.values()], words)


def helpers(contacts: Iterable[ContactOut], words: Strings) -> tuple[Helper, ...]:
    """Lay out contacts, in their order."""
    return tuple(helper(contact, words) for contact in contacts)


def tappable(text: str, content: Content) -> Tappable:
    """Cut a notice at the emergency numbers that it names.

    Returns:
        Pieces that add up to the notice, each with the link that dials or texts it, or "".
    """
    numbers = {
        channel.value: _address(channel.kind, channel.value)
        for contact in content.contacts.values()
        if contact.emergency
        for channel in contact.channels
        if channel.kind in {"call", "text"}
    }
    pieces = re.split(r"(?<!\d)(\d{2,5})(?!\d)", text)
    return tuple((piece, numbers.get(piece, "")) for piece in pieces if piece)


def _address(kind: str, value: str) -> str:
    """Return a link, or nothing for an address that is not of the web."""
    if kind in _SCHEMES:
        return _SCHEMES[kind] + "".join(c for c in value if c.isdigit() or c in "+*#")
    return value if value.startswith(("https://", "http://")) else ""
