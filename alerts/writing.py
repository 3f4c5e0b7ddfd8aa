"""The one place that changes an alert: apply a decision, and write its event beside it.

No state changes without its record. Functions here take loaded rows and leave the transaction to
the caller; `alerts.service` is what pages and pipelines call.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from alerts.changes import refuse_outdated
from alerts.deadlines import due_for
from alerts.errors import AlertChanged, AlertNotFound, MoveRefused
from alerts.lifecycle import ACTION_OF, Decision, decide
from alerts.models import Alert, AlertEvent, Need
from alerts.policy import Policy
from alerts.privacy import check_note
from alerts.states import Action, Cause, NeedState, Outcome, Role, State, county_time

_CHUNK = 500
_EVENTS = "alert events of the running block"
OPEN_NEEDS = {NeedState.SUSPECTED, NeedState.CONFIRMED}


@dataclass(frozen=True)
class Act:
    """Who acts, in which role, when (China time), and what they say about it."""

    actor: str
    role: Role
    at: datetime
    note: str | None = None
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


def lock(session: Session, alert_ids: Sequence[int]) -> None:
    """Wait until nobody else is changing these alerts, and keep others waiting until the end.

    Taken before anything is read, so that the second of two acts at once sees what the first did.
    """
    ids = sorted(alert_ids)
    if ids and session.get_bind().dialect.name == "sqlite":
        # SQLite knows no lock of rows: the first write takes its only one.
        touch = update(Alert).where(Alert.id == ids[0]).values(id=Alert.id)
        session.execute(touch, execution_options={"synchronize_session": False})
        return
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        query = select(Alert.id).where(Alert.id.in_(chunk)).order_by(Alert.id).with_for_update()
        session.execute(query)


def load(session: Session, alert_id: int, act: Act, seen_event: int | None = None) -> Alert:
    """One alert, for changing, locked until the end of the transaction.

    Raises AlertNotFound, or AlertChanged when more happened than the caller's page showed.
    """
    lock(session, [alert_id])
    alert = session.get(Alert, alert_id)
    if alert is None:
        raise AlertNotFound("预警", "alert", alert_id)
    if seen_event is not None:
        refuse_outdated(session, alert_id, seen_event, act.at)
    return alert


def load_many(session: Session, alert_ids: Sequence[int]) -> dict[int, Alert]:
    """Alerts with their needs by id, locked, in few queries; unknown ids are left out."""
    lock(session, alert_ids)
    found: dict[int, Alert] = {}
    for start in range(0, len(alert_ids), _CHUNK):
        chunk = alert_ids[start : start + _CHUNK]
        query = select(Alert).where(Alert.id.in_(chunk)).options(selectinload(Alert.needs))
        found |= {alert.id: alert for alert in session.scalars(query)}
    return found


def decided(alert: Alert, action: Action, act: Act, state: State | None = None) -> Decision:
    """What `action` would do to the alert (as if it were in `state`, when given); changes nothing.

    Raises MoveRefused.
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
    )


def apply(
    session: Session,
    alert: Alert,
    decision: Decision,
    act: Act,
    policy: Policy,
    need: Need | None = None,
) -> None:
    """Change the alert as decided and log it; the only code that sets `alert.state`."""
    alert.state = decision.after
    # A note or one settled need leaves every column as it was; the version must count it too.
    flag_modified(alert, "state")
    if decision.restarts_clock:
        alert.clock_from = decision.at.date()
    if decision.outcome is not None:
        alert.outcome = decision.outcome
        met_nobody = decision.action is Action.UNREACHABLE
        alert.tries = (alert.tries or 0) + 1 if met_nobody else 0
    if decision.action is Action.REOPEN:
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
    )


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
) -> None:
    """Keep one event for the end of the surrounding `checked_flush`, which writes them all."""
    event = {
        "at": act.at,
        "actor": act.actor,
        "role": act.role,
        "action": action,
        "from_state": before,
        "to_state": alert.state,
        "outcome": outcome,
        "cause": cause,
        "note": note,
    }
    session.info[_EVENTS].append((alert, need, event))


def set_due(alert: Alert, policy: Policy) -> None:
    """Work out when the current step is due."""
    due = due_for(
        State(alert.state),
        alert.band,
        alert.source,
        alert.clock_from,
        policy,
        urgent=bool(alert.urgent),
    )
    alert.due_on = None if due is None else due.on


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
    elif need.alert.state not in {State.WATCHING, State.RETRY}:
        need.state = NeedState.DROPPED
        need.settled_on = act.at.date()
    log(session, need.alert, act, ACTION_OF[outcome], before=before, need=need, outcome=outcome)


def drop_suspicions(alert: Alert, act: Act) -> None:
    """A case that ends without a finding leaves no need open."""
    for need in alert.needs:
        if need.state in OPEN_NEEDS:
            need.state = NeedState.DROPPED
            need.settled_on = act.at.date()


@contextmanager
def checked_flush(session: Session, alert_id: int) -> Iterator[None]:
    """A block of changes: rows and their events are written at its end, together.

    Events go in as one plain insert, several times faster than object by object. A row changed
    meanwhile by someone else raises AlertChanged.
    """
    session.info[_EVENTS] = []
    try:
        yield
        session.flush()
        rows = [
            {**event, "alert_id": alert.id, "need_id": None if need is None else need.id}
            for alert, need, event in session.info[_EVENTS]
        ]
        if rows:
            session.execute(insert(AlertEvent), rows)
    except StaleDataError as error:
        raise AlertChanged(alert_id) from error
    finally:
        del session.info[_EVENTS]
