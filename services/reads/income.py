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
# Profiles built before supporters were asked for have none of these.
SUPPORT = ("n_supporters_outside", "n_able_supporters_outside", "n_supporters_assisted",
           "support_least_month", "support_most_month",
           "support_paid_month", "support_unpaid_month", "support_added_low")  # fmt: skip
Against = Literal["below", "above", "open"]


@dataclass(frozen=True)
class Support:
    """What supporters outside the household count for, in yuan a month for the whole household.

    `supporters` are on record, of whom `able` can be asked and `assisted` are on assistance
    themselves (None where nobody consented). They count for `low` to `high`, both the same where
    it is known; of that `added` is in the income beyond what was recorded or visited. `paid` and
    `unpaid` are what they really pay, and at least owe beyond it; None where that was not told.
    """

    supporters: int
    able: int
    assisted: int | None
    low: float
    high: float | None
    added: float
    paid: float | None
    unpaid: float | None

    @property
    def known(self) -> bool:
        """Whether what they count for is one amount."""
        return self.high is not None and self.high <= self.low


@dataclass(frozen=True)
class Income:
    """Income per head in yuan a month, `low` to `high`; both the same where it is known.

    `standard` is S. `unrecorded`: members whose income no department has on file. `visit_days`:
    age of the last visit that was told an income. `estimate`: that visit estimated it.
    `support`: what supporters outside add to it; None where none is on record.
    """

    known: bool
    low: float | None
    high: float | None
    standard: float | None
    unrecorded: int
    visit_days: int | None
    estimate: bool
    support: Support | None = None

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
    have = set(pq.read_schema(path).names)
    if not set(COLUMNS) <= have:
        return None
    columns = (*COLUMNS, *(SUPPORT if set(SUPPORT) <= have else ()))
    found = base.query(
        f"SELECT {', '.join(columns)} FROM read_parquet($path) "  # noqa: S608 (ours)
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
        _support(row),
    )


def _support(row: Any) -> Support | None:
    """The supporters of one profile row; None where none is on record."""
    if not (supporters := _number(row.get("n_supporters_outside"))):
        return None
    told = {name: _number(row[name]) for name in SUPPORT}
    assisted = told["n_supporters_assisted"]
    return Support(
        int(supporters),
        int(told["n_able_supporters_outside"] or 0),
        None if assisted is None else int(assisted),
        told["support_least_month"] or 0.0,
        told["support_most_month"],
        told["support_added_low"] or 0.0,
        told["support_paid_month"],
        told["support_unpaid_month"],
    )


def _number(value: Any) -> float | None:
    return None if value is None or pd.isna(value) else float(value)
