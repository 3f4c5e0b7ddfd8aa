"""社保就业失业: formal work only; informal pay and farming are seen by nobody."""

from __future__ import annotations

import numpy as np

from simulator.world import codes as c
from simulator.world.clock import Frame, month_day
from simulator.world.departments.desk import NO_DATE, Desk, due, yes_no
from simulator.world.levels import level

EMPLOYER = np.array(["", "", "", "企业", "机关事业", "灵活就业", "公益性岗位"])


def _rows(desk: Desk, persons: np.ndarray, kind: str, amount: np.ndarray | float,
          on: np.ndarray, lags: np.ndarray, employer: np.ndarray | None = None,
          until: np.ndarray | None = None) -> Frame:  # fmt: skip
    size = len(persons)
    return desk.people(persons) | {
        "record_type": np.full(size, kind),
        "amount": np.round(np.broadcast_to(amount, size).astype(float), 0),
        "employer_kind": np.full(size, "", "U5") if employer is None else EMPLOYER[employer],
        "hard_to_employ": yes_no(desk.state.p.hard[persons]),
        "ended_on": np.full(size, NO_DATE) if until is None else until,
        "started_on": on,
        "due": due(desk, lags),
    }


def observe(desk: Desk) -> list[Frame]:
    """Contributions, benefits and pensions of the month; changes of work; medical insurance."""
    if desk.month < desk.state.first - 11:
        return []
    frames = _insured(desk) + _changes(desk) + _unemployed(desk)
    if desk.opens or desk.now.calendar_month == 1:
        frames += _yearly(desk)
    return frames


def _insured(desk: Desk) -> list[Frame]:
    p, rng = desk.state.p, desk.rng("contribution")
    insured = np.isin(p.work, (c.FORMAL, c.PUBLIC, c.FLEXIBLE, c.PUBLIC_POST))
    rows = np.flatnonzero(insured & desk.state.present())
    on = np.full(len(rows), month_day(desk.month))
    base = np.maximum(p.wage[rows], 0.9 * float(level("W", desk.month, np.array(True))))
    lags = (rng.random(len(rows)) < 0.12).astype("i8")
    return [_rows(desk, rows, "职工缴费", np.round(base, -1), on, lags, p.work[rows])]


def _changes(desk: Desk) -> list[Frame]:
    """Insurance stopped, jobs registered, pensions begun."""
    rng, nan, frames = desk.rng("changes"), np.nan, []
    lost = desk.now.log.get("lost_job")
    if lost is not None:
        was = np.isin(lost["work"], (c.FORMAL, c.PUBLIC, c.FLEXIBLE))
        rows, on = lost["person"][was], lost["on"][was]
        frames.append(
            _rows(desk, rows, "停保", nan, on, rng.integers(0, 3, len(rows)), lost["work"][was])
        )
    found = desk.now.log.get("found_job")
    if found is not None:
        rows, work = found["person"], desk.state.p.work[found["person"]]
        frames.append(
            _rows(desk, rows, "就业登记", nan, found["on"], rng.integers(0, 3, len(rows)), work)
        )
    old = desk.now.log.get("pension")
    if old is not None:
        rows = old["person"]
        frames.append(
            _rows(desk, rows, "养老金发放", old["amount"], old["on"], rng.integers(0, 2, len(rows)))
        )
    return frames


def _unemployed(desk: Desk) -> list[Frame]:
    """Registrations of the month and one benefit row a month until the benefit ends."""
    state, p, rng, frames = desk.state, desk.state.p, desk.rng("jobless"), []
    new = desk.now.log.get("registered_jobless")
    if new is not None:
        rows = new["person"]
        frames.append(
            _rows(desk, rows, "失业登记", np.nan, new["on"], rng.integers(0, 2, len(rows)))
        )
    if desk.opens:
        rows = np.flatnonzero(p.listed_jobless & state.present() & (p.jobless > 1))
        on = month_day(desk.month - p.jobless[rows].astype("i8"))
        frames.append(_rows(desk, rows, "失业登记", np.nan, on, np.zeros(len(rows), "i8")))
    rows = np.flatnonzero((p.benefit > 0) & state.present())
    benefit = 0.85 * float(level("W", desk.month, np.array(True)))
    until = month_day(desk.month + p.benefit[rows].astype("i8"))
    on = np.full(len(rows), month_day(desk.month))
    frames.append(
        _rows(desk, rows, "失业金发放", benefit, on, np.zeros(len(rows), "i8"), until=until)
    )
    return frames


def _yearly(desk: Desk) -> list[Frame]:
    """Every January: pensions as raised, and who is in the residents' medical scheme."""
    state, p = desk.state, desk.state.p
    start = month_day(desk.month // 12 * 12)
    old = np.flatnonzero((p.pension_kind > 0) & state.present())
    zero = np.zeros(len(old), "i8")
    frames = [_rows(desk, old, "养老金发放", p.pension[old], np.full(len(old), start), zero)]
    employee = np.isin(p.work, (c.FORMAL, c.PUBLIC)) | (p.pension_kind == c.EMPLOYEE_PENSION)
    rows = np.flatnonzero(state.present() & p.insured & ~employee)
    until = np.full(len(rows), month_day(desk.month // 12 * 12 + 11, 31))
    on = np.full(len(rows), start)
    lags = (desk.rng("medical").random(len(rows)) < 0.15).astype("i8")
    frames.append(_rows(desk, rows, "居民医保参保", np.nan, on, lags, until=until))
    return frames
