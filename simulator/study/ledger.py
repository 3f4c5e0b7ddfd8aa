"""Alerts from their events: what the workflow database says happened, act by act.

The state and outcome columns of the alert table are not read, and none of the product's own
queries is used: an audit that asked the product for its figures could not find it wrong.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

# Results that settle what is true; a refusal or a closed door leaves it unknown.
CONCLUDED = ("confirmed", "false_alarm", "not_eligible", "already_covered", "referred")
UNSETTLED = ("unreachable", "refused")
OPENED_AGAIN = ("reopen", "recheck")
# Columns that older databases lack; missing is null.
_LATER = ("question", "handling", "expected", "stratum", "inclusion")
_PLAIN = ("id", "household", "raised_on", "band", "source", "population", "risk")


@dataclass(frozen=True)
class Ledger:
    """One row per alert, every act, every reason, every need.

    `alerts`: alert, household, raised_on, month (number), band, source, question, expected, risk,
    stratum, inclusion; from the events: dispatched_on, visited_on (first attempt), met_on (first
    visit that settled what is true), first_outcome, outcome (the last that stands), n_visits,
    closed_on. Days are timestamps at midnight; NaT where it never happened.
    `joined`: household, month, alert: an open alert was given new reasons by a monthly run.
    """

    alerts: pd.DataFrame
    events: pd.DataFrame
    joined: pd.DataFrame
    reasons: pd.DataFrame
    needs: pd.DataFrame


def read_ledger(database: Path) -> Ledger:
    """Read a home's workflow database, of this version or an older one, without touching it."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
        known = {row[1] for row in db.execute("PRAGMA table_info(alert)")}
        names = [*_PLAIN, *(c for c in _LATER if c in known)]
        alerts = pd.read_sql(f"SELECT {', '.join(names)} FROM alert ORDER BY id", db)  # noqa: S608
        events = pd.read_sql("SELECT * FROM alert_event ORDER BY id", db)
        reasons = pd.read_sql("SELECT alert_id AS alert, source, code, as_of FROM alert_reason", db)
        needs = pd.read_sql("SELECT id AS need, alert_id AS alert, code FROM need", db)
    return ledger_of(alerts.rename(columns={"id": "alert"}), events, reasons, needs)


def ledger_of(
    alerts: pd.DataFrame, events: pd.DataFrame, reasons: pd.DataFrame, needs: pd.DataFrame
) -> Ledger:
    """Put together what the four tables say; see Ledger."""
    for name in _LATER:
        if name not in alerts:
            alerts = alerts.assign(**{name: None})
    events = events.rename(columns={"alert_id": "alert", "need_id": "need"})
    events = events.assign(at=pd.to_datetime(events["at"]), day=_day(events["at"]))
    alerts = alerts.assign(raised_on=_day(alerts["raised_on"]))
    alerts = alerts.assign(month=month_numbers(alerts["raised_on"]))
    alerts = alerts.merge(_lives(events), on="alert", how="left")
    joins = events[events["action"] == "join"]
    joined = joins[["alert", "day"]].merge(alerts[["alert", "household"]], on="alert")
    joined = joined.assign(month=month_numbers(joined["day"]))[["household", "month", "alert"]]
    reasons = reasons.assign(month=month_numbers(_day(reasons["as_of"])))
    return Ledger(alerts, events, joined, reasons, needs)


def _lives(events: pd.DataFrame) -> pd.DataFrame:
    """Per alert: its days and results."""
    own = events[events["need"].isna()]
    results = own[own["outcome"].notna()]
    settled = results[results["outcome"].isin(CONCLUDED)]
    attempts = own[(own["action"] == "check") | own["outcome"].notna()]
    reopened = own[own["action"] == "reopen"].groupby("alert")["id"].max()
    standing = results[results["id"] > results["alert"].map(reopened).fillna(0)]
    last = own[own["action"].isin(["join", "note", "escalate"]).eq(False)].groupby("alert").last()
    closed = last[last["to_state"] == "closed"]
    lives: dict[str, Any] = {
        "dispatched_on": own[own["to_state"] == "dispatched"].groupby("alert")["day"].min(),
        "visited_on": attempts.groupby("alert")["day"].min(),
        "met_on": settled.groupby("alert")["day"].min(),
        "first_outcome": results.groupby("alert")["outcome"].first(),
        "outcome": standing.groupby("alert")["outcome"].last(),
        "n_visits": results.groupby("alert").size(),
        "closed_on": closed["day"],
    }
    index = pd.Index(events["alert"].unique(), name="alert")
    return pd.DataFrame(lives, index=index).reset_index()


def open_at(alerts: pd.DataFrame, month: int) -> set[str]:
    """Households whose alert was raised before this month's run and is not closed by then."""
    end = month_end_of(month)
    before = alerts[alerts["month"] < month]
    open_still = before["closed_on"].isna() | (before["closed_on"] > end)
    return set(before.loc[open_still, "household"])


def month_end_of(month: int) -> pd.Timestamp:
    """Last day of a month number."""
    return pd.Timestamp(year=month // 12, month=month % 12 + 1, day=1) + pd.offsets.MonthEnd(0)


def month_numbers(days: pd.Series) -> pd.Series:
    """year * 12 + month - 1 of each day, so that months can be subtracted; <NA> without a day."""
    when = pd.to_datetime(days)
    return (when.dt.year * 12 + when.dt.month - 1).astype("Int64")


def _day(values: pd.Series) -> pd.Series:
    return pd.to_datetime(values).dt.normalize()
