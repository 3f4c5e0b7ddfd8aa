"""Deadlines in working days, with China's public holidays and make-up Saturdays.

The holiday calendar is published by the State Council one year at a time. For a year it does not
know yet, weekends are the only days off and the result says so (`certain` is False), so a page can
tell that the date may still move.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import chinese_calendar

from alerts.policy import Policy
from alerts.states import State
from data.home import add_months

_WEEKEND = 5

# The step whose clock runs while an alert is in a state; other states have no working-day limit.
STEP = {
    State.RAISED: "dispatch",
    State.RETURNED: "dispatch",
    State.DISPATCHED: "accept",
    State.ACCEPTED: "check",
    State.CHECKING: "check",
    State.RETRY: "retry",
    State.ASSISTING: "measure",
}


@dataclass(frozen=True)
class Due:
    """A due day, and whether the public holidays up to it were known."""

    on: date
    certain: bool = True

    @property
    def warning(self) -> tuple[str, str] | None:
        """What to tell the reader in Chinese and English, or None."""
        if self.certain:
            return None
        return (
            f"{self.on.year} 年放假安排尚未公布，期限 {self.on} 只按周末计算，公布后可能变化",
            f"the public holidays of {self.on.year} are not published yet; the deadline "
            f"{self.on} counts weekends only and may move",
        )


@lru_cache(maxsize=4096)
def is_working_day(day: date) -> tuple[bool, bool]:
    """Whether offices work that day, and whether the holiday calendar knew the year."""
    try:
        return bool(chinese_calendar.is_workday(day)), True
    except NotImplementedError:
        return day.weekday() < _WEEKEND, False


@lru_cache(maxsize=65536)
def add_working_days(start: date, days: int) -> Due:
    """The day that is `days` working days after `start`; 0 means the first working day from it."""
    day, certain, left = start, True, days
    while True:
        working, known = is_working_day(day)
        certain = certain and known
        if working and day > start:
            left -= 1
        if working and left <= 0:
            return Due(day, certain)
        day += timedelta(days=1)


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
    limit = limit_of(state, band, source, policy, urgent=urgent)
    return None if limit is None else add_working_days(clock_from, limit)


def limit_of(
    state: State, band: str, source: str, policy: Policy, *, urgent: bool = False
) -> int | None:
    """Working days allowed for the step that runs in a state; None where none runs."""
    step = STEP.get(state)
    if step is None:
        return None
    if step == "retry":
        return policy.retry_working_days
    return int(getattr(policy.limits(band, source, urgent), step))


@lru_cache(maxsize=65536)
def working_days_between(start: date, end: date) -> int:
    """Working days after `start` up to and including `end`; 0 when `end` is not later."""
    days, day = 0, start
    while day < end:
        day += timedelta(days=1)
        days += is_working_day(day)[0]
    return days
