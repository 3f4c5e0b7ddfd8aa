"""What can be wrong with a row or a delivery, in words for the department and for the page."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from data.contracts import Field
from data.manifest import Batch

# code: (Chinese, English). Shown beside every quarantined row and in the feed reference.
REASONS: dict[str, tuple[str, str]] = {
    "missing_required": ("必填项为空", "a required field is empty"),
    "bad_length": ("身份证号位数不对", "the ID number has neither 15 nor 18 characters"),
    "bad_characters": ("身份证号含有不允许的字符", "the ID number has characters it cannot have"),
    "bad_checksum": ("身份证号校验位不符", "the ID number fails its check digit"),
    "bad_birth_in_id": ("身份证号中的出生日期不存在", "the birth date in the ID number is no date"),
    "damaged_number": (
        "号码被电子表格改成科学计数，数字已丢失",
        "a spreadsheet turned the number into 3.6E+17 and lost digits",
    ),
    "bad_date": ("日期无法识别", "not a date"),
    "future_date": ("日期晚于报送日", "the date lies after the delivery"),
    "bad_code": ("取值不在约定范围内", "the value is not one of the agreed ones"),
    "bad_number": ("数值无法识别", "not a number"),
    "out_of_range": ("数值超出合理范围", "the number lies outside the possible range"),
    "bad_encoding": ("含有乱码字符", "characters were damaged in transfer"),
    "key_conflict": (
        "同一编号有内容不同的两行",
        "two rows of the file have the same number and say different things",
    ),
    "broken_row": ("列数与表头不符", "the row does not fit the header"),
}
REPAIRS: dict[str, tuple[str, str]] = {
    "full_width": ("全角转半角", "full-width characters"),
    "stripped": ("去除空格、引号或连字符", "blanks, quotes or dashes removed"),
    "lower_x": ("小写 x 转大写", "lower-case x"),
    "id15": ("15 位升 18 位", "15 digits made 18"),
    "born_from_id": ("由身份证号补出生年月", "birth month taken from the ID number"),
    "sex_from_id": ("由身份证号补性别", "sex taken from the ID number"),
}
WARNINGS: dict[str, tuple[str, str]] = {
    "sex_mismatch": ("性别与身份证号不符", "sex differs from the ID number"),
    "birth_mismatch": ("出生日期与身份证号不符", "birth date differs from the ID number"),
}
FLAGS: dict[str, tuple[str, str]] = {
    "drift": ("行数与近三次相差过大", "row count far from the last three deliveries"),
    "no_rows": ("只有表头，没有数据", "a header and no rows"),
    "extra_sheets": (
        "工作簿中另有表格未读取",
        "the workbook holds more tables, which were not read",
    ),
    "unknown_columns": ("有未约定的列", "columns the contract does not know"),
    "changed_elsewhere": (
        "部分编号在其他月份已报送且内容不同，以先报送的为准",
        "some numbers came with another month and say something else there; the first one counts",
    ),
}
DRIFT_LOADS = 3


def misread_reason(field: Field) -> str:
    """Reason code for a filled cell of this field that gave no value."""
    if field.codes or field.kind == "boolean":
        return "bad_code"
    return {"date": "bad_date", "number": "bad_number", "integer": "bad_number"}.get(
        field.kind, "bad_encoding"
    )


def outside_range(value: pa.Array, field: Field) -> pa.Array | None:
    """Whether each number lies outside what the contract allows; None when all is allowed."""
    low, high = field.minimum, field.maximum
    if low is None and high is None:
        return None
    below = pc.less(value, float("-inf") if low is None else low)
    return pc.or_(below, pc.greater(value, float("inf") if high is None else high))


def has_drifted(earlier: Sequence[Batch], received: int, percent: float | None) -> bool:
    """Whether a row count is far from the mean of the last three good deliveries.

    The very first delivery brings the stock and a backlog, so it never counts as usual.
    Small counts swing by chance, so the gap must also exceed three times their square root.
    `percent` None switches the check off, for feeds that are seasonal or start with a stock.
    """
    loads = [b.received for b in earlier if b.readable][1:][-DRIFT_LOADS:]
    if percent is None or len(loads) < DRIFT_LOADS:
        return False
    usual = sum(loads) / len(loads)
    return abs(received - usual) > max(usual * percent / 100, 3 * usual**0.5)
