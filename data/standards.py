"""Dated local standards (S, D, M, W, k, theta, … and asset limits) by region, urban and rural.

`standards.yaml` reads: region code -> urban|rural -> name -> {unit, values: {date: {value,
reference}}}. A value holds from its date until the next one; `value: null` ends it. Past
values are never edited: a new notice adds a date. Regions nest by code, so a township without
figures of its own takes its county's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import yaml

from core.home import Home
from data import notices
from data.notices import Notice

NAMES: dict[str, tuple[str, str, str]] = {
    "S": ("yuan/person/month", "低保标准", "Minimum living standard"),
    "D": ("yuan/person/year", "上年人均可支配收入", "Disposable income per head, last year"),
    "M": ("yuan/person/year", "防返贫监测线", "Return-to-poverty monitoring line"),
    "W": ("yuan/month", "最低工资", "Minimum wage"),
    "k": ("ratio", "低保边缘倍数", "Edge multiple of S"),
    "theta": ("ratio", "刚性支出占比线", "Rigid-expenditure ratio"),
    "ratio_base": (
        "share of S",
        "刚性支出比计入的基本生活支出",
        "Living costs inside the rigid ratio",
    ),
    "floor_line": ("m2/person", "最低住房面积", "Minimum floor area per head"),
    "fin_limit": (
        "months of S/person",
        "低边家庭人均金融资产限额",
        "Edge limit of financial assets per head",
    ),
    "car_limit": ("months of S", "低边家庭车船价值限额", "Edge limit of a vehicle's value"),
    "home_limit": (
        "times floor_line",
        "低边家庭第二套住房面积限额",
        "Edge limit of floor area per head with two homes",
    ),
    "firm_limit": ("yuan", "低边家庭出资额限额", "Edge limit of capital in companies"),
}
SIDES = ("urban", "rural")
# What a figure can be at all; a slip of the keyboard (a monthly amount for a yearly one) is asked
# about, not stored.
BETWEEN = {
    "S": (100, 5_000),
    "D": (3_000, 300_000),
    "M": (2_000, 60_000),
    "W": (500, 20_000),
    "k": (1, 3),
    "theta": (0.1, 1),
    "ratio_base": (0, 1),
    "floor_line": (3, 60),
    "fin_limit": (0, 120),
    "car_limit": (0, 500),
    "home_limit": (0.5, 10),
    "firm_limit": (0, 10_000_000),
}


class StandardsError(Exception):
    """A standard is missing on a date, or standards.yaml is wrong; the message names it."""


@dataclass(frozen=True)
class Dated:
    """One value, in force from `since`; None ends the series."""

    since: date
    value: float | None
    reference: str


@dataclass(frozen=True)
class Standards:
    """All standards of a home: (region, urban|rural, name) -> dated values, oldest first."""

    series: dict[tuple[str, str, str], tuple[Dated, ...]]

    @classmethod
    def load(cls, home: Home, known_by: date | None = None) -> Standards:
        """Standards of a home: its file, and over it what was entered since (`data.notices`).

        With `known_by` only what was known by that day, so that a past month keeps its figures.
        Raises StandardsError when there are none, or the file is wrong, naming the key.
        """
        path, entered = home.standards_file, notices.known(home, known_by)
        if not path.exists() and not entered:
            raise StandardsError(f"no {path.name} in {path.parent}; simulate a county or write one")
        written = cls.read(path) if path.exists() else cls({})
        return written.with_notices(entered)

    def with_notices(self, entered: Iterable[Notice]) -> Standards:
        """These and the entered ones; of two for one day the later entered counts."""
        series = {key: {d.since: d for d in dated} for key, dated in self.series.items()}
        for one in entered:
            values = series.setdefault((one.region, one.side, one.name), {})
            values[one.since] = Dated(one.since, one.value, one.document)
        return Standards(
            {key: tuple(values[day] for day in sorted(values)) for key, values in series.items()}
        )

    def elsewhere(self, region: str) -> list[str]:
        """Every other region that has figures: within, around and beside `region`."""
        return [code for code in self.regions if code != region]

    @classmethod
    def read(cls, path: Path) -> Standards:
        """Standards from a YAML file; StandardsError names the file and key that is wrong."""
        return _parsed(path.name, path.read_text(encoding="utf-8"))

    @property
    def regions(self) -> list[str]:
        """Codes of the regions that have figures."""
        return sorted({region for region, _, _ in self.series})

    def entry(self, name: str, region: str, urban_rural: str, on: date) -> Dated | None:
        """The value in force on a day with its reference; None where there is none."""
        holder = self.holder(name, region, urban_rural, on)
        return None if holder is None else self._newest(holder, urban_rural, name, on)

    def holder(self, name: str, region: str, urban_rural: str, on: date) -> str | None:
        """The region whose figure holds there: itself, or the nearest around it; None for none."""
        for code in _enclosing(region):
            found = self._newest(code, urban_rural, name, on)
            if found is not None and found.value is not None:
                return code
        return None

    def _newest(self, region: str, side: str, name: str, on: date) -> Dated | None:
        found = None
        for dated in self.series.get((region, side, name), ()):
            found = dated if dated.since <= on else found
        return found

    def value(self, name: str, region: str, urban_rural: str, on: date) -> float:
        """`name` (see NAMES for units) in `region` for 'urban' or 'rural' on a day.

        Raises StandardsError when no value is in force then.
        """
        found = self.entry(name, region, urban_rural, on)
        if found is None or found.value is None:
            raise StandardsError(self._why_missing(name, region, urban_rural, on))
        return found.value

    def table(self, on: date) -> ibis.Table:
        """One row a region and side: county_code, urban_rural and every name, on a day.

        A name without a value in force is null.
        """
        rows = [
            {"county_code": region, "urban_rural": side}
            | {n: e.value if (e := self.entry(n, region, side, on)) else None for n in NAMES}
            for region in self.regions
            for side in SIDES
        ]
        types = [("county_code", pa.string()), ("urban_rural", pa.string())]
        schema = pa.schema(types + [(n, pa.float64()) for n in NAMES])
        return ibis.memtable(pa.Table.from_pylist(rows, schema=schema))

    def _why_missing(self, name: str, region: str, side: str, on: date) -> str:
        if name not in NAMES:
            return f"no standard '{name}'; the standards are {', '.join(NAMES)}"
        known = [d for c in _enclosing(region) for d in self.series.get((c, side, name), ())]
        if not known:
            return f"{name} has no value for region {region}, {side}; add it to standards.yaml"
        first = min(d.since for d in known)
        if on < first:
            return f"{name} ({region}, {side}) has no value on {on}: its first starts {first}"
        return f"{name} ({region}, {side}) has no value on {on}: its series ended"


@lru_cache(maxsize=8)
def _parsed(file: str, text: str) -> Standards:
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise StandardsError(f"{file} is not YAML: {str(error).splitlines()[0]}") from error
    return Standards(dict(_entries(file, content)))


def _enclosing(region: str) -> list[str]:
    """The region and those around it, nearest first: village, township, county, city, province."""
    return [region] + [region[:n] for n in (9, 6, 4, 2) if n < len(region)]


def _entries(file: str, content: Any) -> Iterator[tuple[tuple[str, str, str], tuple[Dated, ...]]]:
    if not isinstance(content, dict):
        raise StandardsError(f"{file} is empty; it must hold region -> urban|rural -> standard")
    for region, sides in content.items():
        for side, names in _mapping(file, str(region), sides).items():
            if side not in SIDES:
                raise StandardsError(f"{file}: {region}.{side}: use 'urban' or 'rural'")
            for name, series in _mapping(file, f"{region}.{side}", names).items():
                if name not in NAMES:
                    known = ", ".join(NAMES)
                    raise StandardsError(f"{file}: {region}.{side}.{name}: use one of {known}")
                key = f"{region}.{side}.{name}"
                yield (str(region), side, name), _series(file, key, series)


def _mapping(file: str, key: str, value: Any) -> dict[Any, Any]:
    if not isinstance(value, dict):
        raise StandardsError(f"{file}: {key} must be a mapping, found {value!r}")
    return value


def _series(file: str, key: str, series: Any) -> tuple[Dated, ...]:
    values = _mapping(file, f"{key}.values", _mapping(file, key, series).get("values"))
    dated = []
    for since, entry in values.items():
        try:
            day = since if isinstance(since, date) else date.fromisoformat(str(since))
        except ValueError:
            raise StandardsError(
                f"{file}: {key}: '{since}' is not a date like 2025-07-01"
            ) from None
        entry = entry if isinstance(entry, dict) else {"value": entry}
        value = entry.get("value")
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise StandardsError(f"{file}: {key}.{day}: '{value}' is not a number")
        amount = None if value is None else float(value)
        dated.append(Dated(day, amount, str(entry.get("reference", ""))))
    if [d.since for d in dated] != sorted({d.since for d in dated}):
        raise StandardsError(f"{file}: {key}: dates must rise, each once")
    return tuple(dated)
