"""The clock of a case stood still for a stated time, and results approved by a second person.

Callers own the transaction, as with `alerts.service`.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.corrections.tickets import open_tickets
from alerts.errors import MoveRefused
from alerts.models import Alert, AlertEvent
from alerts.policy import Policy, default_policy
from alerts.referrals.following import open_referrals
from alerts.states import Action, Cause, Role, State
from alerts.writing import Act, apply, checked_flush, decided, drop_suspicions, load, resume


def suspend(
    session: Session,
    alert_id: int,
    until: date,
    *,
    actor: str,
    role: Role | str,
    now: datetime,
    note: str,
    seen_event: int | None = None,
    policy: Policy | None = None,
) -> Alert:
    """Let the clock of a case stand still up to and including the day `until`; a note says why.

    Then the step has its whole limit again. Raises MoveRefused for a day that is not later than
    today or too far away, AlertChanged, AlertNotFound.
    """
    policy = policy or default_policy()
    act = Act.by(actor, role, now, note)
    alert = load(session, alert_id, act, seen_event)
    decision = decided(alert, Action.SUSPEND, act)
    last = act.at.date() + timedelta(days=policy.longest_suspension_days)
    if not act.at.date() < until <= last:
        raise MoveRefused(
            f"挂起截止日应在今天之后、{last} 之前（含）",
            f"a suspension must end after today and not after {last}",
        )
    with checked_flush(session, alert_id):
        apply(session, alert, decision, act, policy, until=until)
    return alert


def resume_due(session: Session, now: datetime, policy: Policy | None = None) -> tuple[int, ...]:
    """End the suspensions whose last day has passed; ids of the alerts. Twice changes nothing."""
    act = Act.by("doudi", Role.SYSTEM, now)
    over = select(Alert).where(Alert.suspended_until < act.at.date(), Alert.state != State.CLOSED)
    alerts = session.scalars(over.order_by(Alert.id)).all()
    with checked_flush(session, 0):
        for alert in alerts:
            resume(session, alert, act.at, policy or default_policy())
    return tuple(alert.id for alert in alerts)


def approve(
    session: Session,
    alert_id: int,
    *,
    actor: str,
    role: Role | str,
    now: datetime,
    note: str | None = None,
    seen_event: int | None = None,
    policy: Policy | None = None,
) -> Alert:
    """Approve a result that waits for a second person; the case closes.

    Raises MoveRefused for whoever recorded the result, AlertChanged, AlertNotFound.
    """
    act = Act.by(actor, role, now, note)
    alert = load(session, alert_id, act, seen_event)
    decision = decided(alert, Action.APPROVE, act)
    if act.actor in recorded_by(session, [alert_id])[alert_id]:
        raise MoveRefused(
            "核查结果须由另一人审核，您是登记人",
            "a result is approved by somebody else than whoever recorded it; that was you",
        )
    with checked_flush(session, alert_id):
        apply(session, alert, decision, act, policy or default_policy())
        drop_suspicions(alert, act)
    open_tickets(session, [alert], _cause(session, alert_id), act.at)
    open_referrals(session, alert, act.at, policy)
    return alert


def _cause(session: Session, alert_id: int) -> Cause | None:
    """Why an alert that was just approved was false; None for every other result."""
    query = select(AlertEvent.cause).where(
        AlertEvent.alert_id == alert_id,
        AlertEvent.outcome.is_not(None),
        AlertEvent.need_id.is_(None),
    )
    found = session.scalars(query.order_by(AlertEvent.id.desc())).first()
    return None if found is None else Cause(found)


def recorded_by(session: Session, alert_ids: list[int]) -> dict[int, set[str]]:
    """Who recorded the results of alerts, by alert."""
    query = select(AlertEvent.alert_id, AlertEvent.actor).where(
        AlertEvent.alert_id.in_(alert_ids),
        AlertEvent.need_id.is_(None),
        AlertEvent.outcome.is_not(None),
    )
    found: dict[int, set[str]] = {alert_id: set() for alert_id in alert_ids}
    for alert_id, actor in session.execute(query):
        found[alert_id].add(actor)
    return found
