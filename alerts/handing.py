"""Handing alerts out and on: dispatch of many at once, and giving a case to somebody else.

Callers own the transaction, as with `alerts.service`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from alerts import holding
from alerts.changes import refuse_outdated
from alerts.errors import AlertChanged, AlertNotFound, AlertsError, MoveRefused
from alerts.models import Alert
from alerts.policy import Policy, default_policy
from alerts.states import Action, Role
from alerts.writing import Act, apply, checked_flush, decided, load, load_many
from core.workflow import assignment


@dataclass(frozen=True)
class BulkResult:
    """What a bulk act did: ids done, and for each refused id the reason to show."""

    done: tuple[int, ...]
    refused: tuple[tuple[int, AlertsError], ...]


def dispatch_many(
    session: Session,
    alert_ids: Iterable[int],
    *,
    actor: str,
    role: Role | str,
    now: datetime,
    to: holding.Held | None = None,
    note: str | None = None,
    seen_events: Mapping[int, int] | None = None,
    policy: Policy | None = None,
) -> BulkResult:
    """Dispatch several alerts at once; those that cannot be dispatched are listed, not raised.

    `to` is a township, a village or a person; without it each alert goes to the workers of its own
    township. A case is not given to a place it does not lie in. `seen_events` gives each alert's
    last event as the page showed it; an alert that has moved on since is refused.
    """
    act = Act.by(actor, role, now, note)
    policy, seen = policy or default_policy(), seen_events or {}
    ids = list(dict.fromkeys(alert_ids))
    alerts = load_many(session, ids)
    done: list[int] = []
    refused: list[tuple[int, AlertsError]] = []
    with checked_flush(session, ids[0] if ids else 0):
        for alert_id in ids:
            if alert_id not in alerts:
                refused.append((alert_id, AlertNotFound("预警", "alert", alert_id)))
                continue
            try:
                if alert_id in seen:
                    refuse_outdated(session, alert_id, seen[alert_id], act.at)
                _dispatch(session, alerts[alert_id], act, to, policy)
            except (MoveRefused, AlertChanged) as error:
                refused.append((alert_id, error))
            else:
                done.append(alert_id)
    return BulkResult(tuple(done), tuple(refused))


def _dispatch(
    session: Session, alert: Alert, act: Act, to: holding.Held | None, policy: Policy
) -> None:
    decision = decided(alert, Action.DISPATCH, act)
    if to is not None:
        _require_here(alert, to)
    apply(session, alert, decision, act, policy, to=to)


def assign(
    session: Session,
    alert_id: int,
    to: holding.Held,
    *,
    actor: str,
    role: Role | str,
    now: datetime,
    own_area: str,
    note: str,
    seen_event: int | None = None,
    policy: Policy | None = None,
) -> Alert:
    """Give a dispatched case to another township, village or person; a note says why.

    `own_area` is the area code of whoever hands it on ('' for the county): both the old and the
    new holder must lie within. Raises MoveRefused, AlertChanged, AlertNotFound.
    """
    act = Act.by(actor, role, now, note)
    alert = load(session, alert_id, act, seen_event)
    _require_here(alert, to)
    decision = decided(alert, Action.ASSIGN, act)
    try:
        assignment.reassign(
            holding.DESK, holding.of(alert) or holding.usual(alert), to, act, own_area
        )
    except assignment.MoveRefused as error:
        raise MoveRefused(error.zh, error.en) from error
    with checked_flush(session, alert_id):
        apply(session, alert, decision, act, policy or default_policy(), to=to)
    return alert


def _require_here(alert: Alert, to: holding.Held) -> None:
    """Raises MoveRefused for a place in which the household does not live."""
    place = alert.village_code or alert.township_code or ""
    if to.account is None and place and not assignment.covers(to.area, place):
        raise MoveRefused(
            f"预警 {alert.id} 的家庭不在“{to.area}”，请选择其所在乡镇或村",
            f"the household of alert {alert.id} does not live in '{to.area}'; choose its own "
            "township or village",
        )
