"""The telephone numbers that a text tells people to use, in English and French."""

import re

_MONTHS = (
    "january|february|march|april|may|june|july|august|september|october|november|december|"
    "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
)
_UNITS = (
    rf"%|°|€|euros?|ans?\b|years?|months?|mois|days?|jours?|hours?|heures?|h\b|minutes?|weeks?|"
    rf"semaines?|people|personnes|{_MONTHS}"
)
# Not part of a longer number, an amount, an age or a date.
_ALONE = rf"(?![\w/]|[.,-]\d|\s?\d|\s?(?:{_UNITS}))"
_SHORT = rf"(?:(?!(?:19|20)\d\d)\d{{4}}|\d{{2,3}}){_ALONE}"
_NUMBER = rf"(?:\d{{2}} \d{{2}}|\d{{3}} \d{{3}}|{_SHORT})(?!\d)"
_CUE = (
    r"(?:re)?calls?(?:\sto)?|dial|ring|phone|texts?(?:\smessages?)?(?:\s\(sms\))?(?:\sto)?|sms|"
    r"messages?(?:\s\(sms\))?\sto|(?:tele)?phone\s(?:on|at)|numbers?(?:\sis|:)?|reach|"
    r"(?:r?appel|téléphon|compos|joign)(?:ez|er|e|es|ons)|appels|téléphone|numéros?(?:\sest|\s:)?"
)
_LINK = r"(?:\s(?:the|number|on|at|le|au|à|numéro|d'abord|first|(?:your|votre)\s\w+))*\s"
_AND = r"(?:\s\([^)]*\))?(?:,|\sor|\sand|\sou|\set)(?:\s(?:the|le|au))?\s"
_LIST = rf"{_NUMBER}(?:{_AND}{_NUMBER})*"
_AFTER = r"\s(?:for|if|pour|si)\b"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # By their shape alone: 01 23 45 67 89, +33 1 ..., 0 800 123 456, 116 006, 36 46, 3919.
        r"(?<![\w.,])(?:\+33|0033|0)[ .]?\d(?:[ .]?\d{2}){4}(?!\d)",
        r"(?<![\w.,])0[ .]?8\d{2}[ .]?\d{3}[ .]?\d{3}(?!\d)",
        r"(?<![\w.,])116[ .]?\d{3}(?!\d)",
        rf"(?<![\d.,/]\s)(?<![\w.,/])3\d[ .]\d{{2}}{_ALONE}",
        rf"(?<![\w.,/])3\d{{3}}{_ALONE}",
        # By what stands before them: "call 15, 17 or 112", "appelez le 15 (Samu) ou le 18".
        rf"\b(?:{_CUE}){_LINK}(?P<list>{_LIST})",
        # By what stands after them: "- 17: you are in danger", "119 for a child in danger".
        rf"^-\s(?:the\s|le\s)?(?P<list>{_LIST})(?=\s?:|,|\s(?:is|est|by|par)\b|{_AFTER})",
        rf"(?<!under )(?<!over )(?<!to )(?<!from )(?<!age )\b(?P<list>{_NUMBER})(?={_AFTER})",
        # By their article: "le 115", "the 3919 team".
        rf"\b(?:le|au)\s(?P<list>{_NUMBER})",
        rf"\bthe\s(?P<list>{_NUMBER})(?=[,.;:?)]|\s(?:is|can|has|may|does|answers?|team|line)\b|$)",
    )
)


def phone_numbers(text: str) -> list[str]:
    """Return the numbers that a text offers to call or text, without spaces, each once."""
    plain = text.replace("\xa0", " ").replace("\u202f", " ")
    found: dict[str, None] = {}
    for line in plain.splitlines():
        for pattern in _PATTERNS:
            for match in pattern.finditer(line):
                listed = match.groupdict().get("list")
                for number in re.findall(_NUMBER, listed) if listed else [match.group()]:
                    found.setdefault(re.sub(r"\D", "", number), None)
    return list(found)
