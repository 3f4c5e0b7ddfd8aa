"""财政供养人员: who is paid by the public purse, once and every January, then changes."""

from __future__ import annotations

import numpy as np

from simulator.world import codes as c
from simulator.world.assets import accounts as a
from simulator.world.clock import Frame, month_day
from simulator.world.departments.desk import NO_DATE, Desk, quarter, yes_no
from simulator.world.departments.employers import employers
from simulator.world.departments.faults import trouble
from simulator.world.luck import Luck
from simulator.world.settings import SETTINGS


def observe(desk: Desk) -> list[Frame]:
    """Everybody in the month of the first delivery and in January; changes in between."""
    things = desk.state.things.get("account")
    if things is None:
        return []
    mine = (things.kind == a.PUBLIC) & ~things.second
    told = mine & (things.changed == desk.month)
    if desk.stock or desk.now.calendar_month == 1:
        told |= mine & np.isin(things.state, (a.PAYING, a.DRAWING))
    rows = np.flatnonzero(told)
    state, p, owner = things.state[rows], desk.state.p, things.owner[rows]
    lasting = Luck(desk.state.seed, 0, "public posts")
    retired, on = state == a.DRAWING, np.isin(state, (a.PAYING, a.DRAWING))
    post = np.where(lasting.random(p.key[owner]) < 0.25, "行政", "事业")
    short = lasting.random(p.key[owner]) < SETTINGS[desk.state.setting].rate("only_yes")
    pay = np.where(retired, p.pension[owner], p.wage[owner]).astype("f8")
    fresh = things.changed[rows] == desk.month
    day = np.where(fresh, things.on[rows], month_day(desk.month).astype("i8"))
    day = day.astype("datetime64[D]")
    since = month_day(desk.month - p.tenure[owner].astype("i8"))
    frame = desk.people(owner) | {
        "on_payroll": yes_no(on),
        "post": np.where(short | ~on, "", np.where(retired, "离退休", post)),
        "unit": np.where(short, "", employers(owner, np.full(len(rows), c.PUBLIC))),
        "pay": np.where(short | ~on, np.nan, np.round(pay, 0)),
        "started_on": np.where((state == a.PAYING) & ~short, np.minimum(since, day), NO_DATE),
        "ended_on": np.where(on, NO_DATE, day),
        "changed_on": day,
        "due": quarter(desk, len(rows)),
    }
    return [frame | trouble("only_yes", "pay", short & on, np.round(pay, 0).astype("U12"))]
