"""What a postal address looks like in a question: narrow, so that no sentence is taken for one.

Who writes "12 rue Voltaire my husband hits me" must not lose the second half. So a street's name is
one word with the small words and first names that lead to it, and goes on only in words with a
capital; a street abroad needs its number, where no count of days or children can stand.
"""

import re

_CAPITAL = "[A-ZÀ-ÖØ-ÞĞİŞА-ЯЁІЇЄҐ]"
_WORD = "[^\\W\\d_]+(?:[-'’\u200c][^\\W\\d_]+)*"
# A capital and then small letters: where all is written in capitals, they tell nothing.
_TITLED = rf"(?={_CAPITAL}[^\W\d_A-ZÀ-ÞА-ЯІЇЄҐ]){_WORD}"
_POSTCODE = r"\b(?:0[1-9]|[1-8]\d|9[0-8])\d{3}\b"
_TOWN = rf"(?:,?\s+(?:[àa]\s+)?{_POSTCODE}(?:\s+{_WORD})?)?"

_HOUSE = r"\b\d{1,4}(?:\s?(?:bis|ter|quater|[a-dA-D]))?,?\s+(?:de\s+la\s+|de\s+l['’])?"
_STREET = (
    r"rue|avenue|ave?\.?|boulevard|boul\.|bd\.?|impasse|all[ée]es?|chemin|ruelle|esplanade"
    r"|faubourg|villa|sentier|mont[ée]e"
)
# These are streets only where a name in capitals or a postcode follows: «12 cours de français».
_PERHAPS_STREET = r"place|cours|route|quai|square|passage|cit[ée]|r[ée]sidence|hameau|lotissement"
_BUILDING = r"r[ée]sidence|b[âa]t(?:iment|\.)?|appartement|appt?\.?|foyer|escalier|lieu-dit"
# What may stand before the word that names a French street: small words, titles, first names.
_BEFORE = (
    r"(?i:(?:(?:de\s+la|de|du|des|la|le|les|saint|sainte|st|ste|docteur|dr\.?|abb[ée]|faubourg|vieux"
    r"|g[ée]n[ée]ral|mar[ée]chal|colonel|commandant|capitaine|pr[ée]sident|professeur|albert"
    r"|alphonse|anatole|andr[ée]|antoine|aristide|camille|charles|claude|denis|[ée]douard|[ée]mile"
    r"|ernest|eug[èe]ne|f[ée]lix|fran[çc]ois|gabriel|georges|gustave|henri|honor[ée]|jacques|jean"
    r"|jeanne|joseph|jules|l[ée]on|louis|louise|lucien|marcel|marie|maurice|michel|paul|philippe"
    r"|pierre|ren[ée]|robert|roger|romain|simone|victor)\s+|(?:de\s+)?[ld]['’]\s?){0,4})"
)
_AND_MORE = rf"(?:\s(?:(?:de|du|des|de la|la|et|sur)\s|d['’])?{_TITLED}){{0,3}}"
_NAME = rf"{_BEFORE}{_WORD}{_AND_MORE}"
_PART = rf"(?i:{_BUILDING})\s+(?:\d{{1,4}}[a-zA-Z]?\b|{_NAME}),?\s+"

_STREET_ABROAD = (
    r"calle|avenida|rua|travessa|ul\.|улица|улице|ул\.|проспект|пр\.|вулиця|вулиці|вул\.|"
    r"شارع|خیابان|کوچه"
)
_NUMBERED = r"(?i:дом|буд\.?|д\.|n[°ºo]\.?|رقم|پلاک)\s*\d{1,4}\b"
_SMALL = r"(?i:(?:de\s+las?|de\s+los|del|de|d[ao]s?|las?|los|el)\s+)?"
# What stands after "in the street" where none is named: with, without, since, ago, already, and.
_NO_NAME = (
    r"(?!(?i:con|sin|desde|hace|y|com|sem|faz|há|ha|e|с|со|без|уже|и|дня|ночи|месяца|года|з|із|зі|вже|та|дні"
    r"|مع|منذ|بدون|من|با|از|و)\b)"
)
# After a house's number: an end, a preposition, or a town with its capital; no unit of time.
_THEN = rf"(?=\s*(?:$|[,.;:)!؟،\n]|(?i:en|em|no|na|in|à|a|в|у|في|در)\s|{_CAPITAL}))(?![,.]\d)"
_NAMED_ABROAD = rf"{_SMALL}{_TITLED}(?:\s{_SMALL}{_TITLED}){{0,3}}"
_SAID_ABROAD = rf"{_SMALL}{_NO_NAME}{_WORD}(?:\s{_WORD})?"

ADDRESSES = (
    re.compile(rf"{_HOUSE}(?i:{_STREET})\s+{_NAME}{_TOWN}"),
    re.compile(
        rf"{_HOUSE}(?i:{_PERHAPS_STREET})\s+(?:"
        rf"(?:(?i:d[eu]s?|de la|de l['’])\s*)?(?={_CAPITAL}){_NAME}{_TOWN}"
        rf"|{_WORD}(?:\s{_WORD}){{0,3}},?\s{_POSTCODE}(?:\s+{_WORD})?)"
    ),
    re.compile(rf"\b(?:{_PART}){{1,5}}{_POSTCODE}(?:\s+{_WORD})?"),
    re.compile(
        r"\b\d{1,4}[a-z]?,? [A-Z][\w'’]+(?: [A-Z][\w'’]+){0,4}"
        r" (?:Street|Road|Avenue|Lane|St\.|Rd\.)"
    ),
    re.compile(
        rf"(?<!\w)(?i:{_STREET_ABROAD})\s+(?:{_NAMED_ABROAD},?\s*(?:{_NUMBERED}|\d{{1,4}}\b)"
        rf"|{_SAID_ABROAD}[,،]?\s*(?:{_NUMBERED}|\d{{1,4}}\b{_THEN}))"
    ),
    re.compile(rf"\b[Vv]ia\s+{_NAMED_ABROAD},?\s*\d{{1,4}}\b{_THEN}"),
)
