"""医保结算: settled bills after one or two months, from other cities after three to six."""

from __future__ import annotations

import numpy as np

from simulator.world import codes as c
from simulator.world.clock import Frame, month_text
from simulator.world.departments.desk import NO_DATE, Desk, due, yes_no
from simulator.world.names import padded

THOUSANDS = "total_cost"  # the amount that comes with thousands marks now and then
VISIT = np.array(["住院", "普通门诊", "门诊慢特病"])
MONEY = {"total_cost": "total", "fund_paid": "fund", "serious_paid": "serious",
         "medical_aid_paid": "aid", "self_paid": "paid"}  # fmt: skip


def observe(desk: Desk) -> list[Frame]:
    """Bills of the month, and the reversals some of them get later."""
    bills = desk.now.log.get("bill")
    if bills is None or desk.month < desk.state.first - 11:
        return []
    rng = desk.rng("medical_claims")
    size = len(bills["person"])
    lags = np.where(
        bills["remote"], rng.integers(3, 7, size), rng.choice([0, 1, 2], size, p=[0.3, 0.45, 0.25])
    )
    stay = bills["kind"] == 0
    out = bills["on"]
    serial = padded(np.arange(size), 7)
    prefix = f"YB{month_text(desk.month).replace('-', '')}"
    frame = desk.people(bills["person"]) | {
        "settlement_no": np.char.add(prefix, serial),
        "visit_type": VISIT[bills["kind"]],
        "admitted_on": out - np.where(stay, bills["nights"], 0).astype("timedelta64[D]"),
        "discharged_on": np.where(stay, out, NO_DATE),
        "disease_group": c.DISEASE[bills["disease"]],
        "listed_disease": yes_no(bills["listed"]),
        "remote": yes_no(bills["remote"]),
        # Settled when the patient leaves; what comes late is the delivery.
        "settled_on": out,
        "reversal_of": np.full(size, "", "U15"),
        "due": due(desk, lags),
        **{name: bills[source] for name, source in MONEY.items()},
    }
    back = np.flatnonzero(rng.random(size) < 0.004)
    reversed_ = {name: column[back] for name, column in frame.items()}
    reversed_["reversal_of"] = reversed_["settlement_no"]
    reversed_["settlement_no"] = np.char.add(reversed_["settlement_no"], "C")
    reversed_["due"] = reversed_["due"] + 1
    for name in MONEY:
        reversed_[name] = -reversed_[name]
    return [frame, reversed_]
