"""Due days worked out anew, after the county entered the working days of a year."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.models import Alert, Need
from alerts.policy import Policy
from alerts.states import NeedState, State
from alerts.writing import set_due
from core.workflow.calendar import add_working_days


def redate(session: Session, policy: Policy) -> tuple[int, int]:
    """Set the due day of every open alert and of every need in a department's hands.

    Returns how many alerts and how many needs are due on another day than before. Nothing else is
    changed and no event is written: a due day follows from clock, policy and calendar.
    """
    alerts = needs = 0
    open_ones = select(Alert).where(Alert.state != State.CLOSED).order_by(Alert.id)
    for alert in session.scalars(open_ones):
        before = alert.due_on
        set_due(alert, policy)
        alerts += alert.due_on != before
    for need in session.scalars(select(Need).where(Need.state == NeedState.HANDLING)):
        if need.clock_from is None:
            continue
        due = add_working_days(need.clock_from, policy.application_limit(need.code)).on
        needs += need.due_on != due
        need.due_on = due
    return alerts, needs
