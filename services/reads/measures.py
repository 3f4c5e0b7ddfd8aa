"""Reads that set measures side by side: every denominator, every step's days, every breakdown."""

from __future__ import annotations

from datetime import date
from typing import get_args

import pandas as pd

from alerts.measures import MEASURES, measures
from alerts.policy import load_policy
from alerts.precision import By
from alerts.states import Question, Source
from alerts.supervision.steps import steps_done, summed
from core.access.areas import Area
from services.reads import base, trust

__all__ = ["BREAKDOWNS", "MEASURES", "by_month", "side_by_side", "step_days"]

# Every grouping that precision knows.
BREAKDOWNS: tuple[str, ...] = get_args(By)


@base.cached_alerts
def side_by_side(home: str, as_of: date, scope: Area, phase: str | None = None) -> pd.DataFrame:
    """`alerts.measures` of the alerts that ask about need now, facts and reports included, raised
    in the twelve months up to the month, or in one phase of them ('warm_up', 'steady').

    The audit sample is left out, and the coming: a visit alone does not judge them.
    """
    since, until, _ = trust.period(home, as_of, phase)
    facts = trust.facts_of(home, as_of, scope, since, until)
    asked = (facts["source"] != Source.AUDIT.value) & (facts["question"] != Question.COMING.value)
    with base.alert_session(home, scope) as session:
        return measures(session, facts[asked], base.known_at(home, as_of))


@base.cached_alerts
def step_days(home: str, as_of: date, scope: Area) -> pd.DataFrame:
    """Working days of every step done in the twelve months: step, n, mean, median, late, limits."""
    known, since = base.known_at(home, as_of), base.months_back(as_of, trust.YEAR)
    with base.alert_session(home, scope) as session:
        done = steps_done(session, load_policy(base.home_at(home), as_of), known)
    return summed(done[pd.to_datetime(done["done_on"]) >= pd.Timestamp(since)])


@base.cached_alerts
def by_month(home: str, as_of: date, scope: Area, denominator: str) -> pd.DataFrame:
    """Precision by month of raising, existing and coming apart: rows of `alerts.precision` with
    `question` and `phase` ('warm_up' or 'steady'); coming months younger than six are left out."""
    marks = trust.month_phases(home, as_of)
    phase = {f"{day:%Y-%m}": mark for day, mark in marks.items()}
    parts = [
        trust.grouped(home, as_of, scope, "month", denominator, question).assign(question=question)
        for question in trust.QUESTIONS
    ]
    found = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    return found.assign(phase=[phase.get(month) for month in found["group"]])
