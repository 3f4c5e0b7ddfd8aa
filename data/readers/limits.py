"""How large a delivered file may be, before and after it is unpacked.

A county's largest extract (a year's medical claims) is some tens of megabytes, a province's month
of claims some hundreds. Whatever is beyond the limits is a mistake or an attack.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection
from copy import copy
from typing import BinaryIO

from data.readers.raw import ReadError

MOST_BYTES = 2 * 1024**3
MOST_UNPACKED = 2 * 1024**3
MOST_RATIO = 200  # unpacked ÷ packed; a real workbook is packed 5 to 30 times
RATIO_FROM = 16 * 1024**2  # unpacked bytes; below, a high ratio does no harm
MOST_PARTS = 1_000  # files in a workbook: sheets, styles, strings
MOST_ROWS = 20_000_000
MOST_COLUMNS = 500
# A part that other packed files have, and what they are.
_OTHERWISE = (
    ("xl/workbook.bin", "二进制工作簿（.xlsb）", "a binary workbook (.xlsb)"),
    ("content.xml", "OpenDocument 表格（.ods）", "an OpenDocument table (.ods)"),
    ("word/", "Word 文档", "a Word document"),
    ("ppt/", "演示文稿", "a presentation"),
)


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


class PackedLimits:
    """How much of a packed file may be unpacked: what its parts declare may be untrue."""

    def __init__(self, file: BinaryIO) -> None:
        self._packed = file.seek(0, io.SEEK_END)
        self._parts = self._unpacked = 0

    def check_declared(self, parts: list[zipfile.ZipInfo]) -> None:
        """Raises ReadError (unreadable) for a workbook that says itself it is too large."""
        self._parts = len(parts)
        _check_unpacked(sum(p.file_size for p in parts), self._packed, self._parts)

    def again(self) -> PackedLimits:
        """The same limits for a part that is read once more."""
        other = copy(self)
        other._unpacked = 0
        return other

    def count(self, unpacked: int) -> None:
        """Raises ReadError (unreadable) when, with these bytes, too much was unpacked."""
        self._unpacked += unpacked
        _check_unpacked(self._unpacked, self._packed, self._parts)


def _check_unpacked(unpacked: int, packed: int, parts: int) -> None:
    ratio = unpacked > RATIO_FROM and unpacked > MOST_RATIO * packed
    if unpacked > MOST_UNPACKED or ratio or parts > MOST_PARTS:
        raise ReadError(
            "unreadable",
            "Excel 文件解压后过大，请另存为 CSV 或分成几份报送",
            "the workbook unpacks to far too much; save it as CSV or deliver it in parts",
        )


def damaged_workbook() -> ReadError:
    """What is said of a workbook that cannot be read."""
    return ReadError(
        "unreadable",
        "Excel 文件损坏、加密或格式不支持，无法打开，请另存为 .xlsx 或 CSV",
        "the workbook cannot be opened: it is damaged, encrypted or of another kind; save it as "
        ".xlsx or CSV",
    )


def packed_otherwise(parts: Collection[str]) -> ReadError:
    """What is said of a packed file that is no workbook in XML, by the parts it has."""
    for mark, zh, en in _OTHERWISE:
        if any(part.startswith(mark) for part in parts):
            return ReadError(
                "unreadable",
                f"这是{zh}，虽名为 Excel 文件；请用 Excel 或 WPS 打开后另存为 .xlsx 再报送",
                f"this is {en}, whatever its name says; open it in Excel or WPS, save it as .xlsx "
                "and deliver that",
            )
    return ReadError(
        "unreadable",
        "这是压缩包，虽名为 Excel 文件；请解压后报送其中的表格",
        "this is an archive, whatever its name says; unpack it and deliver the tables in it",
    )


def protected_workbook() -> ReadError:
    """What is said of a workbook that opens with a password only."""
    return ReadError(
        "unreadable",
        "工作簿设有打开密码，请取消密码后重新报送",
        "the workbook has a password; take the password off and deliver it again",
    )


def _mb(count: int) -> str:
    return f"{count / 1024**2:,.0f} MB"
