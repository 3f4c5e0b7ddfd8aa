"""CSV and its relatives: decoded here, parsed by Arrow, every cell as text."""

from __future__ import annotations

import csv

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from data.readers.encoding import decode
from data.readers.limits import check_table
from data.readers.raw import (
    HEADER_SEARCH_ROWS,
    REPLACEMENT,
    RawFile,
    ReadError,
    broken_rows,
    header_row,
    unique_headers,
)

SEPARATORS = (",", "\t", ";", "|", "，")
NULLS = ["", "NULL", "null", "None", "\\N", "#N/A"]


def read_delimited(content: bytes, known_headers: frozenset[str]) -> RawFile:
    """A delimited file as text columns. Raises ReadError when there is no table in it."""
    text, encoding = decode(content)
    head = text[: 1 << 15].splitlines()[:HEADER_SEARCH_ROWS]
    separator = max(SEPARATORS, key=lambda s: max(line.count(s) for line in head))
    rows = list(csv.reader(head, delimiter=separator))
    at = header_row(rows, known_headers)
    if at is None:
        raise ReadError("no_header", "没有找到表头行", "no header row was found")
    header = text.split("\n", at + 1)[at]
    check_table(text.count("\n"), header.count(separator) + 1)
    body = text.split("\n", at + 1)[at + 1] if text.count("\n", 0, 1 << 16) > at else ""
    if separator == "，":
        body, separator = body.replace("，", ","), ","
    names = unique_headers(rows[at])
    table, broken = _parse(body, names, separator, first_row=at + 2)
    flags = ("damaged_text",) if REPLACEMENT in text else ()
    return RawFile(names, table, broken, encoding, flags)


def _parse(
    body: str, names: list[str], separator: str, first_row: int
) -> tuple[pa.Table, pa.Table]:
    misfits: list[tuple[int, str]] = []

    def keep(row: arrow_csv.InvalidRow) -> str:
        misfits.append((row.number or 0, row.text))
        return "skip"

    if not body.strip():
        table = pa.table({name: pa.array([], pa.string()) for name in names})
        return _numbered(table, [], first_row), broken_rows([], [])
    try:
        table = arrow_csv.read_csv(
            pa.py_buffer(body.encode("utf-8")),
            arrow_csv.ReadOptions(use_threads=False, column_names=names, block_size=1 << 24),
            arrow_csv.ParseOptions(
                delimiter=separator, newlines_in_values=True, invalid_row_handler=keep
            ),
            arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=True,
                null_values=NULLS,
            ),
        )
    except pa.ArrowInvalid as error:
        line = str(error).splitlines()[0][:120]
        raise ReadError("unreadable", f"CSV 无法解析：{line}", f"not a CSV: {line}") from error
    numbers = [n for n, _ in misfits]
    shown = broken_rows([n + first_row - 1 for n in numbers], [t for _, t in misfits])
    return _numbered(table, numbers, first_row), shown


def _numbered(table: pa.Table, misfits: list[int], first_row: int) -> pa.Table:
    """Add row_no, leaving out the numbers of rows that did not fit."""
    places = pa.array(range(1, table.num_rows + len(misfits) + 1), pa.int64())
    if misfits:
        fits = pc.invert(pc.is_in(places, value_set=pa.array(misfits, pa.int64())))
        places = places.filter(fits)
    return table.append_column("row_no", pc.add(places, first_row - 1))
