"""By when the current step of an alert is due: working days by policy, months under watch."""

from __future__ import annotations

from datetime import date

from alerts.policy import Policy
from alerts.states import State
from core.home import add_months
from core.workflow.calendar import Due


def due_for(
    state: State,
    band: str,
    source: str,
    clock_from: date,
    policy: Policy,
    *,
    urgent: bool = False,
) -> Due | None:
    """When the current step of an alert is due; None for a closed one.

    Under watch it is the month end `watch_review_months` later; all else in working days.
    """
    if state is State.WATCHING:
        return Due(add_months(clock_from, policy.watch_review_months))
    return policy.timetable.due(state, policy.level(band, source, urgent), clock_from)


def limit_of(
    state: State, band: str, source: str, policy: Policy, *, urgent: bool = False
) -> int | None:
    """Working days allowed for the step that runs in a state; None where none runs."""
    return policy.timetable.limit(state, policy.level(band, source, urgent))
