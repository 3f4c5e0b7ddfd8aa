"""Reads of the precision page: how often alerts were right, and how sure we can be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from alerts.coming import recorded_needs
from alerts.policy import load_policy
from alerts.precision import XIAOCHANG, causes, precision, reliability
from alerts.wilson import Reference
from dashboard.services import base

# The project's definition of precision: alerts with a confirmed need / alerts whose visit settled
# what is true.
DENOMINATOR = "concluded"
DENOMINATORS = ("concluded", "closed", "dispatched", "raised")
GROUPS = ("source", "band", "indicator", "need", "department", "township", "population")
YEAR = 12


@dataclass(frozen=True)
class Overall:
    """Precision of a period with everything that must travel with it."""

    share: float | None
    low: float | None
    high: float | None
    n: int
    confirmed: int
    alerts: int
    verified: int
    covered: int
    unverified: float | None


@base.cached_alerts
def overall(home: str, as_of: date, scope: str, denominator: str) -> Overall:
    """Precision of the alerts raised in the twelve months up to the month.

    Raises NothingYet when no alert was raised in that time.
    """
    frame = grouped(home, as_of, scope, None, denominator)
    if frame.empty:
        raise base.NothingYet("alerts", as_of)
    row = frame.iloc[0]
    share, low, high, unverified = (
        None if pd.isna(row[name]) else float(row[name])
        for name in ("precision", "low", "high", "unverified_share")
    )
    counts = (int(row[k]) for k in ("n", "confirmed_of_n", "n_alerts", "n_verified", "n_covered"))
    return Overall(share, low, high, *counts, unverified)


@base.cached_alerts
def grouped(home: str, as_of: date, scope: str, by: str | None, denominator: str) -> pd.DataFrame:
    """Rows of alerts.precision for twelve months up to the month, by one grouping."""
    known = base.known_at(home, as_of)
    with base.alert_session(home, scope) as session:
        recorded = None
        if by == "question":
            recorded = recorded_needs(session, base.home_at(home), known)
        return precision(
            session,
            by,  # type: ignore[arg-type]
            denominator,  # type: ignore[arg-type]
            base.months_back(as_of, YEAR),
            as_of,
            known,
            recorded=recorded,
            warm_up_months=load_policy(base.home_at(home)).warm_up_months,
        )


@base.cached_alerts
def why_false(home: str, as_of: date, scope: str) -> pd.DataFrame:
    """Causes of false alarms: group, n, share."""
    with base.alert_session(home, scope) as session:
        return causes(session, base.months_back(as_of, YEAR), as_of, base.known_at(home, as_of))


@base.cached_alerts
def risk_against_outcome(home: str, as_of: date, scope: str) -> pd.DataFrame:
    """Predicted risk against confirmed share among verified alerts, in five bins."""
    with base.alert_session(home, scope) as session:
        return reliability(
            session, 5, base.months_back(as_of, YEAR), as_of, base.known_at(home, as_of)
        )


def reference() -> Reference:
    """The published figure that ours stands beside, with its own interval."""
    return XIAOCHANG
