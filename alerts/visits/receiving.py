"""Taking in one operation of a phone: once, in its turn, and never over somebody else's value.

Callers own the transaction, one for each operation. The alert is locked first, so of two at once
the second sees what the first did.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alerts.errors import AlertsError, PrivateDataRefused
from alerts.models import Alert, AlertEvent
from alerts.policy import Policy
from alerts.privacy import check_note
from alerts.queries import event_at
from alerts.states import Role
from alerts.visits import fields, results, steps
from alerts.visits.models import VisitOperation
from alerts.visits.shapes import RESULT, STEP, Operation, OperationRefused
from core.words import Text
from core.workflow.writing import lock

Kind = Literal["done", "same", "conflict", "refused"]


@dataclass(frozen=True)
class Answer:
    """What became of an operation; `again`: it was answered before and nothing was changed now.

    'same': the value stood there already. 'conflict': both values are kept and listed. 'refused':
    nothing was changed, `told` says why.
    """

    id: str
    kind: Kind
    told: Text | None = None
    again: bool = False


@dataclass(frozen=True)
class Writer:
    """Who writes: the account, its role in the life of a case, the moment here (China time)."""

    account: str
    role: Role
    now: datetime


def receive(
    session: Session, alert_id: int, sent: Operation, writer: Writer, policy: Policy
) -> Answer:
    """Do one operation on an alert that the caller may change, or give the answer of before.

    Raises OperationRefused for an id that was used by somebody else or for another alert.
    """
    lock(session, Alert, [alert_id])
    before = session.get(VisitOperation, sent.id)
    if before is not None:
        if (before.account, before.alert_id) != (writer.account, alert_id):
            raise OperationRefused("id")
        return _given(before)
    seen = event_at(session, alert_id, sent.version)
    if seen is None:
        raise OperationRefused("seen_event")
    row = VisitOperation(
        id=sent.id,
        alert_id=alert_id,
        round=_round(session, alert_id, seen),
        account=writer.account,
        device=sent.device,
        at=sent.at,
        received_at=writer.now,
        seen_event=seen,
        base=sent.base,
        field=sent.field,
        content=sent.value,
        stands=fields.counts_as(session, sent.base),
    )
    _do(session, row, writer, policy)
    session.add(row)
    session.flush()
    return Answer(row.id, row.answer, _told(row))  # type: ignore[arg-type]


def _do(session: Session, row: VisitOperation, writer: Writer, policy: Policy) -> None:
    """Apply an operation and write into it what became of it."""
    try:
        if row.field == RESULT:
            with session.begin_nested():
                results.record(session, row, writer.role, writer.now, policy)
        elif row.field == STEP:
            with session.begin_nested():
                steps.take(session, row, writer.role, writer.now, policy)
        else:
            check_note(row.content)
            fields.write(session, row)
    except AlertsError as refused:
        row.answer, row.told_zh, row.told_en = "refused", refused.zh, refused.en
        if isinstance(refused, PrivateDataRefused):
            row.content = ""


def _given(row: VisitOperation) -> Answer:
    return Answer(row.id, row.answer, _told(row), again=True)  # type: ignore[arg-type]


def _told(row: VisitOperation) -> Text | None:
    return Text(row.told_zh, row.told_en or "") if row.told_zh else None


def _round(session: Session, alert_id: int, seen: int) -> int:
    """How many results had been recorded when the device last looked: which visit it is about."""
    return rounds(session, [alert_id], seen).get(alert_id, 0)


def rounds(session: Session, alerts: list[int], until: int | None = None) -> dict[int, int]:
    """How many results each alert has, up to an event; alerts without one are left out."""
    query = (
        select(AlertEvent.alert_id, func.count(AlertEvent.id))
        .where(
            AlertEvent.alert_id.in_(alerts),
            AlertEvent.outcome.is_not(None),
            AlertEvent.need_id.is_(None),
        )
        .group_by(AlertEvent.alert_id)
    )
    if until is not None:
        query = query.where(AlertEvent.id <= until)
    return {alert: int(n) for alert, n in session.execute(query)}
