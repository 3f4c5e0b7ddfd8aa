"""社会救助名册: civil affairs' own register; starts, ends, refusals and grants."""

from __future__ import annotations

import numpy as np

from simulator.world import codes as c
from simulator.world.clock import Frame, month_day
from simulator.world.departments.desk import Desk, due
from simulator.world.names import padded

THOUSANDS = "monthly_amount"  # comes with thousands marks now and then


def _rows(desk: Desk, e: Frame, lags: np.ndarray) -> Frame:
    h = desk.state.h
    rows, roll, event = e["household"], e["roll"], e["event"]
    paid = np.isin(roll, (c.DIBAO, c.TEKUN, c.EMERGENCY)) & np.isin(event, (c.START, c.GRANT))
    kind = np.where((roll == c.MONITORED) & (event == c.START), h.monitored_kind[rows], 0)
    serial = padded(rows * 8 + roll, 7)
    return desk.people(desk.heads(rows)) | {
        "case_no": np.char.add("JZ99", serial),
        "household_no": desk.numbers(rows),
        "assistance_class": c.ROLL[roll],
        "event": c.ROLL_EVENT[event],
        "end_reason": c.END_REASON[e["reason"]],
        "monthly_amount": np.where(paid, np.round(e["amount"]), np.nan),
        "persons_covered": np.where(event == c.REFUSED, np.nan, np.maximum(h.n[rows], 1)),
        "monitored_kind": c.MONITORED_KIND[kind],
        "effective_on": e["on"],
        "due": due(desk, lags),
    }


def opening(desk: Desk) -> list[Frame]:
    """Households already on a roll when the files begin, with the day they came onto it."""
    h = desk.state.h
    rows = np.flatnonzero((h.roll > 0) & (h.roll_since < desk.month))
    e = {
        "household": rows, "roll": h.roll[rows], "event": np.full(len(rows), c.START),
        "reason": np.zeros(len(rows), "i8"), "amount": h.amount[rows],
        "on": np.maximum(
            month_day(h.roll_since[rows], 1 + rows % 26),
            desk.state.p.born[desk.heads(rows)].astype("datetime64[D]"),
        ),
    }  # fmt: skip
    return [_rows(desk, e, np.zeros(len(rows), "i8"))]


def observe(desk: Desk) -> list[Frame]:
    """This month's decisions; one in ten is entered a month late."""
    frames = opening(desk) if desk.opens else []
    happened = desk.now.log.get("roll")
    if happened is not None and desk.month >= desk.state.first - 11:
        rng = desk.rng("assistance_rolls")
        lags = (rng.random(len(happened["household"])) < 0.1).astype("i8")
        frames.append(_rows(desk, happened, lags))
    return frames
