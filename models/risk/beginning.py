"""When a new county's model can begin: the first month whose data its training rules accept.

The rules are asked, not repeated: months and questions go through `rows.plan_between` and
`learn.folds_of` as in a training, for one later month after the other. Visits teach; a county that
has none yet can begin to count from its newest month on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from core.home import Home, add_months, month_end
from models.risk.calibrate import LOGISTIC_FROM
from models.risk.errors import RiskError
from models.risk.findings import read_findings
from models.risk.learn import folds_of
from models.risk.rows import HORIZON, QUESTIONS, Plan, Question, plan_between

# Looked ahead so far; every question needs less.
_AHEAD_MONTHS = 60


@dataclass(frozen=True)
class Beginning:
    """When a question can first be learned and tested.

    `month` is the earliest that may be run last before the training, `known_by` what the training
    is then told; `ready` says that the county's newest month has reached it. `visits` have a result
    by now, `found` of them found need, and `needed` such are the fewest from which a probability
    can be told.
    """

    question: Question
    month: date
    known_by: date
    ready: bool
    visits: int
    found: int
    needed: int = LOGISTIC_FROM


def beginnings(home: Home) -> dict[Question, Beginning]:
    """When each question can begin. Raises HomeError where no month was run yet."""
    about = home.county
    first, last = month_end(about["first_as_of"]), month_end(about["last_as_of"])
    horizon = int(about.get("horizon_months", HORIZON))
    visits, found, since = _visits(home)
    # Profiles before the first visit teach nothing; without visits the newest month is the first.
    start = max(first, last if since is None else min(last, month_end(add_months(since, -1))))
    told: dict[Question, Beginning] = {}
    for question in QUESTIONS:
        month, known_by = earliest(start, question, horizon)
        ready = month <= last and found >= LOGISTIC_FROM
        told[question] = Beginning(question, month, known_by, ready, visits, found)
    return told


def earliest(first: date, question: Question, horizon: int) -> tuple[date, date]:
    """The first last month (with the `known_by` of its training) that the rules accept, of a
    county whose profiles and visits begin with `first`. Raises RiskError beyond five years."""
    for ahead in range(1, _AHEAD_MONTHS):
        last = add_months(first, ahead)
        for back in range(1, ahead):
            known_by = add_months(last, -back)
            if _accepted(plan_between(first, last, known_by, horizon), question):
                return last, known_by
    raise RiskError(
        f"期限 {horizon} 个月过长，五年内无法训练",
        f"no training in five years with {horizon} months",
    )


def _accepted(plan: Plan, question: Question) -> bool:
    months = plan.taught(question)
    if not months or not plan.tested(question):
        return False
    if question == "coming" and add_months(months[0], plan.horizon) > months[-1]:
        return False
    try:
        folds_of(pd.Series(list(months)), question, plan.horizon)
    except RiskError:
        return False
    return True


def _visits(home: Home) -> tuple[int, int, date | None]:
    """Visits with a result, how many found need, and the day of the first."""
    from data.backends import connect

    con: Any = connect()
    rows = read_findings(home, con)
    told = con.to_pandas(
        rows.agg(n=rows.count(), found=rows.found.sum(), first=rows.visited_on.min())
    ).iloc[0]
    if not int(told["n"]):
        return 0, 0, None
    return int(told["n"]), int(told["found"]), pd.Timestamp(told["first"]).date()
