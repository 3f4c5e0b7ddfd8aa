"""What a list of alerts can be narrowed by and ordered by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, case, func, or_

from alerts.deadlines import add_working_days
from alerts.models import Alert, AlertReason, Need
from alerts.states import OPEN_STATES, Band, State

NEAR_WORKING_DAYS = 2
Sort = Literal["urgent", "due", "newest", "score", "risk", "expected"]


@dataclass(frozen=True)
class AlertFilter:
    """What a list shows. Empty tuples and None mean no restriction.

    `due`: 'late' (past the due day), 'near' (due within two working days) or 'later'; it needs
    `today`. `search` matches the start of a household pseudonym; `households` names some exactly
    (found in the vault by name or number). `raised_from` and `raised_to` include both days.
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
    urgent_only: bool = False
    due: Literal["late", "near", "later"] | None = None
    today: date | None = None
    search: str | None = None
    households: Sequence[str] | None = None
    open_only: bool = False
    raised_from: date | None = None
    raised_to: date | None = None


def between(query: Any, since: date | None, until: date | None) -> Any:
    """The query for alerts raised from `since` to `until`, both days included."""
    if since is not None:
        query = query.where(Alert.raised_on >= since)
    if until is not None:
        query = query.where(Alert.raised_on <= until)
    return query


def filtered(query: Any, where: AlertFilter) -> Any:
    """The query for alerts that pass the filter."""
    exact = {
        Alert.band: where.bands,
        Alert.township_code: where.townships,
        Alert.village_code: where.villages,
        Alert.state: where.states,
        Alert.source: where.sources,
        Alert.outcome: where.outcomes,
        Alert.population: where.populations,
        Alert.question: where.questions,
        Alert.handling: where.handlings,
    }
    for column, values in exact.items():
        if values:
            query = query.where(column.in_(list(values)))
    if where.departments:
        query = query.where(Alert.needs.any(Need.department.in_(list(where.departments))))
    if where.indicators:
        query = query.where(Alert.reasons.any(AlertReason.code.in_(list(where.indicators))))
    if where.urgent_only:
        query = query.where(Alert.urgent)
    if where.open_only:
        query = query.where(Alert.state.in_(OPEN_STATES))
    if where.households is not None:
        query = query.where(Alert.household.in_(list(where.households)))
    if where.search:
        query = query.where(Alert.household.startswith(where.search.strip(), autoescape=True))
    if where.due is not None and where.today is not None:
        query = query.where(_due(where.due, where.today))
    return between(query, where.raised_from, where.raised_to)


def _due(due: str, today: date) -> ColumnElement[bool]:
    open_ = Alert.state.in_(OPEN_STATES)
    near = add_working_days(today, NEAR_WORKING_DAYS).on
    if due == "late":
        return and_(open_, Alert.due_on < today)
    if due == "near":
        return and_(open_, Alert.due_on >= today, Alert.due_on <= near)
    return and_(open_, or_(Alert.due_on > near, Alert.due_on.is_(None)))


def ordering(sort: Sort) -> list[Any]:
    """Columns to order by; closed alerts come last where urgency counts."""
    closed = case((Alert.state == State.CLOSED, 1), else_=0)
    band = case({b.value: b.rank for b in Band}, value=Alert.band, else_=len(Band))
    score = func.coalesce(Alert.rule_score, -1000.0).desc()
    orders: dict[str, list[Any]] = {
        "urgent": [closed, Alert.urgent.desc(), band, Alert.due_on, score],
        "due": [closed, Alert.due_on, band],
        "newest": [Alert.raised_on.desc(), band],
        "score": [score],
        "expected": [func.coalesce(Alert.expected, -1.0).desc()],
        "risk": [func.coalesce(Alert.risk, -1.0).desc()],
    }
    return orders[sort]
