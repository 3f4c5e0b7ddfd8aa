"""学籍与资助: full rolls in March and September, corrections between."""

from __future__ import annotations

import numpy as np

from simulator.world import codes as c
from simulator.world.clock import Frame
from simulator.world.departments.desk import Desk, due, yes_no


def _term(month: int) -> str:
    year, number = month // 12, month % 12 + 1
    return f"{year}秋" if number >= 9 else f"{year}春" if number >= 3 else f"{year - 1}秋"


def _rows(desk: Desk, persons: np.ndarray, on: np.ndarray, lags: np.ndarray,
          stage: np.ndarray, status: np.ndarray, grade: np.ndarray, fee: np.ndarray) -> Frame:  # fmt: skip  # noqa: E501
    p = desk.state.p
    aid = np.where(status == c.ENROLLED, p.aid[persons], c.NO_AID)
    level = np.where(
        stage <= c.JUNIOR_STAGE, 625.0, np.where(stage <= c.VOCATIONAL, 1150.0, 1850.0)
    )
    level = np.where(aid == c.AID_LOAN, 6000.0, level)
    return desk.people(persons) | {
        "student_no": np.char.add("G", desk.papers.ids[persons]),
        "stage": c.STAGE[stage],
        "grade_no": np.clip(grade, 1, 6),
        "status": c.SCHOOL_STATUS[status],
        "boarding": yes_no(p.boarding[persons]),
        "annual_fee": np.round(fee, -1),
        "aid_item": c.AID[aid],
        "aid_amount": np.where(aid > 0, level, 0.0),
        "term": np.full(len(persons), _term(desk.month)),
        "recorded_on": on,
        "due": due(desk, lags),
    }


def observe(desk: Desk) -> list[Frame]:
    """The term's roll (part of those studying elsewhere is missing), then single changes."""
    state, p = desk.state, desk.state.p
    if desk.month < state.first - 11:
        return []
    rng = desk.rng("school_rolls")
    frames = []
    if desk.now.calendar_month in (3, 9):
        known = (p.stage < c.TERTIARY) | (p.aid > 0) | (p.hh * 7919 % 10 < 8)
        at_school = state.present() & (p.stage > 0) & known & (rng.random(len(p.hh)) < 0.997)
        rows = np.flatnonzero(at_school)
        frames.append(_rows(desk, rows, desk.now.days(rng, len(rows)), np.zeros(len(rows), "i8"),
                            p.stage[rows], p.status[rows], p.grade[rows], p.fee[rows]))  # fmt: skip
    changed = desk.now.log.get("school_change")
    if changed is not None:
        lags = rng.integers(0, 3, len(changed["on"]))
        frames.append(_rows(desk, changed["person"], changed["on"], lags, changed["stage"],
                            changed["status"], changed["grade"], changed["fee"]))  # fmt: skip
    done = desk.now.log.get("graduated")
    if done is not None:
        rows, size = done["person"], len(done["person"])
        frames.append(_rows(desk, rows, desk.now.days(rng, size), np.zeros(size, "i8"),
                            done["stage"], np.full(size, c.GRADUATED), np.full(size, 3),
                            np.zeros(size)))  # fmt: skip
    return frames
