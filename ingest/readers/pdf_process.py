"""The words of a PDF file, taken out in a process of their own, with bounds on memory and time.

Run as a program: the file's bytes come in on stdin, JSON goes out on stdout. Apart from everything
else because the parser is native code that a stranger's file can send anywhere: what it crashes,
fills or holds up is this process alone. It therefore imports nothing of ours.
"""

import ctypes
import itertools
import json
import math
import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as c

MOST_BYTES = 1_000_000_000
MOST_SECONDS = 60
MOST_PAGES = 500
MOST_NODES = 100_000
MOST_PATHS = 10_000
_LARGEST_DOT = 9
_DEEPEST = 100
# Letter, left, right, baseline, size, is bold, is turned, mark.
_Letter = tuple[str, float, float, float, float, bool, bool, int]
_LEFT_TO_RIGHT = re.compile("[A-Za-z\u00c0-\u024f\\d]+(?:[-.,:/'’]?[A-Za-z\u00c0-\u024f\\d]+)*")
_GLUED = 0.1
_HYPHENS = {"\x02": "-", "\ufffe": "-"}


def main() -> None:
    """Read stdin, write stdout."""
    _bound()
    json.dump(_document(sys.stdin.buffer.read()), sys.stdout)


def _bound() -> None:
    try:
        import resource
    except ImportError:  # no such bounds on this system; the caller's time limit is left
        return
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _document(content: bytes) -> dict[str, Any]:
    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        return {"error": "password" if "assword" in str(error) else "damaged"}
    if len(document) > MOST_PAGES:
        return {"error": "pages", "count": len(document)}
    pages = [_page(document, number) for number in range(len(document))]
    return {
        "title": document.get_metadata_value("Title"),
        "modified": document.get_metadata_value("ModDate"),
        "language": _said(c.FPDFCatalog_GetLanguage, document),
        "pages": pages,
    }


def _page(document: pdfium.PdfDocument, number: int) -> dict[str, Any]:
    try:
        page = document[number]
        text = page.get_textpage()
    except pdfium.PdfiumError:
        return {
            "damaged": True,
            "width": 1,
            "height": 1,
            "words": [],
            "dots": [],
            "tree": [],
            "picture": 0,
        }
    width, height = page.get_size()
    pictures = page.get_objects(filter=[c.FPDF_PAGEOBJ_IMAGE], max_depth=3)
    areas = [_area(picture) for picture in pictures]
    found = {
        "width": width,
        "height": height,
        "words": list(_words(text)),
        "dots": list(_dots(page)),
        "tree": _tree(page),
        "picture": max(areas, default=0) / max(width * height, 1),
    }
    text.close()
    page.close()
    return found


def _area(picture: pdfium.PdfObject) -> float:
    left, bottom, right, top = picture.get_bounds()
    return float((right - left) * (top - bottom))


def _dots(page: pdfium.PdfPage) -> Iterator[list[float]]:
    """Yield the edges of small drawings about as high as wide: bullets that are no letters."""
    paths = page.get_objects(filter=[c.FPDF_PAGEOBJ_PATH], max_depth=3)
    for path in itertools.islice(paths, MOST_PATHS):
        left, bottom, right, top = path.get_bounds()
        width, height = right - left, top - bottom
        if 1 <= width <= _LARGEST_DOT and 0.7 <= height / width <= 1.4:
            yield [left, bottom, right, top]


def _words(text: pdfium.PdfTextPage) -> Iterator[list[Any]]:
    """Yield text, left, right, baseline, size, is bold, is turned, mark, is glued to the last."""
    last: list[_Letter] = []
    word: list[_Letter] = []
    may_glue = False
    for letter in itertools.chain(_letters(text), [True]):
        if word and (
            isinstance(letter, bool) or letter[4:] != word[-1][4:] or _gap(word, letter) >= 0.5
        ):
            yield [*_word(word), may_glue and bool(last) and _gap(last, word[0]) < _GLUED]
            last, word, may_glue = word, [], True
        if isinstance(letter, bool):
            # White space of the file parts words; what the parser adds does where a gap is.
            may_glue = may_glue and not letter
        else:
            word.append(letter)


def _gap(word: list[_Letter], letter: _Letter) -> float:
    """Return how far a letter stands from a word on its line, in sizes; infinite on other lines."""
    _, left, right, base, size, *_ = letter
    if abs(base - word[-1][3]) > size / 2:
        return math.inf
    word_left, word_right = min(at[1] for at in word), max(at[2] for at in word)
    return max(left - word_right, word_left - right) / size


def _word(letters: list[_Letter]) -> list[Any]:
    left, right = min(letter[1] for letter in letters), max(letter[2] for letter in letters)
    return [_in_order(letters), left, right, *letters[0][3:]]


def _in_order(letters: list[_Letter]) -> str:
    """Return a word's letters as they are read; the file has those from right to left anyhow."""
    if not any(_is_right_to_left(letter[0]) for letter in letters):
        return "".join(char for char, *_ in letters)
    # Letters of a ligature share a place and are in order already.
    text = "".join(char for char, *_ in sorted(letters, key=lambda letter: -letter[1]))
    # A number or a name inside is written from left to right.
    return _LEFT_TO_RIGHT.sub(lambda found: found[0][::-1], text)


def _is_right_to_left(char: str) -> bool:
    return "\u0590" <= char <= "\u08ff" or "\ufb1d" <= char <= "\ufefc"


def _letters(text: pdfium.PdfTextPage) -> Iterator[_Letter | bool]:
    """Yield each letter, True for white space of the file and False for what the parser adds."""
    x, y = ctypes.c_double(), ctypes.c_double()
    box, matrix = c.FS_RECTF(), c.FS_MATRIX()
    looks_of: dict[tuple[int, float], tuple[float, bool, bool, int]] = {}
    for at in range(c.FPDFText_CountChars(text)):
        code = c.FPDFText_GetUnicode(text, at)
        char = _HYPHENS.get(chr(code), chr(code)) if 0 < code < 0x110000 else "\ufffd"
        is_added = c.FPDFText_IsGenerated(text, at) == 1
        if is_added or char.isspace():
            yield not is_added
            continue
        c.FPDFText_GetCharOrigin(text, at, ctypes.byref(x), ctypes.byref(y))
        c.FPDFText_GetLooseCharBox(text, at, ctypes.byref(box))
        place = c.FPDFText_GetTextObject(text, at)
        key = (ctypes.cast(place, ctypes.c_void_p).value or 0, c.FPDFText_GetFontSize(text, at))
        if key not in looks_of:
            c.FPDFText_GetMatrix(text, at, ctypes.byref(matrix))
            scale = math.hypot(matrix.c, matrix.d)
            turned = abs(matrix.b) > abs(matrix.a)
            mark = c.FPDFPageObj_GetMarkedContentID(place) if place else -1
            looks_of[key] = (round(key[1] * scale, 1), _is_bold(text, at), turned, mark)
        yield (char, box.left, box.right, y.value, *looks_of[key])


def _is_bold(text: pdfium.PdfTextPage, at: int) -> bool:
    name = ctypes.create_string_buffer(256)
    c.FPDFText_GetFontInfo(text, at, name, 256, None)
    words = name.value.decode("utf-8", "replace").lower()
    return any(part in words for part in ("bold", "black", "heavy", "semibold", "-bd"))


def _tree(page: pdfium.PdfPage) -> list[Any]:
    """Return the tags of a page: each a name and a list of marks (numbers) and tags below it."""
    tree = c.FPDF_StructTree_GetForPage(page)
    if not tree:
        return []
    budget = [MOST_NODES]
    roots = range(c.FPDF_StructTree_CountChildren(tree))
    found = [_tag(c.FPDF_StructTree_GetChildAtIndex(tree, n), budget, 0) for n in roots]
    c.FPDF_StructTree_Close(tree)
    return [tag for tag in found if tag]


def _tag(element: Any, budget: list[int], depth: int) -> list[Any] | None:
    budget[0] -= 1
    if not element or depth > _DEEPEST or budget[0] < 0:
        return None
    children: list[Any] = []
    for n in range(max(c.FPDF_StructElement_CountChildren(element), 0)):
        mark = c.FPDF_StructElement_GetChildMarkedContentID(element, n)
        child = c.FPDF_StructElement_GetChildAtIndex(element, n)
        if mark >= 0:
            children.append(mark)
        elif tag := _tag(child, budget, depth + 1):
            children.append(tag)
    return [_said(c.FPDF_StructElement_GetType, element), children]


def _said(ask: Callable[..., int], about: Any) -> str:
    length = ask(about, None, 0)
    if length <= 0:
        return ""
    buffer = (ctypes.c_ushort * (length + 1))()
    ask(about, buffer, length)
    return bytes(buffer).decode("utf-16-le", "replace").partition("\0")[0]


if __name__ == "__main__":
    main()
