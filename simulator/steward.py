"""The invented data steward sends correction tickets to their departments and closes them.

Some are answered in time, some late; how long it takes is drawn from luck of the ticket's own
household, so that nothing else of a county depends on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.corrections.lifecycle import DONE, Action, State
from alerts.corrections.models import CorrectionTicket
from alerts.corrections.tickets import move
from alerts.models import Alert
from core.workflow.calendar import add_working_days
from simulator.world.luck import Luck

STEWARD = "demo steward"
AT = time(14)
ANSWER = "部门已核对，将在下次报送中更正"
CLOSED = "已随下次报送更正"
# Working days from opening: sent at once, answered between the two, closed with the answer.
SOONEST, LATEST = 3, 16


def work(session: Session, rows: Mapping[str, int], until: date, seed: int) -> None:
    """Send and close what is due up to and including `until`; `rows` are households' rows."""
    query = select(CorrectionTicket, Alert.household).join(
        Alert, Alert.id == CorrectionTicket.alert_id
    )
    query = query.where(CorrectionTicket.state.not_in(DONE)).order_by(CorrectionTicket.id)
    for ticket, household in session.execute(query).all():
        sent = add_working_days(ticket.opened_on, 1).on
        luck = float(Luck(seed, 0, f"steward {ticket.code}").random(np.array([rows[household]]))[0])
        days = SOONEST + int(luck * (LATEST - SOONEST))
        answered = add_working_days(ticket.opened_on, days).on
        if ticket.state == State.OPENED and sent <= until:
            _do(session, ticket.id, Action.SEND, sent)
        if ticket.state == State.SENT and answered <= until:
            _do(session, ticket.id, Action.ANSWER, answered, ANSWER)
            _do(session, ticket.id, Action.CLOSE, answered, CLOSED)


def _do(session: Session, ticket: int, action: Action, day: date, note: str | None = None) -> None:
    move(session, ticket, action, actor=STEWARD, now=datetime.combine(day, AT), note=note)
    session.flush()
