"""Townships and villages of a home: names in both languages, outlines for the map.

`regions.geojson` holds them as they are; where codes or towns changed, `regions.csv`
(`data.region_table`) holds every place with its dates, and the outlines alone come from the
geojson.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from core.home import Home
from core.words import pick
from core.workflow.calendar import CHINA_TIME
from data.region_table import Entry, RegionTable, RegionTableError


class RegionsError(Exception):
    """regions.geojson or regions.csv is missing or wrong; the message says what."""


@dataclass(frozen=True)
class Region:
    """A township (`parent` is the county) or a village (`parent` is its township)."""

    code: str
    name_zh: str
    name_en: str
    level: str
    parent: str
    urban_rural: str | None = None

    def name(self, language: str) -> str:
        """Name in 'zh' or 'en'."""
        return pick(self.name_zh, self.name_en, language)


@dataclass(frozen=True)
class Regions:
    """The regions of a home today by code, and the GeoJSON that draws the townships.

    `table` holds what was before; without regions.csv it says the same as the rest.
    """

    townships: dict[str, Region]
    villages: dict[str, Region]
    geojson: dict[str, Any]
    table: RegionTable = field(default_factory=lambda: RegionTable(()))
    today: date = date.max

    @classmethod
    def load(cls, home: Home) -> Regions:
        """Regions of a home.

        Raises RegionsError when there are none, or a file lacks a property.
        """
        path = home.regions_file
        if not path.exists() and not home.region_table.exists():
            raise RegionsError(f"no {path.name} in {path.parent}; simulate a county or add one")
        try:
            content = (
                json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"features": []}
            )
            if not home.region_table.exists():
                return cls.of(content)
            return cls.dated(RegionTable.read(home.region_table), content, today_of(home))
        except RegionTableError as error:
            raise RegionsError(str(error)) from error
        except (ValueError, KeyError, TypeError) as error:
            raise RegionsError(f"{path.name} lacks or garbles {error}") from error

    @classmethod
    def of(cls, geojson: dict[str, Any]) -> Regions:
        """Regions a feature collection describes. Raises KeyError for a missing property."""
        townships, villages = {}, {}
        for feature in geojson["features"]:
            about = feature["properties"]
            code = str(about["code"])
            townships[code] = Region(
                *(code, about["name_zh"], about["name_en"], "township", code[:6]),
                about.get("urban_rural"),
            )
            for village in about.get("villages", []):
                own = str(village["code"])
                names = (village["name_zh"], village["name_en"])
                villages[own] = Region(own, *names, "village", code, village.get("urban_rural"))
        every = [*townships.values(), *villages.values()]
        table = RegionTable(
            Entry(r.code, r.name_zh, r.name_en, r.parent, r.urban_rural) for r in every
        )
        return cls(townships, villages, geojson, table)

    @classmethod
    def dated(cls, table: RegionTable, geojson: dict[str, Any], today: date) -> Regions:
        """The regions of a day; a place without an outline takes those of what it was made of."""
        found = {level: _of_level(table, today, level) for level in ("township", "village")}
        outlines = {str(f["properties"]["code"]): f.get("geometry") for f in geojson["features"]}
        features = []
        for code, town in sorted(found["township"].items()):
            own = outlines.get(code)
            parts = [own] if own else [outlines.get(c) for c in table.formerly(code, today)]
            villages = [v for v in found["village"].values() if v.parent == code]
            about = _properties(town) | {"level": "township"}
            about["villages"] = [_properties(v) for v in villages]
            geometry = _together([g for g in parts if g])
            features.append({"type": "Feature", "id": code, "geometry": geometry,
                             "properties": about})  # fmt: skip
        drawn = {"type": "FeatureCollection", "features": features}
        return cls(found["township"], found["village"], drawn, table, today)

    def villages_of(self, township: str) -> list[Region]:
        """Villages of one township, by code."""
        return sorted(
            (v for v in self.villages.values() if v.parent == township), key=lambda v: v.code
        )

    def name(self, code: str, language: str = "zh") -> str:
        """Today's name of a township or village; the code itself where it is not known.

        A place that was merged is named as what it is now, with its old name behind; one that was
        split or given up has its old name alone.
        """
        region = self.townships.get(code) or self.villages.get(code)
        if region is not None:
            return region.name(language)
        old = self.table.newest(code)
        if old is None:
            return code
        now = self.table.on(code, self.today)
        current = self.table.holding(now, self.today) if now is not None else None
        if current is None:
            return pick(f"{old.name('zh')}（已撤销）", f"{old.name('en')} (no more)", language)
        if current.name(language) == old.name(language):
            return old.name(language)
        was = pick(f"（原{old.name('zh')}）", f" (formerly {old.name('en')})", language)
        return current.name(language) + was

    def formerly(self, code: str) -> list[str]:
        """Codes that are this place today: its own, and those of what was merged into it."""
        return self.table.formerly(code, self.today)


def today_of(home: Home) -> date:
    """The day whose places are today's: an invented county's time ends with its data."""
    about = home.county if home.county_file.exists() else {}
    if about.get("synthetic") and "last_as_of" in about:
        return date.fromisoformat(str(about["last_as_of"]))
    return datetime.now(CHINA_TIME).date()


def _of_level(table: RegionTable, on: date, level: str) -> dict[str, Region]:
    return {
        e.code: Region(
            e.code, e.name_zh, e.name_en or e.name_zh, level,
            e.code[:6] if level == "township" else e.code[:9], e.urban_rural,
        )
        for e in table.in_force(on, level)
    }  # fmt: skip


def _properties(region: Region) -> dict[str, Any]:
    about = {"code": region.code, "name_zh": region.name_zh, "name_en": region.name_en}
    return about | ({"urban_rural": region.urban_rural} if region.urban_rural else {})


def _together(outlines: Iterable[dict[str, Any]]) -> dict[str, Any] | None:
    """One outline of several; None of none."""
    found = list(outlines)
    if len(found) < 2:
        return found[0] if found else None
    return {"type": "MultiPolygon", "coordinates": [p for one in found for p in _polygons(one)]}


def _polygons(outline: dict[str, Any]) -> Iterator[Any]:
    if outline["type"] == "MultiPolygon":
        yield from outline["coordinates"]
    else:
        yield outline["coordinates"]
