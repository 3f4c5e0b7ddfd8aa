"""Conflicts of visits: listed with both values and writers, until somebody chooses one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.errors import AlertsError
from alerts.models import Alert
from alerts.policy import Policy
from alerts.states import Role
from alerts.visits import fields, results
from alerts.visits.models import VisitConflict, VisitField, VisitOperation
from alerts.visits.shapes import RESULT, result
from core.workflow.writing import lock

KEPT, OTHER = "kept", "other"


class ChoiceRefused(AlertsError):
    """The conflict was settled already, or what stands in the field has changed since."""


def unsettled(session: Session, alerts: Collection[int] | None = None) -> list[VisitConflict]:
    """Conflicts in which nobody has chosen yet, oldest first; of some alerts, or of all that the
    session may see."""
    query = select(VisitConflict).join(Alert, Alert.id == VisitConflict.alert_id)
    query = query.where(VisitConflict.chosen.is_(None)).order_by(VisitConflict.id)
    found = list(session.scalars(query))
    return found if alerts is None else [one for one in found if one.alert_id in set(alerts)]


def choose(
    session: Session,
    conflict_id: int,
    which: str,
    seen: str,
    *,
    actor: str,
    role: Role,
    now: datetime,
    policy: Policy,
) -> VisitConflict:
    """Choose one of the two values: 'kept' or 'other'. The one not chosen stays in the conflict.

    `seen` is the value that stood when the chooser looked (`VisitConflict.kept`). A result that
    was recorded already is replaced by reopening the case, which the county team alone may do.
    Raises ChoiceRefused, or MoveRefused as the alert's life tells.
    """
    conflict = session.get(VisitConflict, conflict_id)
    if conflict is None or which not in (KEPT, OTHER):
        raise ChoiceRefused("没有这处不一致", "there is no such conflict")
    lock(session, Alert, [conflict.alert_id])
    session.refresh(conflict)
    if conflict.chosen is not None or conflict.kept != seen:
        raise ChoiceRefused(
            "这处不一致已由他人处理或内容已变，请重新查看",
            "somebody settled this conflict or changed the value meanwhile; look again",
        )
    if which == OTHER:
        _take_other(session, conflict, actor, role, now, policy)
    conflict.chosen, conflict.chosen_by, conflict.chosen_at = which, actor, now
    return conflict


def _take_other(
    session: Session,
    conflict: VisitConflict,
    actor: str,
    role: Role,
    now: datetime,
    policy: Policy,
) -> None:
    if conflict.field == RESULT:
        results.open_again(session, conflict.alert_id, actor, role, now, policy)
        found = result(conflict.other)
        results.put(session, conflict.alert_id, found, actor, role, now, policy)
        return
    conflict.chosen = OTHER  # no longer open: `put` must not make both sides equal
    session.flush()
    field = session.get_one(VisitField, (conflict.alert_id, conflict.round, conflict.field))
    fields.put(session, field, session.get_one(VisitOperation, conflict.other_operation))
