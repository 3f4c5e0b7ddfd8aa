"""Townships and villages of a home: names in both languages, outlines for the map."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from core.home import Home
from core.words import pick


class RegionsError(Exception):
    """regions.geojson is missing or wrong; the message says what."""


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
    """All regions of a home by code, and the GeoJSON that draws the townships."""

    townships: dict[str, Region]
    villages: dict[str, Region]
    geojson: dict[str, Any]

    @classmethod
    def load(cls, home: Home) -> Regions:
        """Regions of a home.

        Raises RegionsError when the file is missing or lacks a property.
        """
        path = home.regions_file
        if not path.exists():
            raise RegionsError(f"no {path.name} in {path.parent}; simulate a county or add one")
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            return cls.of(content)
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
        return cls(townships, villages, geojson)

    def villages_of(self, township: str) -> list[Region]:
        """Villages of one township, by code."""
        return sorted(
            (v for v in self.villages.values() if v.parent == township), key=lambda v: v.code
        )

    def name(self, code: str, language: str = "zh") -> str:
        """Name of a township or village; the code itself where it is not known."""
        region = self.townships.get(code) or self.villages.get(code)
        return region.name(language) if region else code
