"""How every need stood at the end of a day: with which department, in which state, from when.

Computed from the events, as the alerts are (`alerts.standing`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts import holding, need_clocks
from alerts.facts import alert_facts
from alerts.models import Alert, AlertEvent, Need
from alerts.states import OPEN_NEEDS, Action, NeedState, Outcome, State
from alerts.words import vocabulary

_NOT_KNOWN = {State.WATCHING.value, State.RETRY.value, State.APPROVAL.value}
# Acts that end a case and with it every suspicion.
_ENDS = (Action.CLOSE, Action.LAPSE, Action.APPROVE)


def needs_standing(
    session: Session, as_at: date | None = None, household: str | None = None
) -> pd.DataFrame:
    """Needs of alerts raised by `as_at` as they stood then: id, alert_id, code, department, state,
    outcome, settled_on, clock_from (from when a clock of its own ran, `alerts.need_clocks`); with
    `household` only its needs.

    A need that joined later, or that a later visit was the first to name, is left out: its first
    event comes from no state. Needs that joined before such events were written count from the
    raising of their alert on.
    """
    names = ["id", "alert_id", "code", "department", "state", "outcome", "settled_on", "clock_from"]
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
        clock_from=_own_clocks(acts, needs["alert_id"], _resumed(session, as_at)),
    )


def _own_clocks(acts: pd.DataFrame, alerts: pd.Series, resumed: Mapping[int, Any]) -> np.ndarray:
    """From when each need had a clock of its own, by its last act; None where it had none."""
    found: list[date | None] = []
    for alert, event, at, action in zip(
        alerts, acts["id"], acts["at"], acts["action"], strict=True
    ):
        if action not in need_clocks.BEGINS:
            found.append(None)
            continue
        again = resumed.get(alert)
        found.append(again.at.date() if again is not None and again.id > event else at.date())
    return np.array(found, dtype=object)


def _resumed(session: Session, as_at: date) -> dict[int, Any]:
    """The last time that each alert went on after a suspension by then."""
    query = select(AlertEvent.alert_id, AlertEvent.id, AlertEvent.at).where(
        AlertEvent.action == Action.RESUME, AlertEvent.at <= _end(as_at)
    )
    return {row.alert_id: row for row in session.execute(query.order_by(AlertEvent.id))}


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


def _end(day: date) -> datetime:
    return datetime.combine(day, time.max)
