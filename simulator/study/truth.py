"""The sealed truth as tables of months × households, under the lake's pseudonyms."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from core.home import Home, HomeError
from data.households.handing import own_pseudonym
from data.vault import Vault
from simulator.world.clock import month_number

HORIZON = 6
_FLAGS = ("unmet", "watched", "at_risk")


@dataclass(frozen=True)
class Truth:
    """What was true: each flag is a boolean array, months × families.

    `first` is the month number (year * 12 + month - 1) of row 0; `households` names the columns
    by pseudonym (where a family had several numbers, by that of the last) and `families` by the
    county's own row, or by number where households do not change. `known_as` gives the column of
    every pseudonym a family ever had: the truth follows the family, whatever number the register
    office gives it. A family that does not live in a month (not founded yet, or gone) has no flag
    in it.
    """

    first: int
    households: pd.Index
    families: np.ndarray
    unmet: np.ndarray
    watched: np.ndarray
    at_risk: np.ndarray
    known_as: pd.Series

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

    def columns(self, households: Iterable[str]) -> np.ndarray:
        """The column of each household; -1 where the truth knows no such one."""
        return self.known_as.reindex(pd.Index(households), fill_value=-1).to_numpy(int)

    def at(self, households: Iterable[str], months: Iterable[int], flag: str = "unmet"):
        """The flag of each (household, month) pair; False where the truth knows neither."""
        column = self.columns(households)
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
    wanted = ("household_no", "family", "month", *_FLAGS)  # families: where households change
    columns = [name for name in wanted if name in pq.read_schema(path).names]
    table = pq.read_table(path, columns=columns, partitioning=None)
    return truth_of(table.to_pandas(), household_of or Vault(home).household)


def truth_of(rows: pd.DataFrame, household_of: Callable[[str], str]) -> Truth:
    """The truth from rows of truth/need.parquet (household_no, month, unmet, watched, at_risk, and
    family where households change; else a family is its number)."""
    rows = rows.assign(month=rows["month"].astype(str), number=rows["household_no"].astype(str))
    if "family" not in rows:
        rows = rows.assign(family=rows["number"])
    names = _names(rows, household_of)
    family_code, families = pd.factorize(rows["family"], sort=True)
    month_code, months = pd.factorize(rows["month"], sort=True)
    at = np.array([month_number(m) for m in months]) if len(months) else np.zeros(0, int)
    first = int(at.min()) if len(at) else 0
    shape = (int(at.max()) - first + 1 if len(at) else 0, len(families))
    flags = {}
    for name in _FLAGS:
        flags[name] = np.zeros(shape, dtype=bool)
        flags[name][at[month_code] - first, family_code] = rows[name].to_numpy(bool)
    known_as = pd.Series(pd.Index(families).get_indexer(names["family"]), index=names["household"])
    last = names.drop_duplicates("family", keep="last").set_index("family")["household"]
    households = pd.Index(last.reindex(families))
    return Truth(first, households, np.asarray(families), known_as=known_as, **flags)


def _names(rows: pd.DataFrame, household_of: Callable[[str], str]) -> pd.DataFrame:
    """Every household a family was, oldest first, by number: columns family and household.

    The second family of a number is another household than the first: see data.households.
    """
    had = rows.groupby(["number", "family"], as_index=False)["month"].min()
    had = had.sort_values(["month", "number", "family"])
    nth = had.groupby("number").cumcount() + 1
    made = [own_pseudonym(household_of(n), i) for n, i in zip(had["number"], nth, strict=True)]
    return had.assign(household=made)[["family", "household"]]
