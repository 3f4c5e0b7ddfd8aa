"""Who has how much to do, and how late it is: by township, band, step, department and person."""

from __future__ import annotations

from datetime import date

import pandas as pd
from sqlalchemy.orm import Session

from alerts import need_clocks
from alerts.filters import falls_due
from alerts.lifecycle import STEP
from alerts.needs_standing import needs_standing
from alerts.policy import Policy
from alerts.states import OWED_NEEDS, NeedState, State

# States in which a visit is still owed.
OWED = tuple(s.value for s in STEP if s not in {State.ASSISTING, State.APPROVAL})
COUNTS = ["open", "owed", "near", "late"]
_OF_NEED = ["near", "late"]
_OWED_NEEDS = [state.value for state in OWED_NEEDS]


def marked(stood: pd.DataFrame, today: date) -> pd.DataFrame:
    """The open alerts of `stood` (`alerts.standing.standing`) with `owed` (a visit is still to be
    made), `near` and `late` (as the list of alerts calls them) and `step` (whose clock runs)."""
    found = stood[stood["open"]].copy()
    found["owed"] = found["state"].isin(OWED)
    found["near"] = falls_due(found, "near", today).to_numpy(dtype=bool)
    found["late"] = falls_due(found, "late", today).to_numpy(dtype=bool)
    steps = {state.value: step for state, step in STEP.items()}
    found["step"] = found["state"].map(steps).fillna("review")
    return found


def load(open_alerts: pd.DataFrame, by: str) -> pd.DataFrame:
    """Open alerts (`marked`) by a column: group and COUNTS, most late first.

    What has no value there stands as 'unknown'.
    """
    group = open_alerts[by].astype(object)
    counted = open_alerts.assign(group=group.where(group.notna(), "unknown"), open=1)
    found = (
        counted.groupby("group", as_index=False)[COUNTS].sum().astype(dict.fromkeys(COUNTS, int))
    )
    return found.sort_values(
        ["late", "open", "group"], ascending=[False, False, True], ignore_index=True
    )


def holders(open_alerts: pd.DataFrame) -> pd.DataFrame:
    """Open alerts whose visit one person owes, with `person`: the account that has the case."""
    held = open_alerts[open_alerts["owed"] & open_alerts["holder_account"].notna()]
    return held.assign(person=held["holder_account"])


def departments(
    session: Session,
    open_alerts: pd.DataFrame,
    month: date,
    before: date,
    as_at: date | None,
    policy: Policy,
    today: date,
) -> pd.DataFrame:
    """Needs by department: department, open (confirmed, not settled), near, late (by the need's own
    day, `alerts.need_clocks`), and for this month and last `met_now`, `met_before`: needs met.

    `month` and `before` are the last days of this month and of last.
    """
    needs = needs_standing(session, as_at)
    owed = needs["state"].isin(_OWED_NEEDS) & needs["alert_id"].isin(open_alerts["id"])
    confirmed = needs[owed]
    clocks = confirmed.assign(
        due_on=need_clocks.due_days(confirmed, open_alerts, policy), suspended_until=None
    )
    confirmed = confirmed.assign(
        open=1, **{name: falls_due(clocks, name, today).to_numpy(bool) for name in _OF_NEED}
    )
    met = needs[needs["state"] == NeedState.MET.value]
    day = pd.to_datetime(met["settled_on"])
    last = pd.Timestamp(before)
    met = met.assign(
        met_now=((day > last) & (day <= pd.Timestamp(month))).to_numpy(),
        met_before=((day <= last) & (day >= last.replace(day=1))).to_numpy(),
    )
    names = ["open", *_OF_NEED, "met_now", "met_before"]
    both = pd.concat([confirmed, met])
    both[names] = both[names].astype("float64").fillna(0)
    found = both.groupby("department", as_index=False)[names].sum()
    found = found[found[names].sum(axis=1) > 0].astype(dict.fromkeys(names, int))
    return found.sort_values(
        ["late", "open", "department"], ascending=[False, False, True], ignore_index=True
    )


def oldest(open_alerts: pd.DataFrame, count: int) -> pd.DataFrame:
    """The late alerts that are overdue for longest; the longest open first where days are equal."""
    late = open_alerts[open_alerts["late"]]
    return late.sort_values(["due_on", "raised_on", "id"]).head(count)
