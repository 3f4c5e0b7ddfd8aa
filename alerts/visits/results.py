"""The result of a visit that comes from a phone: recorded once, or kept beside another's."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts import service
from alerts.models import Alert, AlertEvent, AlertReason, Need
from alerts.policy import Policy
from alerts.privacy import check_note
from alerts.states import Action, Outcome, Role, State, Truth
from alerts.visits.models import VisitConflict, VisitOperation
from alerts.visits.shapes import RESULT, Found, result

_WITH_RESULT = frozenset({State.APPROVAL, State.ASSISTING, State.WATCHING, State.CLOSED})
_REPLACED = "两处登记的结果不一致，经选择后改记 / two results differed; the other was chosen"
# What may happen to an alert while a visit is on its way without changing what the visit found.
_HARMLESS = frozenset(
    {Action.ACCEPT, Action.ASSIGN, Action.CHECK, Action.ESCALATE, Action.NOTE, Action.RESUME}
)


def record(
    session: Session, row: VisitOperation, role: Role, now: datetime, policy: Policy
) -> None:
    """Record a visit's result as that of the operation's account, unless something that matters
    happened to the alert since the phone last knew it: then both are kept as a conflict.

    Raises PrivateDataRefused, MoveRefused or AlertsError as `alerts.service.record_outcome` does.
    """
    found = result(row.content)
    check_note(found.note)
    since = _since(session, row)
    if all(event.action in _HARMLESS for event in since):
        put(session, row.alert_id, found, row.account, role, now, policy)
        row.answer, row.stands = "done", row.id
        return
    results = [event for event in since if event.outcome is not None]
    stands = (results or since)[-1]
    kept = standing(session, row.alert_id, since)
    if _same(kept, found):
        row.answer = "same"
        return
    row.answer, row.stands = "conflict", row.id
    session.add(
        VisitConflict(
            alert_id=row.alert_id,
            round=row.round,
            field=RESULT,
            kept=json.dumps(kept, ensure_ascii=False, sort_keys=True),
            kept_by=stands.actor,
            kept_at=stands.at,
            kept_operation="",
            other=row.content,
            other_by=row.account,
            other_at=row.at,
            other_operation=row.id,
        )
    )


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
    """The alert's own events after the one that the phone knew, oldest first."""
    query = (
        select(AlertEvent)
        .where(
            AlertEvent.alert_id == row.alert_id,
            AlertEvent.id > row.seen_event,
            AlertEvent.need_id.is_(None),
        )
        .order_by(AlertEvent.id)
    )
    return list(session.scalars(query))


def standing(session: Session, alert: int, events: list[AlertEvent]) -> dict[str, Any]:
    """What others did: the last result among the events with what it found of needs, else the last
    step; by the names of a `Found`, with `action`."""
    told = next((e for e in reversed(events) if e.outcome is not None), None)
    if told is None:
        return {"action": events[-1].action, "outcome": "", "cause": "", "note": "", "needs": {}}
    of_needs = AlertEvent.alert_id == alert, AlertEvent.id > told.id
    query = select(Need.code, AlertEvent.outcome).join(AlertEvent.need).where(*of_needs)
    needs = {str(code): outcome for code, outcome in session.execute(query) if outcome}
    return {
        "action": told.action,
        "outcome": told.outcome,
        "cause": told.cause or "",
        "note": told.note or "",
        "needs": needs,
    }


def _same(kept: dict[str, Any], found: Found) -> bool:
    """Whether the other result says all that this one says."""
    if kept["outcome"] != found.outcome or kept["cause"] != (found.cause or ""):
        return False
    needs = found.needs if found.outcome is Outcome.CONFIRMED else {}
    agree = all(kept["needs"].get(code) == one for code, one in needs.items())
    return agree and found.note in ("", kept["note"])


def open_again(
    session: Session, alert: int, account: str, role: Role, now: datetime, policy: Policy
) -> None:
    """Reopen a case whose result is to be replaced by another; the note says why.

    Raises MoveRefused where the role may not.
    """
    case = session.get_one(Alert, alert)
    if case.state in _WITH_RESULT:
        waits = case.state == State.APPROVAL
        service.move(
            session,
            alert,
            Action.REJECT if waits else Action.REOPEN,
            actor=account,
            role=role,
            now=now,
            note=_REPLACED,
            policy=policy,
        )
