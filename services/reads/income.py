"""What is known of a household's income: an amount, a range, or nothing that can be judged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import pandas as pd
import pyarrow.parquet as pq

from core.access.areas import Area
from services.reads import base

COLUMNS = ("income_known", "income_low_month", "income_high_month", "income_heads", "S",
           "n_income_not_on_file", "days_since_income_visit", "income_is_estimate")  # fmt: skip
Against = Literal["below", "above", "open"]


@dataclass(frozen=True)
class Income:
    """Income per head in yuan a month, `low` to `high`; both the same where it is known.

    `standard` is S. `unrecorded`: members whose income no department has on file. `visit_days`:
    age of the last visit that was told an income. `estimate`: that visit estimated it.
    """

    known: bool
    low: float | None
    high: float | None
    standard: float | None
    unrecorded: int
    visit_days: int | None
    estimate: bool

    @property
    def against(self) -> Against:
        """Below or above S whatever the unknown part is, else open: never 'below' by a gap."""
        if self.standard is None or self.low is None:
            return "open"
        if self.low >= self.standard:
            return "above"
        return "below" if self.high is not None and self.high < self.standard else "open"


@base.cached
def income(home: str, as_of: date, scope: Area, household: str) -> Income | None:
    """The household's income as the profile knows it; None for a profile without income."""
    path = base.needed_file(home, "profile", as_of, "household.parquet")
    if not set(COLUMNS) <= set(pq.read_schema(path).names):
        return None
    found = base.query(
        f"SELECT {', '.join(COLUMNS)} FROM read_parquet($path) "  # noqa: S608 (ours)
        f"WHERE household = $household",
        {"path": str(path), "household": household},
    )
    if found.empty:
        return None
    row = found.iloc[0]
    heads = _number(row["income_heads"]) or 1.0
    low, high = (_number(row[f"income_{end}_month"]) for end in ("low", "high"))
    days, unrecorded = _number(row["days_since_income_visit"]), _number(row["n_income_not_on_file"])
    return Income(
        bool(row["income_known"]) if not pd.isna(row["income_known"]) else False,
        None if low is None else low / heads,
        None if high is None else high / heads,
        _number(row["S"]),
        int(unrecorded or 0),
        None if days is None else int(days),
        not pd.isna(row["income_is_estimate"]) and bool(row["income_is_estimate"]),
    )


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)
