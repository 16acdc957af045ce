"""Bytes to characters, for the formats that are text files.

Apart because a guess here would end in a quotation with wrong letters: what cannot be decoded for
certain is refused with the place of the first bad byte.
"""

import codecs

from ingest.errors import PageUnreadable


def decode(content: bytes, declared: str | None = None) -> str:
    """Return the characters of `content`, without a byte order mark and with LF line ends.

    Accented words in another character set are hardly ever valid UTF-8 by chance, so bytes that
    are valid UTF-8 are read as such, whatever is declared.

    Args:
        content: the file's bytes.
        declared: the character set that the file itself names; UTF-8 when it names none.

    Raises:
        PageUnreadable: the declared set is unknown, or some byte is not valid in it.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        name = "utf-16"
    elif content.startswith(codecs.BOM_UTF8) or declared is None or _is_utf8(content):
        name = "utf-8"
    else:
        name = _codec(declared)
    try:
        text = content.decode(name)
    except UnicodeDecodeError as error:
        raise PageUnreadable(
            f"byte {error.start} (0x{content[error.start : error.start + 1].hex()}) is not valid "
            f"{name.upper()}; save the file as UTF-8"
        ) from error
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _is_utf8(content: bytes) -> bool:
    try:
        return not content.decode("utf-8").isascii()
    except UnicodeDecodeError:
        return False


def _codec(declared: str) -> str:
    try:
        found = codecs.lookup(declared)
        is_text = isinstance(b"".decode(declared), str)
    except (LookupError, ValueError) as error:
        raise PageUnreadable(
            f"the page declares the character set {declared!r}, which is not known; "
            "save the file as UTF-8"
        ) from error
    # Pages that say Latin-1 mean Windows-1252: the WHATWG encoding standard maps it so.
    name = found.name if is_text else declared
    return "cp1252" if name in {"iso8859-1", "ascii"} else name
