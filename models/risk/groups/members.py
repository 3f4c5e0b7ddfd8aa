"""To which groups each household belongs, as its profile of a month tells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from core.home import Home, month_end
from models.risk.dataset import profile_file
from models.risk.errors import RiskError
from models.risk.groups.definitions import Dimension, definitions

CROSS = " × "


@dataclass(frozen=True)
class Cell:
    """One group, or two crossed: the codes of its dimension and group joined, and its rows."""

    dimension: str
    group: str
    mask: np.ndarray

    @property
    def crossed(self) -> bool:
        """Whether two groups are crossed here."""
        return CROSS in self.dimension


def members_of(frame: pd.DataFrame, dimensions: Sequence[Dimension]) -> pd.DataFrame:
    """One column a dimension with the code of the group; rows and index as in `frame`."""
    return pd.DataFrame({d.code: d.of(frame[d.feature]) for d in dimensions}, index=frame.index)


def nearest(home: Home, month: date) -> date:
    """The newest month with a profile up to `month`, else the first one after it.

    Raises RiskError without any profile.
    """
    months = sorted(m for m in home.months("profile") if profile_file(home, m).exists())
    if not months:
        raise RiskError(
            "还没有运行过任何月份：请先运行 doudi run --as-of 月份",
            "no month was run yet: 'doudi run --as-of MONTH' first",
        )
    before = [m for m in months if m <= month_end(month)]
    return before[-1] if before else months[0]


def columns_of(home: Home, month: date) -> set[str]:
    """The columns of a month's profile."""
    return set(pq.read_schema(profile_file(home, month)).names)


def read_members(home: Home, month: date) -> pd.DataFrame:
    """Groups of every household of a month (see `nearest`), by household."""
    path = profile_file(home, nearest(home, month))
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=24)
def _read(path: Path, _changed: int) -> pd.DataFrame:
    """The same of one file, which only a new run changes; a dozen columns, kept for a year."""
    dimensions = definitions().there(set(pq.read_schema(path).names))
    wanted = ["household", *dict.fromkeys(d.feature for d in dimensions)]
    frame = pq.read_table(path, columns=wanted, partitioning=None).to_pandas()
    return members_of(frame.set_index("household"), dimensions)


def joined(home: Home, household: pd.Series, month: pd.Series) -> pd.DataFrame:
    """Groups of households at months of their own; those a profile does not hold are unknown."""
    parts = []
    for one in month.unique():
        here = household[month == one]
        part = read_members(home, one).reindex(here.to_numpy())
        parts.append(part.set_index(here.index))
    found = pd.concat(parts) if parts else pd.DataFrame(index=household.index)
    return found.reindex(household.index).fillna("unknown")


def cells(members: pd.DataFrame) -> Iterator[Cell]:
    """Every group of every dimension, then the crossings; only those with a row."""
    for dimension in definitions().dimensions:
        if dimension.code in members.columns:
            codes = members[dimension.code].to_numpy(object)
            for group in _ordered(dimension, set(codes)):
                yield Cell(dimension.code, group, codes == group)
    for pair in definitions().crossings:
        if set(pair) <= set(members.columns):
            yield from _crossed(members, pair)


def _ordered(dimension: Dimension, codes: set[str]) -> list[str]:
    """Codes in the order of the definitions; others behind, by name."""
    declared = [group.code for group in dimension.groups if group.code in codes]
    return [*declared, *sorted(codes - set(declared))]


def _crossed(members: pd.DataFrame, pair: tuple[str, str]) -> Iterator[Cell]:
    by_code: Mapping[str, Dimension] = {d.code: d for d in definitions().dimensions}
    first, second = (members[code].to_numpy(object) for code in pair)
    for one in _ordered(by_code[pair[0]], set(first)):
        for other in _ordered(by_code[pair[1]], set(second)):
            mask = (first == one) & (second == other)
            if mask.any():
                yield Cell(CROSS.join(pair), CROSS.join((one, other)), mask)
