"""Conflicts of visits: listed with both values and writers, until somebody chooses one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts import service
from alerts.errors import AlertsError
from alerts.models import Alert
from alerts.policy import Policy
from alerts.states import Action, Role, State
from alerts.visits import fields, results
from alerts.visits.models import VisitConflict, VisitField, VisitOperation
from alerts.visits.shapes import RESULT, result
from core.workflow.writing import lock

KEPT, OTHER = "kept", "other"
_CHOSEN = "两处登记不一致，经选择采用另一处 / two entries differed; the other one was chosen"


class ChoiceRefused(AlertsError):
    """The conflict was settled already, or what stands in the field has changed since."""


@dataclass(frozen=True)
class Unsettled:
    """A conflict as it stands now: `kept` is what stands at this moment, `other` what differs."""

    id: int
    alert_id: int
    round: int
    field: str
    kept: str
    kept_by: str
    kept_at: datetime
    other: str
    other_by: str
    other_at: datetime


def unsettled(session: Session, alerts: Collection[int] | None = None) -> list[Unsettled]:
    """Conflicts in which nobody has chosen yet, oldest first; of some alerts, or of all that the
    session may see. Results that have come to say the same are none any more."""
    query = select(VisitConflict).join(Alert, Alert.id == VisitConflict.alert_id)
    query = query.where(VisitConflict.chosen.is_(None)).order_by(VisitConflict.id)
    if alerts is not None:
        query = query.where(VisitConflict.alert_id.in_(list(alerts)))
    found = [as_it_stands(session, one) for one in session.scalars(query)]
    return [one for one in found if one.field != RESULT or not results.agree(one.kept, one.other)]


def as_it_stands(session: Session, conflict: VisitConflict) -> Unsettled:
    """A conflict with what stands now. A field keeps its own; a result may have been replaced since
    by another choice, by review or at a desk, so it is read from the log."""
    names = Unsettled.__dataclass_fields__
    found = Unsettled(**{name: getattr(conflict, name) for name in names})
    if conflict.field != RESULT:
        return found
    sent = session.get_one(VisitOperation, conflict.other_operation)
    stands = results.standing(session, sent)
    return replace(found, kept=stands.text, kept_by=stands.by, kept_at=stands.at)


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
    visited_as: Role = Role.WORKER,
) -> VisitConflict:
    """Choose one of the two values: 'kept' or 'other'. The one not chosen stays in the conflict.

    `seen` is the value that stood when the chooser looked (`Unsettled.kept`). A result that was
    recorded already is replaced by reopening the case, which the county team alone may do; the
    chosen one is recorded as that of whoever visited, in the role `visited_as`, and the log says
    who chose it. Raises ChoiceRefused, or MoveRefused as the alert's life tells.
    """
    conflict = session.get(VisitConflict, conflict_id)
    if conflict is None or which not in (KEPT, OTHER):
        raise ChoiceRefused("没有这处不一致", "there is no such conflict")
    lock(session, Alert, [conflict.alert_id])
    session.refresh(conflict)
    stands = as_it_stands(session, conflict)
    if conflict.chosen is not None or stands.kept != seen:
        raise ChoiceRefused(
            "这处不一致已由他人处理或内容已变，请重新查看",
            "somebody settled this conflict or changed the value meanwhile; look again",
        )
    for name in ("kept", "kept_by", "kept_at"):
        setattr(conflict, name, getattr(stands, name))
    if which == OTHER and conflict.field == RESULT:
        _record_other(session, conflict, actor, role, now, policy, visited_as)
    elif which == OTHER:
        _write_other(session, conflict)
    conflict.chosen, conflict.chosen_by, conflict.chosen_at = which, actor, now
    return conflict


def _record_other(
    session: Session,
    conflict: VisitConflict,
    actor: str,
    role: Role,
    now: datetime,
    policy: Policy,
    visited_as: Role,
) -> None:
    """The chooser makes room, with a word in the log; the result is that of whoever visited."""
    case = session.get_one(Alert, conflict.alert_id)
    by: dict[str, Any] = {"actor": actor, "role": role, "now": now, "note": _CHOSEN}
    if not results.open_again(session, case, policy=policy, **by):
        with_nobody = case.state in {State.RAISED, State.RETURNED}
        act = Action.DISPATCH if with_nobody else Action.NOTE
        service.move(session, case.id, act, policy=policy, **by)
    found = result(conflict.other)
    results.put(session, case.id, found, conflict.other_by, visited_as, now, policy)


def _write_other(session: Session, conflict: VisitConflict) -> None:
    conflict.chosen = OTHER  # no longer open: `put` must not make both sides equal
    session.flush()
    field = session.get_one(VisitField, (conflict.alert_id, conflict.round, conflict.field))
    fields.put(session, field, session.get_one(VisitOperation, conflict.other_operation))
