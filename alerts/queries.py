"""Reads for pages: lists, counts, one alert with its chain of events. Nothing here writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import pandas as pd
from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from alerts.errors import AlertNotFound
from alerts.filters import AlertFilter, Sort, between, filtered, ordering
from alerts.lifecycle import ACTION_OF, may_record, possible
from alerts.models import Alert, AlertEvent, AlertReason, Need
from alerts.states import Action, Outcome, Role, State

PAGE_SIZE = 50
_STRONGEST = 3

LIST_COLUMNS = [
    "id",
    "household",
    "township_code",
    "village_code",
    "population",
    "band",
    "source",
    "state",
    "outcome",
    "raised_on",
    "as_of",
    "due_on",
    "rule_score",
    "risk",
    "coverage",
    "question",
    "handling",
    "expected",
    "urgent",
    "tries",
    "last_event",
]


@dataclass(frozen=True)
class Page:
    """One page of a list; `rows` has LIST_COLUMNS, `late` and `reasons_zh`, `reasons_en`."""

    rows: pd.DataFrame
    total: int
    number: int
    size: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.size))


@dataclass(frozen=True)
class AlertDetail:
    """One alert with everything behind it.

    Frames: `reasons` (source, code, category, text_zh, text_en, points, as_of), `needs` (id, code,
    department, state, outcome, settled_on), `events` (id, need_id, need, at, actor, role, action,
    from_state, to_state, outcome, cause, note), oldest first.
    """

    alert: Alert
    reasons: pd.DataFrame
    needs: pd.DataFrame
    events: pd.DataFrame

    @property
    def last_event(self) -> int:
        """Number of the newest event: what an act made on this page carries."""
        return int(self.events["id"].iloc[-1])

    def actions(self, role: Role | str) -> list[Action]:
        """What this role may do now by `service.move`."""
        own = {*ACTION_OF.values(), Action.NEED_MET, Action.NEED_DROPPED}
        return [a for a in possible(State(self.alert.state), Role(role)) if a not in own]

    def can_record(self, role: Role | str) -> bool:
        """Whether this role may record a visit's result now by `service.record_outcome`."""
        return may_record(State(self.alert.state), Role(role))


def list_alerts(
    session: Session,
    where: AlertFilter | None = None,
    *,
    page: int = 1,
    size: int = PAGE_SIZE,
    sort: Sort = "urgent",
) -> Page:
    """One page of alerts. 'urgent' sorts open before closed, urgent facts first, then by band, due
    day and score."""
    where = where or AlertFilter()
    total = session.scalar(filtered(select(func.count(Alert.id)), where)) or 0
    number = min(max(1, page), max(1, -(-total // size)))
    query = filtered(select(*(getattr(Alert, name) for name in LIST_COLUMNS)), where)
    query = query.order_by(*ordering(sort), Alert.id).limit(size).offset((number - 1) * size)
    rows = _frame(session, query, LIST_COLUMNS)
    today = where.today
    rows["late"] = [
        today is not None and due is not None and due < today and state != State.CLOSED
        for due, state in zip(rows["due_on"], rows["state"], strict=True)
    ]
    return Page(_with_reasons(session, rows), total, number, size)


def count_alerts(
    session: Session,
    by: Literal["band", "state", "source", "township_code", "village_code", "outcome"],
    where: AlertFilter | None = None,
) -> pd.DataFrame:
    """Columns group, n: alerts under the filter by one column, largest first."""
    column = getattr(Alert, by)
    query = filtered(select(column, func.count(Alert.id)), where or AlertFilter())
    query = query.group_by(column).order_by(func.count(Alert.id).desc(), column)
    return _frame(session, query, ["group", "n"])


def alert_detail(session: Session, alert_id: int) -> AlertDetail:
    """One alert with reasons, needs and events.

    Raises AlertNotFound.
    """
    alert = session.get(Alert, alert_id)
    if alert is None:
        raise AlertNotFound("预警", "alert", alert_id)
    reasons = ["source", "code", "category", "text_zh", "text_en", "points", "as_of"]
    needs = ["id", "code", "department", "state", "outcome", "settled_on"]
    return AlertDetail(
        alert,
        _children(session, AlertReason, reasons, alert_id, AlertReason.position),
        _children(session, Need, needs, alert_id, Need.id),
        _events(session, alert_id),
    )


def household_alerts(session: Session, household: str) -> pd.DataFrame:
    """All alerts of one household, newest first, with LIST_COLUMNS."""
    columns = [getattr(Alert, name) for name in LIST_COLUMNS]
    query = select(*columns).where(Alert.household == household).order_by(Alert.id.desc())
    return _frame(session, query, LIST_COLUMNS)


def monthly_trend(
    session: Session, since: date | None = None, until: date | None = None
) -> pd.DataFrame:
    """Columns month (YYYY-MM), source, n: alerts by month of raising."""
    query = select(Alert.raised_on, Alert.source, func.count(Alert.id))
    query = between(query, since, until).group_by(Alert.raised_on, Alert.source)
    frame = _frame(session, query, ["day", "source", "n"])
    frame["month"] = [day.strftime("%Y-%m") for day in frame["day"]]
    return frame.groupby(["month", "source"])["n"].sum().reset_index()


def needs_by_department(
    session: Session, since: date | None = None, until: date | None = None
) -> pd.DataFrame:
    """Columns department, code, suspected, confirmed, met, dropped, n: needs of alerts raised
    in the period, by where they stand now."""
    states = ["suspected", "confirmed", "met", "dropped"]
    query = select(
        Need.department,
        Need.code,
        *(func.sum(case((Need.state == state, 1), else_=0)) for state in states),
        func.count(Need.id),
    ).join(Need.alert)
    query = between(query, since, until).group_by(Need.department, Need.code)
    return _frame(
        session,
        query.order_by(Need.department, Need.code),
        ["department", "code", *states, "n"],
    )


def overdue(session: Session, today: date, limit: int = 10) -> Page:
    """Open alerts past their due day, the longest overdue first; `total` counts all."""
    where = AlertFilter(due="late", today=today)
    return list_alerts(session, where, size=limit, sort="due")


def township_figures(
    session: Session, since: date | None = None, until: date | None = None
) -> pd.DataFrame:
    """Columns township_code, raised, open, confirmed: for alerts raised in the period.

    For a map divide by the township's households: raw counts show where people live.
    """
    query = select(
        Alert.township_code,
        func.count(Alert.id),
        func.sum(case((Alert.state != State.CLOSED, 1), else_=0)),
        func.sum(case((Alert.outcome == Outcome.CONFIRMED, 1), else_=0)),
    )
    query = between(query, since, until).group_by(Alert.township_code)
    columns = ["township_code", "raised", "open", "confirmed"]
    return _frame(session, query.order_by(Alert.township_code), columns)


def filter_options(session: Session) -> dict[str, list[str]]:
    """Codes that occur, for the filters of a page: townships, indicators, departments, sources."""
    indicators = AlertReason.source.in_(["rule", "event"])
    queries = {
        "townships": select(Alert.township_code).distinct(),
        "indicators": select(AlertReason.code).where(indicators).distinct(),
        "departments": select(Need.department).distinct(),
        "sources": select(Alert.source).distinct(),
    }
    return {
        name: sorted(value for value in session.scalars(query) if value is not None)
        for name, query in queries.items()
    }


def _frame(session: Session, query: Any, columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame([tuple(row) for row in session.execute(query)], columns=columns)


def _with_reasons(session: Session, rows: pd.DataFrame) -> pd.DataFrame:
    """The strongest reasons of each listed alert, as one line in each language."""
    query = (
        select(AlertReason.alert_id, AlertReason.text_zh, AlertReason.text_en)
        .where(AlertReason.alert_id.in_([int(i) for i in rows["id"]]))
        .where(AlertReason.position < _STRONGEST)
        .order_by(AlertReason.alert_id, AlertReason.position)
    )
    found = _frame(session, query, ["id", "zh", "en"])
    for language, joint in (("zh", "；"), ("en", "; ")):
        lines = found.groupby("id")[language].agg(joint.join).to_dict() if len(found) else {}
        rows[f"reasons_{language}"] = [lines.get(i, "") for i in rows["id"]]
    return rows


def _children(
    session: Session, table: type[Any], columns: list[str], alert_id: int, order: Any
) -> pd.DataFrame:
    query = select(*(getattr(table, name) for name in columns))
    return _frame(session, query.where(table.alert_id == alert_id).order_by(order), columns)


def _events(session: Session, alert_id: int) -> pd.DataFrame:
    own = ["at", "actor", "role", "action", "from_state", "to_state", "outcome", "cause", "note"]
    query = (
        select(
            AlertEvent.id,
            AlertEvent.need_id,
            Need.code,
            *(getattr(AlertEvent, name) for name in own),
        )
        .outerjoin(AlertEvent.need)
        .where(AlertEvent.alert_id == alert_id)
        .order_by(AlertEvent.id)
    )
    return _frame(session, query, ["id", "need_id", "need", *own])
