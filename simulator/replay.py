"""Invented workers act on the demo county's alerts, each act on its own day.

Only for synthetic counties: the visits meet the sealed truth. An act is recorded no earlier than
the month in which it happens, so a later run never knows of a visit that is still to come.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import select

from alerts.filters import AlertFilter
from alerts.models import Alert, Need
from alerts.queries import list_alerts
from alerts.service import OutcomeRow, dispatch_many, import_outcomes, settle_need
from alerts.states import NeedState, Role
from alerts.store import open_session, upgrade
from data.home import Home, HomeError, add_months
from data.vault import Vault
from simulator.world.workers import visit_outcomes

DISPATCHED, ACCEPTED, VISITED, HELPED = time(9), time(10), time(15), time(16)
HELP_DAYS = (5, 25)
ACTOR = "demo worker"
ALL = 100_000

NEEDS = {
    "income": "basic_living",
    "medical": "medical_aid",
    "education": "student_aid",
    "work": "employment",
    "housing": "rural_housing",
    "care": "disability_subsidy",
}


class Replay:
    """A year of invented fieldwork: `visit` plans a month's visits, `until` records what is due."""

    def __init__(self, home: Home, seed: int) -> None:
        path = home.truth / "need.parquet"
        if not home.county.get("synthetic") or not path.exists():
            raise HomeError("only a simulated county can replay its visits")
        self._home, self._seed = home, seed
        upgrade(home)
        self._truth = _by_month(path)
        self._household_of = cache(Vault(home).household)
        self._visits: list[OutcomeRow] = []
        self._help: dict[int, datetime] = {}

    def visit(self, as_of: date, again: Sequence[int] = ()) -> None:
        """Dispatch the alerts raised as of this month and draw who visits when, and finds what.

        `again` names alerts under watch that want another visit.
        """
        month = f"{add_months(as_of, 1):%Y-%m}"
        if month not in self._truth:
            return
        with open_session(self._home) as session:
            where = AlertFilter(raised_from=as_of, raised_to=as_of, states=("raised",))
            raised = list_alerts(session, where, size=ALL).rows
            now = datetime.combine(as_of + timedelta(days=1), DISPATCHED)
            ids = raised["id"].tolist()
            dispatch_many(session, ids, actor=ACTOR, role=Role.DISPATCHER, now=now)
            due = session.scalars(select(Alert).where(Alert.id.in_([*ids, *again]))).all()
            going = pd.DataFrame(
                [(a.id, a.household, a.township_code) for a in due],
                columns=["id", "household", "township_code"],
            )
        if going.empty:
            return
        rng = np.random.default_rng([self._seed, as_of.toordinal()])
        found = visit_outcomes(self._truth[month], going, self._household_of, month, rng)
        waits = rng.integers(*HELP_DAYS, len(found))
        for alert_id, row, wait in zip(going["id"], found.to_dict("records"), waits, strict=True):
            if row["outcome"] and not pd.isna(row["visited_on"]):
                self._plan(int(alert_id), row, int(wait))

    def _plan(self, alert_id: int, row: Mapping[Any, Any], wait: int) -> None:
        day = pd.Timestamp(row["visited_on"]).date()
        named = [NEEDS[n] for n in str(row["needs"]).split(",") if n in NEEDS]
        confirmed = row["outcome"] == "confirmed"
        self._visits.append(
            OutcomeRow(
                alert_id,
                str(row["outcome"]),
                datetime.combine(day, VISITED),
                cause=str(row["cause"]) or None,
                needs=named if confirmed else None,
                accepted_at=datetime.combine(day, ACCEPTED),
            )
        )
        if confirmed:
            self._help[alert_id] = datetime.combine(day + timedelta(days=wait), HELPED)

    def until(self, day: date) -> None:
        """Record the visits and the help that happened up to and including `day`."""
        due = [v for v in self._visits if v.at.date() <= day]
        self._visits = [v for v in self._visits if v.at.date() > day]
        helped = {a: at for a, at in self._help.items() if at.date() <= day}
        self._help = {a: at for a, at in self._help.items() if at.date() > day}
        with open_session(self._home) as session:
            import_outcomes(session, due, actor=ACTOR)
        with open_session(self._home) as session:
            query = select(Need).where(Need.alert_id.in_(helped), Need.state == NeedState.CONFIRMED)
            for need in session.scalars(query).all():
                settle_need(
                    session,
                    need.id,
                    met=True,
                    actor=ACTOR,
                    role=Role.WORKER,
                    now=helped[need.alert_id],
                )


def _by_month(path: Path) -> dict[str, pd.DataFrame]:
    """The sealed truth, one table a month ("2026-06")."""
    truth = pd.read_parquet(path, partitioning=None)
    return {str(month): rows for month, rows in truth.groupby("month", observed=True)}
