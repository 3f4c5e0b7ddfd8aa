"""The empty Excel file handed to a department: its columns, its allowed values, its hints."""

from __future__ import annotations

import io

import xlsxwriter

from data.contracts import Contract, Field, load_contract
from data.docs import allowed_values
from data.values import FALSE, TRUE

ROWS = 5_000
YES_NO = (TRUE[0], FALSE[0])


def template(feed: str) -> bytes:
    """An .xlsx with the feed's headers; codes can be picked, ID numbers are text cells.

    Raises ContractError for an unknown feed.
    """
    contract, content = load_contract(feed), io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet(contract.zh[:31])
        text, must = book.add_format({"num_format": "@"}), book.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        for place, field in enumerate(contract.fields):
            sheet.write_string(0, place, field.zh, must if field.required else None)
            sheet.write_comment(0, place, _hint(contract, field))
            sheet.set_column(place, place, 16, text if field.kind == "string" else None)
            if choices := _choices(field):
                sheet.data_validation(
                    1, place, ROWS, place, {"validate": "list", "source": choices}
                )
    return content.getvalue()


def _choices(field: Field) -> list[str]:
    if field.kind == "boolean":
        return list(YES_NO)
    return [c.zh for c in field.codes]


def _hint(contract: Contract, field: Field) -> str:
    lines = [field.en, "必填 required" if field.required else "可空 may be empty"]
    if field.role:
        lines.append(f"角色 role: {field.role.zh} {field.role.en}")
    if field.unit:
        lines.append(f"单位 unit: {field.unit}")
    if field.kind == "date":
        lines.append("日期 date: 2025-02-28")
    if allowed := allowed_values(field):
        lines.append(f"范围 allowed: {allowed}")
    return "\n".join([*lines, f"{contract.zh} · {contract.owner_zh}"])
