"""Refused rows, to be given back to the department that sent them.

They hold personal data: only people who may see it call this, and the caller logs who and why.
"""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from data.home import Home
from data.vault import Vault

WORDS = {
    "row_no": "行号",
    "reason_code": "原因代码",
    "reason_field": "问题列",
    "reason_zh": "原因",
    "reason_en": "Reason",
    "row_text": "整行原文",
}


class QuarantineError(Exception):
    """There is no such list; the message names the batch."""


def quarantined(home: Home, feed: str, batch: str) -> pa.Table:
    """Refused rows of a batch: row_no, reason_code, reason_field, reason_zh, reason_en, then the
    columns as delivered.

    Raises QuarantineError when the batch has none.
    """
    path = Vault(home).quarantine / feed / f"{batch}.parquet"
    if not path.exists():
        raise QuarantineError(f"batch {batch} of {feed} has no quarantined rows")
    return pq.read_table(path)


def workbook(home: Home, feed: str, batch: str) -> bytes:
    """The same as an Excel file whose cells are text, so that no spreadsheet damages a number.

    Raises QuarantineError when the batch has none.
    """
    rows, content = quarantined(home, feed, batch), io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_numbers": False}) as book:
        sheet = book.add_worksheet("退回清单")
        text, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        for place, name in enumerate(rows.column_names):
            sheet.write_string(0, place, WORDS.get(name, name), bold)
            sheet.set_column(place, place, 18, text)
            cells = ["" if v is None else str(v) for v in rows[name].to_pylist()]
            sheet.write_column(1, place, cells, text)
    return content.getvalue()
