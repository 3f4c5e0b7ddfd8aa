"""What pages and pipelines call to change alerts. Every function leaves events behind.

Callers own the transaction (`core.db.open_session`). Each function decides first and changes
afterwards, so a refusal leaves the alert as it was. Notes are free text typed by workers: they may
describe a situation, never name a person; ID and phone numbers are refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.changes import refuse_outdated
from alerts.corrections.tickets import open_tickets
from alerts.errors import AlertChanged, AlertNotFound, AlertsError, MoveRefused
from alerts.lifecycle import ACTION_OF
from alerts.models import Alert, Need
from alerts.monthly import Plan, RaiseResult, plan_month, raise_month
from alerts.opening import report
from alerts.policy import Policy, default_policy
from alerts.results import Findings, do, record, settle, steps_of
from alerts.states import Action, Cause, NeedState, Outcome, Role, State
from alerts.writing import Act, checked_flush, drop_suspicions, load, load_many

__all__ = [
    "BulkResult",
    "OutcomeRow",
    "Plan",
    "RaiseResult",
    "dispatch_many",
    "import_outcomes",
    "move",
    "plan_month",
    "raise_month",
    "record_outcome",
    "report",
    "settle_need",
]

_RESULTS = frozenset(ACTION_OF.values())
_OF_NEEDS = frozenset({Action.NEED_MET, Action.NEED_DROPPED})


@dataclass(frozen=True)
class BulkResult:
    """What a bulk act did: ids done, and for each refused id the reason to show."""

    done: tuple[int, ...]
    refused: tuple[tuple[int, AlertsError], ...]


@dataclass(frozen=True)
class OutcomeRow:
    """One visit to record in bulk. Moments are China time.

    `dispatched_at` and `accepted_at` date the steps before the visit where they are still open
    (the visit's moment when left out); `helped_at` closes every confirmed need as met.
    """

    alert_id: int
    outcome: Outcome | str
    at: datetime
    cause: Cause | str | None = None
    note: str | None = None
    needs: Findings = None
    dispatched_at: datetime | None = None
    accepted_at: datetime | None = None
    helped_at: datetime | None = None


def move(
    session: Session,
    alert_id: int,
    action: Action | str,
    *,
    actor: str,
    role: Role | str,
    now: datetime,
    note: str | None = None,
    seen_event: int | None = None,
    policy: Policy | None = None,
) -> Alert:
    """Do one action that is neither a visit's result nor about a single need.

    `seen_event` is the alert's last event as the page showed it (`Alert.last_event`); when more
    has happened since, the act is refused. Raises MoveRefused, AlertChanged, AlertNotFound or
    PrivateDataRefused, each with words in both languages.
    """
    chosen = Action(action)
    if chosen in _RESULTS | _OF_NEEDS:
        raise MoveRefused(
            "核查结果请用 record_outcome、需求请用 settle_need 登记",
            "record a visit's result with record_outcome and a need with settle_need",
        )
    act = Act.by(actor, role, now, note)
    alert = load(session, alert_id, act, seen_event)
    if chosen is Action.REOPEN and alert.state == State.CLOSED:
        _refuse_second_open(session, alert)
    with checked_flush(session, alert_id):
        do(session, alert, chosen, act, policy or default_policy())
        if chosen in {Action.CLOSE, Action.LAPSE}:
            drop_suspicions(alert, act)
    return alert


def dispatch_many(
    session: Session,
    alert_ids: Iterable[int],
    *,
    actor: str,
    role: Role | str,
    now: datetime,
    note: str | None = None,
    seen_events: Mapping[int, int] | None = None,
    policy: Policy | None = None,
) -> BulkResult:
    """Dispatch several alerts at once; those that cannot be dispatched are listed, not raised.

    `seen_events` gives each alert's last event as the page showed it; an alert that has moved on
    since is refused.
    """
    act = Act.by(actor, role, now, note)
    policy, seen = policy or default_policy(), seen_events or {}
    ids = list(dict.fromkeys(alert_ids))
    alerts = load_many(session, ids)
    done: list[int] = []
    refused: list[tuple[int, AlertsError]] = []
    with checked_flush(session, ids[0] if ids else 0):
        for alert_id in ids:
            if alert_id not in alerts:
                refused.append((alert_id, AlertNotFound("预警", "alert", alert_id)))
                continue
            try:
                if alert_id in seen:
                    refuse_outdated(session, alert_id, seen[alert_id], act.at)
                do(session, alerts[alert_id], Action.DISPATCH, act, policy)
            except (MoveRefused, AlertChanged) as error:
                refused.append((alert_id, error))
            else:
                done.append(alert_id)
    return BulkResult(tuple(done), tuple(refused))


def record_outcome(
    session: Session,
    alert_id: int,
    outcome: Outcome | str,
    *,
    actor: str,
    role: Role | str,
    now: datetime,
    cause: Cause | str | None = None,
    note: str | None = None,
    needs: Findings = None,
    seen_event: int | None = None,
    policy: Policy | None = None,
) -> Alert:
    """Record the result of a visit.

    Steps that the result implies (accept, start the check) are done on the way, each with its own
    event, if the role may do them. For a confirmed alert `needs` names the confirmed kinds (or
    maps each kind to what was found); None confirms all suspected ones; a kind that was not
    suspected is added. A family not met is tried again until the policy's number of tries is
    reached; then the case closes by itself. Raises MoveRefused, AlertChanged, AlertNotFound,
    AlertsError for an unknown kind of need, or PrivateDataRefused.
    """
    act = Act.by(actor, role, now, note, cause)
    alert = load(session, alert_id, act, seen_event)
    steps = [(step, Act(act.actor, act.role, act.at)) for step in steps_of(alert)]
    with checked_flush(session, alert_id):
        record(session, alert, Outcome(outcome), act, steps, needs, policy or default_policy())
    open_tickets(session, [alert], _false_for(outcome, act), act.at)
    return alert


def _false_for(outcome: Outcome | str, act: Act) -> Cause | None:
    """Why an alert was false; None for every other result."""
    return act.cause if outcome == Outcome.FALSE_ALARM else None


def settle_need(
    session: Session,
    need_id: int,
    *,
    met: bool,
    actor: str,
    role: Role | str,
    now: datetime,
    note: str | None = None,
    seen_event: int | None = None,
    policy: Policy | None = None,
) -> Alert:
    """Mark one confirmed need as met, or as dropped (a note says why).

    When it was the last open need, the alert is finished by the same person. Raises like `move`.
    """
    act = Act.by(actor, role, now, note)
    alert_id = session.scalar(select(Need.alert_id).where(Need.id == need_id))
    if alert_id is None:
        raise AlertNotFound("需求", "need", need_id)
    alert = load(session, alert_id, act, seen_event)
    need = session.get_one(Need, need_id)  # read behind the alert's lock
    with checked_flush(session, alert.id):
        settle(session, alert, need, met, act, policy or default_policy())
    return alert


def import_outcomes(
    session: Session,
    rows: Iterable[OutcomeRow],
    *,
    actor: str,
    role: Role | str = Role.WORKER,
    policy: Policy | None = None,
) -> BulkResult:
    """Record many visits with their own moments, by the same decisions as one by one.

    An alert still raised is dispatched by the system on the way. Rows that are refused are listed
    and change nothing; the others are written in one go.
    """
    given = list(rows)
    policy = policy or default_policy()
    alerts = load_many(session, list({row.alert_id for row in given}))
    done: list[int] = []
    refused: list[tuple[int, AlertsError]] = []
    false: list[tuple[Alert, Cause, datetime]] = []
    with checked_flush(session, given[0].alert_id if given else 0), session.no_autoflush:
        for row in given:
            try:
                alert = alerts.get(row.alert_id)
                if alert is None:
                    raise AlertNotFound("预警", "alert", row.alert_id)
                _import_row(session, alert, row, actor, Role(role), policy)
            except AlertsError as error:
                refused.append((row.alert_id, error))
            else:
                done.append(row.alert_id)
                if row.outcome == Outcome.FALSE_ALARM and row.cause is not None:
                    false.append((alert, Cause(row.cause), row.at))
    for alert, cause, at in false:
        open_tickets(session, [alert], cause, at)
    return BulkResult(tuple(done), tuple(refused))


def _refuse_second_open(session: Session, alert: Alert) -> None:
    """A household has one open alert at most; what is found about it belongs there."""
    query = select(Alert.id).where(
        Alert.household == alert.household, Alert.state != State.CLOSED, Alert.id != alert.id
    )
    other = session.scalar(query)
    if other is not None:
        raise MoveRefused(
            f"该户已有未办结的预警 {other}，请在那里登记，不必重开",
            f"this household has the open alert {other}; record it there instead of reopening",
        )


def _import_row(
    session: Session, alert: Alert, row: OutcomeRow, actor: str, role: Role, policy: Policy
) -> None:
    act = Act.by(actor, role, row.at, row.note, row.cause)
    helped = None if row.helped_at is None else Act.by(actor, role, row.helped_at)
    if helped is not None and helped.at < act.at:
        raise MoveRefused(
            f"帮扶时间 {helped.at:%Y-%m-%d} 早于走访时间 {act.at:%Y-%m-%d}，请核对",
            f"help on {helped.at:%Y-%m-%d} lies before the visit on {act.at:%Y-%m-%d}; "
            "check the dates",
        )
    moments = {Action.DISPATCH: row.dispatched_at, Action.ACCEPT: row.accepted_at}
    steps = []
    for action in steps_of(alert):
        who = Role.SYSTEM if action in {Action.DISPATCH, Action.RECHECK} else role
        steps.append((action, Act.by(actor, who, moments.get(action) or row.at)))
    record(session, alert, Outcome(row.outcome), act, steps, row.needs, policy)
    if helped is None:
        return
    for need in [n for n in alert.needs if n.state == NeedState.CONFIRMED]:
        settle(session, alert, need, True, helped, policy)
