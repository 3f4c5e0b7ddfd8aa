"""How a delimited file is written: its separator, where the header stands, what titles say.

Decided by evidence from the first lines, never by the file's name.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from data.readers.raw import (
    HEADER_SEARCH_ROWS,
    ReadError,
    header_row,
    joined_header,
    known_cells,
    unique_headers,
)

SEPARATORS = (",", "\t", ";", "|", "^", "，", "、", "\x01")
HEAD = 1 << 15  # characters looked at
_UNIT = re.compile(
    r"单位\s*[:：]?\s*(?:人民币)?\s*[(（]?\s*(万元|元)(?![\u4e00-\u9fff])"
    r"|[(（]\s*(万元|元)\s*[)）]\s*$"
)


@dataclass(frozen=True)
class Dialect:
    """`names` of the columns, `header` as written, the header's row number as a spreadsheet shows
    it, and `skip`: physical lines up to and with the header."""

    separator: str
    names: list[str]
    header: list[str]
    header_no: int
    skip: int
    title_unit: str | None


@dataclass(frozen=True)
class _Row:
    cells: list[str]
    ends: int  # the physical line it ends in, counted from 1


def find_dialect(head: str, known: frozenset[str]) -> Dialect:
    """The dialect of a text that begins with `head` (line ends `\\n`).

    Raises ReadError (no_header) when no line looks like a header.
    """
    best: tuple[tuple[int, int, int], Dialect] | None = None
    for separator in SEPARATORS:
        if separator not in head:
            continue
        for rows in _readings(head, separator):
            at = header_row([r.cells for r in rows[:HEADER_SEARCH_ROWS]], known)
            if at is None:
                continue
            # Known headers first; then a header that the rows below agree with; then more columns.
            header, last = joined_header([r.cells for r in rows], at, known)
            count = len(header)
            alike = sum(len(r.cells) == count for r in rows[last + 1 :])
            score = known_cells(header, known), alike, count
            if best is None or score > best[0]:
                best = score, _dialect(separator, rows, header, last, at)
    if best is None:
        raise ReadError("no_header", "没有找到表头行", "no header row was found")
    return best[1]


def title_unit(titles: Sequence[Sequence[object]]) -> str | None:
    """万元 or 元, where a title above the header says that amounts are in it."""
    for cells in titles:
        for cell in cells:
            if cell is not None and (found := _UNIT.search(str(cell).strip())):
                return found[1] or found[2]
    return None


def _empty_cells_over(rows: list[_Row], columns: int) -> int:
    """How many separators too many every row ends with, as spreadsheets with once-used columns
    write them; 0 where rows differ or something stands there."""
    filled = [r.cells for r in rows if any(c.strip() for c in r.cells)]
    widths = {len(cells) for cells in filled}
    if len(widths) != 1 or any(c.strip() for cells in filled for c in cells[columns:]):
        return 0
    return max(0, widths.pop() - columns)


def _readings(head: str, separator: str) -> list[list[_Row]]:
    """The first rows, with quotes as quotes and, where that differs, as ordinary characters."""
    readings = [_rows(head, separator, csv.QUOTE_MINIMAL)]
    if '"' in head:
        readings.append(_rows(head, separator, csv.QUOTE_NONE))
    return readings


def _rows(head: str, separator: str, quoting: int) -> list[_Row]:
    reader = csv.reader(
        io.StringIO(head, newline="\n"),
        delimiter=separator,
        quoting=quoting,  # type: ignore[arg-type]
    )
    rows: list[_Row] = []
    try:
        for cells in reader:
            rows.append(_Row(cells, reader.line_num))
            if len(rows) >= 2 * HEADER_SEARCH_ROWS:
                break
    except csv.Error:
        pass  # a cell longer than the csv module takes: what came before it is enough
    return rows


def _dialect(separator: str, rows: list[_Row], cells: list[object], at: int, first: int) -> Dialect:
    """`cells` name the columns, down to row `at`; titles stand above both it and row `first`."""
    header = [str(c or "") for c in cells]
    names = unique_headers(header)
    below = [len(r.cells) for r in rows[at + 1 :] if any(c.strip() for c in r.cells)]
    over = _empty_cells_over(rows[at + 1 :], len(names))
    if over:
        names = unique_headers([*header, *[""] * over])
    elif below and not header[-1].strip() and set(below) == {len(names) - 1}:
        names = names[:-1]  # only the header does
    return Dialect(
        separator,
        names,
        [c.strip().strip("\ufeff") for c in header],
        at + 1,
        rows[at].ends,
        title_unit([r.cells for r in rows[: min(at, first)]]),
    )
