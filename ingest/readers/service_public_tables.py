"""Tables of a national sheet as lines: merged cells stand once, and rows know their labels.

Apart from the reader because only here positions in a grid matter.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from ingest.readers.service_public_xml import words, words_of
from ingest.records import BlockKind

_SEPARATOR = " | "
_LONGEST_LABEL = 12


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the source: its words, and how many columns and rows it covers."""

    text: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Table:
    """A table as its source gives it; `is_header` says it of each row."""

    title: str
    columns: int
    rows: tuple[tuple[Cell, ...], ...]
    is_header: tuple[bool, ...]

    @classmethod
    def of(cls, element: etree._Element) -> "Table":
        """Take a `Tableau` apart."""
        rows = element.findall("Rangée")
        return cls(
            title=words_of(element.find("Titre")),
            columns=len(element.findall("Colonne")),
            rows=tuple(tuple(_cell(cell) for cell in row.findall("Cellule")) for row in rows),
            is_header=tuple(row.get("type") == "header" for row in rows),
        )


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table's text.

    Attributes:
        kind: `header` or `row`.
        text: its cells.
        level: how many labels further up, each spanning several rows, this row stands under.
    """

    kind: BlockKind
    text: str
    level: int = 0


def table_lines(table: Table) -> Iterator[Line]:
    """Yield the title, then a line for each row that has words."""
    if table.title:
        yield Line("header", table.title)
    covered = [0] * max(table.columns, 1)
    labels = [False] * len(covered)
    for position, row in enumerate(table.rows):
        level = _leading_labels(covered, labels)
        _cover(covered, labels, row)
        text = _SEPARATOR.join(cell.text for cell in row).strip(" |")
        if text:
            header = table.is_header[position] or _is_label(table, position)
            yield Line("header" if header else "row", text, 0 if header else level)


def _leading_labels(covered: list[int], labels: list[bool]) -> int:
    """Count the cells from above that fill this row from its left edge on."""
    level = 0
    for column, rows in enumerate(covered):
        if not rows:
            break
        level += labels[column]
    return level


def _cover(covered: list[int], labels: list[bool], row: tuple[Cell, ...]) -> None:
    """Move one row down: lay its cells into the free columns, and use up what came from above."""
    free = [column for column, rows in enumerate(covered) if not rows]
    covered[:] = [max(rows - 1, 0) for rows in covered]
    for cell in row:
        for nth, column in enumerate(free[: cell.width]):
            covered[column] = cell.height - 1
            labels[column] = nth == 0
        del free[: cell.width]


def _is_label(table: Table, position: int) -> bool:
    """Whether a row is one short cell across the table, that names the rows below it."""
    row = table.rows[position]
    return (
        len(row) == 1
        and row[0].width == table.columns > 1
        and len(row[0].text.split()) <= _LONGEST_LABEL
        and position + 1 < len(table.rows)
    )


def _cell(element: etree._Element) -> Cell:
    paragraphs = (words(paragraph) for paragraph in element.iter("Paragraphe"))
    return Cell(
        " ".join(filter(None, paragraphs)),
        _span(element.get("fusionHorizontale")),
        _span(element.get("fusionVerticale")),
    )


def _span(text: str | None) -> int:
    # A table of more columns or rows than this is a damaged attribute.
    return min(max(int(text), 1), 1000) if text and text.isdecimal() else 1
