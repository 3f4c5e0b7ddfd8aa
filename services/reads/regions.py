"""Reads of the region table: every place there is or was, and what importing a file would do."""

from __future__ import annotations

from data.region_table import Entry
from data.regions import Regions, RegionsError
from data.setup import dated_regions
from data.setup.dated_regions import Checked
from services.reads.base import home_at


def check(home: str, content: bytes) -> Checked:
    """What importing a file would do; nothing is written. Raises TableError for no table."""
    return dated_regions.check(home_at(home), content)


def entries(home: str) -> tuple[Entry, ...]:
    """Every place of the home with its dates; none where it knows none."""
    try:
        return Regions.load(home_at(home)).table.entries
    except RegionsError:
        return ()


def template(home: str) -> str:
    """The home's places as a table with dates to go on from, as CSV."""
    return dated_regions.sheet(entries(home))
