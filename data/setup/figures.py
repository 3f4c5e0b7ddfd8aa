"""One figure of a local standard as it is told at set-up, with the document it comes from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.words import Text
from data.standards import BETWEEN, NAMES, SIDES

# Every county needs these; the others have a usual value or serve single indicators.
NEEDED = ("S", "D", "M", "W", "k", "theta")
_SIDES = Text("城镇、农村", "urban, rural")


@dataclass(frozen=True)
class Figure:
    """A standard's value from a day on; `number` and `dated` are the document's own.

    `region` is the county's own code where it is empty; a township may have a figure of its own.
    """

    name: str
    side: str
    since: date
    value: float
    number: str
    dated: date | None = None
    link: str = ""
    region: str = ""

    @property
    def document(self) -> str:
        """The document in one line: number, date, link."""
        dated = f"（{self.dated:%Y-%m-%d}）" if self.dated else ""
        return f"{self.number.strip()}{dated}{' ' + self.link.strip() if self.link else ''}"

    @property
    def words(self) -> Text:
        """What is set for whom from when, to name it in a message."""
        side = Text("城镇", "urban") if self.side == "urban" else Text("农村", "rural")
        return Text(
            f"{self.name}（{side.zh}，{self.since:%Y-%m-%d} 起）",
            f"{self.name} ({side.en}, from {self.since:%Y-%m-%d})",
        )


def value_problem(name: str, value: float) -> Text | None:
    """Why a number cannot be that standard's value, which mostly is a slip of unit; None if it
    can."""
    if name not in NAMES:
        known = ", ".join(NAMES)
        return Text(
            f"没有“{name}”这项标准，应为 {known} 之一", f"no standard '{name}': use {known}"
        )
    low, high = BETWEEN[name]
    if low <= value <= high:
        return None
    unit, zh, en = NAMES[name]
    return Text(
        f"{zh}应在 {low:g} 至 {high:g} 之间（{unit}），填写的是 {value:g}，请核对单位",
        f"{en} lies between {low:g} and {high:g} ({unit}), not {value:g}; check the unit",
    )


def problems(figures: Sequence[Figure], county: str) -> list[Text]:
    """What keeps figures from being used, one line each."""
    found: list[Text] = []
    for one in figures:
        found += [
            Text(f"{one.words.zh}：{t.zh}", f"{one.words.en}: {t.en}")
            for t in _own_problems(one, county)
        ]
    told = Counter((one.region or county, one.side, one.name, one.since) for one in figures)
    for (region, side, name, since), times in told.items():
        if times > 1:
            words = Figure(name, side, since, 0, "").words
            found.append(
                Text(
                    f"{words.zh}在 {region} 填写了 {times} 次，同一天只能有一个值",
                    f"{words.en} is given {times} times for {region}; one value a day",
                )
            )
    return found


def _own_problems(one: Figure, county: str) -> Iterable[Text]:
    if one.side not in SIDES:
        yield Text(f"城乡应为 {_SIDES.zh} 之一", f"the side is one of {_SIDES.en}")
    if (wrong := value_problem(one.name, one.value)) is not None:
        yield wrong
    if not one.number.strip():
        yield Text(
            "请填写依据文件（文号和名称）", "name the document it comes from (number and title)"
        )
    if re.search(r"\d{15,}", one.number):
        yield Text("依据文件中请勿填写身份证号", "write no ID number into the document's name")
    if one.link and not re.fullmatch(r"https?://\S+", one.link.strip()):
        yield Text(
            f"链接“{one.link}”应以 http:// 或 https:// 开头",
            f"the link '{one.link}' begins with http:// or https://",
        )
    if one.region and not (one.region.startswith(county) or county.startswith(one.region)):
        yield Text(
            f"{one.region} 不在本县（{county}）范围内，也不包含本县",
            f"{one.region} lies neither within {county} nor around it",
        )


def missing(figures: Iterable[Figure], on: date | None = None) -> list[tuple[str, str]]:
    """Needed standards, by name and side, that have no value (on a day, where one is given)."""
    known = {(f.name, f.side) for f in figures if on is None or f.since <= on}
    return [(name, side) for name in NEEDED for side in SIDES if (name, side) not in known]


def hints(figures: Sequence[Figure]) -> list[Text]:
    """What looks odd in the figures and may be right all the same."""
    found = []
    if lacking := missing(figures):
        zh = "、".join(f"{n}（{'城镇' if side == 'urban' else '农村'}）" for n, side in lacking)
        en = ", ".join(f"{name} ({side})" for name, side in lacking)
        found.append(Text(f"尚未填写的标准：{zh}", f"standards not given yet: {en}"))
    by_day = {(f.since, f.region, f.side): f.value for f in figures if f.name == "S"}
    for (since, region, side), value in by_day.items():
        other = by_day.get((since, region, "urban"))
        if side == "rural" and other is not None and value > other:
            found.append(
                Text(
                    f"{since} 起农村低保标准 {value:g} 高于城镇 {other:g}，请核对",
                    f"from {since} the rural S, {value:g}, is above the urban, {other:g}; check it",
                )
            )
    return found


def as_yaml(figures: Iterable[Figure], county: str) -> dict[str, Any]:
    """The figures as standards.yaml holds them: region, side, name, dated values."""
    content: dict[str, Any] = {}
    for one in sorted(figures, key=lambda f: f.since):
        sides = content.setdefault(one.region or county, {})
        series = sides.setdefault(one.side, {}).setdefault(
            one.name, {"unit": NAMES[one.name][0], "values": {}}
        )
        series["values"][one.since.isoformat()] = {
            "value": one.value,
            "reference": one.document,
        }
    return content
