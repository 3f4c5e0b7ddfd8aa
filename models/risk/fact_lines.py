"""A fact of a household in one line: its amount, what it is compared with, its source and age.

"人均收入 222 元，低于标准 690 元；2024-10 走访，已 20 个月". What the profile holds unknown is told
as unknown, whatever else is on file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pyarrow.parquet as pq

from core.home import Home
from core.words import Bilingual, Text
from models.risk.fact_phrases import (
    KNOWN,
    Row,
    Tiers,
    amount,
    limit_of,
    number,
    scoring_tiers,
    share_untold,
    spoken,
    told,
    value_of,
)
from models.risk.fact_sources import (
    SOURCES,
    Dates,
    members_of,
    months_between,
    source_dates,
)
from models.risk.facts import Fact, Phrase, facts

INCOME = "income"
_NO_SHARE = Text(zh="占收入比例不详", en="its share of the income is unknown")
# Two ends between which an unknown income lies, over S, where the profile tells them.
_RANGE = ("income_low_to_standard", "income_high_to_standard")
_PERSON = ("age", "sex", "income_on_file", "able_worker", "own_income_month")
_SEX = {"male": ("男", "man", "boy"), "female": ("女", "woman", "girl")}
_ADULT = 18


@dataclass(frozen=True)
class FactLine(Bilingual):
    """A fact as told: `zh`, `en` without its source.

    `value` and `line` are in the words' units, of the first phrase that is compared with a line,
    else of the first.

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
    def text(self) -> Text:
        """The whole line in both languages."""
        return Text(
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
    tiers = scoring_tiers(home, as_of, codes)
    return {
        (household, code): _line(
            declared[code],
            household,
            rows[household],
            dates=dates,
            unrecorded=unknown.get(household, ()),
            tiers=tiers,
        )
        for household, found in asked.items()
        if household in rows
        for code in found
    }


def _rows(home: Home, as_of: date, households: Sequence[str], columns: set[str]) -> dict[str, Row]:
    path = home.monthly("profile", as_of) / "household.parquet"
    have = set(pq.read_schema(path).names)
    chosen = ["household", *sorted((columns | _VISITED | {KNOWN} | set(_RANGE)) & have)]
    table = pq.read_table(
        path,
        columns=chosen,
        partitioning=None,
        filters=[("household", "in", list(households) or [""])],
    )
    return {row["household"]: row for row in table.to_pylist()}


_VISITED = {"visited_income_24m", "visited_wages_24m", "visited_business_24m"}


def _line(
    fact: Fact,
    household: str,
    row: Row,
    *,
    dates: Dates,
    unrecorded: Sequence[Row],
    tiers: Tiers,
) -> FactLine:
    """One fact of one household."""
    phrases = spoken(fact, row, tiers)
    if phrases:
        parts = [told(phrase, row, tiers) for phrase in phrases]
        if share_untold(fact, row):
            parts.append(_NO_SHARE)
        zh, en = "，".join(p.zh for p in parts), ", ".join(p.en for p in parts)
    elif not fact.says:
        zh = en = ""
    else:
        silent = _silent(fact, row, unrecorded)
        zh, en = silent.zh, silent.en
    first = phrases[0] if phrases else None
    value, limit = _numbers(fact, phrases, row, tiers)
    source, on = _source(fact, household, row, dates, first)
    words = dates.words(source, on)
    return FactLine(
        fact=fact.code,
        zh=zh,
        en=en,
        value=value,
        line=limit,
        source=source,
        source_on=on,
        source_zh=words.zh,
        source_en=words.en,
    )


def _numbers(
    fact: Fact, phrases: Sequence[Phrase], row: Row, tiers: Tiers
) -> tuple[float | None, float | None]:
    """Value and line of the words: of the first phrase with a line, else of the first.

    An unknown income has them where its whole range lies on one side of the standard.
    """
    pairs = [(value_of(phrase, row), limit_of(phrase, row, tiers)) for phrase in phrases]
    if pairs:
        return next((pair for pair in pairs if pair[1] is not None), pairs[0])
    end = _certain_end(row) if fact.code == INCOME else None
    return (None, None) if end is None else (end, number(row.get("S")))


def _certain_end(row: Row) -> float | None:
    """The end of an unknown income that is nearer the standard, where the other is beyond too."""
    standard = number(row.get("S"))
    low, high = (number(row.get(name)) for name in _RANGE)
    if standard is None or low is None or high is None or low < 1 <= high:
        return None
    return (high if high < 1 else low) * standard


def _silent(fact: Fact, row: Row, unrecorded: Sequence[Row]) -> Text:
    """The line where no phrase speaks: nothing is there, or nothing is known."""
    # What another source tells says nothing about this one: nobody met a family without a visit.
    own = {None, *fact.source}
    asked = [p.column for p in fact.says if not p.follows and p.source in own]
    if fact.none is not None and any(number(row.get(column)) is not None for column in asked):
        return fact.none
    text = fact.unknown or Text(zh=f"{fact.zh}不详", en=f"{fact.en}: unknown")
    return _unknown_income(text, row, unrecorded) if fact.code == INCOME else text


def _unknown_income(text: Text, row: Row, unrecorded: Sequence[Row]) -> Text:
    """What is known of an unknown income: whose is on no record, and between what it lies.

    Only where the whole range lies on one side of the standard is that side told.
    """
    standard, end = number(row.get("S")), _certain_end(row)
    if standard is None or end is None:
        return _unrecorded(text, unrecorded)
    zh, en = amount(end, "yuan")
    line_zh, line_en = amount(standard, "yuan")
    if end < standard:
        return Text(
            zh=f"人均收入至多 {zh}，低于标准 {line_zh}",
            en=f"income per head at most {en}, below the standard of {line_en}",
        )
    return Text(
        zh=f"人均收入至少 {zh}，不低于标准 {line_zh}",
        en=f"income per head at least {en}, not below the standard of {line_en}",
    )


def _unrecorded(text: Text, people: Sequence[Row]) -> Text:
    """Whose income is on no record, by age and sex only."""
    if not people:
        return Text(zh=f"{text.zh}：走访未问到收入", en=f"{text.en}: no visit was told it")
    named = [member(row.get("age"), row.get("sex")) for row in people[:2]]
    more = len(people) - len(named)
    zh = "、".join(label.zh for label in named) + (f"等 {len(people)} 人" if more else "")
    en = ", ".join(label.en for label in named) + (f" and {more} more" if more else "")
    return Text(
        zh=f"{text.zh}：{zh}没有收入记录，走访未问到收入",
        en=f"{text.en}: {en} without a record of income, and no visit was told it",
    )


def member(age: Any, sex: Any) -> Text:
    """A member by age and sex, never by name: 成员（女，72岁）."""
    zh, grown, young = _SEX.get(str(sex), ("", "", ""))
    years = number(age)
    en = grown if years is None or years >= _ADULT else young
    parts_zh = [zh] * bool(zh) + ([] if years is None else [f"{years:.0f}岁"])
    parts_en = [en] * bool(en) + ([] if years is None else [f"{years:.0f}"])
    return Text(
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
        idle = row.get("able_worker") and not (number(row.get("own_income_month")) or 0) > 0
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
        known = first is not None or _certain_end(row) is not None
        return _income_source(household, row, dates, known=known)
    own = first is not None and first.source is None
    days = number(row.get(fact.since)) if fact.since is not None and own else None
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
    visited = dates.rows.get((household, "visit_income"))
    if visited is not None and any(number(row.get(name)) is not None for name in _VISITED):
        return "visit_income", visited
    paid = dates.rows.get((household, "contribution"))
    if paid is not None and months_between(paid, dates.as_of) <= 12:
        return "contribution", paid
    return "pension", None
