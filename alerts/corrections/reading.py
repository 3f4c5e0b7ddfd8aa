"""Tickets as lists and counts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alerts.corrections.lifecycle import DONE, State
from alerts.corrections.models import CorrectionEvent, CorrectionTicket
from alerts.models import Alert

COLUMNS = ["id", "feed", "code", "cause", "opened_on", "due_on", "closed_on", "state"]
COLUMNS += ["last_event", "note"]


def tickets(session: Session, today: date, as_at: date | None = None) -> pd.DataFrame:
    """Every ticket opened by `as_at`: COLUMNS and `late`, open ones first, the earliest due first.

    States are those of now: a ticket closed after `as_at` stands as closed. `note` is what was last
    written about it, `feed` empty where it is not declared any more. No household and no alert is
    told.
    """
    last = (
        select(CorrectionEvent.ticket_id, func.max(CorrectionEvent.id).label("last"))
        .group_by(CorrectionEvent.ticket_id)
        .subquery()
    )
    noted = (
        select(CorrectionEvent.ticket_id, func.max(CorrectionEvent.id).label("noted"))
        .where(CorrectionEvent.note.is_not(None))
        .group_by(CorrectionEvent.ticket_id)
        .subquery()
    )
    told = select(CorrectionEvent.note).where(CorrectionEvent.id == noted.c.noted)
    own: list[Any] = [getattr(CorrectionTicket, name) for name in COLUMNS[:8]]
    query = (
        select(*own, last.c.last, told.scalar_subquery())
        # The alert is named so that a session narrowed to an area sees only its own.
        .join(Alert, Alert.id == CorrectionTicket.alert_id)
        .join(last, last.c.ticket_id == CorrectionTicket.id)
        .outerjoin(noted, noted.c.ticket_id == CorrectionTicket.id)
        .order_by(CorrectionTicket.id)
    )
    if as_at is not None:
        query = query.where(CorrectionTicket.opened_on <= as_at)
    frame = pd.DataFrame([tuple(row) for row in session.execute(query)], columns=COLUMNS)
    frame["feed"] = frame["feed"].fillna("").astype(str)
    frame["note"] = frame["note"].astype(object).where(frame["note"].notna(), None)
    closed = frame["state"].isin([state.value for state in DONE])
    late = [due is not None and due == due and due < today for due in frame["due_on"]]
    frame = frame.assign(late=pd.Series(late, frame.index, dtype=bool) & ~closed, closed=closed)
    ordered = frame.sort_values(["closed", "due_on", "id"], ignore_index=True)
    return ordered.drop(columns="closed")


def by_feed(found: pd.DataFrame) -> pd.DataFrame:
    """Tickets by feed: feed, open, late, closed; most open first. Withdrawn ones are neither."""
    done = found["state"].isin([state.value for state in DONE])
    counted = found.assign(open=~done, closed=found["state"] == State.CLOSED.value)
    names = ["open", "late", "closed"]
    rows = counted.groupby("feed", as_index=False)[names].sum()
    return rows.sort_values(["open", "feed"], ascending=[False, True], ignore_index=True)
