"""住房公积金: accounts once and every July, and what was opened, sealed and emptied, by quarter."""

from __future__ import annotations

import numpy as np

from simulator.world.assets import accounts as a
from simulator.world.clock import Frame, month_day
from simulator.world.departments.desk import NO_DATE, Desk, quarter
from simulator.world.departments.employers import employers
from simulator.world.departments.faults import trouble
from simulator.world.names import padded

STATE = np.array(["正常", "封存", "", "销户"])


def observe(desk: Desk) -> list[Frame]:
    """Every account in the month of the first delivery and in July; changes in between."""
    things = desk.state.things.get("account")
    if things is None:
        return []
    mine = things.kind == a.FUND
    statement = desk.now.calendar_month == 7
    told = mine & (desk.stock | (things.changed == desk.month))
    told |= mine & statement & (things.state != a.CLOSED)
    rows = np.flatnonzero(told)
    state = np.where(things.as_paid[rows], a.PAYING, things.state[rows])
    pays = state == a.PAYING
    # A statement is of the first of the month, a change of its own day.
    fresh = things.changed[rows] == desk.month
    on = np.where(fresh, things.on[rows], month_day(desk.month).astype("i8"))
    base = things.base[rows].astype("f8")
    frame = desk.people(things.owner[rows]) | {
        "account_no": np.char.add("GJJ", padded(rows, 9)),
        "employer": employers(things.owner[rows], desk.state.p.work[things.owner[rows]]),
        "base": np.where(pays, base, np.nan),
        "paid": np.where(pays, np.round(base * a.PAID[a.FUND], 1), np.nan),
        "paid_to": np.where(
            state == a.CLOSED, NO_DATE, month_day(things.paid_to[rows].astype("i8"))
        ),
        "state": STATE[state],
        "balance": np.round(things.balance[rows].astype("f8"), 2),
        "changed_on": on.astype("datetime64[D]"),
        "due": quarter(desk, len(rows)),
    }
    frame |= trouble("sealed_as_paid", "state", things.as_paid[rows], STATE[a.SUSPENDED])
    return [frame]
