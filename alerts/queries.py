"""Reads for pages: lists, counts, one alert with its chain of events. Nothing here writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Literal

import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alerts.errors import AlertNotFound
from alerts.filters import AlertFilter, Sort, between, falls_due, narrowed, ordered
from alerts.lifecycle import ELSEWHERE, may_record, possible
from alerts.models import Alert, AlertEvent, AlertReason, Need
from alerts.needs_standing import needs_standing
from alerts.policy import Policy
from alerts.reasons import CHECK, facts_told
from alerts.standing import alert_as_at, standing
from alerts.states import Action, NeedState, Role, State

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
    "holder_role",
    "holder_area",
    "holder_account",
    "suspended_until",
    "last_event",
]


@dataclass(frozen=True)
class Page:
    """One page of a list; `rows` has LIST_COLUMNS, `late`, `reasons_zh`, `reasons_en`, and the same
    reasons as lists in `each_reason_zh`, `each_reason_en`."""

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
        suspended = self.alert.suspended_until is not None
        own = {*ELSEWHERE, Action.RESUME} - ({Action.RESUME} if suspended else set())
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
    stood: pd.DataFrame | None = None,
    policy: Policy | None = None,
    facts_only: bool = False,
) -> Page:
    """One page of alerts, as they stood at the end of the day `where.as_at`, else as they are.

    'urgent' sorts open before closed, urgent facts first, then by band, due day and score. `stood`
    is the answer of `alerts.standing.standing` for that day where the caller has it already.
    `facts_only` tells the reasons as whoever visits may read them (`alerts.reasons.facts_told`).
    """
    where = where or AlertFilter()
    stood = standing(session, where.as_at, policy) if stood is None else stood
    found = ordered(narrowed(session, stood, where), sort)
    total = len(found)
    number = min(max(1, page), max(1, -(-total // size)))
    rows = found.iloc[(number - 1) * size : number * size][LIST_COLUMNS].reset_index(drop=True)
    rows = rows.assign(late=is_late(rows, where.today))
    return Page(_with_reasons(session, rows, where, facts_only), total, number, size)


def is_late(rows: pd.DataFrame, today: date | None) -> list[bool]:
    """Whether each alert is past its due day, as `filters.falls_due` says."""
    if today is None:
        return [False] * len(rows)
    late = (rows["state"] != State.CLOSED) & falls_due(rows, "late", today)
    return [bool(one) for one in late]


def alert_detail(session: Session, alert_id: int, as_at: date | None = None) -> AlertDetail:
    """One alert with reasons, needs and events, as it stood at the end of the day `as_at`.

    The alert of a past day is no row of the database: nothing can be done to it. Raises
    AlertNotFound, also for an alert raised later.
    """
    alert = session.get(Alert, alert_id)
    if alert is not None and as_at is not None:
        alert = alert_as_at(session, alert, as_at)
    if alert is None:
        raise AlertNotFound("预警", "alert", alert_id)
    reasons = ["source", "code", "category", "text_zh", "text_en", "points", "as_of"]
    told = _children(session, AlertReason, reasons, alert_id, AlertReason.position)
    needs = ["id", "code", "department", "state", "outcome", "settled_on"]
    if as_at is None:
        kept = _children(session, Need, needs, alert_id, Need.id)
    else:
        told = told[told["as_of"] <= as_at].reset_index(drop=True)
        stood = needs_standing(session, as_at, alert.household)
        kept = stood.loc[stood["alert_id"] == alert_id, needs].reset_index(drop=True)
    return AlertDetail(alert, told, kept, _events(session, alert_id, as_at))


def household_alerts(session: Session, household: str, as_at: date | None = None) -> pd.DataFrame:
    """All alerts of one household by the day `as_at`, newest first, with LIST_COLUMNS."""
    stood = standing(session, as_at, household=household)
    return stood[LIST_COLUMNS].sort_values("id", ascending=False, ignore_index=True)


def event_counts(session: Session, alert_ids: Sequence[int]) -> dict[int, int]:
    """How many events each alert has: what another system carries in the place of the newest
    event's number, which would tell the order of raising."""
    query = select(AlertEvent.alert_id, func.count(AlertEvent.id)).group_by(AlertEvent.alert_id)
    found = session.execute(query.where(AlertEvent.alert_id.in_(list(alert_ids))))
    return {alert: int(count) for alert, count in found}


def event_at(session: Session, alert_id: int, version: int) -> int | None:
    """Number of the event that was an alert's newest when it had `version` events."""
    query = select(AlertEvent.id).where(AlertEvent.alert_id == alert_id).order_by(AlertEvent.id)
    return session.scalar(query.offset(max(0, version - 1)).limit(1))


def monthly_trend(
    session: Session, since: date | None = None, until: date | None = None
) -> pd.DataFrame:
    """Columns month (YYYY-MM), source, n: alerts by month of raising."""
    query = select(Alert.raised_on, Alert.source, func.count(Alert.id))
    query = between(query, Alert.raised_on, since, until)
    query = query.group_by(Alert.raised_on, Alert.source)
    frame = _frame(session, query, ["day", "source", "n"])
    frame["month"] = [day.strftime("%Y-%m") for day in frame["day"]]
    return frame.groupby(["month", "source"])["n"].sum().reset_index()


def needs_by_department(
    session: Session,
    since: date | None = None,
    until: date | None = None,
    as_at: date | None = None,
) -> pd.DataFrame:
    """Columns department, code, suspected, confirmed, met, dropped, n: needs of alerts raised
    in the period, by where they stood at the end of the day `as_at`."""
    raised = select(Alert.id)
    ids = set(session.scalars(between(raised, Alert.raised_on, since, until)))
    needs = needs_standing(session, as_at)
    needs = needs[needs["alert_id"].isin(ids)]
    states = [state.value for state in NeedState]
    counted = needs.assign(**{state: needs["state"] == state for state in states}, n=1)
    return counted.groupby(["department", "code"])[[*states, "n"]].sum().astype(int).reset_index()


def township_figures(
    session: Session,
    since: date | None = None,
    until: date | None = None,
    as_at: date | None = None,
    *,
    by: Literal["township_code", "village_code"] = "township_code",
) -> pd.DataFrame:
    """Columns township_code (or `by`), raised, open, confirmed, as at the end of the day `as_at`.

    Open counts every alert open then; raised and confirmed those raised in the period. For a map
    divide by the area's households: raw counts show where people live.
    """
    stood = narrowed(session, standing(session, as_at), AlertFilter(raised_to=until))
    recent = stood["raised_on"] >= (since or date.min)
    marks = {"raised": recent, "open": stood["open"], "confirmed": recent & stood["confirmed"]}
    return stood[[by]].assign(**marks).groupby(by).sum().astype(int).reset_index()


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


def _with_reasons(
    session: Session, rows: pd.DataFrame, where: AlertFilter, facts_only: bool
) -> pd.DataFrame:
    """The strongest reasons of each listed alert, in each language one by one and as one line.

    Amounts and ages are those of the month in which a reason was told: where the list has a month,
    a reason of an older one names it.
    """
    own = AlertReason
    query = (
        select(own.alert_id, own.text_zh, own.text_en, own.as_of, own.source, own.code)
        .where(AlertReason.alert_id.in_([int(i) for i in rows["id"]]))
        .order_by(AlertReason.alert_id, AlertReason.position)
    )
    if not facts_only:
        query = query.where(AlertReason.position < _STRONGEST)
    query = between(query, AlertReason.as_of, None, where.as_at)
    found = _frame(session, query, ["id", "zh", "en", "as_of", "source", "code"])
    if facts_only:
        bands = dict(zip(rows["id"], rows["band"], strict=True))
        found = found[facts_told(found, found["id"].map(bands))]
    found = found.groupby("id").head(_STRONGEST).copy()
    if where.month is not None and len(found):
        older = [f"{day:%Y-%m}" if day < where.month else "" for day in found["as_of"]]
        for language, stamp in (("zh", "（{} 的情况）"), ("en", " (as known in {})")):
            found[language] += [stamp.format(month) if month else "" for month in older]
    # Without a fact every visit is told in the words of the drawn ones.
    empty = (CHECK.zh, CHECK.en) if facts_only else ("", "")
    for language, joint, none in zip(("zh", "en"), ("；", "; "), empty, strict=True):
        lines = found.groupby("id")[language].agg(list).to_dict()
        told = [lines.get(i, [none] if none else []) for i in rows["id"]]
        rows[f"each_reason_{language}"] = pd.Series(told, index=rows.index, dtype="object")
        rows[f"reasons_{language}"] = [joint.join(each) for each in told]
    return rows


def _children(
    session: Session, table: type[Any], columns: list[str], alert_id: int, order: Any
) -> pd.DataFrame:
    query = select(*(getattr(table, name) for name in columns))
    return _frame(session, query.where(table.alert_id == alert_id).order_by(order), columns)


def _events(session: Session, alert_id: int, as_at: date | None) -> pd.DataFrame:
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
    end = None if as_at is None else datetime.combine(as_at, time.max)
    query = between(query, AlertEvent.at, None, end)
    return _frame(session, query, ["id", "need_id", "need", *own])
