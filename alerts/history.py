"""What the record says of households before a run: open cases, facts told, needs met."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alerts.models import Alert, AlertReason, Need
from alerts.policy import Policy
from alerts.selection import Past
from alerts.states import Band, NeedState, Source, State
from core.home import add_months
from core.workflow.events import in_chunks


def history(session: Session, households: Sequence[str]) -> dict[str, Past]:
    """The record of earlier alerts of these households; those without any are left out."""
    past: dict[str, Past] = {}
    for chunk in in_chunks(households):
        query = select(Alert).where(Alert.household.in_(chunk)).order_by(Alert.id)
        for alert in session.scalars(query):
            past[alert.household] = _after(past.get(alert.household, Past()), alert)
        told = (
            select(Alert.household, AlertReason.code, func.max(AlertReason.as_of))
            .join(Alert.reasons)
            .where(Alert.household.in_(chunk), AlertReason.source == Source.EVENT)
            .group_by(Alert.household, AlertReason.code)
        )
        for household, code, month in session.execute(told):
            before = past[household]
            past[household] = replace(before, told={**before.told, code: month})
        met = (
            select(Alert.household, Need.code, func.max(Need.settled_on))
            .join(Alert.needs)
            .where(Alert.household.in_(chunk), Need.state == NeedState.MET)
            .group_by(Alert.household, Need.code)
        )
        for household, kind, day in session.execute(met):
            if day is None:
                continue
            before = past[household]
            past[household] = replace(before, met={**before.met, kind: day})
    return past


def _after(past: Past, alert: Alert) -> Past:
    """A household's past with one more alert, given in the order they were raised."""
    # A report is made on any day; only a monthly run settles a month.
    month = None if alert.source == Source.REPORT else alert.as_of
    newest = max(filter(None, (past.last_as_of, month)), default=None)
    if alert.state != State.CLOSED:
        return replace(past, has_open=True, last_as_of=newest)
    return replace(
        past,
        last_as_of=newest,
        closed_on=alert.closed_on,
        outcome=alert.outcome,
        band=Band(alert.band),
    )


def not_to_be_drawn(session: Session, as_of: date, policy: Policy) -> set[str]:
    """Households that the random draws leave out: an open case, or a cool-down still running."""
    query = select(Alert.household, Alert.state, Alert.closed_on, Alert.outcome, Alert.as_of)
    longest = max(policy.cool_down_months.values())
    since = add_months(as_of, -longest - 1)
    recent = (Alert.state != State.CLOSED) | (Alert.closed_on >= since)
    return {
        household
        for household, state, closed_on, outcome, month in session.execute(query.where(recent))
        if state != State.CLOSED
        or month >= as_of
        or Past(closed_on=closed_on, outcome=outcome).cooling(as_of, policy)
    }
