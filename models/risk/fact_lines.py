"""A fact of a household in one line: its amount, what it is compared with, its source and age.

"人均收入 222 元，低于标准 690 元；2024-10 走访，已 20 个月". What the profile holds unknown is told
as unknown, whatever else is on file.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pyarrow.parquet as pq

from data.home import Home
from models.risk.fact_sources import (
    SOURCES,
    Dates,
    members_of,
    months_between,
    source_dates,
)
from models.risk.facts import Fact, Form, Label, Phrase, facts

Row = Mapping[str, Any]
INCOME = "income"
# Two ends between which an unknown income lies, over S, where the profile tells them.
_RANGE = ("income_low_to_standard", "income_high_to_standard")
_PERSON = ("age", "sex", "income_on_file", "able_worker", "own_income_month")
_SEX = {"male": ("男", "man"), "female": ("女", "woman")}


@dataclass(frozen=True)
class FactLine:
    """A fact as told: `zh`, `en` without its source; `value` and `line` in the words' units.

    `source` names an entry of `fact_sources.SOURCES` (empty for a fact that is not declared),
    `source_on` the day of the newest row, None where only a delivery speaks.
    """

    fact: str
    zh: str
    en: str
    value: float | None = None
    line: float | None = None
    source: str = ""
    source_on: date | None = None
    source_zh: str = ""
    source_en: str = ""

    @property
    def text(self) -> Label:
        """The whole line in both languages."""
        return Label(
            zh="；".join(filter(None, (self.zh, self.source_zh))),
            en="; ".join(filter(None, (self.en, self.source_en))),
        )


def fact_lines(
    home: Home, as_of: date, wanted: Mapping[str, Iterable[str]]
) -> dict[tuple[str, str], FactLine]:
    """Lines of the wanted facts by household, from the month's profile and the lake's dates.

    Facts that are not declared are left out, and so are households without a profile.
    """
    declared = facts().by_code
    asked = {h: [c for c in dict.fromkeys(codes) if c in declared] for h, codes in wanted.items()}
    codes = {code for found in asked.values() for code in found}
    if not codes:
        return {}
    rows = _rows(home, as_of, list(asked), facts().columns(codes))
    sources = sorted({name for code in codes for name in declared[code].sources} | {"visit"})
    dates = source_dates(home, as_of, list(asked), sources)
    unknown = _without_record(home, as_of, list(asked)) if INCOME in codes else {}
    return {
        (household, code): _line(
            declared[code], household, rows[household], dates, unknown.get(household, ())
        )
        for household, found in asked.items()
        if household in rows
        for code in found
    }


def _rows(home: Home, as_of: date, households: Sequence[str], columns: set[str]) -> dict[str, Row]:
    path = home.monthly("profile", as_of) / "household.parquet"
    have = set(pq.read_schema(path).names)
    chosen = ["household", *sorted((columns | _VISITED | set(_RANGE)) & have)]
    table = pq.read_table(
        path,
        columns=chosen,
        partitioning=None,
        filters=[("household", "in", list(households) or [""])],
    )
    return {row["household"]: row for row in table.to_pylist()}


_VISITED = {"visited_income_24m", "visited_wages_24m", "visited_business_24m"}


def _line(
    fact: Fact, household: str, row: Row, dates: Dates, unrecorded: Sequence[Row]
) -> FactLine:
    """One fact of one household."""
    spoken = _spoken(fact, row)
    if spoken:
        parts = [_told(phrase, row) for phrase in spoken]
        zh, en = "，".join(p.zh for p in parts), ", ".join(p.en for p in parts)
    elif not fact.says:
        zh = en = ""
    else:
        silent = _silent(fact, row, unrecorded)
        zh, en = silent.zh, silent.en
    first = spoken[0] if spoken else None
    source, on = _source(fact, household, row, dates, first)
    words = dates.words(source, on)
    return FactLine(
        fact=fact.code,
        zh=zh,
        en=en,
        value=None if first is None else _value(first, row),
        line=None if first is None or first.line is None else _number(row.get(first.line.column)),
        source=source,
        source_on=on,
        source_zh=words.zh,
        source_en=words.en,
    )


def _silent(fact: Fact, row: Row, unrecorded: Sequence[Row]) -> Label:
    """The line where no phrase speaks: nothing is there, or nothing is known."""
    asked = [phrase.column for phrase in fact.says if not phrase.follows]
    known = any(_number(row.get(column)) is not None for column in asked)
    if known and fact.none is not None:
        return fact.none
    told = fact.unknown or Label(zh=f"{fact.zh}不详", en=f"{fact.en}: unknown")
    return _unknown_income(told, row, unrecorded) if fact.code == INCOME else told


def _spoken(fact: Fact, row: Row) -> list[Phrase]:
    """The phrases that make the line: those that have something to say, in their order."""
    chosen: list[Phrase] = []
    for phrase in fact.says:
        value = _value(phrase, row)
        # "占家庭收入 45%" alone would hang in the air.
        if value is None or (phrase.instead and chosen) or (phrase.follows and not chosen):
            continue
        if value or phrase.always:
            chosen.append(phrase)
    return chosen[: fact.most]


def _value(phrase: Phrase, row: Row) -> float | None:
    value = _number(row.get(phrase.column))
    if value is None or phrase.times is None:
        return value
    other = _number(row.get(phrase.times))
    return None if other is None else value * other


def _number(value: Any) -> float | None:
    """A profile value as a number; None where unknown. Words count as told."""
    if value is None:
        return None
    if isinstance(value, str):
        return 1.0
    number = float(value)
    return None if math.isnan(number) else number


def _told(phrase: Phrase, row: Row) -> Label:
    """A phrase with its value and the line it is compared with."""
    value = _value(phrase, row)
    if value is None:  # _spoken has left those out
        raise ValueError(f"{phrase.column} is unknown")
    zh, en = amount(value, phrase.form, phrase.steps_zh, phrase.steps_en)
    zh, en = phrase.zh.replace("{v}", zh), phrase.en.replace("{v}", en)
    whole = None if phrase.of is None else _number(row.get(phrase.of))
    if whole is not None and whole >= value:
        zh, en = f"{zh}（共 {whole:.0f} 人）", f"{en} of {whole:.0f}"
    line = phrase.line
    limit = None if line is None else _number(row.get(line.column))
    if line is not None and limit is not None:
        side_zh, side_en = ("低于", "below") if value < limit else ("不低于", "not below")
        limit_zh, limit_en = amount(limit, line.form)
        zh += f"，{side_zh}{line.zh} {limit_zh}" + (f" {line.unit_zh}" if line.unit_zh else "")
        en += f", {side_en} {line.en} {limit_en}" + (f" {line.unit_en}" if line.unit_en else "")
    return Label(zh=zh, en=en)


def amount(
    value: float, form: Form, steps_zh: Sequence[str] = (), steps_en: Sequence[str] = ()
) -> tuple[str, str]:
    """A value for people, Chinese and English: '12,300 元', '45%', '1.3', 'C级危房'."""
    if form == "yuan":
        return f"{value:,.0f} 元", f"{value:,.0f} yuan"
    if form == "share":
        text = f"{value:.0%}" if value < 10 else f"{value:,.0f} 倍"
        return text, text.replace("倍", "times")
    if form == "level" and 1 <= value <= len(steps_zh):
        return steps_zh[int(value) - 1], steps_en[int(value) - 1]
    if form == "times":
        text = f"{value:.1f}" if value >= 1 else f"{value:.2f}"
        return text, text
    text = f"{value:,.0f}" if value == int(value) or abs(value) >= 100 else f"{value:.1f}"
    return text, text


def _unknown_income(told: Label, row: Row, unrecorded: Sequence[Row]) -> Label:
    """What is known of an unknown income: whose is on no record, and between what it lies.

    Only where the whole range lies on one side of the standard is that side told.
    """
    standard = _number(row.get("S"))
    low, high = (_number(row.get(name)) for name in _RANGE)
    if standard is not None and low is not None and high is not None:
        ends = [amount(value * standard, "yuan") for value in (low, high)]
        line_zh, line_en = amount(standard, "yuan")
        if high < 1:
            return Label(
                zh=f"人均收入至多 {ends[1][0]}，低于标准 {line_zh}",
                en=f"income per head at most {ends[1][1]}, below the standard of {line_en}",
            )
        if low >= 1:
            return Label(
                zh=f"人均收入至少 {ends[0][0]}，不低于标准 {line_zh}",
                en=f"income per head at least {ends[0][1]}, not below the standard of {line_en}",
            )
    return _unrecorded(told, unrecorded)


def _unrecorded(told: Label, people: Sequence[Row]) -> Label:
    """Whose income is on no record, by age and sex only."""
    if not people:
        return Label(zh=f"{told.zh}：走访未问到收入", en=f"{told.en}: no visit was told it")
    named = [member(row.get("age"), row.get("sex")) for row in people[:2]]
    more = len(people) - len(named)
    zh = "、".join(label.zh for label in named) + (f"等 {len(people)} 人" if more else "")
    en = ", ".join(label.en for label in named) + (f" and {more} more" if more else "")
    return Label(
        zh=f"{told.zh}：{zh}没有收入记录，走访未问到收入",
        en=f"{told.en}: {en} without a record of income, and no visit was told it",
    )


def member(age: Any, sex: Any) -> Label:
    """A member by age and sex, never by name: 成员（女，72岁）."""
    zh, en = _SEX.get(str(sex), ("", ""))
    years = _number(age)
    parts_zh = [zh] * bool(zh) + ([] if years is None else [f"{years:.0f}岁"])
    parts_en = [en] * bool(en) + ([] if years is None else [f"{years:.0f}"])
    return Label(
        zh="成员" + (f"（{'，'.join(parts_zh)}）" if parts_zh else ""),
        en="a member" + (f" ({', '.join(parts_en)})" if parts_en else ""),
    )


def _without_record(
    home: Home, as_of: date, households: Sequence[str]
) -> dict[str, list[dict[str, Any]]]:
    """Members of whom no income is on file, by household, oldest first.

    A profile that does not say so person by person tells who could work and has no record.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for row in members_of(home, as_of, households, _PERSON).to_pylist():
        idle = row.get("able_worker") and not (_number(row.get("own_income_month")) or 0) > 0
        if (not row["income_on_file"]) if row.get("income_on_file") is not None else idle:
            found.setdefault(row["household"], []).append(row)
    return {h: sorted(rows, key=lambda r: -(r.get("age") or 0)) for h, rows in found.items()}


def _source(
    fact: Fact, household: str, row: Row, dates: Dates, first: Phrase | None
) -> tuple[str, date | None]:
    """The source of a line and the day of its row: the first source that has one.

    A line that says "nothing" of a department's feed is as old as that feed's delivery, not as
    the last time something was there.
    """
    if fact.code == INCOME:
        return _income_source(household, row, dates, known=first is not None)
    days = None if fact.since is None or first is None else _number(row.get(fact.since))
    if days is not None:
        return fact.source[0], dates.as_of - timedelta(days=days)
    named = fact.source if first is None or first.source is None else (first.source,)
    for name in named:
        on = dates.rows.get((household, name))
        if on is not None and (first is not None or SOURCES[name].feed.startswith("home_visit")):
            return name, on
    return named[0], None


def _income_source(
    household: str, row: Row, dates: Dates, *, known: bool
) -> tuple[str, date | None]:
    """The visit that told the income, else the contributions of 12 months, else the pensions."""
    if not known:
        return "visit", dates.rows.get((household, "visit"))
    told = dates.rows.get((household, "visit_income"))
    if told is not None and any(_number(row.get(name)) is not None for name in _VISITED):
        return "visit_income", told
    paid = dates.rows.get((household, "contribution"))
    if paid is not None and months_between(paid, dates.as_of) <= 12:
        return "contribution", paid
    return "pension", None
