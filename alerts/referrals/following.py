"""Opening referrals with a visit's result, moving one on, reminding. The caller keeps the
transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.errors import AlertNotFound, AlertsError, MoveRefused
from alerts.models import Alert
from alerts.policy import Policy, default_policy
from alerts.privacy import check_note
from alerts.referrals.lifecycle import (
    DONE,
    LIFECYCLE,
    OPEN,
    RESTARTS,
    Action,
    State,
    timetable,
)
from alerts.referrals.models import Referral, ReferralEvent
from alerts.states import Outcome, Role
from alerts.words import vocabulary
from core.workflow import moves
from core.workflow.calendar import county_time
from core.workflow.errors import CaseChanged
from core.workflow.escalation import Deadline, levels_told, note
from core.workflow.events import events_since, in_chunks
from core.workflow.writing import Act, advance, keep, lock, written

SYSTEM_ACTOR = "doudi"
_REOPENED = "核查结果已复核重开 / the visit's result was reopened by review"


class ReferralChanged(CaseChanged):
    """Somebody else moved the referral on meanwhile."""

    def __init__(self, number: int) -> None:
        super().__init__(
            number, ("这项转介刚刚已被他人更新", "this referral was changed a moment ago")
        )


def open_referrals(
    session: Session, alert: Alert, now: datetime, policy: Policy | None = None
) -> list[Referral]:
    """A referral for each kind of need that an alert's result sent on; one without a kind where
    the visit named none. One that was withdrawn is opened again. Other results open none.
    """
    if alert.outcome != Outcome.REFERRED:
        return []
    act = Act(SYSTEM_ACTOR, Role.SYSTEM, county_time(now))
    policy = policy or default_policy()
    sent = {n.code: n.department for n in alert.needs if n.outcome == Outcome.REFERRED}
    query = select(Referral).where(Referral.alert_id == alert.id)
    known = {one.code: one for one in session.scalars(query)}
    made = []
    with written(session, ReferralEvent, ReferralChanged(0)):
        for code, department in (sent or {"": ""}).items():
            if code not in known:
                made.append(_open(session, alert.id, code, department, act, policy))
            elif known[code].state == State.WITHDRAWN:
                known[code].department, known[code].closed_on = department, None
                _do(session, known[code], Action.RENEW, act, policy)
                made.append(known[code])
    return made


def withdraw_referrals(session: Session, alert: Alert, now: datetime) -> list[Referral]:
    """Withdraw what is open of an alert whose result was reopened; what was answered stays so."""
    query = select(Referral).where(Referral.alert_id == alert.id, Referral.state.not_in(DONE))
    found = list(session.scalars(query.order_by(Referral.id)))
    act = Act(SYSTEM_ACTOR, Role.SYSTEM, county_time(now), _REOPENED)
    with written(session, ReferralEvent, ReferralChanged(0)):
        for one in found:
            _do(session, one, Action.WITHDRAW, act, default_policy())
    return found


def move(
    session: Session,
    referral_id: int,
    action: Action | str,
    *,
    actor: str,
    role: Role | str,
    now: datetime,
    note: str | None = None,
    department: str | None = None,
    seen_event: int | None = None,
    policy: Policy | None = None,
) -> Referral:
    """Do one action on a referral; `seen_event` is its last event as the page showed it, and
    `department` the body that it is passed on to.

    Raises MoveRefused with what is possible, ReferralChanged, AlertNotFound, AlertsError for a
    department that there is not, or PrivateDataRefused for a note with an ID or phone number.
    """
    lock(session, Referral, [referral_id])
    referral = session.get(Referral, referral_id)
    if referral is None:
        raise AlertNotFound("转介", "referral", referral_id)
    act = Act(actor, Role(role), county_time(now), check_note(note))
    seen = ReferralEvent.referral_id
    if seen_event is not None and events_since(session, seen, referral_id, seen_event):
        raise ReferralChanged(referral_id)
    chosen = Action(action)
    with written(session, ReferralEvent, ReferralChanged(referral_id)):
        _do(session, referral, chosen, act, policy or default_policy(), department)
    return referral


def _may_go_to(referral: Referral, department: str) -> None:
    known = vocabulary().departments()
    if department not in known:
        raise AlertsError(
            f"没有部门“{department}”；可选：{'、'.join(t.zh for t in known.values())}",
            f"there is no department '{department}'; known are: {', '.join(known)}",
        )
    if department == referral.department and referral.state == State.WAITING:
        raise MoveRefused(
            f"该转介已在{known[department].zh}，请选择其他部门",
            f"{known[department].en} was asked already; choose another department",
        )


def _open(
    session: Session, alert: int, code: str, department: str, act: Act[Role], policy: Policy
) -> Referral:
    day = act.at.date()
    referral = Referral(
        alert_id=alert,
        code=code,
        department=department,
        opened_on=day,
        state=State.WAITING,
        clock_from=day,
    )
    set_due(referral, policy)
    session.add(referral)
    _log(session, referral, act, Action.OPEN, None)
    return referral


def _do(
    session: Session,
    referral: Referral,
    action: Action,
    act: Act[Role],
    policy: Policy,
    department: str | None = None,
) -> None:
    before = State(referral.state)
    decision = moves.decide(LIFECYCLE, before, action, act.role, act.at, note=act.note)
    if action is Action.PASS_ON:
        _may_go_to(referral, department or "")
        referral.department = department or ""
    advance(referral, decision)
    referral.closed_on = act.at.date() if decision.after in DONE else None
    set_due(referral, policy)
    _log(session, referral, act, action, before)


def _log(
    session: Session, referral: Referral, act: Act[Role], action: Action, before: str | None
) -> None:
    of = {"referral_id": referral}
    after, body = referral.state, referral.department
    keep(session, ReferralEvent, act, action, before, after, of, note=act.note, department=body)


def set_due(referral: Referral, policy: Policy) -> None:
    """Work out by when a referral's next step is due; None for one that is done."""
    due = timetable(policy).due(State(referral.state), "all", referral.clock_from)
    referral.due_on = None if due is None else due.on


def redate_referrals(session: Session, policy: Policy) -> int:
    """Set the due day of every open referral; how many are due on another day than before."""
    moved = 0
    for referral in _open_ones(session):
        before = referral.due_on
        set_due(referral, policy)
        moved += referral.due_on != before
    return moved


def _open_ones(session: Session) -> Sequence[Referral]:
    query = select(Referral).where(Referral.state.in_(OPEN)).order_by(Referral.id)
    return session.scalars(query).all()


@dataclass(frozen=True)
class Reminded:
    """What one look did: referrals that were reminded of, and how many are late."""

    told: tuple[int, ...] = ()
    late: int = 0


def remind_due(session: Session, now: datetime, policy: Policy) -> Reminded:
    """Remind of every referral that waits longer than its limit, once a level and deadline.

    Levels are those of late visits (`Policy.escalation`); of several reached since the last look
    only the highest is told.
    """
    act = Act(SYSTEM_ACTOR, Role.SYSTEM, county_time(now))
    today = act.at.date()
    opened = [r for r in _open_ones(session) if r.opened_on <= today]
    due = {r.id: r.due_on for r in opened if r.due_on is not None and r.due_on < today}
    begun, notes = _told(session, list(due))
    running = {number: Deadline(day, begun.get(number, 0)) for number, day in due.items()}
    told = levels_told(notes, running)
    reminded = []
    with written(session, ReferralEvent, ReferralChanged(0)):
        for referral in opened:
            day = due.get(referral.id)
            level = 0 if day is None else policy.ladder.level(day, today)
            if day is not None and level > told.get(referral.id, 0):
                noted = replace(act, note=note(level, day))
                _do(session, referral, Action.REMIND, noted, policy)
                reminded.append(referral.id)
    return Reminded(tuple(reminded), len(due))


def _told(
    session: Session, numbers: Sequence[int]
) -> tuple[dict[int, int], list[tuple[int, int, str | None]]]:
    """With which event each referral's time began, and what it was reminded of by the system."""
    own = ReferralEvent
    begun: dict[int, int] = {}
    notes: list[tuple[int, int, str | None]] = []
    for chunk in in_chunks(numbers):
        query = select(own.referral_id, own.id, own.action, own.role, own.note)
        rows = session.execute(query.where(own.referral_id.in_(chunk)).order_by(own.id))
        for number, event, action, role, text in rows:
            if action in RESTARTS:
                begun[number] = event
            elif action == Action.REMIND and role == Role.SYSTEM:
                notes.append((number, event, text))
    return begun, notes
