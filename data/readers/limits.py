"""How large a delivered file may be, before and after it is unpacked.

A county's largest extract (a year's medical claims) is some tens of megabytes, a province's month
of claims some hundreds. Whatever is beyond the limits is a mistake or an attack.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from data.readers.raw import ReadError

MOST_BYTES = 2 * 1024**3
MOST_UNPACKED = 2 * 1024**3
MOST_RATIO = 200  # unpacked ÷ packed; a real workbook is packed 5 to 30 times
RATIO_FROM = 16 * 1024**2  # unpacked bytes; below, a high ratio does no harm
MOST_PARTS = 1_000  # files in a workbook: sheets, styles, strings
MOST_ROWS = 20_000_000
MOST_COLUMNS = 500
MOST_CELLS = 120_000_000  # of one sheet, empty ones too: all rows of Excel, a hundred columns
_PIECE, _OVERLAP = 1 << 20, 64  # bytes
_CELL = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,4})(\d{1,9})["']""")


def check_size(count: int) -> None:
    """Raises ReadError (unreadable) for more bytes than a delivery may have."""
    if count > MOST_BYTES:
        raise ReadError(
            "unreadable",
            f"文件 {_mb(count)}，超过上限 {_mb(MOST_BYTES)}，请按乡镇或月份分成几份报送",
            f"the file has {_mb(count)}, more than the {_mb(MOST_BYTES)} allowed; deliver it in "
            "parts, by township or month",
        )


def check_table(rows: int, columns: int) -> None:
    """Raises ReadError (unreadable) for more rows or columns than a table may have."""
    if columns > MOST_COLUMNS:
        raise ReadError(
            "unreadable",
            f"表头有 {columns:,} 列，超过上限 {MOST_COLUMNS:,} 列，请检查分隔符",
            f"the header has {columns:,} columns, more than the {MOST_COLUMNS:,} allowed; check "
            "the separator",
        )
    if rows > MOST_ROWS:
        raise ReadError(
            "unreadable",
            f"共 {rows:,} 行，超过上限 {MOST_ROWS:,} 行，请分成几份报送",
            f"the table has {rows:,} rows, more than the {MOST_ROWS:,} allowed; deliver it in "
            "parts",
        )


def check_workbook(content: bytes) -> None:
    """Refuse a workbook that would unpack to far more than it looks like.

    Its parts are unpacked here piece by piece, up to the limit: what they declare may be untrue.
    One cell in the last row and column makes a reader keep every empty one before it, so the
    corners are looked for as well. Raises ReadError (unreadable) also for what is damaged,
    encrypted, or packed but no workbook.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
            _check_unpacked(sum(p.file_size for p in parts), len(content), len(parts))
            if "xl/workbook.xml" not in packed.namelist():
                raise _damaged()
            _unpack(packed, parts, len(content))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise _damaged() from error


def _unpack(packed: zipfile.ZipFile, parts: list[zipfile.ZipInfo], size: int) -> None:
    unpacked = 0
    for part in parts:
        corner, rest = (0, 0), b""
        with packed.open(part) as stream:
            while piece := stream.read(_PIECE):
                unpacked += len(piece)
                _check_unpacked(unpacked, size, len(parts))
                if part.filename.startswith("xl/worksheets/"):
                    corner, rest = _corner(rest + piece, corner), piece[-_OVERLAP:]
                    _check_cells(*corner)


def _corner(piece: bytes, before: tuple[int, int]) -> tuple[int, int]:
    """The last row and column that cells name, up to this piece."""
    cells = _CELL.findall(piece)
    if not cells:
        return before
    rows = max(int(row) for row in {row for _, row in cells})
    columns = max(_column(letters) for letters in {letters for letters, _ in cells})
    return max(before[0], rows), max(before[1], columns)


def _column(letters: bytes) -> int:
    """1 for A, 27 for AA."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _check_cells(rows: int, columns: int) -> None:
    if rows * columns > MOST_CELLS:
        raise ReadError(
            "unreadable",
            f"工作表范围到第 {rows:,} 行第 {columns:,} 列，多为空白；请删去表外的单元格后重新保存",
            f"the sheet reaches row {rows:,} and column {columns:,}, mostly empty; delete what is "
            "outside the table and save it again",
        )


def _check_unpacked(unpacked: int, packed: int, parts: int) -> None:
    ratio = unpacked > RATIO_FROM and unpacked > MOST_RATIO * packed
    if unpacked > MOST_UNPACKED or ratio or parts > MOST_PARTS:
        raise ReadError(
            "unreadable",
            "Excel 文件解压后过大，请另存为 CSV 或分成几份报送",
            "the workbook unpacks to far too much; save it as CSV or deliver it in parts",
        )


def _damaged() -> ReadError:
    return ReadError(
        "unreadable",
        "Excel 文件损坏、加密或格式不支持，无法打开，请另存为 .xlsx 或 CSV",
        "the workbook cannot be opened: it is damaged, encrypted or of another kind; save it as "
        ".xlsx or CSV",
    )


def _mb(count: int) -> str:
    return f"{count / 1024**2:,.0f} MB"
