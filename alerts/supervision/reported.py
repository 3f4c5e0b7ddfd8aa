"""What was reported upwards in a month: by level, because of an urgent fact, or by hand."""

from __future__ import annotations

from datetime import date, datetime, time

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.models import Alert, AlertEvent
from alerts.states import Action, Role
from core.workflow.escalation import level_told

KINDS = ("level_1", "level_2", "level_3", "urgent", "by_hand")
COLUMNS = ["alert_id", "at", "kind", "actor", "note"]


def reported(session: Session, since: date, until: date | None = None) -> pd.DataFrame:
    """Reports upwards from the day `since` to `until` (both included; None: to the newest), oldest
    first: COLUMNS.

    `kind` is the level that a deadline reached, 'urgent' for a new urgent fact while help was under
    way, or 'by_hand'; `note` holds the reason of those made by hand, else None.
    """
    query = (
        select(
            AlertEvent.alert_id, AlertEvent.at, AlertEvent.role, AlertEvent.actor, AlertEvent.note
        )
        .join(Alert, Alert.id == AlertEvent.alert_id)
        .where(AlertEvent.action == Action.ESCALATE)
        .where(AlertEvent.at >= datetime.combine(since, time.min))
        .order_by(AlertEvent.id)
    )
    if until is not None:
        query = query.where(AlertEvent.at <= datetime.combine(until, time.max))
    rows = []
    for alert, at, role, actor, note in session.execute(query):
        kind = _kind(role, note)
        rows.append((alert, at, kind, actor, note if kind == "by_hand" else None))
    return pd.DataFrame(rows, columns=COLUMNS)


def _kind(role: str, note: str | None) -> str:
    if role != Role.SYSTEM:
        return "by_hand"
    level = level_told(note)
    return "urgent" if level is None else f"level_{level}"


def counted(found: pd.DataFrame) -> dict[str, int]:
    """Alerts reported by kind, each alert once a kind."""
    alerts = found.groupby("kind")["alert_id"].nunique()
    return {kind: int(alerts.get(kind, 0)) for kind in KINDS}
