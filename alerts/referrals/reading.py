"""Referrals as a list: where each stood at the end of a day, rebuilt from its events."""

from __future__ import annotations

from datetime import date, datetime, time

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.models import Alert
from alerts.policy import Policy
from alerts.referrals.lifecycle import DONE, RESTARTS, State, timetable
from alerts.referrals.models import Referral, ReferralEvent

COLUMNS = ["id", "alert_id", "household", "township_code", "village_code", "code", "department"]
COLUMNS += ["opened_on", "state", "due_on", "closed_on", "reminders", "last_event", "note"]
_EVENTS = ["referral_id", "id", "at", "action", "role", "actor", "to_state", "note", "department"]


def referrals(
    session: Session, today: date, policy: Policy, as_at: date | None = None
) -> pd.DataFrame:
    """Every referral made by `as_at` (None: by now): COLUMNS, `late` and `open`, unanswered ones
    first, of these the earliest due first.

    `note` is what a person last wrote about it, `reminders` how often it was reminded of.
    """
    query = select(
        Referral.id,
        Referral.alert_id,
        Alert.household,
        Alert.township_code,
        Alert.village_code,
        Referral.code,
        Referral.opened_on,
    ).join(Alert, Alert.id == Referral.alert_id)  # a session narrowed to an area sees its own
    told = events(session, None, as_at).groupby("referral_id")
    stood = {number: _stood(own, policy) for number, own in told}
    rows = [
        dict(zip(COLUMNS, [*row[:6], None, row.opened_on], strict=False)) | stood[row.id]
        for row in session.execute(query.order_by(Referral.id))
        if row.id in stood
    ]
    frame = pd.DataFrame(rows, columns=COLUMNS)
    is_open = ~frame["state"].isin([state.value for state in DONE])
    late = [due is not None and due == due and due < today for due in frame["due_on"]]
    frame = frame.assign(open=is_open, late=pd.Series(late, frame.index, dtype=bool) & is_open)
    ends = frame.assign(
        done=~frame["open"], by=frame["due_on"].where(frame["open"], frame["closed_on"])
    )
    order = ends.sort_values(["done", "by", "id"], kind="stable").index
    return frame.loc[order].reset_index(drop=True)


def events(session: Session, alert: int | None, as_at: date | None = None) -> pd.DataFrame:
    """Acts on referrals by the end of a day, oldest first: referral_id, id, at, action, role,
    actor, to_state, note, department and the kind of need, `code`; of one alert or of all."""
    own = [getattr(ReferralEvent, name) for name in _EVENTS]
    query = select(*own, Referral.code).join(Referral, Referral.id == ReferralEvent.referral_id)
    query = query.join(Alert, Alert.id == Referral.alert_id).order_by(ReferralEvent.id)
    if alert is not None:
        query = query.where(Referral.alert_id == alert)
    if as_at is not None:
        query = query.where(ReferralEvent.at <= datetime.combine(as_at, time.max))
    rows = [tuple(row) for row in session.execute(query)]
    return pd.DataFrame(rows, columns=[*_EVENTS, "code"])


def _stood(own: pd.DataFrame, policy: Policy) -> dict[str, object]:
    """Where a referral stood after its events."""
    last = own.iloc[-1]
    state = State(last["to_state"])
    clock = own.loc[own["action"].isin(list(RESTARTS)), "at"].iloc[-1]
    due = timetable(policy).due(state, "all", clock.date())
    told = own[own["note"].notna() & (own["role"] != "system")]
    return {
        "department": last["department"],
        "state": state.value,
        "due_on": None if due is None else due.on,
        "closed_on": last["at"].date() if state in DONE else None,
        "reminders": int((own["action"] == "remind").sum()),
        "last_event": int(last["id"]),
        "note": None if told.empty else told["note"].iloc[-1],
    }
