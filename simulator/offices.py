"""Invented departments work on confirmed needs: they take them up, some send one back, they help.

What becomes of a need is told by the county (`Answer`); when the offices touch it and how much is
given is drawn from luck of their own, so that nothing else of a county depends on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alerts.models import Alert, AlertEvent, Need
from alerts.service import Given, pass_on, send_back, settle_need, take_up
from alerts.states import Action, HelpKind, NeedState, Role, State
from core.workflow.calendar import add_working_days
from simulator.world.luck import Luck

COUNTY_TEAM = "demo worker"
MORNING, NOON, HELPED = time(9, 30), time(11), time(16)
REFUSED_NOTE = "部门核定后未予批准"
BACK_NOTE = "不属本部门职责，请转办"
ON_NOTE = "经县级协调，仍由该部门办理"
SENT_BACK = 0.04  # of the needs that a department gets (assumed)
# Working days within which a need is taken up, and from the visit to an answer that comes in the
# month of the visit (assumed): what is urgent goes first.
TAKEN_WITHIN, URGENT_TAKEN_WITHIN = 4, 1
ANSWERED_WITHIN, URGENT_ANSWERED_WITHIN = 12, 4
URGENT = frozenset({"emergency_aid", "disaster_relief", "child_protection", "dropout_control"})
# What meets a need, and yuan at the middle of what is given; None in kind or as a service.
HELP: dict[str, tuple[HelpKind, float | None]] = {
    "basic_living": (HelpKind.MONTHLY, 640.0),
    "emergency_aid": (HelpKind.ONE_OFF, 2200.0),
    "child_protection": (HelpKind.MONTHLY, 1100.0),
    "elderly_care": (HelpKind.SERVICE, None),
    "disability_subsidy": (HelpKind.MONTHLY, 120.0),
    "disability_services": (HelpKind.GOODS, None),
    "medical_aid": (HelpKind.REIMBURSED, 4200.0),
    "medical_insurance": (HelpKind.REIMBURSED, 380.0),
    "illness_care": (HelpKind.SERVICE, None),
    "student_aid": (HelpKind.ONE_OFF, 1500.0),
    "dropout_control": (HelpKind.SERVICE, None),
    "employment": (HelpKind.WORK, None),
    "disaster_relief": (HelpKind.ONE_OFF, 3000.0),
    "rural_housing": (HelpKind.ONE_OFF, 18000.0),
    "urban_housing": (HelpKind.MONTHLY, 260.0),
}


@dataclass(frozen=True)
class Answer:
    """What became of a need of a household row on its day."""

    row: int
    need: str
    met: bool
    at: date


def answered_on(visited: date, row: int, need: str, seed: int) -> date:
    """The day of an answer in the month of the visit: by the kind of need and the office's luck."""
    within = URGENT_ANSWERED_WITHIN if need in URGENT else ANSWERED_WITHIN
    days = 1 + int(_luck(seed, "answered", row, need) * within)
    return add_working_days(visited, days).on


def work(
    session: Session,
    answers: Sequence[Answer],
    rows: Mapping[str, int],
    until: date,
    seed: int,
) -> None:
    """Do what the departments did up to and including `until`, by day.

    `rows` gives each household's row in the county.
    """
    due = {(a.row, a.need): a for a in answers if a.at <= until}
    for day, number, row, code in _taken(session, rows, until, seed):
        _take(session, number, day, _luck(seed, "back", row, code) < SENT_BACK)
    session.flush()
    query = select(Need, Alert.household).join(Alert)
    query = query.where(Need.state.in_(_IN_HAND), Alert.state == State.ASSISTING)
    found = [
        (due.get((rows[household], need.code)), need)
        for need, household in session.execute(query).all()
    ]
    # By day: the last answer closes the case.
    answered = [(answer, need) for answer, need in found if answer is not None]
    for answer, need in sorted(answered, key=lambda pair: (pair[0].at, pair[1].id)):
        _settle(session, answer, need, seed)


_IN_HAND = (NeedState.CONFIRMED, NeedState.HANDLING)


def _taken(
    session: Session, rows: Mapping[str, int], until: date, seed: int
) -> list[tuple[date, int, int, str]]:
    """Needs that a department takes up by then: day, number and kind of the need, household row."""
    confirmed = (
        select(AlertEvent.need_id, func.max(AlertEvent.at))
        .where(AlertEvent.need_id.is_not(None), AlertEvent.action == Action.CONFIRM)
        .group_by(AlertEvent.need_id)
    )
    since = {need: at.date() for need, at in session.execute(confirmed)}
    query = select(Need.id, Need.code, Alert.household).join(Alert)
    query = query.where(Need.state == NeedState.CONFIRMED, Alert.state == State.ASSISTING)
    found = []
    for number, code, household in session.execute(query):
        row = rows[household]
        within = URGENT_TAKEN_WITHIN if code in URGENT else TAKEN_WITHIN
        days = 1 + int(_luck(seed, "taken", row, code) * within)
        day = add_working_days(since[number], days).on
        if day <= until:
            found.append((day, number, row, code))
    return sorted(found)


def _take(session: Session, number: int, day: date, back: bool) -> None:
    """A department takes a need up; one that sends it back gets it again from the county."""
    need = session.get_one(Need, number)
    office = {"actor": f"demo {need.department}"[:40], "role": Role.DEPARTMENT}
    if back:
        at = datetime.combine(day, MORNING)
        send_back(session, number, now=at, note=BACK_NOTE, **office)
        session.flush()
        team = {"actor": COUNTY_TEAM, "role": Role.DISPATCHER}
        pass_on(session, number, need.department, now=at, note=ON_NOTE, **team)
        session.flush()
    take_up(session, number, now=datetime.combine(day, NOON), **office)


def _settle(session: Session, answer: Answer, need: Need, seed: int) -> None:
    kind, middle = HELP.get(need.code, (HelpKind.SERVICE, None))
    given = None
    if answer.met:
        spread = 0.6 + 0.8 * _luck(seed, "amount", answer.row, need.code)
        amount = None if middle is None else round(middle * spread / 10) * 10.0
        given = Given(kind, amount, answer.at)
    # Whoever settles it does so after it was taken up.
    at = max(answer.at, need.clock_from or answer.at)
    settle_need(
        session,
        need.id,
        met=answer.met,
        given=given,
        actor=f"demo {need.department}"[:40],
        role=Role.DEPARTMENT,
        now=datetime.combine(at, HELPED),
        note=None if answer.met else REFUSED_NOTE,
    )


def _luck(seed: int, what: str, row: int, need: str) -> float:
    """A number from 0 to 1 of an office's own luck with a household's need."""
    return float(Luck(seed, 0, f"office {what} {need}").random(np.array([row]))[0])
