"""What happened in a month, whenever the alert was raised: checked, confirmed, helped.

- checked: a visit settled what is true;
- confirmed: that visit confirmed an unmet need;
- helped: a need was met.

Each alert counts once a month and kind. Of several results in one month the last counts, and a
result that the same month took back by a reopening does not. What later months do changes nothing
here: a month keeps its figures.
"""

from __future__ import annotations

from datetime import date, datetime, time

import pandas as pd
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from alerts.facts import VERIFIED
from alerts.models import Alert, AlertEvent
from alerts.states import Action, Outcome

KINDS = ("checked", "confirmed", "helped")
COLUMNS = ["alert_id", "month", "kind"]


def happened(
    session: Session,
    since: date | None = None,
    as_at: date | None = None,
    newest: date | None = None,
) -> pd.DataFrame:
    """One row per alert, month (YYYY-MM) and kind (KINDS), from the day `since` on.

    Only what was recorded by `as_at` counts. What came after the month of `newest` belongs to it:
    it is the month still running.
    """
    acts = _acts(session, since, as_at)
    last = f"{newest:%Y-%m}" if newest else None
    months = [f"{moment:%Y-%m}" for moment in acts["at"]]
    acts["month"] = [m if last is None else min(m, last) for m in months]
    met = acts["action"] == Action.NEED_MET.value
    results = acts[~met].drop_duplicates(["alert_id", "month"], keep="last")
    parts = {
        "checked": results[results["outcome"].isin(VERIFIED)],
        "confirmed": results[results["outcome"] == Outcome.CONFIRMED.value],
        "helped": acts[met].drop_duplicates(["alert_id", "month"]),
    }
    return pd.concat([part.assign(kind=kind) for kind, part in parts.items()])[COLUMNS]


def happened_in(session: Session, month: date, as_at: date | None = None) -> pd.DataFrame:
    """The rows of `happened` of the month that ends with the day `month`.

    Without `as_at` it is the newest month, which is still running.
    """
    newest = month if as_at is None else None
    found = happened(session, month.replace(day=1), as_at, newest)
    return found[found["month"] == f"{month:%Y-%m}"]


def _acts(session: Session, since: date | None, as_at: date | None) -> pd.DataFrame:
    """Results, reopenings and needs met, in the order of the record: alert_id, at, action,
    outcome."""
    result = AlertEvent.need_id.is_(None) & AlertEvent.outcome.is_not(None)
    query = (
        select(AlertEvent.alert_id, AlertEvent.at, AlertEvent.action, AlertEvent.outcome)
        # The alert is named so that a session narrowed to an area sees only its own.
        .join(Alert, Alert.id == AlertEvent.alert_id)
        .where(or_(result, AlertEvent.action.in_([Action.REOPEN, Action.NEED_MET])))
        .order_by(AlertEvent.id)
    )
    if since is not None:
        query = query.where(AlertEvent.at >= datetime.combine(since, time.min))
    if as_at is not None:
        query = query.where(AlertEvent.at <= datetime.combine(as_at, time.max))
    rows = [tuple(row) for row in session.execute(query)]
    return pd.DataFrame(rows, columns=["alert_id", "at", "action", "outcome"])
