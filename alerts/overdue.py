"""What happens when a step is late: reported upwards, given back, closed when nobody ever went.

Run at each monthly run and daily (`doudi overdue`). Running it twice changes nothing: a level is
reported once for each deadline, and the record of that is the event itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from alerts.deadlines import limit_of
from alerts.lifecycle import STEP
from alerts.models import Alert, AlertEvent
from alerts.policy import Policy, default_policy
from alerts.results import do, lapse
from alerts.states import Action, Role, State
from alerts.writing import Act, checked_flush
from core.workflow.calendar import working_days_between
from core.workflow.escalation import NOTE_LIKE, levels_told, note
from core.workflow.events import in_chunks, last_at

# States in which a visit is still owed, and those in which a worker owes it.
_BEFORE_VISIT = frozenset(STEP) - {State.ASSISTING}
_WITH_WORKER = frozenset({State.DISPATCHED, State.ACCEPTED, State.CHECKING, State.RETRY})


@dataclass(frozen=True)
class Escalated:
    """What one look at the deadlines did: alert ids.

    `near` are near due (nothing is written); `levels` maps 1, 2, 3 to alerts reported to township
    leader, county bureau, county mechanism; `returned` went back to be dispatched anew; `lapsed`
    were closed because nobody ever visited. `late` counts all open alerts past their due day.
    """

    near: tuple[int, ...] = ()
    levels: tuple[tuple[int, ...], ...] = ((), (), ())
    returned: tuple[int, ...] = ()
    lapsed: tuple[int, ...] = ()
    late: int = 0

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
    alerts = session.scalars(
        select(Alert)
        .where(Alert.state.in_(list(STEP)), Alert.raised_on <= today)
        .order_by(Alert.id)
        .options(selectinload(Alert.needs))
    ).all()
    late = [a for a in alerts if a.due_on is not None and a.due_on < today]
    near = tuple(a.id for a in alerts if a not in late and _near(a, today, policy))
    told = _told(session, [a.id for a in late])
    levels: list[list[int]] = [[], [], []]
    returned: list[int] = []
    with checked_flush(session, 0):
        lapsed = _lapse_stale(session, alerts, act, policy)
        for alert in late:
            if alert.id in lapsed or alert.due_on is None:
                continue
            level = policy.ladder.level(alert.due_on, today)
            if level > told.get((alert.id, alert.due_on), 0):
                levels[level - 1].append(alert.id)
                noted = replace(act, note=note(level, alert.due_on))
                do(session, alert, Action.ESCALATE, noted, policy)
            days = working_days_between(alert.due_on, today)
            if _forgotten(alert, days, policy):
                noted = replace(
                    act, note="逾期未走访，退回重新派单 / not visited in time, sent back"
                )
                do(session, alert, Action.RETURN, noted, policy)
                returned.append(alert.id)
    one, two, three = (tuple(ids) for ids in levels)
    return Escalated(near, (one, two, three), tuple(returned), tuple(sorted(lapsed)), len(late))


def _near(alert: Alert, today: date, policy: Policy) -> bool:
    """Whether the alert's step has used up most of its limit."""
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
        # An urgent fact that joined started the clock anew.
        since = max(since, alert.clock_from) if alert.urgent else since
        if working_days_between(since, today) >= days:
            lapse(session, alert, act, policy)
            closed.add(alert_id)
    return closed


def _owed_since(session: Session, alert_ids: list[int]) -> dict[int, date]:
    """The day since which each alert's visit has been owed."""
    owing = (Action.RAISE, Action.RECHECK, Action.REOPEN, Action.UNREACHABLE)
    found = last_at(session, AlertEvent.alert_id, alert_ids, owing)
    return {alert_id: at.date() for alert_id, at in found.items()}


def _told(session: Session, alert_ids: list[int]) -> dict[tuple[int, date], int]:
    """The highest level reported so far for each alert and deadline."""
    notes: list[tuple[int, str | None]] = []
    for chunk in in_chunks(alert_ids):
        query = select(AlertEvent.alert_id, AlertEvent.note).where(
            AlertEvent.alert_id.in_(chunk),
            AlertEvent.action == Action.ESCALATE,
            AlertEvent.role == Role.SYSTEM,
            AlertEvent.note.like(NOTE_LIKE),
        )
        notes += [(alert_id, text) for alert_id, text in session.execute(query)]
    return levels_told(notes)
