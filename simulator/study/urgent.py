"""Emergencies that do not wait: were they alerts in the run that first saw them, and in time?"""

from __future__ import annotations

from typing import Any

import pandas as pd

from core.workflow.calendar import add_working_days
from simulator.study.ledger import month_end_of
from simulator.study.reading import URGENT, YEAR, Record
from simulator.study.shares import share

# Policy handbook 4.3, red and life at risk: visited within two working days of dispatch, which is
# due one working day after raising.
DISPATCH_DAYS, CHECK_DAYS = 1, 2
# Any of these, given for the fact, serves it.
NEEDS = {
    "F02": ("disaster_relief",),
    "A02": ("child_protection",),
    "A08": ("emergency_aid",),
    "D04": ("dropout_control",),
}
_KEY = ["household", "person", "indicator", "happened_on"]


def urgent(record: Record) -> dict[str, Any]:
    """urgent_alerted, urgent_in_time, counts, the same by kind, and red alerts in time."""
    listed = _alerted(record, fresh(record.firing(), record.months[0]))
    open_facts = listed[~listed["served"]]
    raised = _alerts_of(record, open_facts)
    by_kind = {}
    for kind in URGENT:
        part = open_facts[open_facts["indicator"] == kind]
        by_kind[kind] = {
            "n": len(part),
            "alerted": int(part["alerted"].sum()),
            "within_the_year": int(part["later"].sum()),
        }
    parts = _alerted(record, fresh(record.firing_parts(), record.months[0]))
    parts = parts[~parts["served"]]
    red = record.alerts[record.alerts["band"] == "red"]
    return {
        **share("urgent_alerted", int(open_facts["alerted"].sum()), len(open_facts)),
        "urgent_n": len(open_facts),
        "urgent_served": int(listed["served"].sum()),
        "urgent_held": int(open_facts["held"].sum()),
        **share("urgent_within_the_year", int(open_facts["later"].sum()), len(open_facts)),
        **share("urgent_alerted_by_points", int(parts["alerted"].sum()), len(parts)),
        **_in_time("urgent_in_time", raised, record),
        **_in_time("red_in_time", red, record),
        "urgent_by_kind": by_kind,
    }


def fresh(firing: pd.DataFrame, first: int) -> pd.DataFrame:
    """Facts in the first month they fire; those of the first replayed month are left out.

    `firing` has a row per fact and month: household, person, indicator, happened_on, month, held.
    """
    begun = firing.groupby(_KEY, dropna=False, as_index=False).agg(
        month=("month", "min"), held=("held", "first")
    )
    return begun[begun["month"] > first].reset_index(drop=True)


def _alerted(record: Record, facts: pd.DataFrame) -> pd.DataFrame:
    """Add: alerted (in that very run, by a new alert or one that it joined), later, served."""
    raised = record.ledger.alerts[["household", "month"]]
    acts = pd.concat([raised, record.ledger.joined[["household", "month"]]])
    at = set(zip(acts["household"], acts["month"].astype(int), strict=True))
    alerted = [(h, m) in at for h, m in zip(facts["household"], facts["month"], strict=True)]
    after = raised.groupby("household")["month"].max()
    later = facts["household"].map(after).fillna(-1).astype(int) >= facts["month"]
    served = [
        _is_served(record, h, kind, m)
        for h, kind, m in zip(facts["household"], facts["indicator"], facts["month"], strict=True)
    ]
    return facts.assign(
        alerted=alerted, later=later, served=served, held=facts["held"].astype(bool)
    )


def _is_served(record: Record, household: str, kind: str, month: int) -> bool:
    """Whether an open case already names the fact, or help for it was given within the year."""
    alerts = record.ledger.alerts
    own = alerts[(alerts["household"] == household) & (alerts["month"] < month)]
    if own.empty:
        return False
    end = month_end_of(month)
    still = own.loc[own["closed_on"].isna() | (own["closed_on"] > end), "alert"]
    named = record.ledger.reasons
    named = named[named["alert"].isin(still) & (named["code"] == kind) & (named["month"] < month)]
    return not named.empty or _was_helped(record, own["alert"], kind, end)


def _was_helped(record: Record, alerts: pd.Series, kind: str, end: pd.Timestamp) -> bool:
    needs = record.ledger.needs
    needs = needs[needs["alert"].isin(alerts) & needs["code"].isin(NEEDS[kind])]
    acts = record.ledger.events
    met = acts[(acts["action"] == "need_met") & acts["need"].isin(needs["need"])]
    return bool(met["day"].between(end - pd.DateOffset(months=YEAR), end).any())


def _alerts_of(record: Record, facts: pd.DataFrame) -> pd.DataFrame:
    """The alerts that the facts raised in their own run; a joined case has its own clock."""
    keys = facts.loc[facts["alerted"], ["household", "month"]].drop_duplicates()
    return record.alerts.merge(keys, on=["household", "month"])


def due_on(raised_on: pd.Timestamp, dispatched_on: Any) -> pd.Timestamp:
    """Last day of a visit in time; without a dispatch, counted from the day that was due."""
    latest = pd.Timestamp(add_working_days(raised_on.date(), DISPATCH_DAYS).on)
    start = latest if pd.isna(dispatched_on) else min(dispatched_on, latest)
    return pd.Timestamp(add_working_days(start.date(), CHECK_DAYS).on)


def _in_time(name: str, alerts: pd.DataFrame, record: Record) -> dict[str, Any]:
    """Share first visited by the due day, among alerts whose due day lies within the year."""
    days = zip(alerts["raised_on"], alerts["dispatched_on"], strict=True)
    due = pd.to_datetime(pd.Series([due_on(*pair) for pair in days], index=alerts.index))
    within = due <= month_end_of(record.months[-1])
    met = alerts["visited_on"] <= due
    return share(name, int((met & within).sum()), int(within.sum()))
