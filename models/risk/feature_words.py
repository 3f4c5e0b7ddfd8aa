"""A single feature with its value in words, for features that belong to no declared fact."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite

from core.words import Text
from models.risk.fact_phrases import amount


def feature_text(zh: str, en: str, unit: str | None, value: str | None) -> Text:
    """A feature with its value in words, such as '近12个月自付医疗费：12,300 元'.

    `value` is text as stored in the explanation, None when unknown; unit '%' holds a share 0..1.
    """
    told = value_text(unit, value)
    return Text(zh=f"{zh}：{told.zh}", en=f"{en}: {told.en}")


def value_text(unit: str | None, value: str | None) -> Text:
    """A feature's value alone with its unit, such as '12,300 元'; see feature_text."""
    value_zh, value_en = _value(value, unit == "%")
    unit_zh, unit_en = ("", "") if unit == "%" else (unit or "", _UNITS.get(unit or "", ""))
    known = value_zh not in {"是", "否", "不详"}
    if unit == "倍" and value_zh.startswith("−"):
        unit_zh = unit_en = ""  # a change below zero is no multiple of anything
    return Text(
        zh=f"{value_zh}{f' {unit_zh}' if unit_zh and known else ''}",
        en=f"{value_en}{f' {unit_en}' if unit_en and known else ''}",
    )


def unit_text(unit: str | None) -> Text:
    """A unit of the catalogue in both languages; blank where it has no word of its own."""
    return Text(unit or "", _UNITS.get(unit or "", ""))


def _value(value: str | None, share: bool) -> tuple[str, str]:
    if value is None:
        return "不详", "unknown"
    if value in {"True", "False"}:
        return ("是", "yes") if value == "True" else ("否", "no")
    try:
        number = float(value)
    except ValueError:
        return value, value
    if not isfinite(number):
        return "不详", "unknown"
    if share:
        return amount(number, "share")
    whole = abs(number) >= 100 or number == int(number)
    text = f"{number:,.0f}" if whole else f"{number:.2f}"
    # Rounded to nothing it has no sign.
    text = text.removeprefix("-") if not text.strip("-0.%") else text.replace("-", "−")
    return text, text


# The catalogue's units in English; a unit not named here is left out of the English text.
_UNITS: Mapping[str, str] = {
    "元": "yuan",
    "元/月": "yuan a month",
    "元/年": "yuan a year",
    "人": "persons",
    "天": "days",
    "月": "months",
    "岁": "years",
    "次": "times",
    "倍": "times",
    "平方米": "m²",
    "平方米/人": "m² a head",
}
