"""Reads of the supervision page: load, lateness, days per step, what was reported upwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd
from sqlalchemy.orm import Session

from alerts.policy import load_policy
from alerts.supervision import load as loads
from alerts.supervision import reported as reports
from alerts.supervision.steps import STEPS, in_month, steps_done, summed
from core.access.areas import Area
from core.home import add_months
from services.reads import base, load, standing
from services.reads.overview import run_numbers

OLDEST = 10
STEP_COLUMNS = ["n", "mean", "median", "late"]


@dataclass(frozen=True)
class Supervision:
    """How the work of an area stands at the end of a month (the newest: now).

    `open` alerts fall into `late` (past their due day), `near` (due within two working days) and
    the rest; on `owed` a visit is still to be made. `townships`, `villages` (of a township chosen),
    `bands`, `steps_open` and `persons` have one row a group with these counts; townships and
    villages also `new`, `sent` and `visited` (alerts raised in the month, of these sent out,
    results recorded in the month), `capacity` and `ceiling` (`services.reads.load`). `departments`
    counts needs (`alerts.supervision.load.departments`). `capacity` is the county's ceiling on
    ranked visits of the month's run.

    What was done "this month" was done by its last day; `since` counts what came after it in the
    newest month, for the next one: steps, visits, reported.

    `steps` has one row a step: step, limit_least, limit_most (working days) and, for this month
    (`now`) and last (`before`), n, mean, median and late; `by_township` the same for the check.
    `reported` and `reported_before` count alerts reported upwards by kind; `by_hand` lists this
    month's reports by people, and of the newest month those since: alert_id, at, actor, note.
    """

    month: str
    open: int
    owed: int
    near: int
    late: int
    capacity: int | None
    places: pd.DataFrame
    bands: pd.DataFrame
    steps_open: pd.DataFrame
    persons: pd.DataFrame
    departments: pd.DataFrame
    steps: pd.DataFrame
    by_place: pd.DataFrame
    reported: Mapping[str, int]
    reported_before: Mapping[str, int]
    by_hand: pd.DataFrame
    since: Mapping[str, int]


@base.cached_alerts
def figures(home: str, as_of: date, scope: Area) -> Supervision:
    """The figures of an area. Raises NothingYet when no alert was ever raised."""
    known = base.known_at(home, as_of)
    policy, before = load_policy(base.home_at(home), as_of), add_months(as_of, -1)
    stood = standing.stood(home, as_of, scope)
    found = load.open_alerts(home, as_of, scope)
    key = "village_code" if scope.code else "township_code"
    with base.alert_session(home, scope) as session:
        done = steps_done(session, policy, known)
        now, last = in_month(done, as_of), in_month(done, before)
        return Supervision(
            f"{as_of:%Y-%m}",
            *(len(found) if name == "open" else int(found[name].sum()) for name in loads.COUNTS),
            run_numbers(home, as_of).get("capacity"),
            _places(load.by_place(home, as_of, scope, key), stood, now, key),
            loads.load(found, "band"),
            loads.load(found, "step"),
            _persons(found, now),
            loads.departments(
                session, found, as_of, before, known, policy, base.today_at(home, as_of)
            ),
            _steps(now, last, ["step"]),
            _by_place(stood, now, last, key),
            *(reports.counted(one) for one in _reported(session, as_of, before)),
            _by_hand(session, as_of, known),
            _since(session, done, as_of, known),
        )


def _places(rows: pd.DataFrame, stood: pd.DataFrame, now: pd.DataFrame, key: str) -> pd.DataFrame:
    """Load by place with the month's visits; places where nothing is or was are left out."""
    place = stood.set_index("id")[key]
    visits = now.loc[now["step"] == "check", "alert_id"].map(place).value_counts()
    rows = rows.assign(visited=[int(visits.get(code, 0)) for code in rows["group"]])
    busy = rows[["open", "new", "visited"]].sum(axis=1) > 0
    return rows[busy].reset_index(drop=True)


def _persons(found: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Load by the account that has the case, with the visits it recorded this month."""
    rows = loads.load(loads.holders(found), "person")
    visits = now.loc[now["step"] == "check", "actor"].value_counts()
    return rows.assign(visited=[int(visits.get(name, 0)) for name in rows["group"]])


def _steps(now: pd.DataFrame, last: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Both months side by side: STEP_COLUMNS ending in _now and _before, limits of both."""
    parts = [summed(one, by).set_index(by) for one in (now, last)]
    limits = summed(pd.concat([now, last]), by).set_index(by)[["limit_least", "limit_most"]]
    joined = limits.join(parts[0][STEP_COLUMNS].add_suffix("_now"))
    joined = joined.join(parts[1][STEP_COLUMNS].add_suffix("_before")).reset_index()
    counts = [f"{name}_{month}" for name in ("n", "late") for month in ("now", "before")]
    return joined.assign(**{name: joined[name].fillna(0).astype(int) for name in counts})


def _by_place(stood: pd.DataFrame, now: pd.DataFrame, last: pd.DataFrame, key: str) -> pd.DataFrame:
    """Days to the visit's result by place, this month and last."""
    place = stood.set_index("id")[key]
    parts = [
        one[one["step"] == "check"].assign(group=lambda rows: rows["alert_id"].map(place))
        for one in (now, last)
    ]
    found = _steps(parts[0], parts[1], ["group"])
    return found.sort_values(["late_now", "n_now"], ascending=False, ignore_index=True)


def _reported(session: Session, as_of: date, before: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    now = reports.reported(session, as_of.replace(day=1), as_of)
    return now, reports.reported(session, before.replace(day=1), before)


def _by_hand(session: Session, as_of: date, known: date | None) -> pd.DataFrame:
    found = reports.reported(session, as_of.replace(day=1), known)
    return found[found["kind"] == "by_hand"].reset_index(drop=True)


def _since(session: Session, done: pd.DataFrame, as_of: date, known: date | None) -> dict[str, int]:
    """What was done after the month's last day; nothing in a past month, which ends with it."""
    later = done[pd.to_datetime(done["done_on"]) > pd.Timestamp(as_of)]
    told = reports.reported(session, as_of + timedelta(days=1), known)
    visits = int((later["step"] == "check").sum())
    return {"steps": len(later), "visits": visits, "reported": len(told)}


__all__ = ["OLDEST", "STEPS", "Supervision", "figures"]
