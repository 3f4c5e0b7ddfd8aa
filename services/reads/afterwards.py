"""What became of a family: its state 3, 6 and 12 months after a visit that confirmed a need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from alerts.states import Outcome
from core.access.areas import Area
from core.home import add_months
from core.words import Text
from services import names
from services.reads import base
from services.reads.case_events import Case
from services.reads.income import Income, income

AFTER = (3, 6, 12)


@dataclass(frozen=True)
class Later:
    """The state of the family at the end of the month `months` after the visit of an alert.

    `when` is 'not_yet' where the month has not come, 'not_known' where the month was not run or no
    longer holds the household, else 'known'. `roll` is the class of the roll it is on, `on_roll`
    whether it is on one. `income` per head against S. `found_again`: what later visits up to then
    said of need, None where none did. `next_alert`: the day of the next alert up to then. `risk` is
    left out for who may not weigh. Unknown is never zero and never no.
    """

    alert: str
    visited_on: date
    months: int
    month: date
    when: str
    on_roll: bool | None = None
    roll: Text | None = None
    income: Income | None = None
    found_again: bool | None = None
    next_alert: date | None = None
    risk: float | None = None


def afterwards(
    home: str, as_of: date, scope: Area, household: str, found: Sequence[Case], sighted: bool
) -> Iterator[Later]:
    """For each alert whose visit confirmed a need, one row for each of AFTER, oldest first."""
    visits = [visit for case in found for visit in _visits(case)]
    for case in found:
        if case.found.alert.outcome != Outcome.CONFIRMED:
            continue
        day = [on for number, on, need in visits if number == case.found.alert.id and need][-1]
        for count in AFTER:
            month = add_months(day, count)
            if month > as_of:
                yield Later(case.number, day, count, month, "not_yet")
                continue
            again = [need for _, on, need in visits if day < on <= month]
            alerts = [c.found.alert.raised_on for c in found]
            following = min((on for on in alerts if day < on <= month), default=None)
            state = _state(home, month, scope, household, sighted)
            yield Later(
                case.number,
                day,
                count,
                month,
                found_again=any(again) if again else None,
                next_alert=following,
                **state,
            )


def _visits(case: Case) -> Iterator[tuple[int, date, bool]]:
    """Each result of the alert that settled what is true: alert, day, whether it found need."""
    for row in case.found.events.to_dict("records"):
        if row["need_id"] == row["need_id"] and row["need_id"] is not None:
            continue
        if row["outcome"] in set(Outcome) and Outcome(row["outcome"]).verified:
            yield case.found.alert.id, row["at"].date(), row["outcome"] == Outcome.CONFIRMED


def _state(home: str, month: date, scope: Area, household: str, sighted: bool) -> dict[str, Any]:
    """What the month knew of the family, as it was known then."""
    path = base.monthly_file(home, "profile", month, "household.parquet")
    if path is None:
        return {"when": "not_known"}
    sql = "SELECT roll_class FROM read_parquet($path) WHERE household = $household"
    rows = base.query(sql, {"path": str(path), "household": household})
    if rows.empty:
        return {"when": "not_known"}
    code = rows["roll_class"].iloc[0]
    on_roll = not pd.isna(code)
    roll = names.value("assistance_rolls", "assistance_class", code) if on_roll else None
    told: dict[str, Any] = {"when": "known", "on_roll": on_roll, "roll": roll}
    told["income"] = income(home, month, scope, household)
    if sighted:
        told["risk"] = _risk(home, month, household)
    return told


def _risk(home: str, month: date, household: str) -> float | None:
    """The risk of need now, where the month tells it apart, else the one risk."""
    path = base.monthly_file(home, "risk", month, "risk.parquet")
    if path is None:
        return None
    sql = "SELECT * FROM read_parquet($path) WHERE household = $household"
    rows = base.query(sql, {"path": str(path), "household": household}).to_dict("records")
    value = rows[0].get("existing", rows[0].get("risk")) if rows else None
    return None if value is None or pd.isna(value) else float(value)
