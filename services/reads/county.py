"""The county itself: its name, its months, its areas."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from core.access.areas import TOWNSHIP_DIGITS
from core.home import HomeError, month_end
from data.contracts import all_feeds
from data.regions import Regions, RegionsError
from services.cache import shared
from services.reads.base import NothingYet, home_at, lake_at


@dataclass(frozen=True)
class County:
    """What the top line of every page says."""

    region: str
    name_zh: str
    name_en: str
    synthetic: bool
    currency_zh: str
    currency_en: str


def county(home: str) -> County:
    """The county of a home.

    Raises NothingYet when the home holds none.
    """
    try:
        about = home_at(home).county
    except HomeError as error:
        raise NothingYet("county") from error
    return County(
        str(about.get("region", "")),
        str(about.get("name_zh", "")),
        str(about.get("name_en", "")),
        bool(about.get("synthetic")),
        str(about.get("currency_zh", "元")),
        str(about.get("currency_en", "yuan")),
    )


def months(home: str) -> list[date]:
    """Months that were run, newest first; without any, the county's last month, or the one in
    which its newest file came.

    Months that only trained the model are left out as soon as others have rule scores and alerts.
    """
    folder = home_at(home)
    found = folder.months("scores") or folder.months("profile")
    if not found and (last := folder.county.get("last_as_of")):
        found = [month_end(str(last))]
    if not found and (came := [b.delivered_on for b in lake_at(home).batches() if b.readable]):
        found = [month_end(max(came))]
    return sorted(found, reverse=True)


def silent(home: str, as_of: date) -> list[tuple[str, date]]:
    """Feeds that have been silent for longer than their contract allows, each with the last day it
    tells of, longest first."""
    lake = lake_at(home)
    found = [(feed, lake.silent_since(feed, as_of)) for feed in all_feeds()]
    return sorted(((f, since) for f, since in found if since), key=lambda one: one[1])


@shared
def regions(home: str) -> Regions | None:
    """Townships and villages; None when the county has no regions file."""
    try:
        return Regions.load(home_at(home))
    except RegionsError:
        return None


def areas(home: str, township: str = "") -> list[str]:
    """Codes to choose from: townships of the county, or villages of one township."""
    known = regions(home)
    if known is None:
        return []
    if township:
        return [v.code for v in known.villages_of(township)]
    return sorted(known.townships)


def place(home: str, code: Any, language: str) -> str:
    """Name of a township or village; the code where it is not known, a dash for none."""
    if code is None or code != code or not str(code):
        return "–"
    known = regions(home)
    return known.name(str(code), language) if known else str(code)


def township_of(code: str) -> str:
    """The township that a village code lies in."""
    return code[:TOWNSHIP_DIGITS]


@shared
def geojson(home: str) -> dict[str, Any]:
    """Outlines of the townships; an empty collection when there are none."""
    known = regions(home)
    return known.geojson if known else {"type": "FeatureCollection", "features": []}
