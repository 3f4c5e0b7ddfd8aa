"""What a list of alerts can be narrowed by and ordered by.

Both work on a frame of alerts as they stood on a day (`alerts.standing`), so the list of a past
month and that of today are one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.happened import happened_in
from alerts.models import AlertReason, Need
from alerts.needs_standing import needs_standing
from alerts.states import Band
from core.workflow.calendar import add_working_days

NEAR_WORKING_DAYS = 2
Sort = Literal[
    "urgent",
    "due",
    "due_last",
    "newest",
    "oldest",
    "band",
    "band_low",
    "place",
    "expected",
    "expected_low",
    "score",
    "score_low",
    "risk",
    "risk_low",
    "coverage",
    "coverage_high",
]
# What each order goes by, "-" downwards. What is unknown comes last either way.
ORDERS: dict[Sort, tuple[str, ...]] = {
    "urgent": ("closed", "calm", "band", "due"),
    "due": ("closed", "due", "band"),
    "due_last": ("closed", "-due", "band"),
    "newest": ("-raised", "band"),
    "oldest": ("raised", "band"),
    "band": ("band", "closed", "calm", "due"),
    "band_low": ("-band", "closed", "calm", "due"),
    "place": ("township_code", "village_code", "closed", "calm", "band", "due"),
    "expected": ("-expected",),
    "expected_low": ("expected",),
    "score": ("-rule_score",),
    "score_low": ("rule_score",),
    "risk": ("-risk",),
    "risk_low": ("risk",),
    "coverage": ("coverage", "band", "due"),
    "coverage_high": ("-coverage", "band", "due"),
}
_NUMBERS = ("rule_score", "expected", "risk", "coverage")
# Equals stand by the household's key, never by the record or the score: visits drawn at random are
# raised last and score lowest.
_EQUALS = ("household", "id")
STEPS = ("dispatched", "checked", "confirmed", "helped")


@dataclass(frozen=True)
class AlertFilter:
    """What a list shows. Empty tuples and None mean no restriction.

    `due`: 'late' (past the due day), 'near' (due within two working days) or 'later' (also while
    the clock stands still); it needs `today`. `search` matches the start of a household pseudonym;
    `households` names some exactly (found in the vault by name or number). `raised_from` and
    `raised_to` include both days.
    `as_at` shows every alert as it stood at the end of that day; None as it stands now.
    `happened`: what happened in the month that ends on `month` (`alerts.happened.KINDS`).
    `reached`: steps of the funnel that the alert has reached by then (STEPS).
    """

    bands: Sequence[str] = ()
    townships: Sequence[str] = ()
    villages: Sequence[str] = ()
    departments: Sequence[str] = ()
    states: Sequence[str] = ()
    sources: Sequence[str] = ()
    indicators: Sequence[str] = ()
    outcomes: Sequence[str] = ()
    populations: Sequence[str] = ()
    questions: Sequence[str] = ()
    handlings: Sequence[int] = ()
    happened: Sequence[str] = ()
    reached: Sequence[str] = ()
    urgent_only: bool = False
    due: Literal["late", "near", "later"] | None = None
    today: date | None = None
    search: str | None = None
    households: Sequence[str] | None = None
    open_only: bool = False
    raised_from: date | None = None
    raised_to: date | None = None
    month: date | None = None
    as_at: date | None = None


def between(query: Any, column: Any, since: date | None, until: date | None) -> Any:
    """The query for rows whose `column` lies from `since` to `until`, both included."""
    if since is not None:
        query = query.where(column >= since)
    if until is not None:
        query = query.where(column <= until)
    return query


def narrowed(session: Session, frame: pd.DataFrame, where: AlertFilter) -> pd.DataFrame:
    """The alerts of the frame that pass the filter."""
    keep = pd.Series(True, index=frame.index)
    exact = {
        "band": where.bands,
        "township_code": where.townships,
        "village_code": where.villages,
        "state": where.states,
        "source": where.sources,
        "outcome": where.outcomes,
        "population": where.populations,
        "question": where.questions,
        "handling": where.handlings,
        "household": where.households,
    }
    for column, values in exact.items():
        if values or (column == "household" and values is not None):
            keep &= frame[column].isin(list(values or ()))
    if where.urgent_only:
        keep &= frame["urgent"].astype(bool)
    if where.open_only:
        keep &= frame["open"]
    if where.search:
        keep &= frame["household"].str.startswith(where.search.strip())
    if where.due is not None and where.today is not None:
        keep &= frame["open"] & falls_due(frame, where.due, where.today)
    if where.raised_from is not None:
        keep &= frame["raised_on"] >= where.raised_from
    if where.raised_to is not None:
        keep &= frame["raised_on"] <= where.raised_to
    if where.reached:
        keep &= pd.concat([reached(frame, step) for step in where.reached], axis=1).any(axis=1)
    for ids in _named(session, where):
        keep &= frame["id"].isin(ids)
    return frame[keep]


def reached(frame: pd.DataFrame, step: str) -> pd.Series:
    """Whether each alert has come as far as a step of the funnel (STEPS), all earlier ones too."""
    marks = {"dispatched": "dispatched", "checked": "verified", "confirmed": "confirmed"}
    names = [marks.get(name, name) for name in STEPS[: STEPS.index(step) + 1]]
    return frame[names].astype(bool).all(axis=1)


def _named(session: Session, where: AlertFilter) -> list[set[int]]:
    """Sets of alert ids that departments, indicators and the month's events name."""
    found: list[set[int]] = []
    if where.departments:
        query = select(Need.id).where(Need.department.in_(list(where.departments)))
        ids = set(session.scalars(query))
        needs = needs_standing(session, where.as_at)
        found.append(set(needs.loc[needs["id"].isin(ids), "alert_id"]))
    if where.indicators:
        codes = select(AlertReason.alert_id).where(AlertReason.code.in_(list(where.indicators)))
        found.append(set(session.scalars(between(codes, AlertReason.as_of, None, where.as_at))))
    if where.happened and where.month is not None:
        acts = happened_in(session, where.month, where.as_at)
        found.append(set(acts.loc[acts["kind"].isin(list(where.happened)), "alert_id"]))
    return found


def falls_due(alerts: pd.DataFrame, due: str, today: date) -> pd.Series:
    """Whether each alert's due day is late, near or later, seen from `today`.

    Where none runs, or the clock stands still until a day (`suspended_until`), it is later.
    """
    near = add_working_days(today, NEAR_WORKING_DAYS).on
    runs = alerts["due_on"].notna() & alerts["suspended_until"].isna()
    first = alerts["due_on"].where(runs, date.max)
    if due == "late":
        return first < today
    if due == "near":
        return (first >= today) & (first <= near)
    return first > near


def ordered(frame: pd.DataFrame, sort: Sort) -> pd.DataFrame:
    """The frame in an order; closed alerts come last where urgency counts."""
    ranks = {band.value: band.rank for band in Band}
    keys = pd.DataFrame(
        {
            "closed": ~frame["open"],
            "calm": ~frame["urgent"].astype(bool),
            "band": frame["band"].map(ranks).fillna(len(ranks)),
            "due": pd.to_datetime(frame["due_on"]),
            "raised": pd.to_datetime(frame["raised_on"]),
            **{name: frame[name].astype("float64") for name in _NUMBERS},
            **{name: frame[name] for name in ("township_code", "village_code", *_EQUALS)},
        }
    )
    names = [*ORDERS[sort], *_EQUALS]
    by = keys.sort_values(
        [name.lstrip("-") for name in names],
        ascending=[not name.startswith("-") for name in names],
        kind="stable",
    )
    return frame.loc[by.index]
