"""What can be wrong with a row or a delivery, in words for the department and for the page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from data.contracts import Contract, Field, all_feeds, load_contract, looks_like
from data.manifest import Batch
from data.readers.flags import READER_FLAGS, TO_LOOK_AT
from data.remarks import NOTHING, TOTAL
from data.values import CONTROL, cut_short, is_number, to_numbers

Words = tuple[str, str]  # Chinese, English


class Said(Mapping[str, Words]):
    """Words by code: those every feed shares, then those the contracts' rules bring along."""

    def __init__(self, shared: dict[str, Words], severity: str) -> None:
        self._shared, self._severity = shared, severity
        self._all: dict[str, Words] | None = None

    def __getitem__(self, code: str) -> Words:
        return self._shared[code] if code in self._shared else self._with_rules()[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._with_rules())

    def __len__(self) -> int:
        return len(self._with_rules())

    def _with_rules(self) -> dict[str, Words]:
        if self._all is None:
            rules = (r for feed in all_feeds() for r in load_contract(feed).rules)
            told = {r.name: (r.zh, r.en) for r in rules if r.severity == self._severity}
            self._all = self._shared | told
        return self._all


# code: (Chinese, English). Shown beside every quarantined row and in the feed reference.
_REASONS: dict[str, Words] = {
    "void": ("报送部门已声明作废", "declared void by its department"),
    TOTAL: (
        "合计、小计行，不是一条记录，不退回",
        "a row of totals: no record, nothing to put right",
    ),
    NOTHING: (
        "“本月无”之类的说明行，不是一条记录，不退回",
        "a line that says there was nothing: no record, nothing to put right",
    ),
    "missing_required": ("必填项为空", "a required field is empty"),
    "bad_length": ("身份证号位数不对", "the ID number has neither 15 nor 18 characters"),
    "bad_characters": ("身份证号含有不允许的字符", "the ID number has characters it cannot have"),
    "bad_checksum": ("身份证号校验位不符", "the ID number fails its check digit"),
    "bad_birth_in_id": (
        "身份证号中的出生日期不存在或早于 1900 年",
        "the birth date in the ID number is no date, or before 1900",
    ),
    "damaged_number": (
        "号码被电子表格改成科学计数，数字已丢失",
        "a spreadsheet turned the number into 3.6E+17 and lost digits",
    ),
    "bad_date": ("日期无法识别", "not a date"),
    "ambiguous_month": (
        "月份不明：2026.1 可能是 1 月，也可能是 10 月（电子表格去掉了末尾的 0），请写 2026-10",
        "no certain month: 2026.1 is January, or October whose zero a spreadsheet dropped; "
        "write 2026-10",
    ),
    "short_year": ("年份只有两位，请写四位", "the year has two digits; write four"),
    "cut_date": ("日期不完整，可能被截断", "the date is not whole; it may have been cut off"),
    "future_date": ("日期晚于报送日", "the date lies after the delivery"),
    "too_far_ahead": ("日期过远，超出允许的时间", "the date lies further ahead than it can"),
    "too_long_ago": ("日期过早，不合常理", "the date lies longer ago than it can"),
    "bad_code": ("取值不在约定范围内", "the value is not one of the agreed ones"),
    "bad_number": ("数值无法识别", "not a number"),
    "decimal_comma": (
        "逗号既不是千分位也不是小数点，请写 4.32 或 1,234.50",
        "the comma parts no thousands: write 4.32 or 1,234.50",
    ),
    "doubtful_unit": (
        "按表头“单位：万元”换算后超出合理范围，请核对单位",
        "in units of 10,000 yuan, as the title says, the amount is impossible; check the unit",
    ),
    "out_of_range": ("数值超出合理范围", "the number lies outside the possible range"),
    "too_long": ("内容过长", "longer than the column allows"),
    "bad_form": ("写法与约定不符", "not written in the agreed form"),
    "invisible_character": (
        "含有看不见的控制字符，无法确定原意",
        "holds an invisible control character, so what was meant is not certain",
    ),
    "personal_data": (
        "不应有个人信息的列中出现了身份证号、电话或姓名",
        "an ID number, phone or name where no personal data belongs",
    ),
    "born_in_future": (
        "身份证号中的出生日期晚于报送日",
        "the birth date in the ID number lies after the delivery",
    ),
    "bad_encoding": ("含有乱码字符", "characters were damaged in transfer"),
    "key_conflict": (
        "同一编号有内容不同的两行",
        "two rows of the file have the same number and say different things",
    ),
    "broken_row": ("列数与表头不符", "the row does not fit the header"),
}
REASONS: Mapping[str, Words] = Said(_REASONS, "error")
REPAIRS: dict[str, Words] = {
    "full_width": ("全角转半角", "full-width characters"),
    "stripped": (
        "去除空格、引号、连字符或不可见字符",
        "blanks, quotes, dashes or invisible characters removed",
    ),
    "lower_x": ("小写 x 转大写", "lower-case x"),
    "id15": ("15 位升 18 位", "15 digits made 18"),
    "born_from_id": ("由身份证号补出生年月", "birth month taken from the ID number"),
    "sex_from_id": ("由身份证号补性别", "sex taken from the ID number"),
    "place_spelling": (
        "乡镇或村居名称统一为区划表代码",
        "a township or village written by name, given its code",
    ),
    "old_place": (
        "已停用的区划代码换为当日有效的代码",
        "a code that had ended, changed for that of the place on the day",
    ),
}
_WARNINGS: dict[str, Words] = {
    "sex_mismatch": ("性别与身份证号不符", "sex differs from the ID number"),
    "birth_mismatch": ("出生日期与身份证号不符", "birth date differs from the ID number"),
    "unknown_place": (
        "乡镇或村居名称不在区划表中，按未知处理",
        "a township or village by a name the region table does not know, kept as unknown",
    ),
    "place_split": (
        "区划已拆分或撤销，无法确定现属何处，按未知处理",
        "the place was split or given up and nobody can tell what it became; kept as unknown",
    ),
    "name_differs": (
        "姓名与该身份证号原有姓名不同，暂作另一人，待核对",
        "the number has another name elsewhere: taken for somebody else until it is reviewed",
    ),
    "bad_phone": (
        "电话号码位数不对，未存入",
        "no phone number by its digits; it is not kept",
    ),
}
WARNINGS: Mapping[str, Words] = Said(_WARNINGS, "warning")
FLAGS: dict[str, Words] = {
    "drift": ("行数与近三次相差过大", "row count far from the last three deliveries"),
    "no_rows": ("只有表头，没有数据", "a header and no rows"),
    "unknown_columns": ("有未约定的列", "columns the contract does not know"),
    "changed_elsewhere": (
        "部分编号在其他月份已报送且内容不同，以先报送的为准",
        "some numbers came with another month and say something else there; the first one counts",
    ),
    **{flag: READER_FLAGS[flag] for flag in TO_LOOK_AT},
}
DRIFT_LOADS = 3
DOUBTFUL_SHARE = 0.05  # of a column's amounts beyond the range, from which on its unit is wrong


def wrong_columns(contract: Contract, headers: list[str]) -> Words | None:
    """Why a table with these headers is not `contract`'s; None when it may be.

    It lacks required columns, or knows more of another feed's columns: a visits file and a members
    file share what they require.
    """
    matched, rather = contract.match_headers(headers), looks_like(contract, headers)
    missing = "、".join(contract.field(n).zh for n in contract.required if n not in matched)
    said = [(f"缺少列：{missing}", f"columns missing: {missing}")] if missing else []
    if rather is not None:
        said.append((f"内容像是{rather.zh}", f"it looks like {rather.en}"))
    return ("；".join(zh for zh, _ in said), "; ".join(en for _, en in said)) if said else None


_CONTROL = re.compile(f"[{CONTROL}]")
_SHORT_YEAR = re.compile(r"\d{2}([-/.]\d{1,2}){2}|\d{2}年\d{1,2}月\d{1,2}日?")
_CUT = re.compile(r"\d{4}[-/.年][01]?|\d{4}[-/.年]\d{1,2}[-/.月]0?|(19|20)\d{5}")
_COMMA = re.compile(r"\d[,，]\d")


def misread(field: Field, text: pa.Array, value: pa.Array) -> Iterator[tuple[pa.Array, pa.Array]]:
    """(which, reason codes) of filled cells that gave no value, or a value that is not theirs."""
    lost = pc.and_(pc.is_null(value), pc.is_valid(text))
    if pc.any(lost).as_py():
        coded = pc.if_else(lost, text, None).dictionary_encode()
        codes = pa.array([why_misread(field, t) for t in coded.dictionary.to_pylist()], pa.string())
        yield lost, codes.take(coded.indices)
    if field.kind == "date" and (cut := cut_short(text, field.month_allowed)) is not None:
        yield cut, pa.scalar("cut_date")


def why_misread(field: Field, text: str) -> str:
    """Reason code for one filled cell, as `tidy` leaves it, that gave no value."""
    if _CONTROL.search(text):
        return "invisible_character"
    if field.codes or field.kind == "boolean":
        return "bad_code"
    if field.kind == "date":
        return _why_no_date(text)
    if field.kind in ("number", "integer"):
        return _why_no_number(text)
    return "bad_encoding"


def _why_no_date(text: str) -> str:
    if re.fullmatch(r"\d{4}\.1", text):
        return "ambiguous_month"
    if _SHORT_YEAR.fullmatch(text):
        return "short_year"
    return "cut_date" if _CUT.fullmatch(text) else "bad_date"


def _why_no_number(text: str) -> str:
    if is_number(text):
        whole = to_numbers(pa.array([text]))[0].as_py()
        return "out_of_range" if whole is None else "bad_number"  # 3.5 persons
    return "decimal_comma" if _COMMA.search(text) else "bad_number"


def beyond(field: Field, value: pa.Array, known_on: date) -> Iterator[tuple[pa.Array, str]]:
    """(which, reason code) of values the contract's limits do not allow."""
    if field.kind == "date":
        yield from _beyond_days(field, value, known_on)
    elif (outside := outside_range(value, field)) is not None:
        yield outside, "out_of_range"
    if field.kind == "string" and field.longest is not None:
        yield pc.greater(pc.utf8_length(value), field.longest), "too_long"
    if field.kind == "string" and field.pattern is not None:
        fits = pc.match_substring_regex(value, f"^(?:{field.pattern})$")
        yield pc.invert(fits), "bad_form"


def _beyond_days(field: Field, value: pa.Array, known_on: date) -> Iterator[tuple[pa.Array, str]]:
    last = known_on + timedelta(days=field.days_ahead)
    late = pc.greater(value, pa.scalar(last, pa.date32()))
    yield late, "too_far_ahead" if field.days_ahead else "future_date"
    yield pc.less(value, pa.scalar(field.earliest, pa.date32())), "too_long_ago"


def doubtful_unit(field: Field, value: pa.Array) -> pa.Array:
    """Which amounts told in 万元 are doubtful: those out of range, and all when many are.

    Some amounts in yuan are within the range even 10,000 times too large.
    """
    outside = outside_range(value, field)
    if outside is None:
        return pa.repeat(pa.scalar(False), len(value))
    wrong, told = pc.sum(outside).as_py() or 0, len(value) - value.null_count
    return pc.is_valid(value) if told and wrong >= DOUBTFUL_SHARE * told else outside


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
