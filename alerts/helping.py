"""What departments do for a confirmed need: take it up, send it back, pass it on, meet it.

A need that its department sends back lies with the county team until it is passed on; it stays open
all the while, so it is never lost, and its time runs (`alerts.need_clocks`). Callers own the
transaction, as with `alerts.service`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts import need_clocks
from alerts.errors import AlertNotFound, AlertsError, MoveRefused
from alerts.holding import Held
from alerts.models import Alert, Help, Need
from alerts.policy import Policy, default_policy
from alerts.results import require_owed, settle
from alerts.states import Action, HelpKind, NeedState, Role
from alerts.words import vocabulary
from alerts.writing import Act, apply, checked_flush, decided, load, set_due


@dataclass(frozen=True)
class Given:
    """Help that met a need: what kind, how much (yuan; None in kind or as a service), when."""

    kind: HelpKind
    amount: float | None = None
    on: date | None = None


def take_up(session: Session, need_id: int, **by: Any) -> Alert:
    """A department takes up a confirmed need; its time runs from now. `by` as in `_opened`."""
    alert, need, act, policy = _opened(session, need_id, **by)
    _require(need, NeedState.CONFIRMED)
    decision = decided(alert, Action.NEED_TAKEN, act)
    with checked_flush(session, alert.id):
        apply(session, alert, decision, act, policy, need)
        need.state = NeedState.HANDLING
        _begin(alert, need, act, policy)
    return alert


def send_back(session: Session, need_id: int, **by: Any) -> Alert:
    """A department that is not competent sends a need back; the note says why."""
    alert, need, act, policy = _opened(session, need_id, **by)
    _require(need, NeedState.CONFIRMED, NeedState.HANDLING)
    decision = decided(alert, Action.NEED_RETURNED, act)
    with checked_flush(session, alert.id):
        apply(session, alert, decision, act, policy, need)
        need.state = NeedState.RETURNED
        _begin(alert, need, act, policy)
    return alert


def pass_on(session: Session, need_id: int, department: str, **by: Any) -> Alert:
    """The county team gives a need to another department; the note says why."""
    known = vocabulary().departments()
    if department not in known:
        raise AlertsError(
            f"没有部门“{department}”；可选：{'、'.join(t.zh for t in known.values())}",
            f"there is no department '{department}'; known are: {', '.join(known)}",
        )
    alert, need, act, policy = _opened(session, need_id, **by)
    _require(need, NeedState.CONFIRMED, NeedState.HANDLING, NeedState.RETURNED)
    if need.department == department and need.state != NeedState.RETURNED:
        raise MoveRefused(
            f"该需求已由{known[department].zh}办理，请选择其他部门",
            f"{known[department].en} has this need already; choose another department",
        )
    decision = decided(alert, Action.NEED_SENT, act)
    with checked_flush(session, alert.id):
        to = Held(Role.DEPARTMENT, department)
        apply(session, alert, decision, act, policy, need, to=to)
        need.department, need.state = department, NeedState.CONFIRMED
        _begin(alert, need, act, policy)
    return alert


def settle_need(
    session: Session, need_id: int, *, met: bool, given: Given | None = None, **by: Any
) -> Alert:
    """Mark one confirmed need as met, with what was given, or as dropped (a note says why).

    When it was the last open need, the alert is finished by the same person. Raises like
    `alerts.service.move`, AlertsError for help that cannot be.
    """
    alert, need, act, policy = _opened(session, need_id, **by)
    if given is not None:
        _check(alert, given, act)
    with checked_flush(session, alert.id):
        settle(session, alert, need, met, act, policy)
        if met and given is not None:
            session.add(_help(alert, need, given, act))
    return alert


def _begin(alert: Alert, need: Need, act: Act, policy: Policy) -> None:
    """Let the need's own clock begin with an act."""
    need_clocks.start(need, act.at.date(), policy)
    set_due(alert, policy)


def _help(alert: Alert, need: Need, given: Given, act: Act) -> Help:
    return Help(
        alert_id=alert.id,
        need_id=need.id,
        department=need.department,
        kind=given.kind,
        amount=given.amount,
        given_on=given.on or act.at.date(),
        note=act.note,
        actor=act.actor,
        at=act.at,
    )


def _check(alert: Alert, given: Given, act: Act) -> None:
    """Raises AlertsError for an amount or a day that cannot be."""
    if given.amount is not None and not 0 < given.amount <= _MOST:
        raise AlertsError(
            f"金额应大于 0、不超过 {_MOST:,} 元；实物或服务请留空",
            f"the amount must lie above 0 and not above {_MOST:,} yuan; leave it empty for help in "
            "kind",
        )
    day = given.on or act.at.date()
    if not alert.raised_on <= day <= act.at.date():
        raise AlertsError(
            f"救助日期应在预警生成日 {alert.raised_on} 至今天之间",
            f"help must have been given between {alert.raised_on}, when the alert was raised, and "
            "today",
        )


_MOST = 1_000_000


def _require(need: Need, *states: NeedState) -> None:
    """Raises MoveRefused unless the need stands in one of the states."""
    require_owed(need)
    if need.state not in states:
        now = NeedState(need.state)
        can = ("、".join(s.zh for s in states), ", ".join(s.en.lower() for s in states))
        raise MoveRefused(
            f"该需求当前为“{now.zh}”；这一步只用于：{can[0]}",
            f"this need is {now.en.lower()}; the step is for one that is: {can[1]}",
        )


def _opened(
    session: Session,
    need_id: int,
    *,
    actor: str,
    role: Role | str,
    now: datetime,
    note: str | None = None,
    seen_event: int | None = None,
    policy: Policy | None = None,
) -> tuple[Alert, Need, Act, Policy]:
    """The need and its alert, locked, with the act that is to be done.

    `seen_event` is the alert's last event as the page showed it. Raises AlertNotFound,
    AlertChanged, PrivateDataRefused.
    """
    act = Act.by(actor, role, now, note)
    alert_id = session.scalar(select(Need.alert_id).where(Need.id == need_id))
    if alert_id is None:
        raise AlertNotFound("需求", "need", need_id)
    alert = load(session, alert_id, act, seen_event)
    need = session.get_one(Need, need_id)  # read behind the alert's lock
    return alert, need, act, policy or default_policy()
