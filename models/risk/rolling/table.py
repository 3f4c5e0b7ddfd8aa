"""A plain table as the rolling test needs it: who, when, what was known, what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import pandas as pd

from core.home import HomeError, month_end
from models.risk.errors import RiskError

# Names inside; a feature may not carry one of them.
KEYS = ("household", "as_of", "population", "label", "weight", "curve_weight")


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
        raise RiskError(f"the table has no column {', '.join(missing)}; it has "
                        f"{', '.join(map(str, list(frame.columns)[:8]))} …")  # fmt: skip
    if horizon < 1 or gap < 0:
        raise RiskError("the horizon is at least one month and the gap at least none")
    kept = tuple(features or [c for c in frame.columns if c not in named])
    clash = [name for name in kept if name in KEYS]
    if clash:
        raise RiskError(f"a feature may not be called {', '.join(clash)}; rename the column")
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
    scores = [n for n in (scorecard, oracle) if n and n not in kept]
    whole = pd.concat([keys, frame[[*kept, *scores]]], axis=1).reset_index(drop=True)
    return Table(whole, kept, horizon, gap, monotone or {}, income, scorecard, oracle)


def months_of(values: pd.Series, name: str) -> pd.Series:
    """Month ends of a column of dates or texts like 2026-06. Raises RiskError by its name."""
    if pd.api.types.is_bool_dtype(values) or pd.api.types.is_numeric_dtype(values):
        raise RiskError(f"column {name} is no time: it holds numbers; give dates or 2026-06")
    known = {value: _month(value, name) for value in values.unique()}
    return values.map(known).astype(object)


def _month(value: object, name: str) -> date:
    if value is None or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        raise RiskError(f"column {name} is no time: a row has none; leave such rows out")
    try:
        return month_end(value if isinstance(value, date) else str(value)[:10])
    except (HomeError, ValueError) as error:
        raise RiskError(
            f"column {name} is no time: it holds '{value}'; write months like 2026-06"
        ) from error


def _labels(values: pd.Series, name: str) -> pd.Series:
    numbers = pd.to_numeric(values, errors="coerce").astype("float64")
    if numbers.notna().sum() == 0 or not numbers.dropna().isin([0, 1]).all():
        raise RiskError(f"column {name} must hold 0 and 1 (empty: unknown)")
    return numbers
