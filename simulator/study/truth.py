"""The sealed truth as tables of months × households, under the lake's pseudonyms."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from core.home import Home, HomeError
from data.vault import Vault
from simulator.world.clock import month_number

HORIZON = 6
_FLAGS = ("unmet", "watched", "at_risk")


@dataclass(frozen=True)
class Truth:
    """What was true: each flag is a boolean array, months × households.

    `first` is the month number (year * 12 + month - 1) of row 0; `households` names the columns
    by pseudonym and `numbers` by the county's own number. A household that does not live in a
    month (not founded yet, or gone) has no flag in it.
    """

    first: int
    households: pd.Index
    numbers: np.ndarray
    unmet: np.ndarray
    watched: np.ndarray
    at_risk: np.ndarray

    @property
    def last(self) -> int:
        """Month number of the last row."""
        return self.first + len(self.unmet) - 1

    def rows(self, since: int, until: int, flag: str = "unmet") -> np.ndarray:
        """The flag's rows from month `since` to `until`, both included, within what is known."""
        start, end = max(since - self.first, 0), max(until - self.first + 1, 0)
        return getattr(self, flag)[start:end]

    def ever(self, since: int, until: int) -> np.ndarray:
        """Per household: in unmet need in any of these months."""
        return self.rows(since, until).any(axis=0)

    def at(self, households: Iterable[str], months: Iterable[int], flag: str = "unmet"):
        """The flag of each (household, month) pair; False where the truth knows neither."""
        column = self.households.get_indexer(pd.Index(households))
        row = np.asarray(list(months), dtype=int) - self.first
        values = getattr(self, flag)
        known = (column >= 0) & (row >= 0) & (row < len(values))
        found = np.zeros(len(column), dtype=bool)
        found[known] = values[row[known], column[known]]
        return found


def read_truth(home: Home, household_of: Callable[[str], str] | None = None) -> Truth:
    """Read truth/need.parquet. `household_of` turns a household number into its pseudonym.

    Raises HomeError for a county that is not synthetic: real life has no truth file.
    """
    path = home.truth / "need.parquet"
    if not home.county.get("synthetic") or not path.exists():
        raise HomeError("only a simulated county can be audited against its truth")
    columns = ["household_no", "month", *_FLAGS]
    table = pq.read_table(path, columns=columns, partitioning=None)
    return truth_of(table.to_pandas(), household_of or Vault(home).household)


def truth_of(rows: pd.DataFrame, household_of: Callable[[str], str]) -> Truth:
    """The truth from rows of truth/need.parquet (household_no, month, unmet, watched, at_risk)."""
    number_code, numbers = pd.factorize(rows["household_no"].astype(str), sort=True)
    month_code, months = pd.factorize(rows["month"].astype(str), sort=True)
    at = np.array([month_number(m) for m in months]) if len(months) else np.zeros(0, int)
    first = int(at.min()) if len(at) else 0
    shape = (int(at.max()) - first + 1 if len(at) else 0, len(numbers))
    flags = {}
    for name in _FLAGS:
        flags[name] = np.zeros(shape, dtype=bool)
        flags[name][at[month_code] - first, number_code] = rows[name].to_numpy(bool)
    names = pd.Index([household_of(str(n)) for n in numbers])
    return Truth(first, names, np.asarray(numbers, dtype=str), **flags)
