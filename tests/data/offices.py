"""Small department files for tests: invented people, written as departments write them."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from data.contracts import load_contract
from data.identity import check_digit

# The standard's own example number; the others carry an address code that no place has.
EXAMPLE = "11010519491231002X"


def number(serial: int, born: str = "19800101") -> str:
    """A valid invented ID number; odd serials are men."""
    first17 = f"990321{born}{serial:03d}"
    return first17 + check_digit(first17)


def number15(serial: int, born: str = "800101") -> str:
    """The old 15-digit form of `number`."""
    return f"990321{born}{serial:03d}"


def claim(serial: int, **changes: Any) -> dict[str, Any]:
    """One medical settlement, by field name; another total is paid out of pocket."""
    return {
        "settlement_no": f"J{serial:05d}",
        "id_number": number(serial % 900),
        "name": f"王测{serial % 7}",
        "visit_type": "住院",
        "listed_disease": "否",
        "total_cost": "1,200.50",
        "self_paid": changes.get("total_cost", "300"),
        "settled_on": "2026-06-03",
    } | changes


def resident(serial: int, **changes: Any) -> dict[str, Any]:
    """One row of the population register, by field name."""
    return {
        "name": f"李试{serial % 7}",
        "id_number": number(serial % 900),
        "household_no": f"H{serial // 3:04d}",
        "relation": "户主" if serial % 3 == 0 else "子女",
        "sex": "男" if serial % 2 else "女",
        "born_on": "1980-01-01",
        "township_code": "990321101",
        "village_code": "990321101001",
        "urban_rural": "农村",
        "phone": "13800001234",
        "change_type": "在册",
        "changed_on": "2026-05-20",
    } | changes


def death(serial: int, **changes: Any) -> dict[str, Any]:
    """One death, by field name."""
    return {
        "certificate_no": f"S{serial:04d}",
        "id_number": number(serial % 900),
        "name": "赵某",
        "cause_group": "疾病",
        "died_on": "2026-06-02",
    } | changes


def certificate(serial: int, **changes: Any) -> dict[str, Any]:
    """One disability certificate, by field name."""
    return {
        "certificate_no": f"{number(serial)}41",
        "id_number": number(serial),
        "name": "孙某某",
        "category": "肢体",
        "grade": "二级",
        "event": "新发",
        "care_subsidy": "是",
        "issued_on": "2026-06-09",
    } | changes


def csv_bytes(
    feed: str,
    rows: Sequence[Mapping[str, Any]],
    encoding: str = "gb18030",
    headers: Mapping[str, str] | None = None,
    separator: str = ",",
) -> bytes:
    """Rows by field name as a CSV with Chinese headers; `headers` replaces some of them."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    labels = load_contract(feed).labels("zh") | dict(headers or {})
    page = io.StringIO()
    writer = csv.writer(page, delimiter=separator, lineterminator="\r\n")
    writer.writerow([labels[name] for name in names])
    writer.writerows([["" if row.get(n) is None else row[n] for n in names] for row in rows])
    return page.getvalue().encode(encoding)


def excel_bytes(feed: str, rows: Sequence[Mapping[str, Any]], title: str | None = None) -> bytes:
    """Rows by field name as a workbook; numbers stay numbers, as hands type them."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    labels, content = load_contract(feed).labels("zh"), io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet, top = book.add_worksheet(), 0
        if title:
            sheet.write_string(0, 0, title)
            top = 1
        sheet.write_row(top, 0, [labels[n] for n in names])
        for at, row in enumerate(rows, start=top + 1):
            for place, name in enumerate(names):
                value = row.get(name)
                if isinstance(value, str):
                    sheet.write_string(at, place, value)
                elif value is not None:
                    sheet.write_number(at, place, value)
    return content.getvalue()


def post(
    folder: Path, feed: str, content: bytes, period: str = "202606", day: str = "20260628"
) -> Path:
    """Put a delivery into `folder` under the name it should have."""
    suffix = "xlsx" if content.startswith(b"PK") else "csv"
    path = folder / f"{load_contract(feed).zh}_{period}_{day}.{suffix}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path
