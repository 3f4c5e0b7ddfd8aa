"""Due days worked out anew, after the county entered the working days of a year."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from alerts import need_clocks
from alerts.corrections.tickets import redate_tickets
from alerts.models import Alert, Need
from alerts.policy import Policy
from alerts.referrals.following import redate_referrals
from alerts.states import OWED_NEEDS, State
from alerts.writing import set_due
from core.workflow.writing import lock


@dataclass(frozen=True)
class Redated:
    """How many are due on another day than before."""

    alerts: int
    needs: int
    tickets: int
    referrals: int = 0


def redate(session: Session, policy: Policy) -> Redated:
    """Set the due day of every open alert, of every need with a clock of its own, every open
    correction ticket and every open referral.

    Nothing else is changed and no event is written: a due day follows from clock, policy and
    calendar.
    """
    alerts = needs = 0
    open_ones = Alert.state != State.CLOSED
    lock(session, Alert, session.scalars(select(Alert.id).where(open_ones)).all())
    # Needs first: a case under help is due on the earliest of their days.
    for need in session.scalars(select(Need).where(Need.state.in_(OWED_NEEDS))):
        if need.clock_from is None:
            continue
        before = need.due_on
        need_clocks.start(need, need.clock_from, policy)
        needs += need.due_on != before
    for alert in session.scalars(
        select(Alert).where(open_ones).order_by(Alert.id).options(selectinload(Alert.needs))
    ):
        before = alert.due_on
        set_due(alert, policy)
        alerts += alert.due_on != before
    tickets, referrals = redate_tickets(session), redate_referrals(session, policy)
    return Redated(alerts, needs, tickets, referrals)
