"""Reads of referrals: what was sent on to other bodies, and who has not answered."""

from __future__ import annotations

from datetime import date

import pandas as pd

from alerts.policy import load_policy
from alerts.referrals import reading
from alerts.referrals.lifecycle import LIFECYCLE, State
from alerts.states import Role
from core.access.areas import Area
from core.workflow.moves import possible
from services.reads import base, cases, people


@base.cached_alerts
def referrals(home: str, as_of: date, scope: Area) -> pd.DataFrame:
    """`alerts.referrals.reading.referrals` of the area at the end of a month (the newest: now),
    with `who` (masked head), `number` of the alert on paper and `days_late`.

    A department's are those it was asked. Empty where no alert was ever raised.
    """
    more = ["open", "late", "who", "number", "days_late"]
    if not base.has_alerts(home):
        return pd.DataFrame(columns=[*reading.COLUMNS, *more])
    today, policy = base.today_at(home, as_of), load_policy(base.home_at(home), as_of)
    with base.alert_session(home, scope) as session:
        found = reading.referrals(session, today, policy, base.known_at(home, as_of))
    if scope.department:
        found = found[found["department"] == scope.department].reset_index(drop=True)
    names = people.heads(home, as_of, tuple(found["household"]))
    late = zip(found["due_on"], found["late"], strict=True)
    return found.assign(
        who=[names.get(household, "") for household in found["household"]],
        number=cases.numbers(home, as_of, scope, [int(i) for i in found["alert_id"]]),
        days_late=[(today - due).days if is_late else 0 for due, is_late in late],
    )


def steps(state: str, role: str) -> list[str]:
    """What somebody in a role of the cases can do to a referral in a state."""
    return [action.value for action in possible(LIFECYCLE, State(state), Role(role))]
