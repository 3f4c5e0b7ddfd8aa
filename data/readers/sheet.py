"""The cells of one sheet of an .xlsx, in blocks of whole rows, every cell as the text it shows.

What Excel, WPS and the usual libraries write is taken apart by one pattern; a block with anything
else in it is parsed as XML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from data.readers.limits import damaged_workbook
from data.readers.raw import SHEET_STEP
from data.readers.shown import dates_shown, numbers_shown, with_lost_zero
from data.readers.workbook import PIECE, Workbook, plain_text, rich_text, whole_elements

Numbers = npt.NDArray[np.int64]
Written = tuple[bytes, bytes, bytes, bytes, bytes, bytes]  # column, row, style, kind, value, text
Merged = tuple[int, int, int]  # column from 0, first and last row from 1

BLOCK = 4 * PIECE
MOST_TEXT = 1 << 27  # bytes that the texts of one block may have when written out
_CELL = re.compile(
    rb'<c r="([A-Z]{1,3})(\d{1,7})"(?: s="(\d{1,6})")?(?: t="(\w{1,9})")?'
    rb"(?:/>|>(?:<f\b[^>]*?(?:/>|>[^<]*</f>))?"
    rb"(?:<v(?:/>|>([^<]*)</v>))?(?:<is>((?:(?!</is>).)*)</is>)?</c>)",
    re.DOTALL,
)
_BEGIN = re.compile(rb"<(?:\w+:)?sheetData\b[^>]*?(/?)>")
_END = re.compile(rb"</(?:\w+:)?sheetData>")
_SPACE = re.compile(rb"""xmlns(?::\w+)?=(?:"[^"]*"|'[^']*')""")
_MERGED = re.compile(rb'mergeCell\b[^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_PLACE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
# How a cell's value is kept.
_NUMBER, _SHARED, _OWN, _BOOLEAN = range(4)
_KINDS = {b"": _NUMBER, b"n": _NUMBER, b"s": _SHARED, b"str": _OWN, b"inlineStr": _OWN}
_KINDS |= {b"d": _OWN, b"e": _OWN, b"b": _BOOLEAN}


@dataclass(frozen=True)
class Cells:
    """Filled cells in the order of the sheet: row (from 1), column (from 0) and what they show.

    `unclear` marks numbers like 2026.1 whose format does not say how many digits belong there.
    """

    rows: Numbers
    columns: Numbers
    texts: pa.Array
    unclear: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.rows)


def read_cells(book: Workbook, part: str, size: int = BLOCK) -> Iterator[Cells]:
    """The cells of a sheet, in blocks of about `size` bytes.

    Raises ReadError for a sheet that breaks off, and what `told_damage` tells.
    """
    before, spaces, begun = 0, b"", False
    stream = book.stream(part, min(PIECE, size))
    for block in whole_elements(stream, b"row>", book.limits.again(), size):
        place = 0
        if not begun:
            start = _BEGIN.search(block)
            if start is None or start[1]:
                break
            begun, place = True, start.end()
            spaces = b" ".join(_SPACE.findall(block[:place]))
        end = _END.search(block) if b"sheetData>" in block[place:] else None
        cells = _cells(book, block[place : end.start() if end else None], spaces)
        if len(cells):
            _check_order(cells.rows, before)
            before = int(cells.rows[-1])
            yield cells
        if end:
            return
    if not begun and start is not None:
        return  # <sheetData/>: no rows
    raise damaged_workbook()


def merged_down(book: Workbook, part: str) -> list[Merged]:
    """Ranges of more than one row that were merged into one cell, by their first column.

    They stand behind the rows, so the sheet is unpacked once before it is read; what it unpacks
    to is counted here.
    """
    found, rest = set(), b""
    for piece in book.stream(part):
        book.limits.count(len(piece))
        text = rest + piece
        if b"mergeCell" in text:
            found |= set(_MERGED.findall(text))
        rest = text[-128:]
    ranges = [(_column(a), int(r), int(s)) for a, r, _, s in found]
    return sorted((c, r, s) for c, r, s in ranges if r < s)


def _check_order(rows: Numbers, before: int) -> None:
    if rows[0] <= before or np.any(np.diff(rows) < 0) or rows[-1] >= SHEET_STEP:
        raise damaged_workbook()


def _cells(book: Workbook, data: bytes, spaces: bytes) -> Cells:
    found: list[Written] = _CELL.findall(data)
    plain = data.count(b"<c ") == len(found) and b"<!" not in data
    if not plain or b"<c>" in data or b":c " in data or b":c>" in data:
        found = _parsed(data, spaces)
    found = [cell for cell in found if cell[4] or cell[5]]
    if not found:
        nothing = np.array([], np.int64)
        return Cells(nothing, nothing, pa.array([], pa.string()), np.array([], np.bool_))
    letters, rows, styles, kinds, values, inlines = zip(*found, strict=True)
    columns = {letter: _column(letter) for letter in set(letters)}
    texts, unclear = _texts(book, styles, kinds, values, inlines)
    return Cells(
        np.array(rows).astype(np.int64),
        np.fromiter(map(columns.__getitem__, letters), np.int64, len(found)),
        texts,
        unclear,
    )


def _parsed(data: bytes, spaces: bytes) -> list[Written]:
    """The cells of whole rows, however they are written."""
    tree = ElementTree.fromstring(b"<sheet %s>%s</sheet>" % (spaces, data))  # noqa: S314 - no document type
    found: list[Written] = []
    row = 0
    for line in tree:
        row, column = int(line.get("r", row + 1)), -1
        for cell in line:
            if not cell.tag.endswith("c"):
                continue
            if place := _PLACE.fullmatch(cell.get("r", "")):
                column = _column(place[1].encode()) - 1
            column += 1
            value, text = _inside(cell)
            at = _letters(column), str(row).encode(), cell.get("s", "").encode()
            found.append((*at, cell.get("t", "").encode(), value, text))
    return found


def _inside(cell: ElementTree.Element) -> tuple[bytes, bytes]:
    """Value and own text of a cell, as they would be written plainly."""
    value, text = b"", b""
    for part in cell:
        name = part.tag.rpartition("}")[2]
        if name == "v":
            value = _escaped(part.text or "")
        elif name == "is":
            runs = [t for t in part.iter() if t.tag.rpartition("}")[2] == "t"]
            text = b"<t>%s</t>" % _escaped("".join(t.text or "" for t in runs))
    return value, text


def _escaped(text: str) -> bytes:
    return text.replace("&", "&amp;").replace("<", "&lt;").encode()


def _texts(
    book: Workbook,
    styles: tuple[bytes, ...],
    kinds: tuple[bytes, ...],
    values: tuple[bytes, ...],
    inlines: tuple[bytes, ...],
) -> tuple[pa.Array, npt.NDArray[np.bool_]]:
    """What each cell shows, and which numbers are unclear."""
    kind = np.fromiter(map(_KINDS.__getitem__, kinds), np.int8, len(kinds))
    places = [np.flatnonzero(kind == k) for k in range(4)]
    raw = pa.array(values, pa.binary()).cast(pa.string())
    numbers, unclear = _numbers(book, raw.take(pa.array(places[_NUMBER])), styles, places[_NUMBER])
    shared = _shared(book, raw.take(pa.array(places[_SHARED])))
    own = [
        rich_text(inlines[p]) if inlines[p] else plain_text(values[p])
        for p in places[_OWN].tolist()
    ]
    yes = pc.equal(raw.take(pa.array(places[_BOOLEAN])), "1")
    booleans = pc.if_else(yes, "是", "否").cast(pa.string())
    order = np.empty(len(kinds), np.int64)
    order[np.concatenate(places)] = np.arange(len(kinds))
    together = pa.concat_arrays([numbers, shared, pa.array(own, pa.string()), booleans])
    marks = np.zeros(len(kinds), np.bool_)
    marks[places[_NUMBER]] = unclear
    return together.take(pa.array(order)), marks


def _shared(book: Workbook, indices: pa.Array) -> pa.Array:
    places = indices.cast(pa.int64())
    lengths = pc.binary_length(book.texts).take(places)
    if (pc.sum(lengths).as_py() or 0) > MOST_TEXT:
        raise damaged_workbook()  # one long text, shown in hundreds of thousands of cells
    return book.texts.take(places).cast(pa.string())


def _numbers(
    book: Workbook, raw: pa.Array, styles: tuple[bytes, ...], places: Numbers
) -> tuple[pa.Array, npt.NDArray[np.bool_]]:
    values = raw.cast(pa.float64())
    style = np.array([int(styles[p] or 0) for p in places.tolist()], np.int64)
    texts = numbers_shown(values)
    dates = np.isin(style, list(book.dates))
    if dates.any():
        days = dates_shown(values, book.epoch_1904)
        texts = pc.coalesce(pc.if_else(pa.array(dates), days, None), texts)
    return with_lost_zero(texts, np.isin(style, list(book.two_decimals)))


def _column(letters: bytes) -> int:
    """0 for A, 26 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _letters(column: int) -> bytes:
    letters = b""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = bytes([65 + rest]) + letters
    return letters
