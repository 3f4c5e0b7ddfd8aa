"""A plain table as the rolling test needs it: who, when, what was known, what came of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import pandas as pd

from core.home import month_end
from models.risk.errors import RiskError

# Names inside; a feature may not carry one of them.
KEYS = ("household", "as_of", "population", "label", "weight", "curve_weight")


MONTHS_LIKE = "2024-03, 2024-03-31, 202403, 2024Q1"
_WRITTEN = re.compile(r"(\d{4})[-/.年](\d{1,2})(?:[-/.月]\d{0,2}日?)?(?:[ T][\d:.+Z]+)?")
_DIGITS = re.compile(r"(\d{4})(\d{2})(?:\d{2})?")
_QUARTER = re.compile(r"(\d{4})[-年 ]?(?:[Qq]|第?(?=[1-4]季))([1-4])(?:季度?)?")


@dataclass(frozen=True)
class Table:
    """Rows to learn from and to be judged on, with what the columns mean.

    `frame` has household, as_of (month end), population, label (0/1, NaN: nobody looked) and the
    features; optional are weight (in judging and in the curve, 1 where absent), need_on (the day
    on which need was found), and scores that came from elsewhere. A label looks at
    (as_of, as_of + horizon]; `gap` is so many months more until it has arrived. `monotone` maps
    features to -1 or +1. `scorecard` and `oracle` name columns that are scores, not features.
    """

    frame: pd.DataFrame
    features: tuple[str, ...]
    horizon: int
    gap: int = 0
    monotone: Mapping[str, int] = field(default_factory=dict)
    income: str | None = None
    scorecard: str | None = None
    oracle: str | None = None

    @property
    def closes(self) -> int:
        """Months after `as_of` at which a label is known."""
        return self.horizon + self.gap

    def of(self, frame: pd.DataFrame) -> Table:
        """The same columns over other rows."""
        return replace(self, frame=frame)


def read_table(
    frame: pd.DataFrame,
    *,
    time: str,
    label: str,
    horizon: int,
    group: str | None = None,
    population: str | None = None,
    features: Sequence[str] | None = None,
    gap: int = 0,
    monotone: Mapping[str, int] | None = None,
    income: str | None = None,
    scorecard: str | None = None,
    oracle: str | None = None,
) -> Table:
    """A table of one's own, its columns named by the caller; the rest are features.

    Without `group` every row is a household of its own; without `population` all are one.
    Raises RiskError naming the column that is missing, is no time, or holds no 0/1 label.
    """
    named = [n for n in (time, label, group, population, scorecard, oracle) if n]
    missing = [n for n in (*named, *(features or ()), *([income] if income else []))
               if n not in frame.columns]  # fmt: skip
    if missing:
        there = [str(name) for name in list(frame.columns)[:8]]
        raise RiskError(
            f"表中没有列 {'、'.join(missing)}；现有 {'、'.join(there)} …",
            f"the table has no column {', '.join(missing)}; it has {', '.join(there)} …",
        )
    if horizon < 1 or gap < 0:
        raise RiskError(
            "预测期至少一个月，间隔不能为负",
            "the horizon is at least one month and the gap at least none",
        )
    kept = tuple(features or [c for c in frame.columns if c not in named])
    numbers = pd.Series(range(len(frame)), frame.index).astype(str)
    keys = pd.DataFrame(
        {
            "household": frame[group].astype(str) if group else numbers,
            "as_of": months_of(frame[time], time),
            "population": frame[population].astype(str) if population else "all",
            "label": _labels(frame[label], label),
        },
        index=frame.index,
    )
    clash = ", ".join(name for name in kept if name in KEYS)
    if clash:
        raise RiskError(
            f"因素不能叫 {clash}；请给该列改名或略去",
            f"a feature may not be called {clash}; rename the column or leave it out",
        )
    scores = [n for n in (scorecard, oracle) if n and n not in kept]
    whole = pd.concat([keys, frame[[*kept, *scores]]], axis=1).reset_index(drop=True)
    return Table(whole, kept, horizon, gap, monotone or {}, income, scorecard, oracle)


def months_of(values: pd.Series, name: str) -> pd.Series:
    """Month ends of a column of dates, months or quarters. Raises RiskError by its name."""
    known = {value: _month(value, name) for value in values.unique()}
    return values.map(known).astype(object)


def _month(value: object, name: str) -> date:
    if value is None or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        raise RiskError(
            f"列“{name}”不是时间：有的行为空；请先略去这些行",
            f"column {name} is no time: a row has none; leave such rows out",
        )
    found = month_in(value)
    if found is None:
        raise RiskError(
            f"列“{name}”不是时间：其中有“{value}”；请写成 {MONTHS_LIKE}",
            f"column {name} is no time: it holds '{value}'; write it like {MONTHS_LIKE}",
        )
    return found


def month_in(value: object) -> date | None:
    """The end of the month or quarter that `value` means, None when it means none."""
    if isinstance(value, date):
        return month_end(value)
    if isinstance(value, pd.Period):
        return month_end(value.end_time.date())
    if isinstance(value, np.datetime64):
        return month_end(pd.Timestamp(value).date())
    if isinstance(value, bool | np.bool_):
        return None
    whole = isinstance(value, float | np.floating) and float(value).is_integer()
    text = str(int(value) if whole else value).strip()  # type: ignore[call-overload]
    quarter = _QUARTER.fullmatch(text)
    match = quarter or _WRITTEN.fullmatch(text) or _DIGITS.fullmatch(text)
    if match is None:
        return None
    number = int(match[2]) * 3 if quarter else int(match[2])
    if not (1900 <= int(match[1]) <= 2100 and 1 <= number <= 12):
        return None
    return month_end(date(int(match[1]), number, 1))


def _labels(values: pd.Series, name: str) -> pd.Series:
    numbers = pd.to_numeric(values, errors="coerce").astype("float64")
    # What is no number is no unknown label: yes, 是, positive.
    other = values[numbers.isna() & values.notna()]
    other = other if len(other) else values[numbers.notna() & ~numbers.isin([0, 1])]
    if len(other) or numbers.notna().sum() == 0:
        held = f"'{other.iloc[0]}'" if len(other) else ""
        raise RiskError(
            f"列“{name}”应只有 0 和 1（空：未知），" + (f"其中有 {held}" if held else "却全为空"),
            f"column {name} must hold 0 and 1 (empty: unknown); it holds {held or 'nothing'}",
        )
    if numbers.nunique() < 2:
        raise RiskError(
            f"列“{name}”只有一个值 {numbers.dropna().iloc[0]:.0f}：0 和 1 都要有",
            f"column {name} holds {numbers.dropna().iloc[0]:.0f} only; a model needs both 0 and 1",
        )
    return numbers
