"""Personal data in a question, by rules that need nothing else to be up.

Pure: no model, no network, no log. Danger is recognised beside it, in `service.danger`.
"""

import re
from collections.abc import Callable

from stdnum import iban, luhn
from stdnum.fr import nir

from service.records import PersonalData


def personal_data(text: str) -> tuple[PersonalData, ...]:
    """Return the stretches of a question that look like personal data, in order and apart."""
    found: list[PersonalData] = []
    for kind, pattern, valid in _PATTERNS:
        for match in pattern.finditer(text):
            if valid(match.group()) and not _overlaps(found, match.start(), match.end()):
                found.append(PersonalData(kind, match.start(), match.end()))
    return tuple(sorted(found, key=lambda item: item.start))


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _is_card(text: str) -> bool:
    digits = _digits(text)
    return 13 <= len(digits) <= 19 and bool(luhn.is_valid(digits))


def _is_phone(text: str) -> bool:
    return 9 <= len(_digits(text)) <= 13


def _always(_: str) -> bool:
    return True


def _is_nir(text: str) -> bool:
    return bool(nir.is_valid(text))


def _is_iban(text: str) -> bool:
    return bool(iban.is_valid(text))


_STREET = (
    r"(?:rue|avenue|av\.|boulevard|bd|place|impasse|allée|chemin|quai|cours|square|route|résidence)"
)
# In the order of how much each says by itself: a longer number may hold a shorter one.
_PATTERNS: tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...] = (
    ("email", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), _always),
    ("account_number", re.compile(r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{2,4}){3,8}\b"), _is_iban),
    (
        "social_security_number",
        re.compile(r"\b[12][ .]?(?:\d{2}[ .]?){2}(?:\d{2}|2[AB])[ .]?(?:\d{3}[ .]?){2}\d{2}\b"),
        _is_nir,
    ),
    ("card_number", re.compile(r"\b\d(?:[ -]?\d){12,18}\b"), _is_card),
    ("phone", re.compile(r"(?:\+|\b00)\d{1,3}(?:[ .-]?\(?\d{1,4}\)?){3,6}\b"), _is_phone),
    ("phone", re.compile(r"\b0[1-9](?:[ .-]?\d{2}){4}\b"), _is_phone),
    ("foreigner_number", re.compile(r"\b(?:99|75|77|78|91|92|93|94|95)\d{8}\b"), _always),
    (
        "address",
        re.compile(rf"(?i)\b\d{{1,4}}(?:\s?(?:bis|ter))?,?\s+{_STREET}\s+[^\d,.;?!\n]{{2,40}}"),
        _always,
    ),
)


def _overlaps(found: list[PersonalData], start: int, end: int) -> bool:
    return any(start < other.end and other.start < end for other in found)
