"""社会保险: all insurance once, old-age accounts every January, changes month by month."""

from __future__ import annotations

import numpy as np

from simulator.world.assets import accounts as a
from simulator.world.clock import Frame, month_day
from simulator.world.departments.desk import NO_DATE, Desk, due
from simulator.world.departments.employers import employers
from simulator.world.departments.faults import trouble
from simulator.world.names import padded

STATE = np.array(["参保缴费", "暂停缴费", "待遇领取", "终止参保"])
REASON = np.array(["", "解除合同", "退休", "关系转出", "死亡"])


def observe(desk: Desk) -> list[Frame]:
    """Every account in the month of the first delivery and in January; changes in between."""
    things = desk.state.things.get("account")
    if things is None:
        return []
    mine = things.kind != a.FUND
    told = mine & (desk.stock | (things.changed == desk.month))
    if desk.now.calendar_month == 1:
        # Insurance against unemployment and injury has no account of one's own to state.
        told |= mine & (things.kind <= a.RESIDENT) & (things.state != a.CLOSED)
    rows = np.flatnonzero(told)
    p, owner, kind = desk.state.p, things.owner[rows], things.kind[rows]
    state, base = things.state[rows], things.base[rows].astype("f8")
    pays = state == a.PAYING
    fresh = things.changed[rows] == desk.month
    on = np.where(fresh, things.on[rows], month_day(desk.month).astype("i8"))
    # A worker's account that stands as a resident's, and the other way round.
    other = np.where(kind == a.RESIDENT, a.EMPLOYEE, a.RESIDENT)
    seen = np.where(things.wrong[rows], other, kind)
    draws = (state == a.DRAWING) & (p.pension_kind[owner] > 0)
    paid = np.where(kind == a.RESIDENT, a.RESIDENT_MONTH, np.round(base * a.PAID[kind], 1))
    away = things.elsewhere[rows]
    frame = desk.people(owner) | {
        # Elsewhere they have their own numbers.
        "account_no": np.where(away, "", np.char.add("SB", padded(rows, 9))),
        "insurance": a.INSURANCE[seen],
        "state": STATE[state],
        "paid_to": np.where(pays, month_day(things.paid_to[rows].astype("i8")), NO_DATE),
        "base": np.where(pays & ~away, base, np.nan),
        "paid": np.where(pays & ~away, paid, np.nan),
        "balance": np.where(away, np.nan, np.round(things.balance[rows].astype("f8"), 2)),
        "pension": np.where(draws, np.round(p.pension[owner].astype("f8"), 1), np.nan),
        "employer": employers(owner, np.where(pays & (kind != a.RESIDENT), p.work[owner], 0)),
        "stop_reason": REASON[np.where(state == a.PAYING, 0, things.reason[rows])],
        "insured_at": np.where(away, "外省", "本省"),
        "changed_on": on.astype("datetime64[D]"),
        "due": due(desk, (desk.rng("social insurance").random(len(rows)) < 0.15).astype("i8")),
    }
    frame |= trouble("second_account", "account_no", things.second[rows], "重复账户")
    frame |= trouble("wrong_scheme", "insurance", things.wrong[rows], a.INSURANCE[kind])
    frame |= trouble("insured_elsewhere", "insured_at", away, "账户在外省")
    return [frame]
