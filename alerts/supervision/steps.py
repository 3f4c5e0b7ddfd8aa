"""How long each step of an alert took, in working days, as its deadlines count them.

The clock is the one that deadlines run by (`alerts.lifecycle`): it starts when an alert is raised,
dispatched, given back, reopened or sent out again, when a visit met nobody, and when an urgent fact
joins. So `accept`, `check` and `measure` all count from the dispatch. `measure` ends with the first
measure or clear answer for the most urgent need (`alerts.supervision.first_help`), held against the
day by which that need was due.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any

import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alerts.facts import ANNULS
from alerts.handling import Handling
from alerts.joins import told_urgent
from alerts.lifecycle import ACTION_OF, MOVES, STEP
from alerts.models import Alert, AlertEvent, Need
from alerts.policy import Policy
from alerts.states import Action, State
from alerts.supervision.first_help import FirstHelp, Level
from core.workflow.calendar import working_days_between

STEPS = ("dispatch", "accept", "check", "retry", "measure")
COLUMNS = ["alert_id", "step", "done_on", "days", "limit", "late", "actor"]
# The acts by which a step is done; giving a case back or closing it unvisited does none.
_ENDS = {
    Action.DISPATCH: "dispatch",
    Action.ACCEPT: "accept",
    **dict.fromkeys(ACTION_OF.values(), "check"),
    Action.CHECK: "retry",
}
_RESTARTS = frozenset(
    (state, action)
    for state, moves in MOVES.items()
    for action, move in moves.items()
    if move.restarts_clock
)


def steps_done(session: Session, policy: Policy, as_at: date | None = None) -> pd.DataFrame:
    """One row for each step that was done by `as_at` (COLUMNS), in the order of the record.

    `days` are working days from the clock's start to the act, `limit` those allowed: the policy's
    for the alert's level of today, for help as the module says; `late` whether days exceed them,
    `actor` the account that did it.
    """
    levels, codes = _levels(session), _codes(session)
    helped = {alert: FirstHelp(level, policy) for alert, level in levels.items()}
    rows: list[tuple[Any, ...]] = []
    clock: dict[int, date] = {}
    for event in _events(session, as_at):
        alert, day = event.alert_id, event.at.date()
        step, limit = _done(event, helped[alert], codes, clock.get(alert), policy)
        if limit is not None:
            days = working_days_between(clock[alert], day)
            rows.append((alert, step, day, days, limit, days > limit, event.actor))
        if event.need_id is None and (alert not in clock or _restarts(event)):
            clock[alert] = day
    return pd.DataFrame(rows, columns=COLUMNS)


def _done(
    event: Any, helped: FirstHelp, codes: Mapping[int, str], clock: date | None, policy: Policy
) -> tuple[str, int | None]:
    """The step that an event does and its limit in working days; no limit where it does none."""
    if clock is None:
        return "", None
    if event.need_id is not None:
        return "measure", helped.answered(event, codes[event.need_id], clock)
    if event.action in ANNULS:
        helped.again()
    elif event.action == Action.RESUME:
        helped.resumed(event.at.date())
    step = _step(event)
    if step is None:
        return "", None
    own = helped.level
    return step, policy.timetable.limits[policy.level(own.band, own.source, own.urgent)][step]


def _step(event: Any) -> str | None:
    """The step that an event does; None for acts that leave it undone."""
    step = _ENDS.get(Action(event.action))
    running = STEP.get(State(event.from_state)) if event.from_state else None
    return step if step is not None and step == running else None


def _restarts(event: Any) -> bool:
    if event.action == Action.JOIN:
        return told_urgent(event.note)
    if not event.from_state:
        return False
    return (State(event.from_state), Action(event.action)) in _RESTARTS


def _events(session: Session, as_at: date | None) -> Iterable[Any]:
    """Acts on alerts and their needs in the order of the record."""
    query = (
        select(
            AlertEvent.alert_id,
            AlertEvent.at,
            AlertEvent.action,
            AlertEvent.from_state,
            AlertEvent.actor,
            AlertEvent.note,
            AlertEvent.need_id,
            AlertEvent.outcome,
        )
        # The alert is named so that a session narrowed to an area sees only its own.
        .join(Alert, Alert.id == AlertEvent.alert_id)
        .order_by(AlertEvent.id)
    )
    if as_at is not None:
        query = query.where(AlertEvent.at <= datetime.combine(as_at, time.max))
    return session.execute(query)


def _levels(session: Session) -> dict[int, Level]:
    place = func.coalesce(Alert.village_code, Alert.township_code, "")
    query = select(Alert.id, Alert.band, Alert.source, Alert.urgent, place, Alert.handling)
    return {
        number: Level(band, source, bool(urgent), where, handling == Handling.COMPLEX)
        for number, band, source, urgent, where, handling in session.execute(query)
    }


def _codes(session: Session) -> dict[int, str]:
    """The kind of each need."""
    query = select(Need.id, Need.code).join(Alert, Alert.id == Need.alert_id)
    return {number: str(code) for number, code in session.execute(query)}


def summed(done: pd.DataFrame, by: Iterable[str] = ("step",)) -> pd.DataFrame:
    """Steps by group: n, mean and median working days, late, the least and greatest limit.

    Steps stand in their order; groups without a step are left out.
    """
    names = list(by)
    grouped = done.groupby(names, sort=False)
    found = grouped.agg(
        n=("days", "size"),
        mean=("days", "mean"),
        median=("days", "median"),
        late=("late", "sum"),
        limit_least=("limit", "min"),
        limit_most=("limit", "max"),
    ).reset_index()
    order = {step: place for place, step in enumerate(STEPS)}
    return found.sort_values(
        names, key=lambda c: c.map(order) if c.name == "step" else c, ignore_index=True
    ).astype({"late": int})


def in_month(done: pd.DataFrame, month: date) -> pd.DataFrame:
    """The steps done in the month that ends with the day `month`, no later ones."""
    days = pd.to_datetime(done["done_on"])
    return done[(days >= pd.Timestamp(month.replace(day=1))) & (days <= pd.Timestamp(month))]
