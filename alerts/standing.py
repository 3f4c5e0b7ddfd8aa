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

from alerts import holding
from alerts.deadlines import due_for
from alerts.facts import alert_facts
from alerts.models import Alert, AlertEvent, Need
from alerts.policy import Policy, default_policy
from alerts.states import OPEN_NEEDS, Action, NeedState, Outcome, Question, State
from alerts.words import vocabulary

_STORED = ["id", "as_of", "coverage", "version_id", "rule_version", "model_version"]
_HOLDER = ["holder_role", "holder_area", "holder_account"]
_CLOCK = ["clock_from", "due_on", "closed_on", "tries", "suspended_until", *_HOLDER]
_NOT_KNOWN = {State.WATCHING.value, State.RETRY.value, State.APPROVAL.value}
# Acts that end a case and with it every suspicion.
_ENDS = (Action.CLOSE, Action.LAPSE, Action.APPROVE)
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
    return _held(session, frame, moved, as_at)


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


def needs_standing(
    session: Session, as_at: date | None = None, household: str | None = None
) -> pd.DataFrame:
    """Needs of alerts raised by `as_at` as they stood then: id, alert_id, code, department, state,
    outcome, settled_on; with `household` only its needs.

    A need that joined later, or that a later visit was the first to name, is left out: its first
    event comes from no state. Needs that joined before such events were written count from the
    raising of their alert on.
    """
    names = ["id", "alert_id", "code", "department", "state", "outcome", "settled_on"]
    query = select(*(getattr(Need, name) for name in names)).join(Need.alert).order_by(Need.id)
    if household is not None:
        query = query.where(Alert.household == household)
    needs = pd.DataFrame([tuple(row) for row in session.execute(query)], columns=names)
    if as_at is None:
        return needs
    facts = alert_facts(session, as_at=as_at, household=household).set_index("alert_id")
    needs = needs[needs["alert_id"].isin(facts.index)]
    events, ended = _need_events(session, household), _ended(session, as_at)
    named_later = events[events["from_state"].isna() & (events["at"] > _end(as_at))]
    needs = needs[~needs["id"].isin(named_later["need_id"])]
    known = events[(events["at"] <= _end(as_at)) & (events["action"] != Action.JOIN.value)]
    last = known.drop_duplicates("need_id", keep="last").set_index("need_id")
    acts = last.reindex(needs["id"])
    closing = ended.reindex(needs["alert_id"])
    # The end of a case without a finding leaves no need open.
    dropped = (closing["id"].fillna(-1).to_numpy() > acts["id"].fillna(0).to_numpy()) & _is_open(
        acts
    )
    moment = pd.Series(np.where(dropped, closing["at"], acts["at"]), dtype="datetime64[ns]")
    day = moment.dt.date
    state = np.where(dropped, NeedState.DROPPED.value, _after(acts))
    settled = np.isin(state, [NeedState.MET.value, NeedState.DROPPED.value])
    found = known[known["outcome"].notna()].drop_duplicates("need_id", keep="last")
    outcome = found.set_index("need_id")["outcome"].reindex(needs["id"])
    return needs.assign(
        department=_departments(needs, events, as_at),
        state=state,
        outcome=outcome.where(outcome.notna(), None).to_numpy(),
        settled_on=day.astype(object).where(settled, None).to_numpy(),
    )


def _after(acts: pd.DataFrame) -> np.ndarray:
    """Where needs stand after their last act; suspected where none is known."""
    done, found = acts["action"], acts["outcome"]
    known = done.notna()
    return np.select(
        [
            done == Action.NEED_TAKEN.value,
            done == Action.NEED_RETURNED.value,
            done == Action.NEED_SENT.value,
            done == Action.NEED_MET.value,
            done == Action.NEED_DROPPED.value,
            found == Outcome.CONFIRMED.value,
            known & ~acts["to_state"].isin(_NOT_KNOWN),
        ],
        [
            NeedState.HANDLING.value,
            NeedState.RETURNED.value,
            NeedState.CONFIRMED.value,
            NeedState.MET.value,
            NeedState.DROPPED.value,
            NeedState.CONFIRMED.value,
            NeedState.DROPPED.value,
        ],
        NeedState.SUSPECTED.value,
    )


def _is_open(acts: pd.DataFrame) -> np.ndarray:
    return np.isin(_after(acts), [state.value for state in OPEN_NEEDS])


def _departments(needs: pd.DataFrame, events: pd.DataFrame, as_at: date) -> list[str]:
    """Who had each need on that day: the department it was last passed on to by then."""
    sent = events[events["action"] == Action.NEED_SENT.value]
    by_then = sent[sent["at"] <= _end(as_at)].drop_duplicates("need_id", keep="last")
    named = dict(zip(by_then["need_id"], by_then["holder"], strict=True))
    later = set(sent["need_id"]) - set(named)
    found = []
    for need, code, now in zip(needs["id"], needs["code"], needs["department"], strict=True):
        held = holding.read(named.get(need))
        first = vocabulary().department_of(code) if need in later else now
        found.append(first if held is None else held.area)
    return found


def _need_events(session: Session, household: str | None) -> pd.DataFrame:
    """Events about single needs, in the order of the record."""
    names = ["id", "need_id", "at", "action", "from_state", "to_state", "outcome", "holder"]
    query = select(*(getattr(AlertEvent, name) for name in names))
    about = AlertEvent.need_id.is_not(None), AlertEvent.action != Action.ESCALATE
    query = query.where(*about).order_by(AlertEvent.id)
    if household is not None:
        own = select(Alert.id).where(Alert.household == household)
        query = query.where(AlertEvent.alert_id.in_(own))
    rows = [tuple(row) for row in session.execute(query)]
    return pd.DataFrame(rows, columns=names).astype({"at": "datetime64[ns]"})


def _ended(session: Session, as_at: date) -> pd.DataFrame:
    """Alerts that were closed without a finding, by their id: the last such event, and when."""
    query = (
        select(AlertEvent.alert_id, AlertEvent.id, AlertEvent.at)
        .where(AlertEvent.action.in_(_ENDS), AlertEvent.at <= _end(as_at))
        .order_by(AlertEvent.id)
    )
    rows = [tuple(row) for row in session.execute(query)]
    frame = pd.DataFrame(rows, columns=["alert_id", "id", "at"]).astype({"at": "datetime64[ns]"})
    return frame.drop_duplicates("alert_id", keep="last").set_index("alert_id")
