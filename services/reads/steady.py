"""Precision in a steady state: existing and coming apart, the warm-up months beside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd
from sqlalchemy import func, select

from alerts.coming import HORIZON, recorded_needs
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

    `existing` are the alerts of the steady state that ask for the need now. `coming` are alerts
    whose six months have passed: before that only the right ones can be told. `ends` is the last
    day of the warm-up.
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
            session, "phase", trust.DENOMINATOR, since, as_of, known, warm_up_months=months
        )
        recorded = recorded_needs(session, base.home_at(home), known)

        def asked(question: Question, start: date, until: date) -> Rate | None:
            rows = precision(
                session, "question", trust.DENOMINATOR, start, until, known, recorded=recorded
            )
            return _rate(rows, question)

        return Steady(
            months,
            ends,
            _rate(by_phase, "steady"),
            _rate(by_phase, "warm_up"),
            asked(Question.EXISTING, max(since, ends + timedelta(days=1)), as_of),
            asked(Question.COMING, since, add_months(as_of, -HORIZON)),
        )


def _rate(rows: pd.DataFrame, group: str) -> Rate | None:
    found = rows[rows["group"] == group]
    if found.empty:
        return None
    row = found.iloc[0]
    names = ("precision", "low", "high")
    share, low, high = (None if pd.isna(row[n]) else float(row[n]) for n in names)
    return Rate(share, low, high, int(row["n"]), float(row["unverified_share"]))
