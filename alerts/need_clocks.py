"""By when help is owed: the clocks of a case whose need was confirmed.

The limit of the band (`policy.deadlines`, measure) asks for a first measure or a clear answer, and
once an application has begun the times of the law apply instead (decision 0069). So:

- A need that its department has not answered yet runs by the limit of the case, from its dispatch.
- A need that was taken up (部门受理) has the days of `policy.application_days` from that day.
- A need that was sent back, or passed on, has the limit of the case again from that day.
- The case is due on the earliest of these days.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from alerts.handling import Handling
from alerts.models import Alert, Need
from alerts.policy import Policy
from alerts.states import OWED_NEEDS, Action, NeedState, State
from core.workflow.calendar import add_working_days

# Acts with which a need has a clock of its own.
BEGINS = (Action.NEED_TAKEN, Action.NEED_RETURNED, Action.NEED_SENT)
_OWED = [state.value for state in OWED_NEEDS]


def start(need: Need, day: date, policy: Policy) -> None:
    """Let a need's own clock begin on a day: taken up, sent back, passed on, or resumed."""
    need.clock_from = day
    need.due_on = add_working_days(day, limit(need, policy)).on


def stop(need: Need) -> None:
    """Take a need's own clock away: it runs by that of its case."""
    need.clock_from = need.due_on = None


def limit(need: Need, policy: Policy) -> int:
    """Working days that whoever has a need has for it, from its own clock or from the case's."""
    alert = need.alert
    if need.state == NeedState.HANDLING:
        place = alert.village_code or alert.township_code or ""
        hard = alert.handling == Handling.COMPLEX
        since = need.clock_from or alert.clock_from
        return policy.application_limit(need.code, place, since, hard=hard)
    return policy.limits(alert.band, alert.source, bool(alert.urgent)).measure


@dataclass(frozen=True)
class Clock:
    """One thing that is owed: from when, in how many working days, by when."""

    since: date
    days: int
    due_on: date


def clock(need: Need, policy: Policy) -> Clock:
    """By when whoever has a need owes an answer, or help once it was taken up."""
    since, days = need.clock_from or need.alert.clock_from, limit(need, policy)
    return Clock(since, days, need.due_on or add_working_days(since, days).on)


def first(alert: Alert, policy: Policy) -> Clock | None:
    """What of a case under help falls due first; None where nothing is owed."""
    owed = [clock(need, policy) for need in alert.needs if need.state in OWED_NEEDS]
    return min(owed, key=lambda one: one.due_on, default=None)


def answer_due(alert: Alert, policy: Policy) -> date | None:
    """By when a case under help owes its first measure or clear answer; None where each need has
    been answered or has a clock of its own."""
    waits = (n for n in alert.needs if n.state in OWED_NEEDS and n.clock_from is None)
    need = next(waits, None)
    return None if need is None else clock(need, policy).due_on


def near(alert: Alert, today: date, policy: Policy) -> bool:
    """Whether something owed to the family has used up most of its limit."""
    owed = [clock(need, policy) for need in alert.needs if need.state in OWED_NEEDS]
    return any(policy.ladder.near(one.since, one.days, today) for one in owed)


def due_days(needs: pd.DataFrame, alerts: pd.DataFrame, policy: Policy) -> pd.Series:
    """By when each need is due, from frames: None for one that is not owed, or whose case is not
    under help or is suspended.

    `needs` as `alerts.standing.needs_standing`; `alerts` with id, state, band, source, urgent,
    handling, village_code, township_code, clock_from and suspended_until of the same day.
    """
    found = needs[["alert_id", "code", "state", "clock_from"]]
    found = found.rename(columns={"state": "need", "clock_from": "own"})
    found = found.merge(alerts, how="left", left_on="alert_id", right_on="id").set_index(
        needs.index
    )
    runs = (found["state"] == State.ASSISTING.value) & found["need"].isin(_OWED)
    runs &= found["suspended_until"].isna()
    day_of = _remembered(policy)
    owed = found[runs]
    days = [day_of(row) for row in owed.to_dict("records")]
    return pd.Series(days, index=owed.index, dtype=object).reindex(needs.index)


def _remembered(policy: Policy) -> Callable[[Mapping[Hashable, Any]], date]:
    """Due days by row, each kind of row worked out once."""
    known: dict[tuple[date, int], date] = {}

    def day(row: Mapping[Hashable, Any]) -> date:
        since = row["clock_from"] if pd.isna(row["own"]) else row["own"]
        if row["need"] == NeedState.HANDLING.value:
            codes = (row["village_code"], row["township_code"])
            place = next((code for code in codes if isinstance(code, str)), "")
            hard = row["handling"] == Handling.COMPLEX
            days = policy.application_limit(row["code"], place, since, hard=hard)
        else:
            days = policy.limits(row["band"], row["source"], bool(row["urgent"])).measure
        key = (since, days)
        if key not in known:
            known[key] = add_working_days(since, days).on
        return known[key]

    return day
