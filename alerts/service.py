"""What pages and pipelines call to change alerts. Every function leaves events behind.

Callers own the transaction (`core.db.open_session`). Each function decides first and changes
afterwards, so a refusal leaves the alert as it was. Notes are free text typed by workers: they may
describe a situation, never name a person; ID and phone numbers are refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.corrections.tickets import open_tickets, withdraw_tickets
from alerts.errors import AlertNotFound, AlertsError, MoveRefused
from alerts.handing import BulkResult, assign, dispatch_many, give_back
from alerts.helping import Given, pass_on, send_back, settle_need, take_up
from alerts.lifecycle import ELSEWHERE
from alerts.models import Alert
from alerts.monthly import Plan, RaiseResult, plan_month, raise_month
from alerts.opening import report
from alerts.pausing import approve, resume_due, suspend
from alerts.policy import Policy, default_policy
from alerts.referrals.following import open_referrals, withdraw_referrals
from alerts.results import Facts, Findings, do, record, settle, steps_of
from alerts.states import Action, Cause, NeedState, Outcome, Role, State
from alerts.writing import Act, checked_flush, drop_suspicions, load, load_many

__all__ = [
    "BulkResult",
    "Given",
    "OutcomeRow",
    "Plan",
    "RaiseResult",
    "approve",
    "assign",
    "dispatch_many",
    "import_outcomes",
    "move",
    "pass_on",
    "plan_month",
    "raise_month",
    "record_outcome",
    "report",
    "resume_due",
    "send_back",
    "settle_need",
    "suspend",
    "take_up",
]


@dataclass(frozen=True)
class OutcomeRow:
    """One visit to record in bulk. Moments are China time.

    `dispatched_at` and `accepted_at` date the steps before the visit where they are still open
    (the visit's moment when left out); `helped_at` closes every confirmed need as met. `actor`
    made the visit, where it was not who imports. `facts` says of single reasons whether they were
    true.
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
    actor: str | None = None
    facts: Facts = None


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
    if (own := ELSEWHERE.get(chosen)) is not None:
        raise MoveRefused(
            f"“{chosen.zh}”请用 {own} 办理", f"to {chosen.en} there is a function of its own, {own}"
        )
    act = Act.by(actor, role, now, note)
    alert = load(session, alert_id, act, seen_event)
    if chosen is Action.REOPEN and alert.state == State.CLOSED:
        _refuse_second_open(session, alert)
    with checked_flush(session, alert_id):
        if chosen is Action.RESUME and alert.suspended_until is None:
            raise MoveRefused("该预警未挂起，无需解除", "this alert is not suspended")
        if chosen is Action.RETURN:
            give_back(session, alert, act, policy or default_policy())
        else:
            do(session, alert, chosen, act, policy or default_policy())
        if chosen in {Action.CLOSE, Action.LAPSE}:
            drop_suspicions(alert, act)
    if chosen is Action.REOPEN:
        withdraw_tickets(session, alert, act.at)
        withdraw_referrals(session, alert, act.at)
    return alert


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
    facts: Facts = None,
    seen_event: int | None = None,
    policy: Policy | None = None,
) -> Alert:
    """Record the result of a visit.

    Steps that the result implies (accept, start the check) are done on the way, each with its own
    event, if the role may do them. For a confirmed alert `needs` names the confirmed kinds (or
    maps each kind to what was found); None confirms all suspected ones; a kind that was not
    suspected is added. `facts` says for single reasons whether they were true. A result that
    closes the case may wait for a second person (`Policy.second_person`). A family not met is
    tried again until the policy's number of tries is reached; then the case closes by itself.
    Raises MoveRefused, AlertChanged, AlertNotFound, AlertsError for an unknown kind of need, or
    PrivateDataRefused.
    """
    act = Act.by(actor, role, now, note, cause)
    alert = load(session, alert_id, act, seen_event)
    steps = [(step, Act(act.actor, act.role, act.at)) for step in steps_of(alert)]
    with checked_flush(session, alert_id):
        record(
            session, alert, Outcome(outcome), act, steps, needs, policy or default_policy(), facts
        )
    if alert.state == State.CLOSED:  # else a second person decides first
        open_tickets(session, [alert], _false_for(outcome, act), act.at)
        open_referrals(session, alert, act.at, policy)
    return alert


def _false_for(outcome: Outcome | str, act: Act) -> Cause | None:
    """Why an alert was false; None for every other result."""
    return act.cause if outcome == Outcome.FALSE_ALARM else None


def import_outcomes(
    session: Session,
    rows: Iterable[OutcomeRow],
    *,
    actor: str,
    role: Role | str = Role.WORKER,
    policy: Policy | None = None,
    approved: bool = True,
) -> BulkResult:
    """Record many visits with their own moments, by the same decisions as one by one.

    Forms on paper carry a second signature where the policy asks for one; with `approved` False
    such results wait for approval. An alert still raised is dispatched by the system on the way.
    Rows that are refused are listed and change nothing; the others are written in one go.
    """
    given = list(rows)
    policy = policy or default_policy()
    alerts = load_many(session, list({row.alert_id for row in given}))
    done: list[int] = []
    refused: list[tuple[int, AlertsError]] = []
    false: list[tuple[Alert, Cause, datetime]] = []
    referred: list[tuple[Alert, datetime]] = []
    with checked_flush(session, given[0].alert_id if given else 0), session.no_autoflush:
        for row in given:
            try:
                alert = alerts.get(row.alert_id)
                if alert is None:
                    raise AlertNotFound("预警", "alert", row.alert_id)
                who = row.actor or actor
                _import_row(session, alert, row, who, Role(role), policy, approved)
            except AlertsError as error:
                refused.append((row.alert_id, error))
            else:
                done.append(row.alert_id)
                if alert.state == State.CLOSED and row.outcome == Outcome.FALSE_ALARM and row.cause:
                    false.append((alert, Cause(row.cause), row.at))
                if alert.state == State.CLOSED and row.outcome == Outcome.REFERRED:
                    referred.append((alert, row.at))
    for alert, cause, at in false:
        open_tickets(session, [alert], cause, at)
    for alert, at in referred:
        open_referrals(session, alert, at, policy)
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
    session: Session,
    alert: Alert,
    row: OutcomeRow,
    actor: str,
    role: Role,
    policy: Policy,
    approved: bool,
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
    record(
        session,
        alert,
        Outcome(row.outcome),
        act,
        steps,
        row.needs,
        policy,
        row.facts,
        approved=approved,
    )
    if helped is None:
        return
    for need in [n for n in alert.needs if n.state == NeedState.CONFIRMED]:
        settle(session, alert, need, True, helped, policy)
