"""Tables of a PDF without tags: cells side by side, row below row.

Apart because a table shows in how lines jump: a cell may have several lines, and the next cell
begins further on and higher up than where the last one ended.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.readers.pdf_lines import Line

_MOST_LINES = 12
_FEWEST_ROWS = 2


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table.

    Attributes:
        cells: each with its lines from top to bottom.
        is_first: of its table.
    """

    cells: tuple[tuple[Line, ...], ...]
    is_first: bool = False
    is_header: bool = False


def rows_and_lines(lines: Sequence[Line]) -> Iterator[Row | Line]:
    """Yield the lines of one page, those of tables as rows."""
    position = 0
    table: list[Row] = []
    start = 0
    while position < len(lines):
        found = _row_at(lines, position)
        if found is None:
            yield from _closed(table, lines[start:position])
            table, start = [], position + 1
            yield lines[position]
            position += 1
            continue
        if not table:
            start = position
        row, position = found
        table.append(row)
    yield from _closed(table, lines[start:])


def _closed(table: list[Row], lines: Sequence[Line]) -> Iterator[Row | Line]:
    if len(table) < _FEWEST_ROWS:
        yield from lines
        return
    first_is_bold = _is_bold(table[0]) and not _is_bold(table[1])
    for number, row in enumerate(table):
        yield replace(row, is_first=number == 0, is_header=number == 0 and first_is_bold)


def _is_bold(row: Row) -> bool:
    return all(line.bold for cell in row.cells for line in cell)


def _row_at(lines: Sequence[Line], position: int) -> tuple[Row, int] | None:
    """Return the row that begins at a line and the position behind it, or None."""
    cells: list[tuple[Line, ...]] = []
    at = position
    while at < len(lines):
        cell = _stack(lines, at)
        if cells and not _is_beside(cells, cell):
            break
        cells.append(cell)
        at += len(cell)
    return (Row(tuple(cells)), at) if len(cells) > 1 else None


def _stack(lines: Sequence[Line], position: int) -> tuple[Line, ...]:
    """Return the lines that stand close below one another from a position on."""
    cell = [lines[position]]
    for line in lines[position + 1 :]:
        if len(cell) == _MOST_LINES or not _is_below(cell, line):
            break
        cell.append(line)
    return tuple(cell)


def _is_beside(cells: Sequence[Sequence[Line]], cell: Sequence[Line]) -> bool:
    """Whether a cell begins behind the last one, and stands level with the row."""
    last = cells[-1]
    beside = cell[0].page == last[0].page and cell[0].start >= max(each.end for each in last)
    tolerance = cell[0].size * 0.7
    # The cells of a row are level at the top, in the middle or at the bottom.
    level = any(
        abs(a - b) < tolerance
        for other in cells
        for a, b in zip(_levels(cell), _levels(other), strict=True)
    )
    return beside and level


def _levels(cell: Sequence[Line]) -> tuple[float, float, float]:
    return cell[0].base, (cell[0].base + cell[-1].base) / 2, cell[-1].base


def _is_below(cell: Sequence[Line], line: Line) -> bool:
    last = cell[-1]
    step = last.base - line.base
    aligned = abs(line.start - cell[0].start) < line.size / 2
    close = line.page == last.page and 0 < step <= 1.7 * line.size
    return close and aligned and line.size == last.size
