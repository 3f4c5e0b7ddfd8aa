"""How much each place and person has to visit, and how many visits a place can make in a month.

One measure for every page: supervision, the list of alerts before a dispatch, a case handed on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import ceil

import pandas as pd

from alerts.policy import Policy, load_policy
from alerts.supervision import load as loads
from core.access.areas import Area
from services.reads import base, standing

# What a row says of a place, beside `group` (its code): the counts of
# `alerts.supervision.load.load`; of the month's new alerts how many there are and were sent out;
# how many visits a month it can make, and whether the policy sets that as a ceiling.
COLUMNS = ["group", *loads.COUNTS, "new", "sent", "capacity", "ceiling"]


@dataclass(frozen=True)
class Room:
    """How many visits a month a place can make: its `ceiling` by policy, else its share of the
    county's by its households."""

    visits: int
    ceiling: bool


def open_alerts(home: str, as_of: date, scope: Area) -> pd.DataFrame:
    """The open alerts of an area at the end of a month, as `alerts.supervision.load.marked`."""
    stood = standing.stood(home, as_of, scope)
    return loads.marked(stood, base.today_at(home, as_of))


def by_place(home: str, as_of: date, scope: Area, key: str) -> pd.DataFrame:
    """One row (COLUMNS) for each place by `key` (township_code, village_code) that has households
    or had alerts, most late first; `capacity` is NA where neither ceiling nor households are known.

    Raises NothingYet without any alert ever.
    """
    stood = standing.stood(home, as_of, scope)
    rows = loads.load(open_alerts(home, as_of, scope), key)
    month = stood[stood["month"] == f"{as_of:%Y-%m}"]
    new, sent = month[key].value_counts(), month.loc[month["dispatched"], key].value_counts()
    room = rooms(home, as_of, scope, key)
    quiet = sorted({*room, *stood[key].dropna()} - set(rows["group"]))
    zero = pd.DataFrame({"group": quiet, **dict.fromkeys(loads.COUNTS, 0)})
    rows = pd.concat([rows, zero], ignore_index=True) if quiet else rows
    has = [room.get(code) for code in rows["group"]]
    return rows.assign(
        new=[int(new.get(code, 0)) for code in rows["group"]],
        sent=[int(sent.get(code, 0)) for code in rows["group"]],
        capacity=pd.Series([None if one is None else one.visits for one in has], dtype="Int64"),
        ceiling=[one is not None and one.ceiling for one in has],
    )[COLUMNS]


def rooms(home: str, as_of: date, scope: Area, key: str) -> dict[str, Room]:
    """What each place of the area can visit in a month."""
    policy = load_policy(base.home_at(home), as_of)
    shares = _shares(home, as_of, scope, key, policy)
    ceilings = policy.township_capacity if key == "township_code" else {}
    own = {code: n for code, n in ceilings.items() if scope.holds(Area(code))}
    return {c: Room(n, ceiling=False) for c, n in shares.items()} | {
        code: Room(n, ceiling=True) for code, n in own.items()
    }


def _shares(home: str, as_of: date, scope: Area, key: str, policy: Policy) -> dict[str, int]:
    """Each place's share of the county's visits a month, by its households."""
    path = base.monthly_file(home, "profile", as_of, "household.parquet")
    if path is None:
        return {}
    counted = base.query(
        f"SELECT {key} AS code, count(*) AS n FROM read_parquet($path) p "  # noqa: S608 (ours)
        f"WHERE {base.inside(scope)} AND {key} IS NOT NULL GROUP BY 1",
        {"path": str(path), **base.scope_values(home, scope)},
    )
    each = (policy.capacity_per_1000_households + policy.event_budget_per_1000) / 1000
    pairs = zip(counted["code"].tolist(), counted["n"], strict=True)
    return {str(code): ceil(each * int(n)) for code, n in pairs}
