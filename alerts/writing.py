"""The one place that changes an alert: apply a decision, and write its event beside it.

No state changes without its record. Functions here take loaded rows and leave the transaction to
the caller; `alerts.service` is what pages and pipelines call.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from alerts import holding, need_clocks
from alerts.changes import refuse_outdated
from alerts.deadlines import due_for
from alerts.errors import AlertChanged, AlertNotFound, MoveRefused
from alerts.lifecycle import ACTION_OF, Decision, decide
from alerts.models import Alert, AlertEvent, AlertReason, Need
from alerts.policy import Policy
from alerts.privacy import check_note
from alerts.states import (
    OPEN_NEEDS,
    OWED_NEEDS,
    Action,
    Cause,
    NeedState,
    Outcome,
    Role,
    State,
    Truth,
)
from core.workflow import writing as kernel
from core.workflow.calendar import county_time
from core.workflow.events import in_chunks
from core.workflow.writing import advance, keep, lock, written

SYSTEM_ACTOR = "doudi"
# Acts that leave a suspended case suspended; whatever else is done to it resumes it first.
_DURING_SUSPENSION = frozenset(
    {
        Action.SUSPEND,
        Action.RESUME,
        Action.NOTE,
        Action.JOIN,
        Action.ASSIGN,
        Action.ESCALATE,
        Action.NEED_TAKEN,
        Action.NEED_RETURNED,
        Action.NEED_SENT,
        Action.NEED_MET,
        Action.NEED_DROPPED,
    }
)
# While the family is watched, to be tried again, or the result to be approved, suspicions stay.
_STILL_SUSPECTED = frozenset({State.WATCHING, State.RETRY, State.APPROVAL})


@dataclass(frozen=True)
class Act(kernel.Act[Role]):
    """Who acts, in which role, when (China time), and what they say about it."""

    cause: Cause | None = None

    @classmethod
    def by(
        cls,
        actor: str,
        role: Role | str,
        at: datetime,
        note: str | None = None,
        cause: Cause | str | None = None,
    ) -> Act:
        """Check and normalise what a caller gives.

        Raises PrivateDataRefused for an ID or phone number in the note.
        """
        chosen = None if cause is None else Cause(cause)
        return cls(actor, Role(role), county_time(at), check_note(note), chosen)


def load(session: Session, alert_id: int, act: Act, seen_event: int | None = None) -> Alert:
    """One alert, for changing, locked until the end of the transaction.

    Raises AlertNotFound, or AlertChanged when more happened than the caller's page showed.
    """
    lock(session, Alert, [alert_id])
    alert = session.get(Alert, alert_id)
    if alert is None:
        raise AlertNotFound("预警", "alert", alert_id)
    if seen_event is not None:
        refuse_outdated(session, alert_id, seen_event, act.at)
    return alert


def load_many(session: Session, alert_ids: Sequence[int]) -> dict[int, Alert]:
    """Alerts with their needs by id, locked, in few queries; unknown ids are left out."""
    lock(session, Alert, alert_ids)
    found: dict[int, Alert] = {}
    for chunk in in_chunks(alert_ids):
        query = select(Alert).where(Alert.id.in_(chunk)).options(selectinload(Alert.needs))
        found |= {alert.id: alert for alert in session.scalars(query)}
    return found


def decided(
    alert: Alert,
    action: Action,
    act: Act,
    state: State | None = None,
    *,
    second_person: bool = False,
) -> Decision:
    """What `action` would do to the alert (as if it were in `state`, when given); changes nothing.

    `second_person`: a result that would close the case waits for approval. Raises MoveRefused.
    """
    open_needs = 0
    if action is Action.FINISH:
        open_needs = sum(need.state in OPEN_NEEDS for need in alert.needs)
    if act.at.date() < alert.raised_on:
        raise MoveRefused(
            f"时间 {act.at:%Y-%m-%d} 早于预警生成日 {alert.raised_on}，请核对日期",
            f"{act.at:%Y-%m-%d} lies before the alert was raised on {alert.raised_on}; "
            "check the date",
        )
    return decide(
        state or State(alert.state),
        action,
        act.role,
        act.at,
        note=act.note,
        cause=act.cause,
        open_needs=open_needs,
        second_person=second_person,
    )


def apply(
    session: Session,
    alert: Alert,
    decision: Decision,
    act: Act,
    policy: Policy,
    need: Need | None = None,
    *,
    to: holding.Held | None = None,
    until: date | None = None,
) -> None:
    """Change the alert as decided and log it; the only code that sets `alert.state`.

    `to` is who was named to take the case, `until` the last day of a suspension. Whatever else is
    done to a suspended case resumes it first.
    """
    if decision.action not in _DURING_SUSPENSION:
        resume(session, alert, act.at, policy)
    advance(alert, decision)
    holder = _handed(alert, decision, act, to)
    if decision.action in {Action.SUSPEND, Action.RESUME}:
        alert.suspended_until = until
    if decision.action is Action.RESUME:
        for one in alert.needs:  # like the case, a department has its whole time again
            if one.clock_from is not None and one.state in OWED_NEEDS:
                need_clocks.start(one, decision.at.date(), policy)
    if decision.outcome is not None:
        alert.outcome = decision.outcome
        met_nobody = decision.action is Action.UNREACHABLE
        alert.tries = (alert.tries or 0) + 1 if met_nobody else 0
    if decision.action in {Action.REOPEN, Action.REJECT}:
        alert.outcome, alert.tries = None, 0
    alert.closed_on = decision.at.date() if decision.after is State.CLOSED else None
    set_due(alert, policy)
    log(
        session,
        alert,
        act,
        decision.action,
        before=decision.before,
        need=need,
        outcome=decision.outcome,
        cause=decision.cause,
        note=act.note,
        holder=holder,
        until=until,
    )


def resume(session: Session, alert: Alert, at: datetime, policy: Policy) -> None:
    """Let the clock of a suspended case run again, by the system; nothing for any other."""
    if alert.suspended_until is None:
        return
    act = Act(SYSTEM_ACTOR, Role.SYSTEM, at)
    apply(session, alert, decided(alert, Action.RESUME, act), act, policy)


def _handed(alert: Alert, decision: Decision, act: Act, to: holding.Held | None) -> str | None:
    """Give the case to whoever has it after the act; what the log says of it, None if nothing."""
    if decision.action is Action.NEED_SENT:
        return holding.text(to)
    if decision.action not in holding.HANDS:
        return None
    new = holding.after(alert, decision.action, act.actor, act.role, to)
    holding.hand(alert, new)
    return holding.text(new)


def log(
    session: Session,
    alert: Alert,
    act: Act,
    action: Action,
    *,
    before: str | None,
    need: Need | None = None,
    outcome: Outcome | None = None,
    cause: Cause | None = None,
    note: str | None = None,
    reason: AlertReason | None = None,
    told: Truth | None = None,
    holder: str | None = None,
    until: date | None = None,
) -> None:
    """Keep one event for the end of the surrounding `checked_flush`, which writes them all."""
    keep(
        session,
        AlertEvent,
        act,
        action,
        before,
        alert.state,
        {"alert_id": alert, "need_id": need, "reason_id": reason},
        holder=holder,
        until=until,
        outcome=outcome,
        cause=told or cause,
        note=note,
    )


def set_due(alert: Alert, policy: Policy) -> None:
    """Work out when the current step is due; under help, what is owed first."""
    if alert.state == State.ASSISTING:
        owed = need_clocks.first(alert, policy)
        alert.due_on = alert.suspended_until or (None if owed is None else owed.due_on)
        return
    due = due_for(
        State(alert.state),
        alert.band,
        alert.source,
        alert.clock_from,
        policy,
        urgent=bool(alert.urgent),
    )
    alert.due_on = alert.suspended_until or (None if due is None else due.on)


def find_need(session: Session, need: Need, outcome: Outcome, act: Act) -> None:
    """Record what the visit found about one need, beside the alert's own result event.

    The event names the need's own finding: a family in need may still not be eligible for one.

    A confirmed need goes to its department; while the family is under watch or to be tried again
    the suspicion stays; any other finding ends the need. A need that nobody suspected before the
    visit comes from no state in the record.
    """
    before = None if need.id is None else need.alert.state
    need.outcome = outcome
    if outcome is Outcome.CONFIRMED:
        need.state = NeedState.CONFIRMED
        need_clocks.stop(need)  # a clock of before a reopening holds no longer
    elif need.alert.state not in _STILL_SUSPECTED:
        need.state = NeedState.DROPPED
        need.settled_on = act.at.date()
    log(session, need.alert, act, ACTION_OF[outcome], before=before, need=need, outcome=outcome)


def drop_suspicions(alert: Alert, act: Act) -> None:
    """A case that ends leaves no need open."""
    for need in alert.needs:
        if need.state in OPEN_NEEDS:
            need.state = NeedState.DROPPED
            need.settled_on = act.at.date()


def checked_flush(session: Session, alert_id: int) -> AbstractContextManager[None]:
    """A block of changes: rows and their events are written at its end, together.

    A row changed meanwhile by someone else raises AlertChanged for `alert_id`.
    """
    return written(session, AlertEvent, AlertChanged(alert_id))
