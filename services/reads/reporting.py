"""What somebody reported, and what has become of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from alerts.models import Alert, AlertEvent, AlertReason
from alerts.states import Action, Role, Source
from core.access.areas import Area
from core.words import Text
from services.reads import base, people

SHOWN = 50


@dataclass(frozen=True)
class Told:
    """One report: when, of which household (masked), in which words, and how its alert stands."""

    at: datetime
    household: str
    who: str
    words: Text
    state: str
    outcome: str | None


def mine(home: str, as_of: date, scope: Area, account: str) -> list[Told]:
    """The newest reports that an account made of households of the area, newest first."""
    if not base.has_alerts(home):
        return []
    query = (
        select(AlertEvent.at, Alert.id, Alert.household, Alert.state, Alert.outcome)
        .join(Alert, Alert.id == AlertEvent.alert_id)
        .where(
            AlertEvent.actor == account,
            AlertEvent.role != Role.SYSTEM,
            AlertEvent.action.in_([Action.RAISE, Action.JOIN]),
            AlertEvent.need_id.is_(None),
        )
        .order_by(AlertEvent.id.desc())
        .limit(SHOWN)
    )
    with base.alert_session(home, scope) as session:
        rows = session.execute(query).all()
        reasons = select(
            AlertReason.alert_id, AlertReason.as_of, AlertReason.text_zh, AlertReason.text_en
        ).where(
            AlertReason.alert_id.in_([row.id for row in rows]),
            AlertReason.source == Source.REPORT,
        )
        told = {(alert, day): Text(zh, en) for alert, day, zh, en in session.execute(reasons)}
    names = people.heads(home, as_of, tuple({row.household for row in rows}))
    return [
        Told(
            row.at,
            row.household,
            names.get(row.household, ""),
            told[row.id, row.at.date()],
            row.state,
            row.outcome,
        )
        for row in rows
        if (row.id, row.at.date()) in told
    ]
