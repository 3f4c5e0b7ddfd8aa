"""What a feed tells of a few people and households, kept for the next who asks.

Several parts of one page ask the same feeds of the same family. What is kept is asked for by the
very text of the question, which names every file in force, everybody who was joined to another and
every number that was handed on: a delivery that comes in or is undone makes it another question.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

import pyarrow as pa

from core.engine import cursor
from data.contracts import load_contract
from data.deliveries.naming import Named
from data.lake import Lake


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
    told = lake.rows_sql(feed, as_of, named)
    return None if told is None else _kept(told, as_of, lake.written(feed, as_of))


@lru_cache(maxsize=512)
def _kept(told: str, as_of: date, written: tuple[int, ...]) -> pa.Table:
    with cursor() as con:
        asked = f"SELECT * FROM ({told}) WHERE known_on <= $as_of"  # noqa: S608 (ours)
        return con.sql(asked, params={"as_of": as_of}).to_arrow_table()
