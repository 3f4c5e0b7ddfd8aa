"""Old workbooks (.xls), record by record: their sheets, texts, numbers and what formats show.

The libraries that read them ask for memory by what a record says, and take the whole process with
them when it is damaged. Here every place is looked up sparsely. Records: [MS-XLS], Microsoft Open
Specifications; Excel 5 and 95 (`Book`) as well as 97 to 2003 (`Workbook`).
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.readers.compound import read_stream
from data.readers.limits import damaged_workbook, protected_workbook
from data.readers.old_texts import Labels, shared_texts
from data.readers.raw import REPLACEMENT
from data.readers.sheet import Cells, Merged
from data.readers.shown import (
    DATE_FORMATS,
    TWO_DECIMAL_FORMATS,
    dates_shown,
    is_date_format,
    is_two_decimals,
    numbers_shown,
    with_lost_zero,
)

OldSheet = tuple[str, bool, Callable[[int], Iterator[Cells]], list[Merged]]
Cell = tuple[int, int, int, str | float]  # row and column from 0, style, what it holds

HEAD_ROWS, ROWS = 100, 10_000
_BOF, _EOF, _LOCKED, _SHEET, _CONTINUE = 0x0809, 0x000A, 0x002F, 0x0085, 0x003C
_FORMAT, _STYLE, _CODEPAGE, _EPOCH, _SHARED = 0x041E, 0x00E0, 0x0042, 0x0022, 0x00FC
_NUMBER, _RK, _ROW_OF_RK, _FORMULA, _RESULT = 0x0203, 0x027E, 0x00BD, 0x0006, 0x0207
_LABEL, _RICH, _LABEL_SHARED, _BOOLEAN, _MERGED = 0x0204, 0x00D6, 0x00FD, 0x0205, 0x00E5
_BIFF8 = 0x0600
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!"}
_YES = ("否", "是")


@dataclass
class _Book:
    """What all sheets share; `dates` and `two_decimals` are styles that show numbers so."""

    labels: Labels
    epoch_1904: bool = False
    texts: list[str] = field(default_factory=list)
    sheets: list[tuple[str, bool, int]] = field(default_factory=list)  # name, visible, offset
    formats: dict[int, str] = field(default_factory=dict)
    styles: list[int] = field(default_factory=list)

    def shown_as(self, told: Callable[[str], bool], built_in: frozenset[int]) -> list[int]:
        """Styles whose format is one of these."""
        return [
            place
            for place, number in enumerate(self.styles)
            if (told(self.formats[number]) if number in self.formats else number in built_in)
        ]


def old_sheets(file: BinaryIO) -> list[OldSheet]:
    """Name, visibility, cells and merged ranges of each sheet.

    Raises ReadError (unreadable) for what is damaged, encrypted or no workbook.
    """
    file.seek(0)
    stream = read_stream(file.read(), "Workbook", "Book")
    try:
        book = _book(stream)
        return [_sheet(stream, book, *about) for about in book.sheets]
    except (struct.error, IndexError, LookupError, ValueError) as error:
        raise damaged_workbook() from error


def _records(stream: bytes, place: int = 0) -> Iterator[tuple[int, bytes]]:
    """Kind and content of each record, up to the first that the stream does not hold whole."""
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        if place + 4 + length > len(stream):
            return
        yield kind, stream[place + 4 : place + 4 + length]
        place += 4 + length


def _book(stream: bytes) -> _Book:
    records = _records(stream)
    kind, begin = next(records, (0, b""))
    if kind != _BOF:
        raise damaged_workbook()
    book = _Book(Labels(struct.unpack_from("<H", begin)[0] == _BIFF8))
    shared: list[bytes] = []
    last = 0
    for kind, content in records:
        if kind == _LOCKED:
            raise protected_workbook()
        if kind == _EOF:
            break
        if kind == _SHARED or (kind == _CONTINUE and last == _SHARED):
            shared.append(content)
            kind = _SHARED
        elif kind == _CODEPAGE:
            book.labels.codepage = struct.unpack_from("<H", content)[0]
        elif kind == _EPOCH:
            book.epoch_1904 = content[:1] == b"\x01"
        elif kind == _STYLE:
            book.styles.append(struct.unpack_from("<H", content, 2)[0])
        elif kind == _FORMAT:
            number = struct.unpack_from("<H", content)[0]
            book.formats[number] = book.labels.format_code(content[2:])
        elif kind == _SHEET:
            offset, state, what = struct.unpack_from("<IBB", content)
            if what == 0:
                book.sheets.append((book.labels.short(content[6:]), state == 0, offset))
        last = kind
    book.texts = shared_texts(shared)
    return book


def _sheet(stream: bytes, book: _Book, name: str, visible: bool, offset: int) -> OldSheet:
    cells: list[Cell] = []
    merged: list[Merged] = []
    depth, waiting = 0, None
    for kind, content in _records(stream, offset):
        if kind == _BOF:
            depth += 1  # a chart inside the sheet has its own begin and end
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                break
        elif depth > 1:
            continue
        elif kind == _MERGED:
            ranges = struct.iter_unpack("<HHHH", content[2 : 2 + (len(content) - 2) // 8 * 8])
            merged += [(c, r + 1, s + 1) for r, s, c, _ in ranges if r < s]
        elif kind == _RESULT and waiting:
            cells.append((*waiting, book.labels.long(content)))
            waiting = None
        elif kind in _READERS:
            found = list(_READERS[kind](content, book))
            waiting = found[0][:3] if kind == _FORMULA and found and found[0][3] is _TEXT else None
            cells += [cell for cell in found if cell[3] is not _TEXT]
    return name, visible, _blocks(cells, book), sorted(merged)


_TEXT = "text in the next record"


def _number(content: bytes, book: _Book) -> Iterator[Cell]:
    row, column, style, value = struct.unpack_from("<HHHd", content)
    yield row, column, style, value


def _rk(content: bytes, book: _Book) -> Iterator[Cell]:
    row, column, style, value = struct.unpack_from("<HHHI", content)
    yield row, column, style, _unpacked(value)


def _row_of_rk(content: bytes, book: _Book) -> Iterator[Cell]:
    row, column = struct.unpack_from("<HH", content)
    several = content[4 : 4 + (len(content) - 6) // 6 * 6]
    for place, (style, value) in enumerate(struct.iter_unpack("<HI", several)):
        yield row, column + place, style, _unpacked(value)


def _formula(content: bytes, book: _Book) -> Iterator[Cell]:
    row, column, style = struct.unpack_from("<HHH", content)
    result = content[6:14]
    if result[6:8] != b"\xff\xff":
        yield row, column, style, struct.unpack("<d", result)[0]
    elif result[0] == 0:
        yield row, column, style, _TEXT
    elif result[0] == 1:
        yield row, column, style, _YES[bool(result[2])]
    elif result[0] == 2:
        yield row, column, style, _ERRORS.get(result[2], "#N/A")


def _label(content: bytes, book: _Book) -> Iterator[Cell]:
    row, column, style = struct.unpack_from("<HHH", content)
    yield row, column, style, book.labels.long(content[6:])


def _label_shared(content: bytes, book: _Book) -> Iterator[Cell]:
    row, column, style, place = struct.unpack_from("<HHHI", content)
    yield row, column, style, book.texts[place]


def _boolean(content: bytes, book: _Book) -> Iterator[Cell]:
    row, column, style, value, error = struct.unpack_from("<HHHBB", content)
    yield row, column, style, _ERRORS.get(value, "#N/A") if error else _YES[bool(value)]


_READERS: dict[int, Callable[[bytes, _Book], Iterator[Cell]]] = {
    _NUMBER: _number,
    _RK: _rk,
    _ROW_OF_RK: _row_of_rk,
    _FORMULA: _formula,
    _LABEL: _label,
    _RICH: _label,
    _LABEL_SHARED: _label_shared,
    _BOOLEAN: _boolean,
}


def _unpacked(rk: int) -> float:
    """A number kept in 30 bits: whole or the upper half of a double, perhaps times 100."""
    if rk & 2:
        value = float((rk >> 2) - (1 << 30 if rk & 0x80000000 else 0))
    else:
        value = struct.unpack("<d", struct.pack("<II", 0, rk & 0xFFFFFFFC))[0]
    return value / 100 if rk & 1 else value


def _blocks(cells: list[Cell], book: _Book) -> Callable[[int], Iterator[Cells]]:
    """The cells in the order of the sheet, in blocks of whole rows."""
    latest = {(row, column): (style, value) for row, column, style, value in cells if value != ""}
    places = np.array(sorted(latest), np.int64).reshape(-1, 2)
    dates = book.shown_as(is_date_format, DATE_FORMATS)
    twice = book.shown_as(is_two_decimals, TWO_DECIMAL_FORMATS)

    def blocks(size: int) -> Iterator[Cells]:
        first = 0
        while first < len(places):
            count = ROWS if first or size > 1 << 20 else HEAD_ROWS
            last = int(np.searchsorted(places[:, 0], places[first, 0] + count))
            part = places[first:last]
            held = [latest[(int(r), int(c))] for r, c in part.tolist()]
            yield Cells(part[:, 0] + 1, part[:, 1], *_texts(held, book, dates, twice))
            first = last

    return blocks


def _texts(
    held: list[tuple[int, str | float]], book: _Book, dates: list[int], twice: list[int]
) -> tuple[pa.Array, np.ndarray]:
    """What cells show, and which numbers are unclear."""
    styles = np.array([style for style, _ in held], np.int64)
    number = np.array([isinstance(value, float) for _, value in held], np.bool_)
    own = pa.array(
        [v.replace("\x00", REPLACEMENT) if isinstance(v, str) else None for _, v in held],
        pa.string(),
    )
    values = pa.array([v if isinstance(v, float) else None for _, v in held], pa.float64())
    day = pa.array(number & np.isin(styles, dates))
    days = pc.if_else(day, dates_shown(values.fill_null(0.0), book.epoch_1904), None)
    shown = pc.coalesce(days, numbers_shown(values))
    texts, unclear = with_lost_zero(shown, np.isin(styles, twice))
    return pc.coalesce(own, texts), unclear
