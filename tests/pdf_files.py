"""PDF files written by hand: text in Helvetica at given places, or any objects at all."""

import zlib
from collections.abc import Iterable, Sequence

Words = tuple[float, float, float, str, bool]
"""Left edge, baseline, size, text, is bold."""


def pdf(pages: Sequence[Iterable[Words]], *, title: str = "") -> bytes:
    """Return a file with these words on its A4 pages."""
    fonts = (
        b"<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"
        b"/F2<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold/Encoding/WinAnsiEncoding>>>>"
    )
    objects = [b"", b"", b"<</Title(%s)/ModDate(D:20250401120000Z)>>" % title.encode("cp1252")]
    kids = []
    for words in pages:
        kids.append(b"%d 0 R" % (len(objects) + 1))
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %d 0 R"
            b"/Resources<</Font %s>>>>" % (len(objects) + 2, fonts)
        )
        objects.append(stream("".join(map(_shown, words)).encode("cp1252")))
    objects[0] = b"<</Type/Catalog/Pages 2 0 R>>"
    objects[1] = b"<</Type/Pages/Kids[%s]/Count %d>>" % (b" ".join(kids), len(kids))
    return of_objects(objects, b"/Info 3 0 R")


def lines(*texts: str, top: float = 700, left: float = 60, size: float = 11) -> list[Words]:
    """Return lines below one another at the distance of a paragraph's."""
    return [(left, top - n * size * 1.2, size, text, False) for n, text in enumerate(texts)]


def _shown(words: Words) -> str:
    left, base, size, text, bold = words
    escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"BT /F{2 if bold else 1} {size} Tf {left} {base} Td ({escaped}) Tj ET\n"


def stream(content: bytes, entries: bytes = b"") -> bytes:
    """Return a compressed stream object."""
    return raw_stream(zlib.compress(content), b"/Filter/FlateDecode" + entries)


def raw_stream(content: bytes, entries: bytes) -> bytes:
    """Return a stream object with its bytes as they are."""
    return b"<</Length %d%s>>stream\n%s\nendstream" % (len(content), entries, content)


def of_objects(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    """Return a file of these objects, numbered from 1; the first is the catalogue."""
    content, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        content
        + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
        + table
        + b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF"
        % (len(objects) + 1, trailer, len(content))
    )
