"""Precision in a steady state: existing and coming apart, the warm-up months beside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd
from sqlalchemy import func, select

from alerts.models import Alert
from alerts.policy import load_policy
from alerts.precision import precision
from alerts.states import Question
from core.access.areas import Area
from core.home import add_months
from services.reads import base, trust


@dataclass(frozen=True)
class Rate:
    """A precision with what travels with it: 95 % interval, n, share not verified."""

    share: float | None = None
    low: float | None = None
    high: float | None = None
    n: int = 0
    unverified: float | None = None


@dataclass(frozen=True)
class Steady:
    """Precision of twelve months up to the month, warm-up apart; None where no alert belongs there.

    `steady` and `warm_up` leave out the alerts about the coming, which a visit cannot judge, as the
    precision page does. `existing` are the alerts of the steady state that ask for the need now,
    without facts and reports. `coming` are all alerts about the coming whose six months have
    passed, visited or not: before that only the right ones can be told. `ends` is the last day of
    the warm-up.
    """

    warm_up_months: int
    ends: date | None = None
    steady: Rate | None = None
    warm_up: Rate | None = None
    existing: Rate | None = None
    coming: Rate | None = None


@base.cached_alerts
def steady(home: str, as_of: date, scope: Area) -> Steady:
    """The month's precision figures. Raises NothingYet when no alert was ever raised."""
    months = load_policy(base.home_at(home), as_of).warm_up_months
    since, known = base.months_back(as_of, trust.YEAR), base.known_at(home, as_of)
    with base.alert_session(home, scope) as session:
        first = session.scalar(select(func.min(Alert.raised_on)))
        if first is None:
            return Steady(months)
        ends = add_months(first, months - 1)
        by_phase = precision(
            session, "phase", trust.DENOMINATOR, since, as_of, known,
            warm_up_months=months, question="existing",
        )  # fmt: skip
        of_now = precision(
            session, "question", trust.DENOMINATOR, max(since, ends + timedelta(days=1)), as_of,
            known, question="existing",
        )  # fmt: skip
    return Steady(
        months,
        ends,
        _rate(by_phase, "steady"),
        _rate(by_phase, "warm_up"),
        _rate(of_now, Question.EXISTING),
        _coming(trust.coming(home, as_of, scope)),
    )


def _coming(found: trust.Coming) -> Rate | None:
    """What came true of the alerts about the coming; their months judge them, not a visit."""
    if not found.alerts:
        return None
    return Rate(found.came_true / found.alerts, found.low, found.high, found.alerts, 0.0)


def _rate(rows: pd.DataFrame, group: str) -> Rate | None:
    found = rows[rows["group"] == group]
    if found.empty:
        return None
    row = found.iloc[0]
    names = ("precision", "low", "high")
    share, low, high = (None if pd.isna(row[n]) else float(row[n]) for n in names)
    return Rate(share, low, high, int(row["n"]), float(row["unverified_share"]))
