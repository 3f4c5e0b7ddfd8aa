"""Figures of the overview, each computed from the profile or from the record of alerts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.filters import AlertFilter, narrowed
from alerts.funnel import Step, funnel
from alerts.happened import KINDS, happened
from alerts.models import Alert, AlertEvent
from alerts.precision import precision
from alerts.queries import monthly_trend, needs_by_department, township_figures
from alerts.runs import read_run
from alerts.states import Action, Role
from core.access.areas import Area
from core.home import add_months
from services.reads import base, standing
from services.reads.steady import Steady, steady
from services.reads.trust import DENOMINATOR

YEAR = 12
# What lateness leads to: reported to township leader, county bureau, county mechanism; sent back to
# be dispatched anew; closed because nobody ever went.
ESCALATED = ("level_1", "level_2", "level_3", "returned", "lapsed")
_LATE_ACTS = {Action.ESCALATE: "", Action.RETURN: "returned", Action.LAPSE: "lapsed"}
MEASURES = ("watched", "red_orange", "raised", "open", "confirmed")


@dataclass(frozen=True)
class Headline:
    """The six figures of a month.

    `trend` has one row a month (at most twelve, oldest first): month, households, persons, new,
    checked, confirmed, helped, precision. New counts alerts raised in the month; checked,
    confirmed and helped what happened in it, whenever the alert was raised (`alerts.happened`);
    precision judges the alerts raised in the month. `bands` and `questions` count the month's new
    alerts; a question is existing, coming, or the source of alerts that ask both. `open`,
    `overdue` and `near` (due soon) count all alerts as they stood at the end of a past month, in
    the newest as they stand now. `steps` counts what lateness led to in the month (ESCALATED).
    None is unknown, never zero.
    """

    month: str
    trend: pd.DataFrame
    bands: dict[str, int] = field(default_factory=dict)
    questions: dict[str, int] = field(default_factory=dict)
    rates: Steady | None = None
    open: int | None = None
    overdue: int | None = None
    near: int | None = None
    steps: dict[str, int] = field(default_factory=dict)

    def now(self, name: str) -> float | None:
        """This month's value of a trend column."""
        return _at(self.trend, name, -1)

    def change(self, name: str) -> float | None:
        """This month's value less last month's; None where either is unknown."""
        now, before = _at(self.trend, name, -1), _at(self.trend, name, -2)
        return None if now is None or before is None else now - before


def year_start(as_of: date) -> date:
    """First day of the twelve months that figures over a year count."""
    return base.months_back(as_of, YEAR)


def _at(trend: pd.DataFrame, name: str, position: int) -> float | None:
    if len(trend) < -position or name not in trend:
        return None
    value = trend[name].iloc[position]
    return None if pd.isna(value) else float(value)


@base.cached
def watched_by_month(home: str, as_of: date, scope: Area) -> pd.DataFrame:
    """Watched households and persons of up to twelve months: month, households, persons, total."""
    folder = base.home_at(home)
    months = [m for m in folder.months("profile") if base.months_back(as_of, YEAR) <= m <= as_of]
    files = [folder.monthly("profile", m) / "household.parquet" for m in months]
    paths = [str(path) for path in files if path.exists()]
    if not paths:
        return pd.DataFrame(columns=["month", "households", "persons", "total"])
    sql = (
        "SELECT strftime(as_of, '%Y-%m') AS month, count(*) FILTER (watched) AS households, "  # noqa: S608 (ours)
        "sum(n_members) FILTER (watched) AS persons, count(*) AS total "
        f"FROM read_parquet($paths, union_by_name = true, hive_partitioning = false) p "
        f"WHERE {base.inside(scope)} GROUP BY 1 ORDER BY 1"
    )
    return base.query(sql, {"paths": paths, **base.scope_values(home, scope)})


@base.cached_alerts
def headline(home: str, as_of: date, scope: Area) -> Headline:
    """The month's figures. Raises NothingYet when neither profile nor alerts exist."""
    trend = watched_by_month(home, as_of, scope)
    if not base.has_alerts(home):
        if trend.empty:
            raise base.NothingYet("profile", as_of)
        return Headline(f"{as_of:%Y-%m}", trend)
    since, known = base.months_back(as_of, YEAR), base.known_at(home, as_of)
    stood = standing.stood(home, as_of, scope)
    today = base.today_at(home, as_of)
    with base.alert_session(home, scope) as session:
        done = happened(session, since, known, as_of)
        by_month = precision(
            session, "month", DENOMINATOR, since, as_of, known, question="existing"
        )
        steps = _escalated(session, as_of, known)
        late, near = (
            len(narrowed(session, stood, AlertFilter(due=due, today=today)))  # type: ignore[arg-type]
            for due in ("late", "near")
        )
    month = f"{as_of:%Y-%m}"
    new = stood[stood["month"] == month]
    return Headline(
        month,
        _trend(trend, stood, done, by_month, as_of),
        _counts(new["band"]),
        _counts(new["question"].fillna(new["source"])),
        steady(home, as_of, scope),
        int(stood["open"].sum()),
        late,
        near,
        steps,
    )


def _counts(values: pd.Series) -> dict[str, int]:
    return {str(k): int(v) for k, v in values.value_counts().items()}


def _escalated(session: Session, as_of: date, known: date | None) -> dict[str, int]:
    """What the deadlines led to in the month, from the record: alerts by ESCALATED."""
    query = (
        select(AlertEvent.action, AlertEvent.note, AlertEvent.alert_id)
        .join(Alert, Alert.id == AlertEvent.alert_id)
        .where(AlertEvent.role == Role.SYSTEM, AlertEvent.action.in_(_LATE_ACTS))
        .where(AlertEvent.at >= datetime.combine(base.month_start(as_of), time.min))
    )
    if known is not None:
        query = query.where(AlertEvent.at <= datetime.combine(known, time.max))
    found: dict[str, set[int]] = {name: set() for name in ESCALATED}
    for action, note, alert_id in session.execute(query):
        name = _LATE_ACTS[action]
        if action == Action.ESCALATE:
            name = f"level_{str(note)[1:2]}"
        if name in found:
            found[name].add(alert_id)
    return {name: len(alerts) for name, alerts in found.items()}


@base.cached
def run_numbers(home: str, as_of: date) -> dict[str, Any]:
    """What the month's run raised, and what it left and why; empty when none was kept."""
    return read_run(base.home_at(home), as_of) or {}


def _trend(
    watched: pd.DataFrame,
    stood: pd.DataFrame,
    done: pd.DataFrame,
    by_month: pd.DataFrame,
    as_of: date,
) -> pd.DataFrame:
    """One row for each of the months that have something to tell."""
    months = [f"{add_months(as_of, -back):%Y-%m}" for back in range(YEAR - 1, -1, -1)]
    frame = pd.DataFrame({"month": months})
    counts = {"new": stood["month"].value_counts()}
    counts |= {kind: done.loc[done["kind"] == kind, "month"].value_counts() for kind in KINDS}
    first = stood["month"].min() if len(stood) else None
    for name, counted in counts.items():
        frame[name] = [
            float(counted.get(m, 0)) if first is not None and m >= first else None for m in months
        ]
    shares = dict(zip(by_month["group"], by_month["precision"], strict=True))
    frame["precision"] = [shares.get(m) for m in months]
    frame = frame.merge(watched, on="month", how="left")
    known = frame[["new", "households"]].notna().any(axis=1)
    return frame[known.cummax()].reset_index(drop=True)


@base.cached_alerts
def townships(home: str, as_of: date, scope: Area, measure: str) -> pd.DataFrame:
    """One row per township (per village inside one): code, count, households, rate (per 1,000).

    Raised and confirmed alerts count over twelve months, open ones whenever they were raised; the
    band and the watched households as of the month.
    Raises NothingYet when the month has no profile.
    """
    key = "village_code" if scope.code else "township_code"
    frame = _households(home, as_of, scope, key)
    if measure in {"raised", "open", "confirmed"}:
        counted = _alert_counts(home, as_of, scope, key)
        frame = frame.merge(counted, on="code", how="left")
        frame["count"] = frame[measure].fillna(0)
    else:
        frame["count"] = frame[measure]
    frame["rate"] = frame["count"] / frame["households"].where(frame["households"] > 0) * 1000
    return frame[["code", "count", "households", "rate"]]


def _households(home: str, as_of: date, scope: Area, key: str) -> pd.DataFrame:
    profile = base.needed_file(home, "profile", as_of, "household.parquet")
    scores = base.monthly_file(home, "scores", as_of, "scores.parquet")
    join = "LEFT JOIN read_parquet($scores) s USING (household)" if scores else ""
    band = "count(*) FILTER (s.band IN ('red', 'orange'))" if scores else "NULL::BIGINT"
    sql = (
        f"SELECT p.{key} AS code, count(*) AS households, "  # noqa: S608 (ours)
        f"count(*) FILTER (p.watched) AS watched, {band} AS red_orange "
        f"FROM read_parquet($profile) p {join} "
        f"WHERE p.{key} IS NOT NULL AND {base.inside(scope)} GROUP BY 1 ORDER BY 1"
    )
    values = {"profile": str(profile), **base.scope_values(home, scope)}
    return base.query(sql, values | ({"scores": str(scores)} if scores else {}))


def _alert_counts(home: str, as_of: date, scope: Area, key: str) -> pd.DataFrame:
    if not base.has_alerts(home):
        return pd.DataFrame(columns=["code", "raised", "open", "confirmed"])
    since, known = base.months_back(as_of, YEAR), base.known_at(home, as_of)
    with base.alert_session(home, scope) as session:
        figures = township_figures(session, since, as_of, known, by=key)  # type: ignore[arg-type]
    return figures.rename(columns={key: "code"})


@base.cached_alerts
def steps(home: str, as_of: date, scope: Area) -> list[Step]:
    """The funnel of alerts raised in the twelve months up to the month."""
    with base.alert_session(home, scope) as session:
        since = base.months_back(as_of, YEAR)
        return funnel(session, since, as_of, base.known_at(home, as_of))


@base.cached_alerts
def by_source(home: str, as_of: date, scope: Area) -> pd.DataFrame:
    """New alerts of twelve months: month, source, n."""
    with base.alert_session(home, scope) as session:
        return monthly_trend(session, base.months_back(as_of, YEAR), as_of)


@base.cached_alerts
def needs(home: str, as_of: date, scope: Area) -> pd.DataFrame:
    """Needs by department of twelve months: department, suspected, confirmed, met, n.

    They stand as at the end of the month; dropped needs are left out.
    """
    with base.alert_session(home, scope) as session:
        since, known = base.months_back(as_of, YEAR), base.known_at(home, as_of)
        frame = needs_by_department(session, since, as_of, known)
    columns = ["suspected", "confirmed", "met"]
    grouped = frame.groupby("department", as_index=False)[columns].sum()
    grouped = grouped.assign(n=grouped[columns].sum(axis=1))
    grouped = grouped[grouped["n"] > 0]
    return grouped.sort_values("n", ascending=False, ignore_index=True)
