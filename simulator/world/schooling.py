"""School stages, fees, aid and leaving school."""

from __future__ import annotations

import numpy as np

from simulator.world import codes as c
from simulator.world.clock import Now
from simulator.world.levels import level
from simulator.world.luck import Luck
from simulator.world.state import State

# Usual yearly tuition and boarding, yuan, by stage.
FEE = np.array([0, 3600, 150, 400, 2900, 1500, 7200, 6800])
# Years of a stage and the usual first age.
YEARS_OF = np.array([0, 3, 6, 3, 3, 3, 3, 4])


def _stage_of(age: np.ndarray, push: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Stage and grade by age at 1 September; `push` (0 to 1) decides after junior school."""
    after15 = np.where(push > 0.42, c.SENIOR_STAGE, np.where(push > 0.1, c.VOCATIONAL, 0))
    after18 = np.where(push > 0.72, c.UNIVERSITY, np.where(push > 0.45, c.TERTIARY, 0))
    stage = np.select(
        [age < 3, age < 6, age < 12, age < 15, age < 18, age < 21, age < 22],
        [0, c.PRESCHOOL, c.PRIMARY_STAGE, c.JUNIOR_STAGE, after15, after18,
         np.where(after18 == c.UNIVERSITY, c.UNIVERSITY, 0)],
        0,
    )  # fmt: skip
    start = np.select([age < 6, age < 12, age < 15, age < 18], [3, 6, 12, 15], 18)
    return stage, np.where(stage > 0, age - start + 1, 0)


def enrol_founders(state: State) -> None:
    """Put the young of the first day into school."""
    p = state.p
    age = np.floor(state.age() - 0.4)
    luck = Luck(state.seed, 0, "founders' school")
    push = np.clip(luck.random(p.key) + np.where(state.h.urban[p.hh], 0.08, -0.06), 0, 1)
    p.stage, p.grade = _stage_of(age, push)
    _terms(state, luck, np.flatnonzero(p.stage > 0))
    young = p.stage > 0
    p.educ[young] = np.select(
        [p.stage[young] <= 2, p.stage[young] == 3, p.stage[young] <= 5], [0, 1, 2], 3
    )


def _terms(state: State, luck: Luck, rows: np.ndarray) -> None:
    """Fee and boarding of pupils in `rows` who start a stage."""
    p = state.p
    stage, keys = p.stage[rows], p.key[rows]
    p.boarding[rows] = luck.random(keys) < np.select(
        [stage <= 2, stage == 3, stage == 4], [0.04, 0.35, 0.6], 0.9
    )
    private = (luck.random(keys) < 0.02) & state.h.urban[p.hh[rows]] & (stage >= 2)
    fee = FEE[stage] * luck.lognormal(keys, 0, 0.18) + 700 * p.boarding[rows] * (stage < 6)
    p.fee[rows] = np.where(private, luck.uniform(keys, 24000, 45000), fee)
    p.status[rows] = c.ENROLLED
    p.aid[rows] = c.NO_AID


def _give_aid(now: Now) -> None:
    """Aid by term: rolls first (not all), then poor families whom the school knows."""
    h, p = now.state.h, now.state.p
    luck = now.luck("student aid")
    poor = h.smooth / np.maximum(h.n, 1) < 1.6 * level("S", now.month, h.urban)
    on_roll = (h.roll > 0)[p.hh]
    chance = np.where(on_roll, 0.86, np.where(poor[p.hh], 0.3, 0.02))
    gets = (p.stage > c.PRESCHOOL) & (luck.random(p.key) < chance)
    loan = (p.stage >= c.TERTIARY) & (luck.random(p.key) < 0.35)
    kind = np.where(
        p.stage <= c.JUNIOR_STAGE, c.AID_BOARDING, np.where(loan, c.AID_LOAN, c.AID_GRANT)
    )
    kind = np.where((p.stage == c.VOCATIONAL) & ~on_roll, c.AID_WAIVER, kind)
    p.aid = np.where(gets, kind, c.NO_AID)


def aid_kind(stage: np.ndarray) -> np.ndarray:
    """The aid a stage provides for a pupil who asks during the term."""
    later = np.where(stage == c.VOCATIONAL, c.AID_WAIVER, c.AID_GRANT)
    return np.where(stage <= c.JUNIOR_STAGE, c.AID_BOARDING, later)


def move(now: Now) -> None:
    """September moves everyone up; in other months a few children drop out."""
    state, p = now.state, now.state.p
    luck = now.luck("leaving school")
    if now.calendar_month == 9:
        _promote(now)
    if now.calendar_month in (3, 9):
        _give_aid(now)
    at_school = (p.stage >= c.JUNIOR_STAGE) & (p.status == c.ENROLLED) & state.present()
    strain = state.h.gap[p.hh] > 0
    rate = np.where(p.stage == c.JUNIOR_STAGE, 0.0001, 0.0006) * np.where(strain, 12, 1)
    rows = np.flatnonzero(at_school & (luck.random(p.key) < rate))
    leaves = luck.random(p.key[rows]) < 0.7
    p.status[rows] = np.where(leaves, c.DROPPED, c.SUSPENDED)
    on = now.dates(luck, p.key[rows])
    now.log.add("school_change", person=rows, stage=p.stage[rows], grade=p.grade[rows],
                status=p.status[rows], fee=p.fee[rows], on=on)  # fmt: skip
    out = rows[leaves & (p.stage[rows] > c.JUNIOR_STAGE)]
    p.stage[out], p.grade[out], p.fee[out] = 0, 0, 0
    p.jobless[out] = 1


def _promote(now: Now) -> None:
    """A new school year: next grade, next stage, or out into work."""
    state, p = now.state, now.state.p
    luck = now.luck("new school year")
    age = np.floor(state.age())
    means = np.clip(state.h.smooth / np.maximum(state.h.n, 1) / 4000, 0, 0.25)[p.hh]
    push = luck.random(p.key) + means - 0.06
    new_stage, new_grade = _stage_of(age, push)
    ends = (p.stage > 0) & (p.grade >= YEARS_OF[p.stage])
    young = state.present() & (age >= 3) & (age < 18) & (p.stage == 0) & (p.work == c.IDLE)
    first = young & (age < 6) | (ends & state.present())
    # Those past a stage by age but not by grade stay with their grade.
    target = np.select(
        [p.stage == c.PRESCHOOL, p.stage == c.PRIMARY_STAGE, p.stage == c.JUNIOR_STAGE,
         p.stage == c.SENIOR_STAGE],
        [c.PRIMARY_STAGE, c.JUNIOR_STAGE,
         np.where(push > 0.42, c.SENIOR_STAGE, np.where(push > 0.1, c.VOCATIONAL, 0)),
         np.where(push > 0.42, c.UNIVERSITY, np.where(push > 0.15, c.TERTIARY, 0))],
        np.where((p.stage == 0) & (age < 6), new_stage, 0),
    )  # fmt: skip
    rows = np.flatnonzero(first)
    old = p.stage[rows]
    done = np.select([old == 0, old == 1, old == 2, old == 3, old <= 5], [0, 0, 1, 2, 3], 4)
    p.educ[rows] = np.maximum(p.educ[rows], done)
    p.stage[rows] = target[rows]
    p.grade[rows] = np.where((old == 0), new_grade[rows], target[rows] > 0)
    _terms(state, luck, rows)
    out = rows[(p.stage[rows] == 0) & (age[rows] >= 15)]
    p.jobless[out], p.fee[out], p.grade[out] = 1, 0, 0
    now.log.add("graduated", person=rows[(old >= 3) & (p.stage[rows] == 0)],
                stage=old[(old >= 3) & (p.stage[rows] == 0)])  # fmt: skip
    stays = (p.stage > 0) & ~first & state.present()
    p.grade = np.where(stays, p.grade + 1, p.grade)
    p.status = np.where(p.stage > 0, c.ENROLLED, p.status)
