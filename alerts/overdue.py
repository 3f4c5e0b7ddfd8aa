"""What happens when a step is late: reported upwards, given back, closed when nobody ever went.

Run at each monthly run and daily (`doudi overdue`). Running it twice changes nothing: a level is
reported once for each deadline, and the record of that is the event itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session, selectinload

from alerts import need_clocks
from alerts.deadlines import limit_of
from alerts.departed import hand_back
from alerts.lifecycle import MOVES, STEP
from alerts.models import Alert, AlertEvent, Need
from alerts.pausing import resume_due
from alerts.policy import Policy, default_policy
from alerts.referrals.following import Reminded, remind_due
from alerts.results import do, lapse
from alerts.states import OWED_NEEDS, Action, Role, State
from alerts.writing import Act, apply, checked_flush, decided, set_due
from core.workflow.calendar import working_days_between
from core.workflow.escalation import NOTE_LIKE, Deadline, levels_told, note
from core.workflow.events import in_chunks, last_at

# States in which a visit is still owed, acts with which a deadline begins anew, and states in
# which a worker owes the visit.
_BEFORE_VISIT = frozenset(STEP) - {State.ASSISTING, State.APPROVAL}
_NEW_DEADLINE = frozenset(
    [Action.JOIN, Action.SUSPEND]
    + [act for moves in MOVES.values() for act, move in moves.items() if move.restarts_clock]
)
_WITH_WORKER = frozenset({State.DISPATCHED, State.ACCEPTED, State.CHECKING, State.RETRY})


@dataclass(frozen=True)
class Escalated:
    """What one look at the deadlines did: alert ids.

    `near` are near due (nothing is written); `levels` maps 1, 2, 3 to alerts reported to township
    leader, county bureau, county mechanism, for their own step or a department's; `returned` went
    back to be dispatched anew; `lapsed` were closed because nobody ever visited; `resumed` had been
    suspended until before today; `handed_back` lay by name with somebody who can visit there no
    more (`alerts.departed`); `referrals` that wait too long were reminded of. `late` counts all
    open alerts past their due day, `late_needs` the needs that departments have had for too long.
    """

    near: tuple[int, ...] = ()
    levels: tuple[tuple[int, ...], ...] = ((), (), ())
    returned: tuple[int, ...] = ()
    lapsed: tuple[int, ...] = ()
    late: int = 0
    resumed: tuple[int, ...] = ()
    late_needs: int = 0
    handed_back: tuple[int, ...] = ()
    referrals: Reminded = field(default_factory=Reminded)

    def counts(self) -> dict[str, int]:
        """Numbers to show."""
        one, two, three = map(len, self.levels)
        return {
            "near": len(self.near),
            "late": self.late,
            "level_1": one,
            "level_2": two,
            "level_3": three,
            "returned": len(self.returned),
            "lapsed": len(self.lapsed),
            "resumed": len(self.resumed),
            "late_needs": self.late_needs,
            "handed_back": len(self.handed_back),
            "late_referrals": self.referrals.late,
            "reminded": len(self.referrals.told),
        }


def escalate_due(
    session: Session, now: datetime, policy: Policy | None = None, *, actor: str = "doudi"
) -> Escalated:
    """Look at every open alert's deadline at the moment `now` (China time) and act on it.

    Of several levels reached since the last look only the highest is reported.
    """
    policy = policy or default_policy()
    act = Act.by(actor, Role.SYSTEM, now)
    today = act.at.date()
    resumed = resume_due(session, act.at, policy)
    handed_back = hand_back(session, act.at, policy)
    alerts = _running(session, today)
    own = {a.id: _own_due(a, policy) for a in alerts}
    late = [a for a in alerts if a.due_on is not None and a.due_on < today]
    near = tuple(a.id for a in alerts if a not in late and _near(a, today, policy))
    told = _told(session, late, own)
    levels: list[list[int]] = [[], [], []]
    returned: list[int] = []
    with checked_flush(session, 0):
        lapsed = _lapse_stale(session, alerts, act, policy)
        for alert in late:
            due_on = own[alert.id]
            if alert.id in lapsed or due_on is None:
                continue
            level = policy.ladder.level(due_on, today)
            if level > told.get(alert.id, 0):
                levels[level - 1].append(alert.id)
                noted = replace(act, note=note(level, due_on))
                do(session, alert, Action.ESCALATE, noted, policy)
            days = working_days_between(due_on, today)
            if _forgotten(alert, days, policy):
                noted = replace(
                    act, note="逾期未走访，退回重新派单 / not visited in time, sent back"
                )
                do(session, alert, Action.RETURN, noted, policy)
                returned.append(alert.id)
        late_needs = _late_needs([a for a in alerts if a.id not in lapsed], today)
        for need, level in _needs_to_tell(session, late_needs, today, policy):
            levels[level - 1].append(need.alert_id)
            noted = replace(act, note=note(level, need.due_on or today))
            decision = decided(need.alert, Action.ESCALATE, noted)
            apply(session, need.alert, decision, noted, policy, need)
    one, two, three = (tuple(ids) for ids in levels)
    return Escalated(
        near,
        (one, two, three),
        tuple(returned),
        tuple(sorted(lapsed)),
        len(late),
        resumed,
        len(late_needs),
        handed_back,
        remind_due(session, act.at, policy),
    )


def _running(session: Session, today: date) -> Sequence[Alert]:
    """Open alerts whose clock runs, with their needs."""
    clock_runs = Alert.state.in_(list(STEP)), Alert.suspended_until.is_(None)
    query = select(Alert).where(*clock_runs, Alert.raised_on <= today).order_by(Alert.id)
    return session.scalars(query.options(selectinload(Alert.needs))).all()


def _own_due(alert: Alert, policy: Policy) -> date | None:
    """The day by which a case itself is reported upwards: that of its step; under help that of its
    first measure or clear answer. Needs with a clock of their own are reported one by one."""
    if alert.state != State.ASSISTING:
        return alert.due_on
    set_due(alert, policy)  # a home of before knew one day for all of its needs
    return need_clocks.answer_due(alert, policy)


def _late_needs(alerts: Iterable[Alert], today: date) -> list[Need]:
    """Needs of these alerts that somebody has had for too long by a clock of their own."""
    return [
        need
        for alert in alerts
        if alert.state == State.ASSISTING
        for need in alert.needs
        if need.state in OWED_NEEDS and need.due_on is not None and need.due_on < today
    ]


def _needs_to_tell(
    session: Session, needs: Sequence[Need], today: date, policy: Policy
) -> Iterator[tuple[Need, int]]:
    """The late needs that reached a level that was not told yet, with that level."""
    begun = _begun_needs(session, needs)
    due = {need.id: need.due_on for need in needs}
    running = {n: Deadline(day, begun[n]) for n, day in due.items() if day is not None}
    told = levels_told(_notes(session, AlertEvent.need_id, list(due)), running)
    for need in needs:
        level = 0 if need.due_on is None else policy.ladder.level(need.due_on, today)
        if level > told.get(need.id, 0):
            yield need, level


def _near(alert: Alert, today: date, policy: Policy) -> bool:
    """Whether the alert's step, or something owed under help, has used up most of its limit."""
    if alert.state == State.ASSISTING:
        return need_clocks.near(alert, today, policy)
    limit = limit_of(
        State(alert.state), alert.band, alert.source, policy, urgent=bool(alert.urgent)
    )
    return policy.ladder.near(alert.clock_from, limit, today)


def _forgotten(alert: Alert, days: int, policy: Policy) -> bool:
    """Whether a worker has held the case without a visit for too long."""
    return alert.state in _WITH_WORKER and days >= policy.escalation.return_after


def _lapse_stale(session: Session, alerts: Iterable[Alert], act: Act, policy: Policy) -> set[int]:
    """Close the cases that nobody ever visited, so that they stop blocking the household.

    The patience runs from the day the visit was first owed: raising, a second visit to a family
    under watch, a reopening, or the last try that met nobody.
    """
    today, days = act.at.date(), policy.stale_working_days
    old = {
        alert.id: alert
        for alert in alerts
        if alert.state in _BEFORE_VISIT and working_days_between(alert.raised_on, today) >= days
    }
    closed = set()
    for alert_id, since in _owed_since(session, list(old)).items():
        alert = old[alert_id]
        # An urgent fact that joined started the clock anew; a month run late begins on its day.
        anew = alert.urgent or alert.state == State.RAISED
        since = max(since, alert.clock_from) if anew else since
        if working_days_between(since, today) >= days:
            lapse(session, alert, act, policy)
            closed.add(alert_id)
    return closed


def _owed_since(session: Session, alert_ids: list[int]) -> dict[int, date]:
    """The day since which each alert's visit has been owed."""
    owing = (
        Action.RAISE,
        Action.RECHECK,
        Action.REOPEN,
        Action.REJECT,
        Action.RESUME,
        Action.UNREACHABLE,
    )
    found = last_at(session, AlertEvent.alert_id, alert_ids, owing)
    return {alert_id: at.date() for alert_id, at in found.items()}


def _told(
    session: Session, alerts: Sequence[Alert], due: Mapping[int, date | None]
) -> dict[int, int]:
    """The highest level reported so far of each alert's running deadline of its own."""
    numbers = [alert.id for alert in alerts]
    begun = _begun(session, numbers)
    days = {number: due[number] for number in numbers}
    running = {n: Deadline(day, begun.get(n, 0)) for n, day in days.items() if day is not None}
    return levels_told(_notes(session, AlertEvent.alert_id, numbers), running)


def _begun(session: Session, numbers: Sequence[int]) -> dict[int, int]:
    """The last event of each alert that gave it another deadline: a new step or a new clock."""
    found: dict[int, int] = {}
    own = AlertEvent
    for chunk in in_chunks(numbers):
        query = select(own.alert_id, own.id, own.action, own.from_state, own.to_state)
        query = query.where(own.alert_id.in_(chunk), own.need_id.is_(None)).order_by(own.id)
        for alert, event, action, before, after in session.execute(query):
            step = None if before is None else STEP.get(State(before))
            if action in _NEW_DEADLINE or step != STEP.get(State(after)):
                found[alert] = event
    return found


def _begun_needs(session: Session, needs: Sequence[Need]) -> dict[int, int]:
    """The last event with which each need's own time began, or its case was resumed."""
    of = {need.id: need.alert_id for need in needs}
    taken: dict[int, int] = {}
    resumed: dict[int, int] = {}
    for chunk in in_chunks(sorted(set(of.values()))):
        query = select(AlertEvent.alert_id, AlertEvent.need_id, AlertEvent.id).where(
            AlertEvent.alert_id.in_(chunk),
            AlertEvent.action.in_([*need_clocks.BEGINS, Action.RESUME]),
        )
        for alert, need, event in session.execute(query.order_by(AlertEvent.id)):
            if need is None:
                resumed[alert] = event
            else:
                taken[need] = event
    return {n: max(taken.get(n, 0), resumed.get(alert, 0)) for n, alert in of.items()}


def _notes(
    session: Session, of: InstrumentedAttribute[Any], numbers: Sequence[int]
) -> list[tuple[int, int, str | None]]:
    """What the system wrote when it reported alerts upwards, or needs (`of` says which)."""
    notes: list[tuple[int, int, str | None]] = []
    for chunk in in_chunks(numbers):
        query = select(of, AlertEvent.id, AlertEvent.note).where(
            of.in_(chunk),
            AlertEvent.action == Action.ESCALATE,
            AlertEvent.role == Role.SYSTEM,
            AlertEvent.note.like(NOTE_LIKE),
        )
        if of is AlertEvent.alert_id:
            query = query.where(AlertEvent.need_id.is_(None))
        notes += [(number, event, text) for number, event, text in session.execute(query)]
    return notes
