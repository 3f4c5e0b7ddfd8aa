"""How the alerts of an area stood at the end of a month: one frame for every page."""

from __future__ import annotations

from datetime import date

import pandas as pd

from alerts.policy import load_policy
from alerts.standing import standing
from dashboard.services import base


@base.cached_alerts
def stood(home: str, as_of: date, scope: str) -> pd.DataFrame:
    """The alerts raised up to the month, by columns of `alerts.standing.standing`.

    A past month as its last day left them, the newest as they are now. Raises NothingYet without
    any alert ever.
    """
    with base.alert_session(home, scope) as session:
        frame = standing(session, base.known_at(home, as_of), load_policy(base.home_at(home)))
    return frame[frame["raised_on"] <= as_of].reset_index(drop=True)
