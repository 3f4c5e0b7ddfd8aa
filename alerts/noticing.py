"""What waits for somebody on a day, as numbers: the digest of a notice. No family is in it.

Counts follow the deadlines (`alerts.overdue`): a suspended case waits for nobody, a level is the
one that a late step has reached by the day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from alerts import holding, need_clocks
from alerts.deadlines import limit_of
from alerts.lifecycle import STEP
from alerts.models import Alert, Need
from alerts.policy import Policy
from alerts.referrals.lifecycle import OPEN as UNANSWERED
from alerts.referrals.lifecycle import WITH_BODY, timetable
from alerts.referrals.lifecycle import State as ReferralState
from alerts.referrals.models import Referral
from alerts.states import NeedState, Role, State
from core.workflow.assignment import covers
from core.workflow.calendar import is_working_day

# States in which a worker owes the next step, and those in which a department has something to do.
_WITH_WORKER = frozenset({State.DISPATCHED, State.ACCEPTED, State.CHECKING, State.RETRY})
_WITH_DEPARTMENT = frozenset({NeedState.CONFIRMED, NeedState.HANDLING})


@dataclass(frozen=True)
class Recipient:
    """Whose work is counted: a role in an area; with `account` what that person has by name too."""

    role: Role
    area: str = ""
    department: str = ""
    account: str = ""


@dataclass(frozen=True)
class Digest:
    """Numbers of one morning. `new` began since the working day before; `levels` counts the late
    by the level (1 township leader, 2 county bureau, 3 county mechanism) they have reached."""

    new: int = 0
    near: int = 0
    late: int = 0
    sent_back: int = 0
    approval: int = 0
    levels: tuple[int, int, int] = (0, 0, 0)

    def counts(self) -> list[int]:
        """All of them."""
        return [self.new, self.near, self.late, self.sent_back, self.approval, *self.levels]


@dataclass(frozen=True)
class _Task:
    """One step that waits: from when, its limit in working days, its day, and what it is."""

    key: tuple[str, int]
    since: date | None
    limit: int | None
    due_on: date | None
    sent_back: bool = False
    approval: bool = False


def waiting(session: Session, today: date) -> list[Alert]:
    """Every case that waits for somebody, with its needs: read once for all digests of a day."""
    query = (
        select(Alert)
        .where(
            Alert.state.in_(list(STEP)),
            Alert.raised_on <= today,
            Alert.suspended_until.is_(None),
        )
        .order_by(Alert.id)
        .options(selectinload(Alert.needs))
    )
    return list(session.scalars(query))


def unanswered(session: Session, today: date) -> list[tuple[Referral, str]]:
    """Every referral that waits for somebody, with the place its family lives in."""
    query = select(Referral, Alert).join(Alert, Alert.id == Referral.alert_id)
    query = query.where(Referral.state.in_(UNANSWERED), Referral.opened_on <= today)
    found = session.execute(query.order_by(Referral.id))
    return [(referral, _place(alert)) for referral, alert in found]


def digest(
    alerts: Sequence[Alert],
    recipients: Iterable[Recipient],
    today: date,
    policy: Policy,
    referrals: Sequence[tuple[Referral, str]] = (),
) -> Digest:
    """The numbers of some recipients together; a case of two of them counts once.

    `referrals` (`unanswered`) wait for the department that was asked and for the county team.
    """
    tasks = {
        task.key: task
        for one in recipients
        for task in (*_tasks(alerts, one, policy), *_referred(referrals, one, policy))
    }.values()
    before = _working_day_before(today)
    late = [t for t in tasks if t.due_on is not None and t.due_on < today]
    levels = [policy.ladder.level(t.due_on, today) for t in late if t.due_on is not None]
    is_late = {t.key for t in late}
    near = [t for t in tasks if t.key not in is_late and t.since is not None]
    return Digest(
        sum(t.since is not None and before <= t.since <= today for t in tasks),
        sum(policy.ladder.near(t.since, t.limit, today) for t in near if t.since is not None),
        len(late),
        sum(t.sent_back for t in tasks),
        sum(t.approval for t in tasks),
        (levels.count(1), levels.count(2), levels.count(3)),
    )


def _tasks(alerts: Sequence[Alert], whose: Recipient, policy: Policy) -> list[_Task]:
    if whose.role is Role.DEPARTMENT:
        return [
            _need_task(need, policy)
            for alert in alerts
            if alert.state == State.ASSISTING and covers(whose.area, _place(alert))
            for need in alert.needs
            if need.department == whose.department and need.state in _WITH_DEPARTMENT
        ]
    if whose.role is Role.WORKER:
        return [_task(a, policy) for a in alerts if a.state in _WITH_WORKER and _theirs(a, whose)]
    return [_task(alert, policy) for alert in alerts if covers(whose.area, _place(alert))]


def _referred(
    referrals: Sequence[tuple[Referral, str]], whose: Recipient, policy: Policy
) -> list[_Task]:
    if whose.role is Role.WORKER:
        return []
    own = [
        referral
        for referral, place in referrals
        if covers(whose.area, place)
        and (whose.role is not Role.DEPARTMENT or _asked(referral, whose.department))
    ]
    limits = timetable(policy)
    return [
        _Task(
            ("referral", one.id),
            one.clock_from,
            limits.limit(ReferralState(one.state), "all"),
            one.due_on,
            sent_back=one.state == ReferralState.NOT_THEIRS,
        )
        for one in own
    ]


def _asked(referral: Referral, department: str) -> bool:
    return referral.state == WITH_BODY and referral.department == department


def _theirs(alert: Alert, whose: Recipient) -> bool:
    """Whether a worker's case is this person's task, or for a group lies in its area."""
    if whose.account:
        return holding.concerns(holding.of(alert), whose.area, whose.account, _place(alert))
    return covers(whose.area, _place(alert))


def _place(alert: Alert) -> str:
    return alert.village_code or alert.township_code or ""


def _task(alert: Alert, policy: Policy) -> _Task:
    state, urgent = State(alert.state), bool(alert.urgent)
    returned = any(need.state == NeedState.RETURNED for need in alert.needs)
    owed = need_clocks.first(alert, policy) if state is State.ASSISTING else None
    limit = limit_of(state, alert.band, alert.source, policy, urgent=urgent)
    return _Task(
        ("alert", alert.id),
        alert.clock_from if owed is None else owed.since,
        limit if owed is None else owed.days,
        alert.due_on,
        sent_back=state is State.RETURNED or (state is State.ASSISTING and returned),
        approval=state is State.APPROVAL,
    )


def _need_task(need: Need, policy: Policy) -> _Task:
    """A need as its department owes it: an answer by the case's day, help by its own."""
    owed = need_clocks.clock(need, policy)
    return _Task(("need", need.id), owed.since, owed.days, owed.due_on)


def _working_day_before(day: date) -> date:
    day -= timedelta(days=1)
    while not is_working_day(day)[0]:
        day -= timedelta(days=1)
    return day
