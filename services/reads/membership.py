"""Who belonged to which household, and what became of households, as known at a month's end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd
import pyarrow as pa

from data.households import events as told
from data.households.memberships import memberships
from data.lake import REGISTER
from services.reads import base, people


@dataclass(frozen=True)
class Counts:
    """What the register office should look at, county-wide: numbers given to another family (in
    all, and of the last twelve months), households without a head, people whom their last visit met
    in another household than the one they lived in that day by the register. The last two are of a
    month that was run, and None of another."""

    reused: int
    reused_lately: int
    headless: int | None
    in_two: int | None


LATELY = 12  # months


def all_members(home: str, as_of: date) -> pd.DataFrame:
    """Every stay, columns as `data.households.memberships.open_stays` has them."""
    return memberships(base.lake_at(home), as_of).to_pandas(date_as_object=True)


def all_events(home: str, as_of: date) -> pd.DataFrame:
    """Every event, columns as `data.households.events.events` has them."""
    return told.events(base.lake_at(home), as_of).to_pandas(date_as_object=True)


@base.cached_lake
def members_over_time(home: str, as_of: date, household: str) -> pd.DataFrame:
    """Stays of one household, of every kind: open ones first, then the last to end; `who` is the
    masked name, '' where the vault knows none."""
    found, _ = _told(home, as_of, household)
    frame = found.to_pandas(date_as_object=True)
    frame = frame.assign(ended=frame["valid_to"].notna(), until=frame["valid_to"].fillna(as_of))
    order = ["kind", "ended", "until", "valid_from", "person"]
    frame = frame.sort_values(order, ascending=[True, True, False, True, True])
    names = people.masked_names(home, tuple(sorted(set(frame["person"].dropna()))))
    frame = frame.assign(who=[names.get(person, "") for person in frame["person"]])
    return frame.drop(columns=["ended", "until"]).reset_index(drop=True)


@base.cached_lake
def changes(home: str, as_of: date, household: str) -> pd.DataFrame:
    """Events of one household, from either side, oldest first."""
    _, found = _told(home, as_of, household)
    return found.to_pandas(date_as_object=True)


@base.cached_lake
def _told(home: str, as_of: date, household: str) -> tuple[pa.Table, pa.Table]:
    return told.stays_and_events(base.lake_at(home), as_of, household)


@base.cached
def counted(home: str, as_of: date) -> Counts:
    """What the register office should look at by the month. Of a number that was handed on for
    living and registered households alike one counts."""
    lake = base.lake_at(home)
    later = {
        (one.number, one.nth): one.since for one in lake.handed_on(as_of).families if one.nth > 1
    }
    since = base.months_back(as_of, LATELY)
    lately = sum(day >= since for day in later.values())
    profile = base.monthly_file(home, "profile", as_of, "person.parquet")
    if profile is None:
        return Counts(len(later), lately, None, None)
    met = lake.rows_sql("home_visit_members", as_of) or lake.no_rows_sql("home_visit_members")
    lived = lake.rows_sql(REGISTER, as_of) or lake.no_rows_sql(REGISTER)
    asked = {"path": str(profile), "as_of": as_of}
    found = base.query(_COUNTED.format(met=met, lived=lived), asked).iloc[0]
    return Counts(len(later), lately, int(found["headless"]), int(found["in_two"]))


_COUNTED = """
    WITH here AS (SELECT person, household, relation FROM read_parquet($path)),
    met AS (SELECT person, arg_max(household, happened_on) AS household,
                   max(happened_on) AS day
            FROM ({met})
            WHERE known_on <= $as_of AND happened_on <= $as_of AND person IS NOT NULL
            GROUP BY person),
    -- Whoever moved since, or got another number with the family, was met at home.
    lived AS (SELECT person, arg_max(r.household, (r.happened_on, r.known_on)) AS household
              FROM met JOIN ({lived}) r USING (person)
              WHERE r.known_on <= $as_of AND r.happened_on <= met.day GROUP BY person)
    SELECT (SELECT count(*) FROM (SELECT household FROM here GROUP BY household
            HAVING NOT coalesce(bool_or(relation = 'head'), false))) AS headless,
           (SELECT count(*) FROM met JOIN here USING (person)
            LEFT JOIN lived USING (person) WHERE met.household <> here.household
              AND met.household IS DISTINCT FROM lived.household) AS in_two
"""
