"""One row per alert, computed from its events: what precision, funnel and trends are made of.

The state columns of the alert table are not used, so these figures and the audit trail cannot
disagree; `as_at` tells what was known at a past moment.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import pandas as pd
from sqlalchemy import and_, case, func, not_, or_, select
from sqlalchemy.orm import Session, aliased

from alerts.joins import as_told
from alerts.lifecycle import MOVES
from alerts.models import Alert, AlertEvent
from alerts.states import Action, Outcome, State

COLUMNS = [
    "alert_id",
    "household",
    "township_code",
    "village_code",
    "population",
    "band",
    "source",
    "raised_on",
    "risk",
    "rule_score",
    "question",
    "handling",
    "expected",
    "stratum",
    "inclusion",
    "urgent",
    "state",
    "outcome",
    "cause",
    "dispatched",
    "helped",
    "moved_on",
    "clock_on",
    "settled",
    "last_event",
]
# Acts after which an earlier result stands no longer.
ANNULS = frozenset({Action.REOPEN, Action.REJECT})
_OWN = COLUMNS[1 : COLUMNS.index("state")]
VERIFIED = frozenset(outcome.value for outcome in Outcome if outcome.verified)
# Moves that restart the deadline; an urgent fact that joins does so too (`alerts.joins`).
_RESTARTS = frozenset(
    action for moves in MOVES.values() for action, move in moves.items() if move.restarts_clock
)


def alert_facts(
    session: Session,
    since: date | None = None,
    until: date | None = None,
    as_at: date | None = None,
    household: str | None = None,
) -> pd.DataFrame:
    """One row per alert raised from `since` to `until` (both days included), as known on `as_at`;
    with `household` only its alerts.

    Columns: those of the alert, `month` (YYYY-MM of raising), `state`, `outcome` and `cause` (the
    last result that stands; a reopened case has none), `moved_on` (the day it came into its
    state), `clock_on` (the day of the last act that restarted its deadline), `settled` (the id of
    the last act after which tries are counted anew), `last_event`, and yes/no columns
    `dispatched`, `verified` and `concluded` (a visit settled what is true), `confirmed` (an unmet
    need was confirmed), `helped` (a need was met), `closed` (the case is closed, or put under watch
    after a finding).
    `question` is existing, coming, or the source of alerts that ask both (event, report). `band`
    and `urgent` are those of the day too (`alerts.joins`).
    """
    rows = session.execute(_query(since, until, as_at, household)).all()
    frame = pd.DataFrame([tuple(row) for row in rows], columns=COLUMNS)
    frame["moved_on"] = [moment.date() for moment in frame["moved_on"]]
    clock = [None if pd.isna(moment) else moment.date() for moment in frame["clock_on"]]
    frame["clock_on"] = pd.Series(clock, frame.index, dtype=object)
    frame["settled"] = frame["settled"].astype("float64").fillna(0)
    if as_at is not None:
        frame = as_told(session, frame, as_at)
    frame["dispatched"] = frame["dispatched"].fillna(0).astype(bool)
    frame["helped"] = frame["helped"].fillna(0).astype(bool)
    frame["month"] = [day.strftime("%Y-%m") for day in frame["raised_on"]]
    frame["verified"] = frame["outcome"].isin(VERIFIED)
    frame["confirmed"] = frame["outcome"] == Outcome.CONFIRMED.value
    frame["closed"] = (frame["state"] == State.CLOSED.value) | (
        (frame["state"] == State.WATCHING.value) & frame["verified"]
    )
    # A result that stands settles the case for precision, whether or not its help is done; one
    # that waits for a second person does not stand yet.
    frame["concluded"] = frame["verified"] & (frame["state"] != State.APPROVAL.value)
    frame["question"] = frame["question"].fillna(frame["source"])
    return frame


def _latest(as_at: date | None) -> Any:
    """Per alert: ids of the last move, result, reopening and restart of the clock, and marks."""
    own = AlertEvent.need_id.is_(None)
    tried = AlertEvent.action == Action.UNREACHABLE
    annuls = AlertEvent.action.in_(ANNULS)
    settles = and_(own, or_(AlertEvent.outcome.is_not(None), annuls))
    latest = select(
        AlertEvent.alert_id,
        func.max(AlertEvent.id).label("newest"),
        func.max(case((AlertEvent.action != Action.JOIN, AlertEvent.id))).label("moved"),
        func.max(case((and_(own, AlertEvent.outcome.is_not(None)), AlertEvent.id))).label("found"),
        func.max(case((annuls, AlertEvent.id))).label("reopened"),
        func.max(case((and_(own, AlertEvent.action.in_(_RESTARTS)), AlertEvent.id))).label("clock"),
        func.max(case((and_(settles, not_(tried)), AlertEvent.id))).label("settled"),
        func.max(case((AlertEvent.to_state == State.DISPATCHED, 1))).label("dispatched"),
        func.max(case((AlertEvent.action == Action.NEED_MET, 1))).label("helped"),
    ).group_by(AlertEvent.alert_id)
    if as_at is not None:
        latest = latest.where(AlertEvent.at <= datetime.combine(as_at, time.max))
    return latest.subquery()


def _query(
    since: date | None, until: date | None, as_at: date | None, household: str | None
) -> Any:
    """The alerts with the state and the result that their events left them in."""
    seen = _latest(as_at)
    moved, found, clock = (aliased(AlertEvent) for _ in range(3))
    stands = and_(found.id == seen.c.found, found.id > func.coalesce(seen.c.reopened, 0))
    query = (
        select(
            Alert.id,
            *(getattr(Alert, name) for name in _OWN),
            moved.to_state,
            found.outcome,
            found.cause,
            seen.c.dispatched,
            seen.c.helped,
            moved.at,
            clock.at,
            seen.c.settled,
            seen.c.newest,
        )
        .join(seen, seen.c.alert_id == Alert.id)
        .join(moved, moved.id == seen.c.moved)
        .outerjoin(found, stands)
        .outerjoin(clock, clock.id == seen.c.clock)
        .order_by(Alert.id)
    )
    if since is not None:
        query = query.where(Alert.raised_on >= since)
    if until is not None:
        query = query.where(Alert.raised_on <= until)
    if household is not None:
        query = query.where(Alert.household == household)
    return query
