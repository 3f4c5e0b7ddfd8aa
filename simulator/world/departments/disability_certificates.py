"""残疾人证: certificates, which follow the event by months and outlive their holders."""

from __future__ import annotations

import numpy as np

from simulator.world import codes as c
from simulator.world.clock import Frame
from simulator.world.departments.desk import NO_DATE, Desk, due, yes_no


def _rows(desk: Desk, persons: np.ndarray, event: str, on: np.ndarray, lags: np.ndarray) -> Frame:
    p, h = desk.state.p, desk.state.h
    grade = p.dis_grade[persons]
    rehab = np.where(grade <= 2, 260.0, 90.0) * 12 * (p.dis_cat[persons] >= c.LIMBS)
    tail = np.char.add(p.dis_cat[persons].astype("U1"), grade.astype("U1"))
    known = desk.rng("rehab").random(len(persons)) < 0.7
    return desk.people(persons) | {
        "certificate_no": np.char.add(desk.papers.ids[persons], tail),
        "category": c.DISABILITY[p.dis_cat[persons]],
        "grade": c.GRADE[grade],
        "event": np.full(len(persons), event),
        "expires_on": np.where(event == "注销", NO_DATE, on + np.timedelta64(3652, "D")),
        "care_subsidy": yes_no(p.nursing[persons] & (event != "注销")),
        "living_subsidy": yes_no(np.isin(h.roll[p.hh[persons]], (c.DIBAO, c.EDGE))),
        "rehab_cost_year": np.where((rehab > 0) & known, rehab, np.nan),
        "issued_on": on,
        "due": due(desk, lags),
    }


def observe(desk: Desk) -> list[Frame]:
    """All holders at first; then new certificates and, often late, cancellations by death."""
    state, rng = desk.state, desk.rng("disability_certificates")
    if desk.month < state.first:
        return []
    if desk.stock:
        holders = np.flatnonzero(state.p.certified & state.p.alive & state.p.here)
        on = desk.now.days(rng, len(holders)) - rng.integers(20, 3300, len(holders)).astype(
            "timedelta64[D]"
        )
        on = np.maximum(on, state.p.born[holders].astype("datetime64[D]"))
        return [_rows(desk, holders, "新发", on, np.zeros(len(holders), "i8"))]
    frames = []
    new = desk.now.log.get("certificate")
    if new is not None:
        frames.append(
            _rows(desk, new["person"], "新发", new["on"], rng.integers(0, 3, len(new["on"])))
        )
    begun = desk.now.log.get("subsidy")
    if begun is not None:
        lags = rng.integers(0, 3, len(begun["on"]))
        frames.append(_rows(desk, begun["person"], "变更", begun["on"], lags))
    dead = desk.now.log.get("death")
    if dead is not None:
        held = state.p.certified[dead["person"]] & (rng.random(len(dead["on"])) < 0.6)
        lags = rng.integers(1, 7, int(held.sum()))
        frames.append(_rows(desk, dead["person"][held], "注销", dead["on"][held], lags))
    return frames
