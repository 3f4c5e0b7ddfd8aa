"""How every alert stood at the end of a day: the list, the overdue and the needs of that day.

Computed from the events (`alerts.facts`), so that a past month shows its own past. The deadlines
of a past day follow from the state, band, urgency and clock of that day and from the policy in
force now; where nothing happened to an alert since, the stored day is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alerts import holding, need_clocks
from alerts.deadlines import due_for
from alerts.facts import alert_facts
from alerts.models import Alert, AlertEvent
from alerts.needs_standing import needs_standing
from alerts.policy import Policy, default_policy
from alerts.states import Action, Question, State

_STORED = ["id", "as_of", "coverage", "version_id", "rule_version", "model_version"]
_HOLDER = ["holder_role", "holder_area", "holder_account"]
_CLOCK = ["clock_from", "due_on", "closed_on", "tries", "suspended_until", *_HOLDER]
_PAUSES = (Action.SUSPEND, Action.RESUME)


def standing(
    session: Session,
    as_at: date | None = None,
    policy: Policy | None = None,
    household: str | None = None,
) -> pd.DataFrame:
    """One row per alert raised by `as_at` (all of them when left out), ordered by id; with
    `household` only its alerts.

    Columns: those of the alert table as they were at the end of that day (whose turn it was and a
    suspension too), and `month`,
    `dispatched`, `verified`, `confirmed`, `helped`, `open` (`alerts.facts`).
    """
    facts = alert_facts(session, as_at=as_at, household=household)
    facts = facts.rename(columns={"alert_id": "id"})
    asked = facts["question"].isin([question.value for question in Question])
    facts["question"] = facts["question"].where(asked, None)
    query = select(*(getattr(Alert, name) for name in [*_STORED, *_CLOCK]))
    stored = pd.DataFrame(
        [tuple(row) for row in session.execute(query)], columns=[*_STORED, *_CLOCK]
    )
    frame = facts.merge(stored, on="id")
    frame["open"] = frame["state"] != State.CLOSED.value
    for name in [*_HOLDER, "suspended_until"]:
        frame[name] = frame[name].astype(object).where(frame[name].notna(), None)
    if as_at is None:
        return frame
    moved = frame["id"].isin(_touched_since(session, as_at)).to_numpy()
    frame["tries"] = np.where(moved, _tries(session, frame, as_at), frame["tries"])
    clock = frame["clock_on"].where(frame["clock_on"].notna(), frame["raised_on"])
    frame["clock_from"] = clock.where(moved, frame["clock_from"])
    frame["closed_on"] = frame["moved_on"].where(~frame["open"], None)
    frame.loc[moved, "due_on"] = _due(frame[moved], policy or default_policy())
    frame = _held(session, frame, moved, as_at)
    return _helped_by(session, frame, moved, as_at, policy or default_policy())


def _helped_by(
    session: Session, frame: pd.DataFrame, moved: np.ndarray, as_at: date, policy: Policy
) -> pd.DataFrame:
    """The frame with cases under help due on the first day on which something was owed then."""
    helping = moved & (frame["state"] == State.ASSISTING.value).to_numpy()
    helping &= frame["suspended_until"].isna().to_numpy()
    if not helping.any():
        return frame
    cases = frame[helping]
    needs = needs_standing(session, as_at)
    needs = needs[needs["alert_id"].isin(cases["id"])]
    owed = need_clocks.due_days(needs, cases, policy).dropna()
    first = owed.groupby(needs.loc[owed.index, "alert_id"]).min()
    frame["due_on"] = _chosen(helping, frame["id"].map(first).tolist(), frame["due_on"])
    return frame


def _held(session: Session, frame: pd.DataFrame, moved: np.ndarray, as_at: date) -> pd.DataFrame:
    """The frame with who had each moved alert on that day, and until when it was suspended."""
    told = _last(session, as_at, AlertEvent.holder.is_not(None))
    paused = _last(session, as_at, AlertEvent.action.in_(_PAUSES))
    ids = frame["id"].tolist()
    held = [holding.read(told[alert].holder) if alert in told else None for alert in ids]
    stopped = {
        alert: event.until for alert, event in paused.items() if event.action == Action.SUSPEND
    }
    until = [stopped.get(alert) for alert in ids]
    for name in _HOLDER:
        part = name.removeprefix("holder_")
        then = [None if one is None else getattr(one, part) for one in held]
        frame[name] = _chosen(moved, then, frame[name])
    frame["suspended_until"] = _chosen(moved, until, frame["suspended_until"])
    waits = moved & np.array([day is not None for day in until], bool)
    frame["due_on"] = _chosen(waits, until, frame["due_on"])
    return frame


def _chosen(where: np.ndarray, then: Sequence[Any], now: pd.Series) -> pd.Series:
    """`then` where the mark is set, else what stands now; nothing stays None."""
    values = [a if here else b for here, a, b in zip(where, then, now, strict=True)]
    return pd.Series(values, index=now.index, dtype=object)


def _last(session: Session, as_at: date, which: Any) -> dict[int, Any]:
    """The last event of some kind by the end of a day, about the alert as a whole, by alert."""
    newest = (
        select(func.max(AlertEvent.id))
        .where(which, AlertEvent.need_id.is_(None), AlertEvent.at <= _end(as_at))
        .group_by(AlertEvent.alert_id)
    )
    query = select(
        AlertEvent.alert_id, AlertEvent.action, AlertEvent.holder, AlertEvent.until
    ).where(AlertEvent.id.in_(newest))
    return {row.alert_id: row for row in session.execute(query)}


def _touched_since(session: Session, as_at: date) -> set[int]:
    """Alerts of which something was recorded after that day."""
    query = select(AlertEvent.alert_id).where(AlertEvent.at > _end(as_at)).distinct()
    return set(session.scalars(query))


def _end(day: date) -> datetime:
    return datetime.combine(day, time.max)


def _tries(session: Session, frame: pd.DataFrame, as_at: date) -> pd.Series:
    """Visits that met nobody since the last result or reopening before `as_at`."""
    query = select(AlertEvent.alert_id, AlertEvent.id).where(
        AlertEvent.action == Action.UNREACHABLE,
        AlertEvent.need_id.is_(None),
        AlertEvent.at <= _end(as_at),
    )
    rows = [tuple(row) for row in session.execute(query)]
    tried = pd.DataFrame(rows, columns=["alert_id", "event_id"])
    settled = tried["alert_id"].map(frame.set_index("id")["settled"])
    counted = tried.loc[tried["event_id"] > settled, "alert_id"].value_counts()
    return frame["id"].map(counted).fillna(0).astype(int)


def _due(frame: pd.DataFrame, policy: Policy) -> list[date | None]:
    """The day each alert's step is due; worked out once for each kind of step."""
    keys = zip(
        frame["state"], frame["band"], frame["source"], frame["clock_from"], frame["urgent"],
        strict=True,
    )  # fmt: skip
    known: dict[tuple[Any, ...], date | None] = {}
    days = []
    for key in keys:
        if key not in known:
            state, band, source, clock, urgent = key
            due = due_for(State(state), band, source, clock, policy, urgent=bool(urgent))
            known[key] = None if due is None else due.on
        days.append(known[key])
    return days


def alert_as_at(session: Session, alert: Alert, as_at: date) -> Alert | None:
    """The alert as it stood at the end of the day, as an object apart from the database.

    None when it was raised later.
    """
    frame = standing(session, as_at, household=alert.household)
    names = [column.key for column in Alert.__table__.columns]
    rows = frame.loc[frame["id"] == alert.id, names].astype(object)
    found = rows.where(rows.notna(), None).to_dict("records")
    return Alert(**{str(name): value for name, value in found[0].items()}) if found else None
