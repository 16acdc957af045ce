"""Which form of a word goes with a number, in the languages of the interface.

The categories are those of Unicode's CLDR plural rules, for whole numbers; Portuguese is that of
Portugal, as the rest of our Portuguese is.
"""

_MILLION = 1_000_000


def category(code: str, n: int) -> str:
    """Return the plural category of `n` in a language: zero, one, two, few, many or other."""
    if code == "ar":
        return _arabic(n)
    if code in {"uk", "ru"}:
        return _slavic(n)
    if n == 1 or (n == 0 and code in {"fr", "fa"}):
        return "one"
    if code in {"fr", "es", "pt"} and n and n % _MILLION == 0:
        return "many"
    return "other"


def _arabic(n: int) -> str:
    small = {0: "zero", 1: "one", 2: "two"}.get(n)
    if small:
        return small
    rest = n % 100
    if 3 <= rest <= 10:
        return "few"
    return "many" if rest >= 11 else "other"


def _slavic(n: int) -> str:
    unit, teens = n % 10, 11 <= n % 100 <= 14
    if unit == 1 and not teens:
        return "one"
    return "few" if 2 <= unit <= 4 and not teens else "many"
