"""Why the alerts that named an indicator were false."""

from __future__ import annotations

from datetime import date

import pandas as pd
from sqlalchemy.orm import Session

from alerts.facts import alert_facts
from alerts.precision import by_reason
from alerts.states import Outcome


def false_causes(
    session: Session, since: date, until: date, as_at: date | None = None
) -> pd.DataFrame:
    """Alerts raised in these days by the indicator among their reasons and the cause given.

    Columns: indicator, cause (None: closed as a false alarm without one), n (false alarms), false
    (all false alarms that named the indicator), concluded (alerts that named it and were visited
    with a result).
    """
    facts = alert_facts(session, since, until, as_at)
    named = by_reason(session, facts, "indicator", as_at).rename(columns={"group": "indicator"})
    concluded = named.groupby("indicator")["concluded"].sum()
    wrong = named[named["outcome"] == Outcome.FALSE_ALARM.value]
    counted = wrong.groupby(["indicator", "cause"], dropna=False).size().reset_index(name="n")
    return counted.assign(
        false=counted["indicator"].map(wrong["indicator"].value_counts()),
        concluded=counted["indicator"].map(concluded),
    )
