"""Excel workbooks through calamine, every cell as text, without losing digits silently."""

from __future__ import annotations

import io
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
from python_calamine import CalamineError, CalamineWorkbook

from data.readers.limits import check_table, check_workbook
from data.readers.raw import (
    HEADER_SEARCH_ROWS,
    Chunk,
    Ending,
    RawFile,
    RawTable,
    ReadError,
    broken_rows,
    header_row,
    known_cells,
    unique_headers,
)

_ZIP = b"PK\x03\x04"
EXACT_BELOW = 1e15  # a spreadsheet keeps 15 digits; longer numbers have lost some


def open_excel(file: BinaryIO, known: frozenset[str], rows: int) -> RawTable:
    """The sheet of a workbook that names most known columns, as text columns.

    Raises ReadError for a workbook that cannot be opened or holds no table.
    """
    raw = _read(file.read(), known)
    end = Ending(lines=raw.rows, flags=raw.flags)
    pieces = (raw.table.slice(at, rows) for at in range(0, raw.table.num_rows, rows))
    chunks = (Chunk(piece, broken_rows([], [])) for piece in pieces)
    return RawTable(raw.headers, raw.encoding, chunks, end, flags=raw.flags)


def _read(content: bytes, known_headers: frozenset[str]) -> RawFile:
    if content.startswith(_ZIP):
        check_workbook(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [
            book.get_sheet_by_name(n).to_python(skip_empty_area=False) for n in book.sheet_names
        ]
    except (CalamineError, OSError, ValueError) as error:
        raise ReadError(
            "unreadable", "Excel 文件损坏或无法打开", f"the workbook cannot be opened: {error}"
        ) from error
    tables = [(header_row(s[:HEADER_SEARCH_ROWS], known_headers), s) for s in sheets if s]
    found = [(at, s) for at, s in tables if at is not None]
    if not found:
        raise ReadError("no_header", "没有找到表头行", "no header row was found")
    at, rows = max(found, key=lambda f: known_cells(f[1][f[0]], known_headers))
    check_table(len(rows), len(rows[at]))
    flags = ("extra_sheets",) if len(found) > 1 else ()
    return RawFile(*_columns(rows, at), broken_rows([], []), "xlsx", flags)


def _columns(rows: list[list[Any]], at: int) -> tuple[list[str], pa.Table]:
    names = unique_headers(rows[at])
    cells = list(zip(*rows[at + 1 :], strict=True)) or [()] * len(names)
    table = pa.table({n: _as_text(list(c)) for n, c in zip(names, cells, strict=True)})
    count = len(rows) - at - 1
    table = table.append_column("row_no", pa.array(range(at + 2, at + 2 + count), pa.int64()))
    filled = pa.array([False] * count, pa.bool_())
    for name in names:
        filled = pc.or_(filled, pc.is_valid(table[name]))
    keep = [i for i, name in enumerate(names) if not _blank(name, i, table)]
    wanted = [names[i] for i in keep]
    return wanted, table.select([*wanted, "row_no"]).filter(filled)


def _blank(name: str, place: int, table: pa.Table) -> bool:
    """A column without header and without content."""
    return name == f"列{place + 1}" and table[name].null_count == table.num_rows


def _as_text(cells: list[Any]) -> pa.Array:
    kinds = set(map(type, cells))
    if kinds <= {str}:
        return _null_if_blank(pa.array(cells, pa.string()))
    if kinds <= {float}:
        return _numbers(pa.array(cells, pa.float64()))
    if kinds <= {float, str} and {c for c in cells if type(c) is str} == {""}:
        return _numbers(pa.array([None if c == "" else c for c in cells], pa.float64()))
    return _null_if_blank(pa.array([_cell(c) for c in cells], pa.string()))


def _numbers(values: pa.Array) -> pa.Array:
    """Whole numbers without a point, digits lost by the spreadsheet shown as 3.6E+17."""
    whole = pc.and_(pc.equal(pc.floor(values), values), pc.less(pc.abs(values), EXACT_BELOW))
    integers = pc.cast(pc.if_else(whole, values, None), pa.int64())
    return pc.coalesce(pc.cast(integers, pa.string()), pc.cast(values, pa.string()))


def _null_if_blank(texts: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(texts, ""), None, texts)


def _cell(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT_BELOW:
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value.total_seconds()) if isinstance(value, timedelta) else str(value)
