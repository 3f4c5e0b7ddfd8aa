"""Excel files of many rows in little time.

xlsxwriter makes the workbook; the rows of its one sheet are put in column by column, because a
call per cell would take longer than the county takes to live.
"""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

SHEET = "xl/worksheets/sheet1.xml"
# A fixed date keeps the same county byte for byte the same.
_FIXED = datetime(2020, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_STAMP = (2020, 1, 1, 0, 0, 0)


def write_excel(path: Path, columns: dict[str, pa.Array], title: str) -> None:
    """Write columns as one sheet named `title`; text stays text, missing cells stay empty."""
    shell = io.BytesIO()
    with xlsxwriter.Workbook(shell, {"in_memory": True}) as book:
        book.set_properties({"created": _FIXED})
        book.add_worksheet(title)
    with (
        zipfile.ZipFile(shell) as source,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target,
    ):
        for item in source.namelist():
            content = source.read(item)
            if item == SHEET:
                content = content.replace(b"<sheetData/>", _sheet(columns))
                content = content.replace(b'<dimension ref="A1"/>', b"")
            target.writestr(zipfile.ZipInfo(item, _STAMP), content, zipfile.ZIP_DEFLATED, 1)


def _escape(values: pa.Array) -> pa.Array:
    """Text safe inside XML."""
    for mark, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        values = pc.replace_substring(values, mark, name)
    return values


def _cells(at: int, values: pa.Array, numbers: pa.Array) -> pa.Array:
    """The XML of one column's cells; an empty string where a value is missing."""
    letter = xl_col_to_name(at)
    if pa.types.is_string(values.type):
        begin, end, text = '" t="inlineStr"><is><t>', "</t></is></c>", _escape(values)
    else:
        begin, end, text = '"><v>', "</v></c>", pc.cast(values, pa.string())
    cell = pc.binary_join_element_wise(f'<c r="{letter}', numbers, begin, text, end, "")
    return pc.fill_null(cell, "")


def _sheet(columns: dict[str, pa.Array]) -> bytes:
    """All rows: the headers, then the values."""
    size = len(next(iter(columns.values())))
    first = "".join(
        f'<c r="{xl_col_to_name(at)}1" t="inlineStr"><is><t>{header}</t></is></c>'
        for at, header in enumerate(columns)
    )
    numbers = pa.array(np.arange(2, size + 2).astype("U7").astype(object), type=pa.string())
    cells = [_cells(at, values, numbers) for at, values in enumerate(columns.values())]
    rows = pc.binary_join_element_wise('<row r="', numbers, '">', *cells, "</row>", "")
    body = "".join(rows.to_pylist())
    return f'<sheetData><row r="1">{first}</row>{body}</sheetData>'.encode()
