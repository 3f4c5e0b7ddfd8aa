"""Who belonged to which household, and what became of households, as known at a month's end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from data.households import events as told
from data.households.memberships import memberships
from services.cache import shared
from services.reads import base


@dataclass(frozen=True)
class Counts:
    """What the register office should look at, county-wide: numbers given to another family (in
    all, and of the last twelve months), households without a head, people met in one household
    and registered as living in another."""

    reused: int
    reused_lately: int
    headless: int
    in_two: int


LATELY = 12  # months


@shared
def _stays(home: str, as_of: date) -> pa.Table:
    """Every stay of the county, for all callers: nobody changes it."""
    return memberships(base.lake_at(home), as_of)


@shared
def _events(home: str, as_of: date) -> pa.Table:
    return told.events(base.lake_at(home), as_of)


def all_members(home: str, as_of: date) -> pd.DataFrame:
    """Every stay, columns as `data.households.memberships.open_stays` has them."""
    return _stays(home, as_of).to_pandas(date_as_object=True)


def all_events(home: str, as_of: date) -> pd.DataFrame:
    """Every event, columns as `data.households.events.events` has them."""
    return _events(home, as_of).to_pandas(date_as_object=True)


def members_over_time(home: str, as_of: date, household: str) -> pd.DataFrame:
    """Stays of one household, of every kind: open ones first, then the last to end."""
    found = _stays(home, as_of).filter(pc.field("household") == household)
    frame = found.to_pandas(date_as_object=True)
    frame = frame.assign(ended=frame["valid_to"].notna(), until=frame["valid_to"].fillna(as_of))
    order = ["kind", "ended", "until", "valid_from", "person"]
    frame = frame.sort_values(order, ascending=[True, True, False, True, True])
    return frame.drop(columns=["ended", "until"]).reset_index(drop=True)


def changes(home: str, as_of: date, household: str) -> pd.DataFrame:
    """Events of one household, from either side, oldest first."""
    either = (pc.field("household") == household) | (pc.field("other") == household)
    return _events(home, as_of).filter(either).to_pandas(date_as_object=True)


def counted(home: str, as_of: date) -> Counts:
    """What the register office should look at by the month. Of a number that was handed on for
    living and registered households alike one counts."""
    found = all_events(home, as_of)
    reused = found[found["event"] == told.REUSED].drop_duplicates(["household", "other"])
    since = base.months_back(as_of, LATELY)
    headless = found["event"] == told.HEADLESS
    twice = found[found["event"] == told.TWICE]
    return Counts(
        len(reused),
        int((reused["day"] >= since).sum()) if len(reused) else 0,
        int(headless.sum()),
        twice["person"].nunique(),
    )


def forget() -> None:
    """Read households afresh; called when a file has come."""
    _stays.clear()
    _events.clear()
