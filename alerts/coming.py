"""Was an alert about the coming right? A need at the visit, or on record within six months after.

An alert that asks for the coming is meant to be early: on the day of the visit there may be nothing
to find. It is right when an unmet need is found at its visit or recorded for the household within
`HORIZON` months after it was raised, and wrong only when those months have passed without one.
"""

from __future__ import annotations

from datetime import date

import pandas as pd
from sqlalchemy.orm import Session

from alerts.ledger import findings
from alerts.states import Question
from core.home import Home, add_months
from data.backends import connect
from data.lake import Lake

HORIZON = 6
_SECURING = ("dibao", "tekun")


def recorded_needs(
    session: Session, home: Home | None = None, as_at: date | None = None
) -> pd.DataFrame:
    """Every need on record by `as_at`: columns household, on (the day), oldest first.

    From the visits to alerts, and with a home also from visits of any reason, emergency grants and
    families taken into Dibao or Tekun.
    """
    table = findings(session)
    known = [row for row in table.to_pylist() if row["found"]]
    rows = [
        (row["household"], row["visited_on"])
        for row in known
        if as_at is None or row["known_on"] <= as_at
    ]
    if home is not None:
        rows += _in_lake(home, as_at)
    return pd.DataFrame(sorted(set(rows)), columns=["household", "on"])


def _in_lake(home: Home, as_at: date | None) -> list[tuple[str, date]]:
    """(household, day) of needs that departments and other visits recorded."""
    con, lake = connect(threads=1), Lake(home)
    found: list[tuple[str, date]] = []
    visits = lake.table(con, "home_visits", as_at)
    rolls = lake.table(con, "assistance_rolls", as_at)
    wanted = []
    if visits is not None:
        wanted.append(visits.filter(visits.unmet_need.fill_null(False)))
    if rolls is not None:
        grant = (rolls.event == "grant") & (rolls.assistance_class == "emergency")
        start = (rolls.event == "start") & rolls.assistance_class.isin(_SECURING)
        wanted.append(rolls.filter(grant | start))
    for table in wanted:
        rows = table.filter(table.household.notnull()).select("household", "happened_on")
        frame = rows.distinct().to_pyarrow()
        found += zip(frame["household"].to_pylist(), frame["happened_on"].to_pylist(), strict=True)
    return found


def judged(facts: pd.DataFrame, recorded: pd.DataFrame, as_at: date) -> pd.DataFrame:
    """The facts with the columns `confirmed` and `concluded` of the coming judged by their months.

    Adds `lead_months`: months from raising to the first need on record, for the alerts about the
    coming that were right. Other questions are left as they are.
    """
    facts = facts.copy()
    facts["lead_months"] = float("nan")
    asked = facts["question"] == Question.COMING.value
    if not asked.any():
        return facts
    days: dict[str, list[date]] = {}
    for household, day in recorded.itertuples(index=False):
        days.setdefault(household, []).append(day)
    columns = ("household", "raised_on", "confirmed", "verified")
    rows = facts.loc[asked, list(columns)].itertuples()
    for index, household, raised, confirmed, visited in rows:
        ends = add_months(raised, HORIZON)
        after = [day for day in days.get(household, []) if raised <= day <= ends]
        right = bool(after) or bool(confirmed)
        facts.at[index, "confirmed"] = right
        facts.at[index, "concluded"] = right or (bool(visited) and as_at >= ends)
        if after:
            facts.at[index, "lead_months"] = months_between(raised, min(after))
    return facts


def ripe(facts: pd.DataFrame, recorded: pd.DataFrame, as_at: date) -> pd.DataFrame:
    """The alerts about the coming whose `HORIZON` months have passed by `as_at`, judged.

    Of younger ones only those that came true early can be told, so they would flatter any share.
    `concluded` marks the visited: what came true unvisited stands beside them.
    """
    passed = [add_months(day, HORIZON) <= as_at for day in facts["raised_on"]]
    asked = (facts["question"] == Question.COMING.value).to_numpy(bool)
    found = judged(facts[asked & pd.Series(passed, dtype=bool).to_numpy()], recorded, as_at)
    return found.assign(concluded=found["verified"])


def months_between(start: date, end: date) -> float:
    """Months between two days, a month being a twelfth of 365.25 days, to one decimal."""
    return round((end - start).days / (365.25 / 12), 1)


def lead_times(facts: pd.DataFrame) -> dict[str, float | int | None]:
    """Distribution of the lead time of judged facts: n, quartiles and extremes, in months."""
    lead = facts["lead_months"].dropna()
    names = {"low": 0.0, "quarter": 0.25, "median": 0.5, "three_quarters": 0.75, "high": 1.0}
    found: dict[str, float | int | None] = {"n": len(lead)}
    for name, share in names.items():
        found[name] = float(lead.quantile(share)) if len(lead) else None
    return found
