"""How the alerts of an area stood at the end of a month: one frame for every page."""

from __future__ import annotations

from datetime import date

import pandas as pd

from alerts.policy import load_policy
from alerts.standing import standing
from core.access.areas import Area
from services.reads import base


@base.cached_alerts
def stood(home: str, as_of: date, scope: Area) -> pd.DataFrame:
    """The alerts raised up to the month, by columns of `alerts.standing.standing`.

    A past month as its last day left them, the newest as they are now, with what was reported
    since. Raises NothingYet without any alert ever.
    """
    known = base.known_at(home, as_of)
    with base.alert_session(home, scope) as session:
        frame = standing(session, known, load_policy(base.home_at(home), as_of))
    return frame if known is None else frame[frame["raised_on"] <= as_of].reset_index(drop=True)
