"""Old workbooks (.xls): looked through record by record, then read by calamine.

A cell far outside makes the library keep every empty one before it, so positions are checked
first. Records: [MS-XLS], Microsoft Open Specifications.
"""

from __future__ import annotations

import io
import struct
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from data.readers.compound import read_stream
from data.readers.limits import damaged_workbook, far_cell
from data.readers.raw import REPLACEMENT
from data.readers.sheet import Cells, Merged
from data.readers.shown import EXACT_BELOW, is_two_decimals, numbers_shown, with_lost_zero

OldSheet = tuple[str, bool, Callable[[int], Iterator[Cells]], list[Merged]]

MOST_COLUMNS = 256  # of an old sheet; a file that names more is damaged
HEAD_ROWS, ROWS = 100, 10_000
# Cells up to a sheet's last row and column beyond which nearly all must be filled: the library
# keeps every empty one.
MOST_EMPTY = 2_000_000
_BOF, _EOF, _LOCKED, _FORMAT, _XF = 0x0809, 0x000A, 0x002F, 0x041E, 0x00E0
_BIFF8 = 0x0600
# Records of one cell and of a row of cells; both begin with row and column.
_ONE = {0x0203, 0x0204, 0x0205, 0x0006, 0x0201, 0x00FD, 0x027E, 0x00D6}
_SEVERAL = {0x00BD, 0x00BE}
_NUMBERS = {0x0203, 0x027E, 0x0006}
_TWO_DECIMALS = {2, 4, 39, 40}


@dataclass
class _Found:
    """What a look through the records brings: styles by number, cells shown with two decimals."""

    formats: dict[int, str] = field(default_factory=dict)
    styles: list[int] = field(default_factory=list)
    # Cells that hold numbers: sheet, row, column, style.
    cells: list[tuple[int, int, int, int]] = field(default_factory=list)

    count: Counter[int] = field(default_factory=Counter)  # cells by sheet
    corner: dict[int, tuple[int, int]] = field(default_factory=dict)  # rows and columns by sheet

    def reach(self, sheet: int, row: int, first: int, last: int) -> None:
        """Note that a row has cells in these columns."""
        before = self.corner.get(sheet, (0, 0))
        self.corner[sheet] = max(before[0], row + 1), max(before[1], last + 1)
        self.count[sheet] += last - first + 1

    def check_corners(self) -> None:
        """Raises ReadError for a sheet that is mostly empty up to a cell far outside."""
        for sheet, (rows, columns) in self.corner.items():
            if rows * columns > MOST_EMPTY + 4 * self.count[sheet]:
                raise far_cell(rows, columns)

    def two_decimals(self, sheet: int) -> set[tuple[int, int]]:
        shown = {
            i for i, f in enumerate(self.styles)
            if (is_two_decimals(self.formats[f]) if f in self.formats else f in _TWO_DECIMALS)
        }  # fmt: skip
        return {(r, c) for s, r, c, style in self.cells if s == sheet and style in shown}


def old_sheets(file: BinaryIO) -> list[OldSheet]:
    """Name, visibility, cells and merged ranges of each sheet.

    Raises ReadError (unreadable) for what is damaged, encrypted or no workbook.
    """
    file.seek(0)
    content = file.read()
    found = _look_through(read_stream(content, "Workbook", "Book"))
    with _told():
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = []
        for place, about in enumerate(book.sheets_metadata):
            sheet = book.get_sheet_by_index(place)
            seen = about.visible == SheetVisibleEnum.Visible
            cells = _reader(sheet, found.two_decimals(place))
            sheets.append((about.name, seen, cells, _merged(sheet)))
        return sheets


@contextmanager
def _told() -> Iterator[None]:
    """A panic of the library ends here too: it is no ordinary exception."""
    try:
        yield
    except (CalamineError, OSError, ValueError, OverflowError) as error:
        raise damaged_workbook() from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise damaged_workbook() from None


def _look_through(stream: bytes) -> _Found:
    """Raises ReadError for encrypted books and for cells where no old sheet has any."""
    found, place, sheet, end = _Found(), 0, -2, len(stream)
    while place + 4 <= end:
        kind, length = struct.unpack_from("<HH", stream, place)
        body = place + 4
        place = body + length
        if place > end:
            break
        if kind == _BOF:
            sheet += 1
        elif kind == _LOCKED:
            raise damaged_workbook()
        elif kind == _FORMAT and length > 5:
            number, text = _format(stream[body:place])
            found.formats[number] = text
        elif kind == _XF and length >= 4:
            found.styles.append(struct.unpack_from("<H", stream, body + 2)[0])
        elif (kind in _ONE or kind in _SEVERAL) and length >= 6:
            row, column, style = struct.unpack_from("<HHH", stream, body)
            last = struct.unpack_from("<H", stream, place - 2)[0] if kind in _SEVERAL else column
            if column >= MOST_COLUMNS or last >= MOST_COLUMNS:
                raise damaged_workbook()
            found.reach(sheet, row, column, max(column, last))
            if kind in _NUMBERS:
                found.cells.append((sheet, row, column, style))
            elif kind == 0x00BD:
                styles = struct.iter_unpack("<HI", stream[body + 4 : place - 2])
                found.cells += [(sheet, row, column + i, s) for i, (s, _) in enumerate(styles)]
    if sheet < -1:
        raise damaged_workbook()
    found.check_corners()
    return found


def _format(record: bytes) -> tuple[int, str]:
    number, length, wide = struct.unpack_from("<HHB", record)
    text = record[5:]
    decoded = text.decode("utf-16-le", "replace") if wide & 1 else text.decode("latin-1")
    return number, decoded[:length]


def _merged(sheet: CalamineSheet) -> list[Merged]:
    ranges = sheet.merged_cell_ranges or []
    return sorted((a[1], a[0] + 1, b[0] + 1) for a, b in ranges if a[0] < b[0])


def _reader(
    sheet: CalamineSheet, two_decimals: set[tuple[int, int]]
) -> Callable[[int], Iterator[Cells]]:
    def cells(size: int) -> Iterator[Cells]:
        if sheet.start is None:
            return
        rows, first = sheet.to_python(skip_empty_area=False), 0
        while first < len(rows):
            count = ROWS if first or size > 1 << 20 else HEAD_ROWS
            yield _cells(rows[first : first + count], first, two_decimals)
            first += count

    return cells


def _cells(rows: list[list[Any]], first: int, two_decimals: set[tuple[int, int]]) -> Cells:
    filled = [
        (first + r, c, value)
        for r, row in enumerate(rows)
        if row.count("") < len(row)
        for c, value in enumerate(row)
        if value is not None and value != ""
    ]
    texts = pa.array([_text(value) for _, _, value in filled], pa.string())
    twice = np.array([(r, c) in two_decimals for r, c, _ in filled], np.bool_)
    number = np.array([type(value) is float for _, _, value in filled], np.bool_)
    texts, unclear = with_lost_zero(texts, twice)
    places = np.array([(r + 1, c) for r, c, _ in filled], np.int64).reshape(-1, 2)
    return Cells(places[:, 0], places[:, 1], texts, unclear & number)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float | int):
        if float(value).is_integer() and abs(value) < EXACT_BELOW:
            return str(int(value))
        return numbers_shown(pa.array([float(value)]))[0].as_py()
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value).encode("utf-8", "replace").decode().replace("\x00", REPLACEMENT)
