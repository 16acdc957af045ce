"""DOCX: the text of a word processor's document, with its headings, lists, tables and notes."""

from collections import Counter
from datetime import date

from lxml import etree

from ingest.errors import PageUnreadable
from ingest.language import detect
from ingest.readers import struck
from ingest.readers.docx_numbers import Numbers
from ingest.readers.docx_package import Package
from ingest.readers.docx_styles import Role, Styles, children, inside, local, value
from ingest.readers.docx_words import Line, read_line
from ingest.readers.list_numbers import marked
from ingest.readers.outline import PageBuilder
from ingest.readers.text import title_of
from ingest.records import BlockKind, Page, RawPage

_WRAPPERS = frozenset({"sdt", "sdtContent", "ins", "moveTo", "smartTag", "customXml", "Choice"})
_LONGEST_HEADER_CELL = 6


def read(raw: RawPage) -> Page:
    """Read a DOCX file as it reads with every change accepted; headers and footers are left out.

    The title is the paragraph in the style Title, else a first heading that no other shares its
    level with, else the title in the file's properties, else the file's name. The language is the
    one of the properties, else detected: the one set for spelling is often only the author's.

    Raises:
        PageUnreadable: it is encrypted, damaged, too large inside, or has no text.
    """
    package = Package(raw.content)
    core = package.core()
    walk = _Walk(package)
    title = walk.title() or _property(core, "title") or title_of(raw.key)
    walk.blocks(walk.body)
    walk.flush_notes()
    walk.say_what_is_lost(package)
    return walk.builder.build(
        key=raw.key,
        title=title,
        language=_language(core) or detect(walk.builder.text),
        source=raw.source,
        url=raw.url,
        publisher=raw.publisher,
        licence=raw.licence,
        modified_on=_day(core, "modified"),
    )


class _Walk:
    """One pass over the body, in the order of the document."""

    def __init__(self, package: Package) -> None:
        root = package.part(package.main)
        body = inside(root, "body")
        if body is None:
            raise PageUnreadable("the document has no body; save it again from a word processor")
        self.builder = PageBuilder()
        self.body = body
        self._styles = Styles(package.beside_main("styles"))
        self._numbers = Numbers(package.beside_main("numbering"))
        self._notes = {
            f"{local(note)} {value(note, 'id')}": note
            for kind in ("footnotes", "endnotes")
            for note in children(package.beside_main(kind))
        }
        self._pending: list[str] = []
        self._title: etree._Element | None = None
        self._list, self._group = "", 0
        self._losses: Counter[str] = Counter()
        self._strikes = 0

    def title(self) -> str:
        """Return the title that the text itself gives, and leave its paragraph out of the walk."""
        levels: list[int] = []
        first: etree._Element | None = None
        for paragraph in (child for child in self.body if local(child) == "p"):
            if not read_line(paragraph).text:
                continue
            role = self._styles.role(paragraph)
            if role.is_title:
                self._title = paragraph
                break
            first = paragraph if first is None else first
            levels.append(role.heading)
        else:
            # Text above every heading speaks against the first one being a title.
            self._title = first if levels and levels[0] and levels.count(levels[0]) == 1 else None
        return "" if self._title is None else " ".join(read_line(self._title).text.split())

    def blocks(
        self, element: etree._Element, kind: BlockKind = "paragraph", group: int = 0
    ) -> None:
        """Append what stands inside `element`; `kind` is `note` inside a box."""
        for child in element:
            name = local(child)
            if name == "p" and child is not self._title:
                self._paragraph(child, kind, group)
            elif name == "tbl":
                self._table(child)
            elif name == "altChunk":
                self._losses["embedded document"] += 1
            elif name in _WRAPPERS or name == "AlternateContent":
                self.blocks(child, kind, group)

    def _paragraph(self, paragraph: etree._Element, kind: BlockKind, group: int) -> None:
        line = self._line(paragraph)
        role = self._styles.role(paragraph)
        text = self._numbered(paragraph, role, line.text)
        if not (line.text or line.boxes or line.notes or line.losses):
            return
        if role.item < 0 or kind != "paragraph":
            self._list = ""
        if role.heading and kind == "paragraph" and line.text:
            self.flush_notes()
            self.builder.open_section(" ".join(line.text.split()), level=role.heading)
        elif role.item >= 0 and kind == "paragraph":
            # A deeper item belongs to the list above it, whatever it is numbered by.
            if not self._list or (role.item == 0 and self._list != role.list_id):
                self._group = self.builder.new_group()
                self._list = role.list_id
            self.builder.add("item", text, group=self._group, level=role.item)
        else:
            self.flush_notes()
            self.builder.add("furniture" if role.is_contents else kind, text, group=group)
        self._hanging(line)

    def _numbered(self, paragraph: etree._Element, role: Role, text: str) -> str:
        """Count a paragraph, an empty one and a heading too, and put an item's number before it."""
        if inside(paragraph, "pPr", "rPr", "del") is not None:
            return text
        marker = self._numbers.marker(role)
        return text if role.item < 0 else marked(marker, text)

    def _line(self, paragraph: etree._Element) -> Line:
        line = read_line(paragraph)
        self._losses.update(line.losses)
        self._strikes += line.strikes
        return line

    def _hanging(self, line: Line) -> None:
        self._pending += line.notes
        for box in line.boxes:
            self.blocks(box, "note", self.builder.new_group())

    def flush_notes(self) -> None:
        """Append the foot- and endnotes of what came before, behind the paragraph or list."""
        pending, self._pending = self._pending, []
        for name in pending:
            if name in self._notes:
                self.blocks(self._notes[name], "note", self.builder.new_group())

    def _table(self, table: etree._Element) -> None:
        self._list = ""
        self.flush_notes()
        rows = [r for r in table.iter(etree.Element) if local(r) == "tr" and not _is_deleted(r)]
        cells = [_cells(row) for row in rows]
        if self._is_layout(table, cells):
            is_box = len(rows) == len(cells[0]) == 1
            for cell in (cell for row in cells for cell in row):
                group = self.builder.new_group() if is_box else 0
                self.blocks(cell, "note" if is_box and not _has_table(cell) else "paragraph", group)
            return
        group = self.builder.new_group()
        for position, (row, its_cells) in enumerate(zip(rows, cells, strict=True)):
            words = [self._cell(cell) for cell in its_cells if not _is_covered(cell)]
            if any(words):
                header = _is_header(table, row, position, words, len(rows))
                self.builder.add("header" if header else "row", " | ".join(words), group=group)
        self.flush_notes()

    def _is_layout(self, table: etree._Element, cells: list[list[etree._Element]]) -> bool:
        if not any(cells) or (len(cells) == 1 and len(cells[0]) == 1) or _has_table(table):
            return bool(any(cells))
        inner = (p for p in table.iter(etree.Element) if local(p) == "p")
        return any(self._styles.role(p).heading for p in inner)

    def _cell(self, cell: etree._Element) -> str:
        words = []
        for paragraph in cell.iter(etree.Element):
            if local(paragraph) == "p":
                line = self._line(paragraph)
                self._pending += line.notes
                text = self._numbered(paragraph, self._styles.role(paragraph), line.text)
                words.append(" ".join(text.split("\n")))
        return " ".join(filter(None, words))

    def say_what_is_lost(self, package: Package) -> None:
        """Note what the document holds and this reader does not."""
        for kind, count in sorted(self._losses.items()):
            number = f"{count} {kind}s are" if count > 1 else f"1 {kind} is"
            self.builder.lose(f"{number} left out; if words stand there, write them in the text")
        if self._strikes:
            self.builder.lose(struck.loss(self._strikes))
        if package.has_macros:
            self.builder.lose("it carries macros, which were not touched; only its text was read")


def _cells(row: etree._Element) -> list[etree._Element]:
    found = []
    for child in row:
        if local(child) == "tc":
            found.append(child)
        elif local(child) in _WRAPPERS:
            found += _cells(child)
    return found


def _is_deleted(row: etree._Element) -> bool:
    return inside(row, "trPr", "del") is not None


def _has_table(element: etree._Element) -> bool:
    return any(local(found) == "tbl" for found in element.iterdescendants(etree.Element))


def _is_covered(cell: etree._Element) -> bool:
    """Whether a cell is covered by one above it that spans several rows."""
    merge = inside(cell, "tcPr", "vMerge")
    return merge is not None and value(merge) != "restart"


def _is_header(
    table: etree._Element, row: etree._Element, position: int, words: list[str], rows: int
) -> bool:
    stated = inside(row, "trPr", "tblHeader")
    if stated is not None:
        return value(stated) not in {"0", "false", "off"}
    look = inside(table, "tblPr", "tblLook")
    first = value(look, "firstRow") or ("1" if _bits(value(look)) & 0x20 else "0")
    # Word processors set this look on any table, so the row must read like one of headers.
    short = all(0 < len(cell.split()) <= _LONGEST_HEADER_CELL for cell in words)
    return position == 0 and rows > 1 and first in {"1", "true"} and short


def _bits(hexadecimal: str | None) -> int:
    try:
        return int(hexadecimal or "0", 16)
    except ValueError:
        return 0


def _property(core: etree._Element | None, name: str) -> str:
    found = inside(core, name)
    return " ".join((found.text or "").split()) if found is not None else ""


def _language(core: etree._Element | None) -> str | None:
    code = _property(core, "language").replace("_", "-").partition("-")[0].lower()
    return code if code.isalpha() and len(code) in {2, 3} else None


def _day(core: etree._Element | None, name: str) -> date | None:
    try:
        return date.fromisoformat(_property(core, name)[:10])
    except ValueError:
        return None
