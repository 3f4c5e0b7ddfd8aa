"""The result of a visit that comes from a phone: recorded once, or kept beside another's."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alerts import service
from alerts.facts import ANNULS
from alerts.models import Alert, AlertEvent, AlertReason, Need
from alerts.policy import Policy
from alerts.privacy import check_note
from alerts.states import Action, Outcome, Role, State, Truth
from alerts.visits.models import VisitConflict, VisitOperation
from alerts.visits.shapes import RESULT, Found, result

_WITH_RESULT = frozenset({State.APPROVAL, State.ASSISTING, State.WATCHING, State.CLOSED})
_CORRECTED = "登记人本人更正结果 / corrected by whoever recorded it"
# What may happen to an alert while a visit is on its way without changing what the visit found.
_HARMLESS = frozenset(
    {Action.ACCEPT, Action.ASSIGN, Action.CHECK, Action.ESCALATE, Action.NOTE, Action.RESUME}
)
# What the system does of itself after a result.
_FOLLOWS = frozenset({Action.LAPSE, Action.FINISH})


@dataclass(frozen=True)
class Stands:
    """What others did meanwhile: as the text of a `Found` (with `action`), by whom and when."""

    text: str
    by: str
    at: datetime


def record(
    session: Session, row: VisitOperation, role: Role, now: datetime, policy: Policy
) -> None:
    """Record a visit's result as that of the operation's account, unless something that matters
    happened to the alert since the phone last knew it: then both are kept as a conflict.

    Whoever recorded the result that stands corrects it, as long as nobody went on from it. Raises
    PrivateDataRefused, MoveRefused or AlertsError as `alerts.service.record_outcome` does.
    """
    found = result(row.content)
    check_note(found.note)
    since = _since(session, row)
    if all(event.action in _HARMLESS for event in since if event.need_id is None):
        put(session, row.alert_id, found, row.account, role, now, policy)
        row.answer, row.stands = "done", row.id
        return
    stands = standing(session, row)
    if agree(stands.text, row.content):
        row.answer = "same"
    elif _is_own(session, row, since):
        _correct(session, row, found, role, now, policy)
        row.answer, row.stands = "done", row.id
    else:
        row.answer, row.stands = "conflict", row.id
        session.add(_conflict(row, stands))


def _conflict(row: VisitOperation, stands: Stands) -> VisitConflict:
    return VisitConflict(
        alert_id=row.alert_id,
        round=row.round,
        field=RESULT,
        kept=stands.text,
        kept_by=stands.by,
        kept_at=stands.at,
        kept_operation="",
        other=row.content,
        other_by=row.account,
        other_at=row.at,
        other_operation=row.id,
    )


def _is_own(session: Session, row: VisitOperation, since: Sequence[AlertEvent]) -> bool:
    """Whether what happened is what this phone sent before, and what that brought with it.

    One phone sends in the order in which it was written; of two phones of a person nobody knows
    which result was meant last.
    """

    def own(event: AlertEvent) -> bool:
        if event.need_id is not None:  # found by the visit, not taken up by its department
            return event.outcome is not None and event.actor == row.account
        follows = event.role == Role.SYSTEM and event.action in _FOLLOWS | ANNULS
        return event.action in _HARMLESS or follows or event.actor == row.account

    results = [e for e in since if e.outcome is not None and e.need_id is None]
    query = select(func.count()).where(
        VisitOperation.alert_id == row.alert_id,
        VisitOperation.account == row.account,
        VisitOperation.device == row.device,
        VisitOperation.field == RESULT,
        VisitOperation.answer == "done",
        VisitOperation.seen_event >= row.seen_event,
    )
    sent = session.scalar(query)
    return 0 < len(results) == sent and all(own(event) for event in since)


def _correct(
    session: Session,
    row: VisitOperation,
    found: Found,
    role: Role,
    now: datetime,
    policy: Policy,
) -> None:
    """Put a result in the place of the writer's own; both stay in the log.

    Another word on a family that was not met is no further try.
    """
    case = session.get_one(Alert, row.alert_id)
    if case.state == State.RETRY and found.outcome is Outcome.UNREACHABLE:
        by: dict[str, Any] = {"actor": row.account, "role": role, "now": now, "policy": policy}
        service.move(session, case.id, Action.NOTE, note=found.note or _CORRECTED, **by)
        return
    system: dict[str, Any] = {"actor": "doudi", "role": Role.SYSTEM, "policy": policy}
    open_again(session, case, now=now, note=_CORRECTED, **system)
    put(session, case.id, found, row.account, role, now, policy)


def put(
    session: Session,
    alert: int,
    found: Found,
    account: str,
    role: Role,
    now: datetime,
    policy: Policy,
) -> None:
    """Record a result through the alert's life, with the steps that it implies."""
    names_needs = found.outcome in {Outcome.CONFIRMED, Outcome.REFERRED} and found.needs
    service.record_outcome(
        session,
        alert,
        found.outcome,
        actor=account,
        role=role,
        now=now,
        cause=found.cause if found.outcome is Outcome.FALSE_ALARM else None,
        note=found.note or None,
        needs=dict(found.needs) if names_needs else None,
        facts=_facts(session, alert, found),
        policy=policy,
    )


def _facts(session: Session, alert: int, found: Found) -> dict[int, Truth]:
    """What a result says of the alert's reasons, by their numbers.

    Where no fact was told, the visit was asked to see how the family is: that is no stored reason.
    """
    query = select(AlertReason.id, AlertReason.code).where(AlertReason.alert_id == alert)
    return {
        int(number): found.facts[code]
        for number, code in session.execute(query)
        if code in found.facts
    }


def _since(session: Session, row: VisitOperation) -> list[AlertEvent]:
    """What happened to the alert after the event that the phone knew, oldest first."""
    query = (
        select(AlertEvent)
        .where(AlertEvent.alert_id == row.alert_id, AlertEvent.id > row.seen_event)
        .order_by(AlertEvent.id)
    )
    return list(session.scalars(query))


def standing(session: Session, row: VisitOperation) -> Stands:
    """What stands against a result that a phone sent: the last result since, unless it was
    annulled, else the last step; by the names of a `Found`, with `action`.

    Something must have happened since, which stays so: rows of the log are only added.
    """
    events = [event for event in _since(session, row) if event.need_id is None]
    weighty = [event for event in events if event.outcome is not None or event.action in ANNULS]
    last = (weighty or events)[-1]
    told: dict[str, Any] = {"action": last.action, "outcome": last.outcome or ""}
    told |= {"cause": "", "note": "", "needs": {}}
    if last.outcome is not None:
        of_needs = AlertEvent.alert_id == row.alert_id, AlertEvent.id > last.id
        query = select(Need.code, AlertEvent.outcome).join(AlertEvent.need).where(*of_needs)
        told["needs"] = {str(code): one for code, one in session.execute(query) if one}
        told |= {"cause": last.cause or "", "note": last.note or ""}
    return Stands(json.dumps(told, ensure_ascii=False, sort_keys=True), last.actor, last.at)


def agree(kept: str, other: str) -> bool:
    """Whether what stands says all that another result says; both as text."""
    told, found = json.loads(kept), result(other)
    if told["outcome"] != found.outcome or told["cause"] != (found.cause or ""):
        return False
    needs = found.needs if found.outcome is Outcome.CONFIRMED else {}
    alike = all(told["needs"].get(code) == one for code, one in needs.items())
    return alike and found.note in ("", told["note"])


def open_again(
    session: Session,
    case: Alert,
    *,
    actor: str,
    role: Role,
    now: datetime,
    note: str,
    policy: Policy,
) -> bool:
    """Reopen a case whose result is to be replaced by another; whether it had one.

    Raises MoveRefused where the role may not.
    """
    if case.state not in _WITH_RESULT:
        return False
    action = Action.REJECT if case.state == State.APPROVAL else Action.REOPEN
    by: dict[str, Any] = {"actor": actor, "role": role, "now": now, "note": note}
    service.move(session, case.id, action, policy=policy, **by)
    return True
