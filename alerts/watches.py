"""Families under watch whose review is due: visited again, or closed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from alerts.models import Alert
from alerts.policy import Policy
from alerts.states import Action, State
from alerts.writing import Act, apply, decided, drop_suspicions

Standing = Callable[[Sequence[str]], Mapping[str, tuple[float | None, float | None]]]


def review_watches(
    session: Session, standing: Standing, act: Act, policy: Policy
) -> tuple[list[int], int]:
    """Look again at families whose watch is due: (ids sent out again, number closed).

    A family still at or above a closing threshold is visited again; one below both is closed;
    one without a score this month stays under watch.
    """
    due = session.scalars(
        select(Alert)
        .where(Alert.state == State.WATCHING, Alert.due_on <= act.at.date())
        .options(selectinload(Alert.needs))
    ).all()
    found = standing([alert.household for alert in due])
    again: list[int] = []
    closed = 0
    for alert in due:
        if alert.household not in found:
            continue
        score, expected = found[alert.household]
        still = expected is not None and expected >= policy.close_existing
        if expected is None:  # without a model the score speaks alone
            still = score is not None and score >= policy.close_score
        action = Action.RECHECK if still else Action.CLOSE
        apply(session, alert, decided(alert, action, act), act, policy)
        if still:
            again.append(alert.id)
        else:
            drop_suspicions(alert, act)
            closed += 1
    return again, closed
