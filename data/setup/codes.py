"""The shape of region codes: county (GB/T 2260), township (GB/T 10114), village (statistics)."""

from __future__ import annotations

import re
import unicodedata

from core.words import Text

COUNTY, TOWNSHIP, VILLAGE = 6, 9, 12
# First two digits of GB/T 2260-2007, province by province.
_PROVINCES = (
    range(11, 16),
    range(21, 24),
    range(31, 38),
    range(41, 47),
    range(50, 55),
    range(61, 66),
    (71, 81, 82),
)
PROVINCES = frozenset(number for part in _PROVINCES for number in part)
# GB/T 2260: cities 01-20 and 51-70, prefectures and leagues 21-50, directly under a province 90.
_CITIES = (range(1, 71), range(90, 91))
# GB/T 10114: streets 001-099, towns 100-199, townships 200-399, similar units 400-599.
_LAST_TOWNSHIP = 599


def plain(code: str) -> str:
    """A code as it is kept: half-width digits, without spaces and without a county's or township's
    trailing zeros (`421234101000` is the township `421234101`)."""
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", code)).removesuffix(".0")
    if not re.fullmatch(r"\d{12}", text):
        return text
    if text.endswith("000000"):
        return text[:COUNTY]
    return text[:TOWNSHIP] if text.endswith("000") else text


def county_problem(code: str) -> Text | None:
    """Why a text cannot be a county's code; None where it can."""
    if re.fullmatch(r"\d{6}", code):
        return None
    if not code:
        return Text(
            "请填写县级区划代码（6 位数字，如 421234）",
            "give the county's code; it has six digits, like 421234",
        )
    return Text(
        f"县级区划代码“{code}”不对，应为 6 位数字，如 421234",
        f"'{code}' is no county's code; it has six digits, like 421234",
    )


def county_hint(code: str) -> Text | None:
    """What makes a well-formed county code look unassigned in GB/T 2260; None for nothing."""
    city, county = int(code[2:4]), int(code[4:6])
    if int(code[:2]) not in PROVINCES:
        return _unassigned(code, f"没有以 {code[:2]} 开头的省份", f"no province begins {code[:2]}")
    if not any(city in known for known in _CITIES):
        return _unassigned(
            code,
            f"第三、四位 {code[2:4]} 不是市州代码",
            f"its third and fourth digits, {code[2:4]}, stand for no city",
        )
    if county == 0:
        return _unassigned(
            code, "末两位为 00 的是省、市代码", "codes that end in 00 are a province's or a city's"
        )
    return None


def _unassigned(code: str, zh: str, en: str) -> Text:
    return Text(
        f"区划代码 {code} 在 GB/T 2260 中似未启用：{zh}，请核对",
        f"{code} looks unassigned in GB/T 2260 ({en}); check it",
    )


def township_hint(code: str) -> Text | None:
    """What makes a township code look unassigned in GB/T 10114; None where nothing does."""
    last = int(code[COUNTY:TOWNSHIP])
    if 0 < last <= _LAST_TOWNSHIP:
        return None
    return Text(
        f"乡级代码 {code} 的末三位应在 001 至 599 之间（GB/T 10114），请核对",
        f"the last three digits of township {code} lie between 001 and 599 in GB/T 10114; check it",
    )
