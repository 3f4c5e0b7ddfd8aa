"""The standard that a visit is measured by: that of the place where its household lived then."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.home import Home, month_end
from data.standards import SIDES, Standards, StandardsError

PLACE = ("village_code", "township_code", "county_code")  # the smallest first


def highest_standard(home: Home, households: pd.Series, days: pd.Series) -> pd.Series:
    """The higher standard S of town and country where each household lives, yuan a month.

    A household without a place, or in no profile, lives in the home's own region where none of the
    others lives outside it. Null where no place is known, or no region around it has a standard at
    the end of the day's month.
    """
    months = days.map(month_end)
    try:
        standards, own = Standards.load(home), str(home.county["region"])
    except (StandardsError, KeyError):
        return pd.Series(float("nan"), index=days.index)
    places = lived_in(home, households, months)
    if all(_nested(code, own) for code in places.dropna().unique()):
        places = places.fillna(own)
    pairs = list(zip(places, months, strict=True))
    lines = {pair: _line(standards, *pair) for pair in set(pairs) if isinstance(pair[0], str)}
    return pd.Series([lines.get(pair) for pair in pairs], index=days.index, dtype="float64")


def lived_in(home: Home, households: pd.Series, months: pd.Series) -> pd.Series:
    """Code of the smallest known place of each household, by the profile nearest to its month.

    Null where no month was run, or that profile does not hold the household.
    """
    places = pd.Series(None, index=households.index, dtype="object")
    run = [m for m in home.months("profile") if home.has_profile(m)]
    if not run:
        return places
    nearest = {month: min(run, key=lambda m: abs((m - month).days)) for month in months.unique()}
    for month, some in households.groupby(months.map(nearest)):
        places.loc[some.index] = some.map(_places(home, month, some))
    return places


def _places(home: Home, month: date, households: pd.Series) -> dict[str, str]:
    """Code of the smallest known place by household, of those among `households` in a profile."""
    path = home.monthly("profile", month) / "household.parquet"
    known = [name for name in PLACE if name in pq.read_schema(path).names]
    if not known:
        return {}
    table = pq.read_table(path, columns=["household", *known], partitioning=None)
    table = table.filter(pc.is_in(table["household"], value_set=pa.array(households.unique())))
    place = pc.coalesce(*(table[name] for name in known))
    return dict(zip(table["household"].to_pylist(), place.to_pylist(), strict=True))


def _nested(code: str, region: str) -> bool:
    return code.startswith(region) or region.startswith(code)


def _line(standards: Standards, place: str, month: date) -> float | None:
    found = [standards.entry("S", place, side, month) for side in SIDES]
    return max((e.value for e in found if e is not None and e.value is not None), default=None)
