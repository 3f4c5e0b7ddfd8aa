"""The fields of a visit's sheet: a value is replaced only by somebody who had seen it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.visits.models import VisitConflict, VisitField, VisitOperation


def counts_as(session: Session, operation: str) -> str:
    """The operation that another one counts as, for whatever builds on it ('' for none)."""
    row = session.get(VisitOperation, operation) if operation else None
    return row.stands if row is not None else operation


def write(session: Session, row: VisitOperation) -> None:
    """Write an operation's value into its field, or keep both values as a conflict.

    `row.stands` holds on entry what the operation's base counts as.
    """
    key = (row.alert_id, row.round, row.field)
    field = session.get(VisitField, key)
    if field is None:
        field = VisitField(alert_id=row.alert_id, round=row.round, field=row.field)
        session.add(field)
    elif field.operation != row.stands:
        if field.value == row.content:
            row.answer, row.stands = "same", field.operation
        else:
            _keep_both(session, row, field)
        return
    put(session, field, row)
    row.answer = "done"


def put(session: Session, field: VisitField, row: VisitOperation) -> None:
    """Let an operation's value stand in a field; open conflicts show it as what stands."""
    field.value, field.operation = row.content, row.id
    field.writer, field.at = row.account, row.at
    row.stands = row.id
    for one in open_conflicts(session, row.alert_id, row.round, row.field):
        one.kept, one.kept_operation = field.value, field.operation
        one.kept_by, one.kept_at = field.writer, field.at


def _keep_both(session: Session, row: VisitOperation, field: VisitField) -> None:
    """A conflict; whoever writes on in a field of theirs that is in conflict replaces their own."""
    row.answer, row.stands = "conflict", row.id
    own = _of(session, row, row.base) if row.base else None
    conflict = own or VisitConflict(
        alert_id=row.alert_id,
        round=row.round,
        field=row.field,
        kept=field.value,
        kept_by=field.writer,
        kept_at=field.at,
        kept_operation=field.operation,
    )
    conflict.other, conflict.other_operation = row.content, row.id
    conflict.other_by, conflict.other_at = row.account, row.at
    session.add(conflict)


def _of(session: Session, row: VisitOperation, base: str) -> VisitConflict | None:
    """The open conflict whose other value is the writer's own value before this one."""
    found = open_conflicts(session, row.alert_id, row.round, row.field)
    mine = (one for one in found if one.other_operation == base and one.other_by == row.account)
    return next(mine, None)


def open_conflicts(session: Session, alert: int, round_: int, field: str) -> list[VisitConflict]:
    """Conflicts about one field in which nobody has chosen yet."""
    query = select(VisitConflict).where(
        VisitConflict.alert_id == alert,
        VisitConflict.round == round_,
        VisitConflict.field == field,
        VisitConflict.chosen.is_(None),
    )
    return list(session.scalars(query))
