"""What joined an alert after it was raised, read from its events: a higher band, an urgent fact.

The note of a JOIN event is a line of words that this module writes and reads: `+C01` for a new
reason, `yellow->red` for a band raised, `urgent` for an urgent fact. Events written before the
last word existed are read by the kind of their reasons.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.models import Alert, AlertEvent, AlertReason
from alerts.states import Action, Source
from alerts.words import words_on

_ARROW = "->"
_URGENT = "urgent"


def join_note(codes: Iterable[str], rise: tuple[str, str] | None, urgent: bool) -> str:
    """What a JOIN event says: new reasons, the band before and after a rise, an urgent fact."""
    told = [f"+{code}" for code in codes]
    if rise is not None:
        told.append(_ARROW.join(rise))
    return " ".join([*told, _URGENT] if urgent else told)


def told_urgent(note: str | None) -> bool:
    """Whether the note of a JOIN event says that an urgent fact joined, which restarts the clock.

    Events written before the word existed are not recognised.
    """
    return _URGENT in (note or "").split()


def _joins(session: Session, facts: list[tuple[int, str, str]]) -> pd.DataFrame:
    """What joined, in the order of the record: alert_id, at, before (the band that rose, or None),
    urgent. `facts` from `_urgent_facts`."""
    query = (
        select(AlertEvent.alert_id, AlertEvent.at, AlertEvent.note)
        .where(AlertEvent.action == Action.JOIN, AlertEvent.note.is_not(None))
        .order_by(AlertEvent.id)
    )
    joined = {(alert_id, f"+{code}") for alert_id, code, when in facts if when == "joined"}
    rows = []
    for alert_id, at, note in session.execute(query):
        told = str(note).split()
        urgent = _URGENT in told or any((alert_id, word) in joined for word in told)
        rows.append((alert_id, at, _before(told), urgent))
    return pd.DataFrame(rows, columns=["alert_id", "at", "before", "urgent"])


def _before(told: list[str]) -> str | None:
    return next((word.split(_ARROW)[0] for word in told if _ARROW in word), None)


def as_told(session: Session, facts: pd.DataFrame, as_at: date) -> pd.DataFrame:
    """The facts with `band` and `urgent` as they were on `as_at`, before what joined later, and
    with a clock that an urgent fact restarted."""
    named = _urgent_facts(session)
    told = _joins(session, named)
    late = told["at"] > datetime.combine(as_at, time.max)
    rises = told[late & told["before"].notna()].drop_duplicates("alert_id")
    bands = dict(zip(rises["alert_id"], rises["before"], strict=True))
    urgent = told[told["urgent"].astype(bool)]
    # The first telling makes an alert urgent, unless such a fact raised it already.
    first = urgent.drop_duplicates("alert_id")
    at_once = {alert_id for alert_id, _, when in named if when == "raised"}
    later = set(first.loc[late[first.index], "alert_id"]) - at_once
    last = urgent[~late[urgent.index]].groupby("alert_id")["at"].max()
    clock = [
        max(filter(None, (day, last[i].date() if i in last.index else None)), default=None)
        for i, day in zip(facts["alert_id"], facts["clock_on"], strict=True)
    ]
    band = [bands.get(i, b) for i, b in zip(facts["alert_id"], facts["band"], strict=True)]
    was = facts["urgent"].astype(bool) & ~facts["alert_id"].isin(later)
    return facts.assign(band=band, urgent=was, clock_on=pd.Series(clock, facts.index, dtype=object))


def _urgent_facts(session: Session) -> list[tuple[int, str, str]]:
    """Urgent facts among the reasons: alert id, indicator, and 'raised' or 'joined'."""
    query = (
        select(Alert.id, AlertReason.code, AlertReason.as_of == Alert.as_of)
        .join(Alert.reasons)
        .where(AlertReason.source == Source.EVENT)
        .where(AlertReason.code.in_(words_on(session, date.max).urgent_kinds()))
    )
    return [
        (alert_id, code, "raised" if at_once else "joined")
        for alert_id, code, at_once in session.execute(query)
    ]
