"""Reads of the precision page: how often alerts were right, and how sure we can be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import func, select

from alerts.coming import lead_times, recorded_needs, ripe
from alerts.facts import alert_facts
from alerts.models import Alert
from alerts.policy import load_policy
from alerts.precision import XIAOCHANG, causes, newest_day, phases, precision, summed
from alerts.states import Question, Source
from alerts.wilson import Reference, wilson
from core.access.areas import Area
from core.home import add_months
from services.names import Kind, word
from services.reads import base

# The project's definition of precision: alerts with a confirmed need / alerts whose visit settled
# what is true.
DENOMINATOR = "concluded"
DENOMINATORS = ("concluded", "visited", "closed", "dispatched", "raised")
QUESTIONS = (Question.EXISTING.value, Question.COMING.value)
YEAR = 12


@dataclass(frozen=True)
class Overall:
    """Precision of a period with everything that must travel with it; `months` are YYYY-MM."""

    share: float | None
    low: float | None
    high: float | None
    n: int
    confirmed: int
    alerts: int
    verified: int
    covered: int
    unverified: float | None
    months: tuple[str, ...] = ()


@dataclass(frozen=True)
class Coming:
    """Alerts about the coming: those whose six months have passed, and those still waiting.

    `came_true` of `alerts` were followed by a need; `lead` has month (0 is the first) and n, and
    `median` the months from alert to first recorded need of `n_lead` alerts. Of the `waiting`,
    `waiting_true` came true already.
    """

    alerts: int
    came_true: int
    low: float | None
    high: float | None
    lead: pd.DataFrame
    median: float | None
    n_lead: int
    waiting: int
    waiting_true: int


@base.cached_alerts
def overall(
    home: str, as_of: date, scope: Area, denominator: str, question: str, phase: str | None = None
) -> Overall:
    """Precision of the alerts raised in the twelve months up to the month, or in one phase of them.

    `phase` 'warm_up' are the first months in which alerts were raised, 'steady' those after.
    Raises NothingYet when no alert was raised in that time.
    """
    since, until, months = period(home, as_of, phase)
    frame = _precision(home, as_of, scope, None, denominator, question, since, until)
    if frame.empty:
        raise base.NothingYet("alerts_here", as_of)
    return _overall(frame, months)


@base.cached_alerts
def audit(home: str, as_of: date, scope: Area) -> Overall | None:
    """What visits to the audit sample of twelve months found; None when none was drawn."""
    since, until, months = period(home, as_of, None)
    with base.alert_session(home, scope) as session:
        frame = precision(session, None, DENOMINATOR, since, until, base.known_at(home, as_of),
                          sample="audit")  # fmt: skip
    return None if frame.empty else _overall(frame, months)


def _overall(frame: pd.DataFrame, months: tuple[str, ...]) -> Overall:
    row = frame.iloc[0]
    share, low, high, unverified = (
        None if pd.isna(row[name]) else float(row[name])
        for name in ("precision", "low", "high", "unverified_share")
    )
    counts = (int(row[k]) for k in ("n", "confirmed_of_n", "n_alerts", "n_verified", "n_covered"))
    return Overall(share, low, high, *counts, unverified, months)


def period(home: str, as_of: date, phase: str | None) -> tuple[date, date, tuple[str, ...]]:
    """First and last day of the twelve months, or of the part of them that is the phase."""
    marks = month_phases(home, as_of)
    days = [day for day, mark in marks.items() if phase in (None, mark)]
    if not days:
        return as_of, as_of - timedelta(days=1), ()
    return days[0].replace(day=1), days[-1], tuple(f"{day:%Y-%m}" for day in days)


@base.cached_alerts
def month_phases(home: str, as_of: date) -> dict[date, str]:
    """'warm_up' or 'steady' of the twelve months up to the month, by their last day; those before
    the first alert are left out."""
    days = [add_months(as_of, -back) for back in range(YEAR - 1, -1, -1)]
    with base.alert_session(home) as session:
        first = session.scalar(select(func.min(Alert.raised_on)))
        days = [day for day in days if first is None or day >= first]
        marks = phases(session, days, load_policy(base.home_at(home), as_of).warm_up_months)
    return dict(zip(days, marks or ["steady"] * len(days), strict=True))


def warm_up(home: str, as_of: date) -> list[str]:
    """The months (YYYY-MM) of the twelve that are warm-up."""
    return [f"{day:%Y-%m}" for day, mark in month_phases(home, as_of).items() if mark == "warm_up"]


@base.cached_alerts
def grouped(
    home: str,
    as_of: date,
    scope: Area,
    by: str | None,
    denominator: str,
    question: str | None = None,
) -> pd.DataFrame:
    """Rows of alerts.precision for twelve months up to the month, by one grouping.

    Without a question all alerts count. By 'question' all are given, the coming as far as their
    six months have passed.
    """
    since, until, _ = period(home, as_of, None)
    if by != "question":
        return _precision(home, as_of, scope, by, denominator, question, since, until)
    parts = [
        _precision(home, as_of, scope, by, denominator, asked, since, until) for asked in QUESTIONS
    ]
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


def together(found: pd.DataFrame, kind: Kind, called: Callable[[str], str]) -> pd.DataFrame:
    """A grouping with the groups put together that are called the same."""
    rows = []
    for code, part in found.groupby(found["group"].map(called), sort=True):
        label = word(kind, code)
        rows.append(summed(part) | {"group": code, "label_zh": label.zh, "label_en": label.en})
    return pd.DataFrame(rows, columns=found.columns)


def _precision(
    home: str,
    as_of: date,
    scope: Area,
    by: str | None,
    denominator: str,
    question: str | None,
    since: date,
    until: date,
) -> pd.DataFrame:
    recorded = recorded_of(home, as_of, scope) if question == "coming" else None
    with base.alert_session(home, scope) as session:
        return precision(
            session,
            by,  # type: ignore[arg-type]
            denominator,  # type: ignore[arg-type]
            since,
            until,
            base.known_at(home, as_of),
            recorded=recorded,
            warm_up_months=load_policy(base.home_at(home), as_of).warm_up_months,
            question=question,  # type: ignore[arg-type]
            facts=facts_of(home, as_of, scope, since, until),
        )


@base.cached_alerts
def facts_of(home: str, as_of: date, scope: Area, since: date, until: date) -> pd.DataFrame:
    """`alerts.facts.alert_facts` of the alerts raised in these days, as known in the month."""
    with base.alert_session(home, scope) as session:
        return alert_facts(session, since, until, base.known_at(home, as_of))


@base.cached_alerts
def recorded_of(home: str, as_of: date, scope: Area) -> pd.DataFrame:
    """Every need on record: household, on. From visits, grants and recognitions."""
    with base.alert_session(home, scope) as session:
        return recorded_needs(session, base.home_at(home), base.known_at(home, as_of))


@base.cached_alerts
def coming(home: str, as_of: date, scope: Area) -> Coming:
    """How many alerts about the coming of twelve months came true, and how early they were."""
    since, until, _ = period(home, as_of, None)
    recorded = recorded_of(home, as_of, scope)
    facts = facts_of(home, as_of, scope, since, until)
    with base.alert_session(home, scope) as session:
        known = base.known_at(home, as_of) or newest_day(session)
    facts = facts[
        (facts["question"] == Question.COMING.value) & (facts["source"] != Source.AUDIT.value)
    ]
    old = ripe(facts, recorded, known)
    young = facts[~facts["alert_id"].isin(old["alert_id"])]
    hits = int(old["confirmed"].sum())
    low, high = wilson(hits, len(old))
    lead, told = old["lead_months"].dropna(), lead_times(old)
    return Coming(
        len(old), hits, low, high, _by_month(lead), _number(told["median"]), len(lead),
        len(young), _came_true(young, recorded),
    )  # fmt: skip


def _by_month(lead: pd.Series) -> pd.DataFrame:
    """Alerts by month of the lead time: month 0 is the first after the alert."""
    months = lead.floordiv(1).clip(upper=5).astype(int)
    return pd.DataFrame({"month": range(6), "n": [int((months == m).sum()) for m in range(6)]})


def _came_true(facts: pd.DataFrame, recorded: pd.DataFrame) -> int:
    both = facts[["alert_id", "household", "raised_on", "confirmed"]].merge(
        recorded, on="household", how="left"
    )
    after = [
        bool(found) or (day == day and day is not None and day >= raised)
        for found, day, raised in zip(both["confirmed"], both["on"], both["raised_on"], strict=True)
    ]
    return int(both.loc[after, "alert_id"].nunique())


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


@base.cached_alerts
def why_false(home: str, as_of: date, scope: Area) -> pd.DataFrame:
    """Causes of false alarms: group, n, share."""
    with base.alert_session(home, scope) as session:
        return causes(session, base.months_back(as_of, YEAR), as_of, base.known_at(home, as_of))


def reference() -> Reference:
    """The published figure that ours stands beside, with its own interval."""
    return XIAOCHANG
