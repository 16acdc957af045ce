"""Personal data in a question, found by patterns and check digits, so that she can take it out.

Pure: no model, no network, no log. Digits of any script count, and offsets are the text's own.
Danger is recognised beside it, in `service.danger`.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from stdnum import iban, luhn
from stdnum.fr import nir

from service.addresses import ADDRESSES
from service.records import PersonalData

# What may stand between the groups of a number; marks of direction come along when text is pasted.
_GAP = r"[ .\-/\u200e\u200f]{0,2}"
_AGDREF = (
    r"agdref|num[ée]ro\s+(?:d[e'’]\s*)?[ée]tranger|n[°o]\s*[ée]tranger"
    r"|titre\s+de\s+s[ée]jour\s+n[°o]"
)
_FOREIGNER = (
    rf"(?:{_AGDREF}|foreigner(?:'s)?\s+n\w*|alien\s+n\w*|n[úu]mero\s+de\s+extranjero"
    r"|n[úu]mero\s+de\s+estrangeiro|رقم\s+ال[أا]جنبي|رقم\s+ال[أا]جانب|номер\s+иностранца"
    r"|номер\s+іноземця|yabanc[ıi]\s+numara\w*|شماره\s+خارجی)"
)
# Tried at its beginning only, so that a long row of letters costs no more than a short one.
_MAILBOX = r"(?<![\w.+-])[\w.+-]{1,64}"
_LAST_GROUP = re.compile(r"[ -]?[^ -]+$")


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A kind of personal data: what it looks like, and what a match must pass.

    Attributes:
        in_groups: whether a match that does not pass may have a word too many at its end.
    """

    kind: str
    pattern: re.Pattern[str]
    valid: Callable[[str], bool] = lambda _: True
    in_groups: bool = False


def personal_data(text: str) -> tuple[PersonalData, ...]:
    """Return the stretches of a question that look like personal data, in order and apart."""
    plain = "".join(map(_plain, text))
    found: list[PersonalData] = []
    for kind, start, end in _candidates(plain):
        if not any(start < other.end and other.start < end for other in found):
            found.append(PersonalData(kind, start, end))
    return tuple(sorted(found, key=lambda item: item.start))


def without_personal_data(text: str) -> str:
    """Return a text with every stretch that looks like personal data left out."""
    kept = text
    for found in reversed(personal_data(text)):
        kept = f"{kept[: found.start]}…{kept[found.end :]}"
    return kept


def _plain(character: str) -> str:
    """Return one character for one: any digit as 0 to 9, any space as a space, any dash as one."""
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    category = unicodedata.category(character)
    if category == "Zs":
        return " "
    return "-" if category == "Pd" else character


def _candidates(plain: str) -> Iterator[tuple[str, int, int]]:
    for item in _PATTERNS:
        for match in item.pattern.finditer(plain):
            # A group named `it` is the data where words around it only tell what it is.
            group = "it" if "it" in item.pattern.groupindex else 0
            stretch = match[group]
            while item.in_groups and stretch and not item.valid(stretch):
                stretch = _LAST_GROUP.sub("", stretch)
            if stretch and item.valid(stretch):
                yield item.kind, match.start(group), match.start(group) + len(stretch)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _is_social_security(text: str) -> bool:
    number = re.sub(r"[^0-9ABab]", "", text).upper()
    if len(number) == 13:
        number += nir.calc_check_digits(number + "00")
    return bool(nir.is_valid(number))


def _is_iban(text: str) -> bool:
    return bool(iban.is_valid(text))


def _is_card(text: str) -> bool:
    """Whether a number is a payment card's, by length, first digits and the check digit (Luhn)."""
    digits = _digits(text)
    american = len(digits) == 15 and digits[:2] in {"34", "37"}
    other = len(digits) == 16 and digits[0] in "2456"
    return (american or other) and bool(luhn.is_valid(digits))


def _is_phone_abroad(text: str) -> bool:
    return 9 <= len(_digits(text).removeprefix("00")) <= 15


def _is_subscriber(text: str) -> bool:
    """Whether a French number is somebody's; 08 numbers belong to services."""
    return not _digits(text).startswith("08")


_NIR = rf"\b[1-478]{_GAP}\d{{2}}{_GAP}\d{{2}}{_GAP}(?:\d{{2}}|2[ABab]){_GAP}\d{{3}}{_GAP}\d{{3}}"
# In the order of how much each says by itself: a longer number may hold a shorter one.
_PATTERNS = (
    _Pattern("email", re.compile(rf"{_MAILBOX} ?@ ?[\w-]{{1,63}}(?:\.[\w-]{{1,63}})+")),
    _Pattern(
        "email",
        re.compile(
            rf"(?i){_MAILBOX}(?:\s+(?:point|dot|punto|ponto)\s+[\w-]{{1,64}}){{0,3}}\s*"
            r"(?:[(\[]\s*(?:at|arobase|arroba)\s*[)\]]|\s(?:arobase|arroba|chez arobase)\s)\s*"
            r"[\w-]+(?:(?:\s+(?:point|dot|punto|ponto)\s+|\.)[\w-]+)+"
        ),
    ),
    _Pattern(
        "account_number",
        re.compile(r"(?i)\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,4})?\b"),
        _is_iban,
        in_groups=True,
    ),
    _Pattern(
        "social_security_number",
        re.compile(rf"(?i){_NIR}(?:{_GAP}(?:cl[ée]\s*:?\s*)?\d{{2}})?\b(?!{_GAP}\d)"),
        _is_social_security,
    ),
    _Pattern("card_number", re.compile(r"\b\d(?:[ -]?\d){14,15}\b"), _is_card),
    _Pattern(
        "foreigner_number",
        re.compile(rf"(?i){_FOREIGNER}[^\d\n]{{0,12}}(?P<it>\d(?:[ .]?\d){{8,9}})\b"),
    ),
    _Pattern(
        "phone",
        re.compile(r"(?:\+ ?|\b00 ?)[1-9]\d{0,2}(?:[ .\-/]?\(?\d{1,4}\)?){3,6}\b"),
        _is_phone_abroad,
    ),
    _Pattern("phone", re.compile(rf"\b0[1-9](?:{_GAP}\d{{2}}){{4}}\b(?!{_GAP}\d)"), _is_subscriber),
    _Pattern("foreigner_number", re.compile(r"\b(?:[1-8]\d|9[0-57-9])\d{8}\b")),
    *(_Pattern("address", pattern) for pattern in ADDRESSES),
)
