"""Taking a case on, or sending it back, from a phone: done once, in its turn, or told why not."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts import service
from alerts.changes import refuse_outdated
from alerts.models import Alert, AlertEvent
from alerts.policy import Policy
from alerts.states import Action, Role, State
from alerts.visits.models import VisitOperation
from alerts.visits.shapes import stepped

# What may happen to a case on the way of a step without making it another one.
_HARMLESS = frozenset({Action.ESCALATE, Action.JOIN, Action.NOTE, Action.RESUME})


def take(session: Session, row: VisitOperation, role: Role, now: datetime, policy: Policy) -> None:
    """Do the step that an operation names, as its account.

    'same' where the account had taken the case on already. Raises AlertChanged, which tells who
    did what, where others moved the case on since the phone knew it; MoveRefused and
    PrivateDataRefused as `alerts.service.move` does.
    """
    step = stepped(row.content)
    since = _since(session, row)
    if step.action is Action.ACCEPT and _has_it(session, row):
        row.answer, row.stands = "same", row.id
        return
    if any(event.actor != row.account and event.action not in _HARMLESS for event in since):
        refuse_outdated(session, row.alert_id, row.seen_event, now)
    service.move(
        session,
        row.alert_id,
        step.action,
        actor=row.account,
        role=role,
        now=now,
        note=step.note or None,
        policy=policy,
    )
    row.answer, row.stands = "done", row.id


def _has_it(session: Session, row: VisitOperation) -> bool:
    """Whether the account took the case on and has it still."""
    case = session.get_one(Alert, row.alert_id)
    return case.state in (State.ACCEPTED, State.CHECKING) and case.holder_account == row.account


def _since(session: Session, row: VisitOperation) -> list[AlertEvent]:
    query = select(AlertEvent).where(
        AlertEvent.alert_id == row.alert_id,
        AlertEvent.id > row.seen_event,
        AlertEvent.need_id.is_(None),
    )
    return list(session.scalars(query.order_by(AlertEvent.id)))
