"""Excel workbooks as one table: which sheets belong together, where their headers stand.

Sheets with the same header are one delivery (one sheet per town); the others are named.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.contracts import plain_header
from data.readers.dialect import title_unit
from data.readers.limits import check_table
from data.readers.old_excel import old_sheets
from data.readers.raw import (
    HEADER_SEARCH_ROWS,
    SHEET_STEP,
    Chunk,
    Ending,
    RawTable,
    ReadError,
    broken_rows,
    header_row,
    joined_header,
    known_cells,
    unique_headers,
)
from data.readers.sheet import BLOCK, Cells, Merged, merged_down, read_cells
from data.readers.workbook import open_workbook, told_damage

_ZIP = b"PK\x03\x04"
_HEAD = 1 << 18  # bytes of a sheet looked at for its header
_NULLS = ("", "#N/A")


@dataclass(frozen=True)
class SheetSource:
    """One sheet as a reader gives it: its cells can be asked for more than once."""

    name: str
    visible: bool
    cells: Callable[[int], Iterator[Cells]]
    merged: list[Merged]


@dataclass(frozen=True)
class _Page:
    """A sheet with its header: `places` are the columns taken, in the order of `names`."""

    sheet: SheetSource
    names: list[str]
    places: list[int]
    header_no: int
    known: int
    unit: str | None

    @property
    def plain(self) -> frozenset[str]:
        return frozenset(plain_header(name) for name in self.names)


def open_excel(file: BinaryIO, known: frozenset[str], rows: int) -> RawTable:
    """The sheets of a workbook that name most known columns, as text columns.

    Raises ReadError for a workbook that cannot be opened or holds no table.
    """
    old, sheets = _sheets(file)
    pages, bare = _pages(sheets, known)
    best = max(pages, key=lambda page: (page.sheet.visible, page.known))
    check_table(0, len(best.names))
    taken = [p for p in pages if p is best or (p.sheet.visible and p.plain == best.plain)]
    others = [p.sheet.name for p in pages if p not in taken] + bare
    flags = ["several_sheets"] if len(taken) > 1 else []
    flags += ["extra_sheets"] if len(taken) < len(pages) else []
    flags += ["title_unit"] if best.unit else []
    body = _Body(taken, best.names, rows)
    return RawTable(
        best.names,
        "xls" if old else "xlsx",
        body.chunks(),
        body.end,
        flags=tuple(flags),
        title_unit=best.unit,
        sheets=tuple(p.sheet.name for p in taken),
        other_sheets=tuple(others),
    )


def _sheets(file: BinaryIO) -> tuple[bool, list[SheetSource]]:
    """Whether the workbook is an old one, and its sheets."""
    if file.read(4) != _ZIP:
        return True, [SheetSource(*sheet) for sheet in old_sheets(file)]
    book = open_workbook(file)

    def source(name: str, part: str, visible: bool) -> SheetSource:
        with told_damage():
            merged = merged_down(book, part)
        return SheetSource(name, visible, lambda size: read_cells(book, part, size), merged)

    return False, [source(s.name, s.part, s.visible) for s in book.sheets]


def _pages(sheets: list[SheetSource], known: frozenset[str]) -> tuple[list[_Page], list[str]]:
    """Sheets with a table, and the names of others that hold something."""
    pages, bare = [], []
    for sheet in sheets:
        head = _head(sheet)
        at = header_row(head[:HEADER_SEARCH_ROWS], known)
        if at is not None:
            pages.append(_page(sheet, head, at, known))
        elif any(head):
            bare.append(sheet.name)
    if not pages:
        raise ReadError("no_header", "没有找到表头行", "no header row was found")
    return pages, bare


def _page(
    sheet: SheetSource, head: list[list[str | None]], at: int, known: frozenset[str]
) -> _Page:
    cells, last = joined_header(head, at, known)
    width = max(i for i, cell in enumerate(cells, start=1) if cell)
    filled = [any(len(r) > i and r[i] for r in head[at:]) for i in range(width)]
    named = unique_headers([*cells, *[None] * width][:width])
    places = [i for i in range(width) if filled[i]]
    # Columns without a header still count while something stands in them.
    more = sorted({i for r in head[last + 1 :] for i, c in enumerate(r) if c and i >= width})
    if more and more[-1] < 2 * width:
        named += [f"列{i + 1}" for i in range(width, more[-1] + 1)]
        places += more
    names = [named[i] for i in places]
    hits = known_cells(cells, known)
    return _Page(sheet, names, places, last + 1, hits, title_unit(head[:at]))


def _head(sheet: SheetSource) -> list[list[str | None]]:
    """The first rows as lists of cells; a cell merged over rows stands in each of them."""
    with told_damage():
        first = next(sheet.cells(_HEAD), None)
    if first is None:
        return []
    rows: list[list[str | None]] = [[] for _ in range(min(int(first.rows[-1]), 200))]
    texts = first.texts.to_pylist()
    for row, column, text in zip(first.rows.tolist(), first.columns.tolist(), texts, strict=True):
        if row > len(rows):
            break
        line = rows[row - 1]
        line += [None] * (column + 1 - len(line))
        line[column] = text
    for column, top, bottom in sheet.merged:
        for row in range(top + 1, min(bottom, HEADER_SEARCH_ROWS, len(rows)) + 1):
            with suppress(IndexError):
                value = rows[top - 1][column]
                line = rows[row - 1]
                line += [None] * (column + 1 - len(line))
                line[column] = line[column] or value
    return rows


@dataclass
class _Body:
    """The rows of all sheets taken, one sheet behind the other."""

    pages: list[_Page]
    names: list[str]
    most: int
    end: Ending = field(default_factory=Ending)
    taken: int = 0

    def chunks(self) -> Iterator[Chunk]:
        for place, page in enumerate(self.pages):
            wanted = {plain_header(n): p for n, p in zip(page.names, page.places, strict=True)}
            columns = [wanted[plain_header(name)] for name in self.names]
            label = page.sheet.name if len(self.pages) > 1 else None
            with told_damage():
                for table, broken in self._read(page, columns):
                    self.taken += table.num_rows + broken.num_rows
                    check_table(self.taken, len(self.names))
                    yield from self._numbered(table, broken, place * SHEET_STEP, label)

    def _numbered(
        self, table: pa.Table, broken: pa.Table, base: int, label: str | None
    ) -> Iterator[Chunk]:
        self.end.lines += table.num_rows + broken.num_rows
        if base:
            table, broken = (
                t.set_column(t.column_names.index("row_no"), "row_no", pc.add(t["row_no"], base))
                for t in (table, broken)
            )
        nothing = broken_rows([], [])
        for at in range(0, max(table.num_rows, 1), self.most):
            piece = Chunk(table.slice(at, self.most), nothing if at else broken, label)
            if piece.rows:
                yield piece

    def _read(self, page: _Page, columns: list[int]) -> Iterator[tuple[pa.Table, pa.Table]]:
        fill = _Fill(page.sheet.merged)
        if any(bottom > page.header_no + 1 for _, _, bottom in page.sheet.merged):
            self.end.flag("merged_cells")
        for cells in page.sheet.cells(BLOCK):
            below = cells.rows > page.header_no
            if below.any():
                yield self._block(cells, below, columns, fill)

    def _block(
        self, cells: Cells, below: np.ndarray, columns: list[int], fill: _Fill
    ) -> tuple[pa.Table, pa.Table]:
        says = pc.invert(pc.is_in(cells.texts, value_set=pa.array(_NULLS, pa.string())))
        kept = np.flatnonzero(below & says.to_numpy(zero_copy_only=False))
        inside = np.isin(cells.columns[kept], columns)
        rows = np.unique(cells.rows[kept[inside]])
        broken = self._outside(cells, kept[~inside], rows)
        arrays = []
        for column in columns:
            own = kept[cells.columns[kept] == column]
            indices = np.full(len(rows), -1, np.int64)
            indices[np.searchsorted(rows, cells.rows[own])] = own
            self._note_unclear(cells, own)
            arrays.append(fill.filled(column, rows, indices, cells.texts))
        table = pa.Table.from_arrays([*arrays, pa.array(rows)], [*self.names, "row_no"])
        return self._without_headers(table), broken

    def _outside(self, cells: Cells, places: np.ndarray, rows: np.ndarray) -> pa.Table:
        """What stands beside the table: told, and a row of its own where there is no other."""
        if not len(places):
            return broken_rows([], [])
        self.end.flag("outside_cells")
        alone = places[~np.isin(cells.rows[places], rows)]
        texts: dict[int, list[str]] = {}
        for row, text in zip(
            cells.rows[alone].tolist(), cells.texts.take(pa.array(alone)).to_pylist(), strict=True
        ):
            texts.setdefault(row, []).append(text)
        return broken_rows(list(texts), [" ".join(t) for t in texts.values()])

    def _note_unclear(self, cells: Cells, own: np.ndarray) -> None:
        """A column that holds nothing but years with one or two decimals is one of months."""
        if not cells.unclear[own].any():
            return
        months = pc.match_substring_regex(
            cells.texts.take(pa.array(own)), r"^(19|20)\d\d\.(0?[1-9]|1[0-2])$"
        )
        if pc.all(months).as_py():
            self.end.flag("lost_zero")

    def _without_headers(self, table: pa.Table) -> pa.Table:
        """Without rows that say the header again, as for every printed page."""
        again = pc.equal(table.column(0), self.names[0])
        for place, name in enumerate(self.names[1:], start=1):
            again = pc.and_(again, pc.equal(table.column(place), name))
        count = pc.sum(again).as_py() or 0
        if not count:
            return table
        self.end.headers += count
        self.end.flag("repeated_header")
        return table.filter(pc.invert(pc.fill_null(again, False)))


class _Fill:
    """Gives every row of a range merged downwards the value of its first row."""

    def __init__(self, merged: list[Merged]) -> None:
        self._ranges: dict[int, list[tuple[int, int]]] = {}
        for column, top, bottom in merged:
            self._ranges.setdefault(column, []).append((top, bottom))
        self._open: dict[int, tuple[int, str]] = {}  # by column: last row, value

    def filled(
        self, column: int, rows: np.ndarray, indices: np.ndarray, texts: pa.Array
    ) -> pa.Array:
        """The column's texts; `indices` say where in `texts` each row's stands, -1 for nowhere."""
        if not len(rows):
            return pa.array([], pa.string())
        value = self._carried(column, rows, indices, len(texts))
        ranges = self._ranges.get(column, [])
        begin = bisect_left(ranges, (int(rows[0]), 0))
        for top, bottom in ranges[begin : bisect_right(ranges, (int(rows[-1]), 1 << 30))]:
            first = int(np.searchsorted(rows, top))
            if first == len(rows) or rows[first] != top or indices[first] < 0:
                continue
            last = int(np.searchsorted(rows, bottom, "right"))
            part = indices[first:last]
            part[part < 0] = indices[first]
            if bottom > rows[-1]:
                self._open[column] = bottom, texts[int(indices[first])].as_py()
        if value is not None:
            texts = pa.concat_arrays([texts, pa.array([value], pa.string())])
        return texts.take(pa.array(indices, mask=indices < 0))

    def _carried(
        self, column: int, rows: np.ndarray, indices: np.ndarray, place: int
    ) -> str | None:
        """The value of a range begun in an earlier block; its rows point to `place`."""
        bottom, value = self._open.pop(column, (0, ""))
        last = int(np.searchsorted(rows, bottom, "right"))
        if last == 0:
            return None
        part = indices[:last]
        part[part < 0] = place
        if bottom > rows[-1]:
            self._open[column] = bottom, value
        return value
