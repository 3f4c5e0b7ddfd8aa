"""Invented bodies answer what visits referred to them: most in time, some late, some not at all.

One in ten says that it is not theirs, and the county team passes it on. When somebody answers is
drawn from luck of the referral's own household, so that nothing else of a county depends on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.models import Alert
from alerts.referrals.following import move
from alerts.referrals.lifecycle import OPEN, Action, State
from alerts.referrals.models import Referral
from alerts.states import Role
from core.workflow.calendar import add_working_days
from simulator.offices import COUNTY_TEAM
from simulator.world.luck import Luck

AT = time(15, 30)
# Shares of the referrals that are declined, answered within the limit, and never (assumed).
DECLINED, IN_TIME, NEVER = 0.1, 0.68, 0.1
SOONEST, LIMIT, LATEST = 2, 10, 28  # working days from the day the body was asked
ELSEWHERE = "civil_affairs"  # who is asked next: the bureau sees to it itself
DONE_NOTE = "已受理，并按本部门政策办理"
NOT_OURS_NOTE = "不属本部门职责"
ON_NOTE = "由民政局协调办理"


def work(session: Session, rows: Mapping[str, int], until: date, seed: int) -> None:
    """Answer what is due up to and including `until`; `rows` are households' rows."""
    query = select(Referral, Alert.household).join(Alert, Alert.id == Referral.alert_id)
    query = query.where(Referral.state.in_(OPEN)).order_by(Referral.id)
    for referral, household in session.execute(query).all():
        luck = Luck(seed, 0, f"referral {referral.code}")
        which, place = (float(luck.random(np.array([rows[household]]))[0]) for _ in range(2))
        if which < DECLINED and referral.department != ELSEWHERE:
            _decline(session, referral, until)
        day = _answered(referral.clock_from, which, place)
        if referral.state == State.WAITING and day is not None and day <= until:
            _do(session, referral, Action.ANSWER, day, DONE_NOTE, Role.DEPARTMENT)


def _answered(asked: date, which: float, place: float) -> date | None:
    """When a body answers that was asked on a day; None for never."""
    if which > 1 - NEVER:
        return None
    first, last = (SOONEST, LIMIT) if which < DECLINED + IN_TIME else (LIMIT + 1, LATEST)
    return add_working_days(asked, first + int(place * (last - first + 1))).on


def _decline(session: Session, referral: Referral, until: date) -> None:
    """The body says that it is not theirs; a day later the county team asks another one."""
    day = add_working_days(referral.clock_from, SOONEST).on
    if referral.state == State.WAITING and day <= until:
        _do(session, referral, Action.DECLINE, day, NOT_OURS_NOTE, Role.DEPARTMENT)
    day = add_working_days(referral.clock_from, 1).on
    if referral.state == State.NOT_THEIRS and day <= until:
        _do(session, referral, Action.PASS_ON, day, ON_NOTE, Role.DISPATCHER)


def _do(
    session: Session, referral: Referral, action: Action, day: date, note: str, role: Role
) -> None:
    actor = f"demo {referral.department}"[:40] if role is Role.DEPARTMENT else COUNTY_TEAM
    to = ELSEWHERE if action is Action.PASS_ON else None
    now = datetime.combine(day, AT)
    by = {"actor": actor, "role": role, "now": now, "note": note}
    move(session, referral.id, action, department=to, **by)
    session.flush()
