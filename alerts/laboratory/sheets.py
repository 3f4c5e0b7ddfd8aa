"""Who got how many points from which indicator, in every past month: the scorecard laid open.

One entry a household and indicator, caps left out: `points` are the indicator's share of the
household's score (its parts summed over members).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from alerts.laboratory.material import Material
from alerts.laboratory.months import Bools, Floats, Ints
from alerts.rows import needed
from core.home import Home
from models.scorecard import RuleSet, engine

_CAPS = "_cap"
# A day as it is written takes so many letters.
_DAY = 10


@dataclass(frozen=True)
class Sheet:
    """One month's entries: household, place of the indicator in `Sheets.ids`, points."""

    household: Ints
    indicator: Ints
    points: Floats

    def only(self, mask: Bools) -> Sheet:
        """The entries under a yes/no mask."""
        return Sheet(self.household[mask], self.indicator[mask], self.points[mask])

    @staticmethod
    def none() -> Sheet:
        """No entry at all."""
        return Sheet(np.empty(0, np.int32), np.empty(0, np.int16), np.empty(0))

    def joined(self, other: Sheet) -> Sheet:
        """These entries and others."""
        pairs = ("household", "indicator", "points")
        parts = (np.concatenate([getattr(self, n), getattr(other, n)]) for n in pairs)
        return Sheet(*parts)


@dataclass(frozen=True)
class Sheets:
    """Every month's sheet, in the order of the material's months."""

    ids: tuple[str, ...]
    months: tuple[Sheet, ...]

    def places(self, ids: Collection[str]) -> Ints:
        """Places of some indicators."""
        return np.array([n for n, id in enumerate(self.ids) if id in ids], np.int16)

    def named(self, ids: tuple[str, ...]) -> Sheets:
        """The same with places in a longer list of indicators."""
        place = np.array([ids.index(id) for id in self.ids] or [0], np.int16)
        months = (replace(m, indicator=place[m.indicator]) for m in self.months)
        return Sheets(ids, tuple(months))


def read_sheets(home: Home, material: Material, con: Any) -> Sheets:
    """The sheets as stored. Raises AlertsError when a month's parts are gone."""
    months = [month.as_of for month in material.months]
    files = [str(needed(home, "scores", month, "parts.parquet")) for month in months]
    parts = con.read_parquet(files)
    parts = parts.filter(~parts.indicator.endswith(_CAPS))
    county = _county(con, material)
    joined = parts.inner_join(county, "household")
    sums = joined.group_by("as_of", "number", "indicator").agg(points=joined.contribution.sum())
    return _by_month(sums.to_pyarrow(), months)


def computed(
    home: Home,
    months: Sequence[date],
    material: Material,
    rules: RuleSet,
    ids: Collection[str],
    con: Any,
) -> Sheets:
    """The entries of some indicators in some months under `rules`, by the scorecard's engine.

    All months are one question to the engine, each household-month a household of its own.
    Raises ScorecardError when a profile lacks a column.
    """
    some = {id: found for id, found in rules.indicators.items() if id in ids}
    if not some or not months:
        return Sheets((), tuple(Sheet.none() for _ in months))
    person, household = (_profiles(home, months, scope, con) for scope in ("person", "household"))
    found = engine.parts(person, household, replace(rules, indicators=some, caps={}))
    sums = found.group_by("household", "indicator").agg(points=found.contribution.sum())
    told = sums.mutate(as_of=sums.household[:_DAY].cast("date"), name=sums.household[_DAY:])
    county = _county(con, material)
    joined = told.inner_join(county, told.name == county.household)
    return _by_month(joined.select("as_of", "number", "indicator", "points").to_pyarrow(), months)


def _profiles(home: Home, months: Sequence[date], scope: str, con: Any) -> Any:
    """The profiles of several months as one table, the day written before the household."""
    files = [str(needed(home, "profile", month, f"{scope}.parquet")) for month in months]
    table = con.read_parquet(files)
    return table.mutate(household=table.as_of.cast("date").cast("string") + table.household)


def _county(con: Any, material: Material) -> Any:
    """The material's households with their numbers, as a table to join with."""
    names = pa.array(material.households.tolist(), pa.string())
    numbers = pa.array(np.arange(len(names), dtype=np.int32))
    table = pa.table({"household": names, "number": numbers})
    return con.create_table("laboratory_county", table, temp=True, overwrite=True)


def _by_month(rows: pa.Table, months: Sequence[date]) -> Sheets:
    """Rows (as_of, number, indicator, points) as one sheet a month."""
    coded = rows["indicator"].combine_chunks().dictionary_encode()
    ids = coded.dictionary.to_pylist()
    order = sorted(ids)
    place = np.array([order.index(id) for id in ids], np.int16)
    day = rows["as_of"].to_numpy().astype("datetime64[D]")
    household = rows["number"].to_numpy()
    indicator = place[coded.indices.to_numpy()] if ids else np.empty(0, np.int16)
    whole = Sheet(household, indicator, rows["points"].to_numpy())
    return Sheets(
        tuple(order), tuple(whole.only(day == np.datetime64(month, "D")) for month in months)
    )
