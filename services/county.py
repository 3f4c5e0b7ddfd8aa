"""The county itself: its name, its months, its areas. Everybody who has signed in may know it."""

from __future__ import annotations

from services.context import Context
from services.reads import base
from services.reads import county as reads
from services.reads.county import County, township_of
from services.use_case import acting, reading

__all__ = [
    "County",
    "areas",
    "county",
    "geojson",
    "is_latest",
    "months",
    "place",
    "silent",
    "township_of",
]

county = reading(None, reads.county)
months = reading(None, reads.months)
areas = reading(None, reads.areas)
place = reading(None, reads.place)
silent = reading(None, reads.silent)
geojson = reading(None, reads.geojson)


@acting(None)
def is_latest(context: Context) -> bool:
    """Whether the month is the newest with scores: then 'now' is meant, not that evening."""
    return base.is_latest(context.home, context.as_of)
