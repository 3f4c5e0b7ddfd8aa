"""What a feed tells of a few people and households, kept for the next who asks.

Several parts of one page ask the same feeds of the same family. What is kept belongs to one state
of the lake: a delivery that comes in or is undone, and a decision about who is one person, are seen
at the next question.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from threading import Lock
from typing import Any

import pyarrow as pa
from cachetools import TTLCache

from core.engine import cursor
from data.contracts import load_contract
from data.deliveries.naming import Named
from data.lake import Lake

MOST, SECONDS = 512, 600  # some twenty families with their feeds
_door = Lock()
_kept: TTLCache[Any, pa.Table | None] = TTLCache(MOST, SECONDS)


def named_in(lake: Lake, feed: str, people: Iterable[str], households: Iterable[str]) -> Named:
    """The columns of a feed in which people or, where it has the column, households are named."""
    persons = sorted(set(people))
    named = {field.lake_name: persons for field in load_contract(feed).people}
    homes = {"household": sorted(set(households))}
    return named | homes if "household" in lake.schema(feed).names else named


def rows_about(lake: Lake, feed: str, as_of: date, named: Named) -> pa.Table | None:
    """A feed's rows known by a day that name one of some pseudonyms in one of some columns.

    None when the feed never delivered by then.
    """
    key = (lake.state(as_of), feed, as_of, tuple((c, tuple(n)) for c, n in named.items()))
    with _door:
        if key in _kept:
            return _kept[key]
    told = lake.rows_sql(feed, as_of, named)
    found = None if told is None else _read(told, as_of)
    with _door:
        _kept[key] = found
    return found


def _read(told: str, as_of: date) -> pa.Table:
    with cursor() as con:
        asked = f"SELECT * FROM ({told}) WHERE known_on <= $as_of"  # noqa: S608 (ours)
        # A relation would be planned once to be made and once to be read.
        con.execute(f"CREATE TEMP TABLE about AS {asked}", {"as_of": as_of})
        return con.table("about").to_arrow_table()
