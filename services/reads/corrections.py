"""Reads of correction tickets: false alarms whose cause lies in the data, by feed."""

from __future__ import annotations

from datetime import date

import pandas as pd

from alerts.corrections import reading
from alerts.corrections.lifecycle import LIFECYCLE, State
from core.access.areas import Area
from core.workflow.moves import possible
from services.reads import base


def tickets(home: str, as_of: date, scope: Area) -> pd.DataFrame:
    """`alerts.corrections.reading.tickets` of the area; empty where no alert was ever raised."""
    if not base.has_alerts(home):
        return pd.DataFrame(columns=[*reading.COLUMNS, "late"])
    with base.alert_session(home, scope) as session:
        return reading.tickets(session, base.today_at(home, as_of), base.known_at(home, as_of))


def steps(state: str) -> list[str]:
    """What can be done to a ticket in a state."""
    return [action.value for action in possible(LIFECYCLE, State(state))]
