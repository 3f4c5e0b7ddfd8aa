"""A county lives side by side with workers who act on its alerts, each act on its day."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from sqlalchemy import select

from alerts.models import Alert, AlertEvent, Need
from alerts.states import Action, State
from core.db import open_session, upgrade
from core.home import Home
from core.workflow.calendar import add_working_days
from data.ingest import ingest_directory
from data.vault import Vault
from simulator.fieldwork import Fieldwork, Trip, as_visits
from simulator.world import simulate
from simulator.world.books import household_numbers
from simulator.world.clock import month_number
from simulator.world.county import County, state_file
from simulator.world.state import load
from simulator.world.step import step

pytestmark = pytest.mark.slow

HOUSEHOLDS, RAISED = 400, date(2025, 12, 31)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    county = Home(tmp_path)
    simulate(county, households=HOUSEHOLDS, months=7, seed=11, end="2025-12")
    upgrade(county)
    return county


def county_of(home: Home) -> County:
    return County.resume(home, state_file(home, "2025-12"))


def an_alert(home: Home, row: int, *, urgent: bool = False) -> int:
    number = str(household_numbers(np.array([row]))[0])
    alert = Alert(
        household=Vault(home).household(number), township_code="990321112", raised_on=RAISED,
        as_of=RAISED, band="none" if urgent else "yellow", source="event" if urgent else "rule",
        state=State.RAISED, clock_from=RAISED, urgent=urgent,
    )  # fmt: skip
    with open_session(home) as session:
        session.add(alert)
        session.flush()
        session.add(
            Need(alert_id=alert.id, code="basic_living", department="civil_affairs",
                 state="suspected")
        )  # fmt: skip
        return alert.id


def alerts_of(home: Home) -> dict[int, Alert]:
    with open_session(home) as session:
        return {a.id: a for a in session.scalars(select(Alert))}


def events(home: Home, alert: int, action: Action) -> list[datetime]:
    with open_session(home) as session:
        query = select(AlertEvent.at).where(AlertEvent.alert_id == alert)
        return list(session.scalars(query.where(AlertEvent.action == action)))


def test_alerts_are_dispatched_the_next_morning_and_visited_later(home: Home) -> None:
    ids = [an_alert(home, row) for row in range(60)]
    workers = Fieldwork(home, 11, HOUSEHOLDS)
    planned = workers.plan(RAISED)
    assert 50 <= planned < 60  # some are never visited
    for alert in alerts_of(home).values():
        assert alert.state == State.DISPATCHED
    assert events(home, ids[0], Action.DISPATCH) == [datetime.combine(date(2026, 1, 1), time(9))]
    trips = workers.trips("2026-01")
    assert all(RAISED < trip.day <= date(2026, 1, 31) for trip in trips)
    assert len(trips) < planned  # the late ones come in another month
    assert workers.trips("2026-01") == []


def test_the_urgent_are_visited_within_two_working_days(home: Home) -> None:
    for row in range(100):
        an_alert(home, row, urgent=True)
    workers = Fieldwork(home, 11, HOUSEHOLDS)
    workers.plan(RAISED)
    trips = workers.trips("2026-03")
    in_time = [t.day <= add_working_days(RAISED, 2).on for t in trips]
    assert len(trips) >= 96
    assert 0.85 <= np.mean(in_time) < 1


def test_no_visit_is_recorded_before_the_month_it_falls_in(home: Home) -> None:
    county, workers = county_of(home), Fieldwork(home, 11, HOUSEHOLDS)
    for row in range(60):
        an_alert(home, row)
    workers.plan(RAISED)
    for text, last in (("2026-01", date(2026, 1, 31)), ("2026-02", date(2026, 2, 28))):
        trips = workers.trips(text)
        workers.record(trips, county.live(as_visits(trips)))
        with open_session(home) as session:
            latest = max(session.scalars(select(AlertEvent.at)))
        assert latest.date() <= last
        visited = {t.alert for t in trips}
        gone_to = {a.id for a in alerts_of(home).values() if a.state != State.DISPATCHED}
        assert visited <= gone_to


def lived_visit(home: Home, county: County, workers: Fieldwork) -> tuple[int, int]:
    """Visit every family in unmet need in January 2026; an alert and row whose need was found."""
    rows = np.flatnonzero(county.state.h.unmet)
    trips = [
        Trip(an_alert(home, row), int(row), date(2026, 1, 8), date(2026, 1, 5), (), False)
        for row in rows
    ]
    month = county.live(as_visits(trips))
    workers.record(trips, month)
    found = np.flatnonzero(month.found.outcome == "confirmed")
    assert len(found)
    return trips[found[0]].alert, trips[found[0]].row


def test_what_a_visit_finds_is_help_for_the_family_and_settles_its_needs(home: Home) -> None:
    county, workers = county_of(home), Fieldwork(home, 11, HOUSEHOLDS)
    alert, row = lived_visit(home, county, workers)
    assert alerts_of(home)[alert].state in (State.ASSISTING, State.CLOSED)
    assert county.state.h.orders[row] or county.state.h.cash[row]
    for _ in range(24):
        workers.record([], county.live())
    with open_session(home) as session:
        needs = session.scalars(select(Need).where(Need.alert_id == alert)).all()
        assert {n.state for n in needs} <= {"met", "dropped"}
    assert alerts_of(home)[alert].state == State.CLOSED


def test_the_visit_is_written_as_a_home_visit_and_reaches_the_lake(home: Home) -> None:
    county, workers = county_of(home), Fieldwork(home, 11, HOUSEHOLDS)
    _, row = lived_visit(home, county, workers)
    for _ in range(3):
        workers.record([], county.live())
    county.post.settle()
    ingest_directory(home, home.incoming)
    household = Vault(home).household(str(household_numbers(np.array([row]))[0]))
    files = sorted((home.lake / "home_visits").rglob("*.parquet"))
    rows = [r for f in files for r in pq.read_table(f, partitioning=None).to_pylist()]
    ours = [r for r in rows if r["household"] == household and r["visit_reason"] == "alert"]
    assert len(ours) == 1
    assert ours[0]["happened_on"] == date(2026, 1, 8)
    assert ours[0]["unmet_need"] is True


def test_a_life_without_alerts_is_the_life_of_a_simulation_run_on(home: Home) -> None:
    county = county_of(home)
    for _ in range(3):
        county.live()
    again = simulate(home, from_state=state_file(home, "2025-12"), end="2026-03")
    assert again.month == county.state.month == month_number("2026-03")
    for name in again.h:
        assert np.array_equal(again.h[name], county.state.h[name]), name


def test_visits_and_help_change_no_life_but_those_of_the_visited(home: Home) -> None:
    alone, county = load(state_file(home, "2025-12")), county_of(home)
    rows = np.flatnonzero(county.state.h.unmet)[:5]
    trips = [Trip(0, int(r), date(2026, 1, 8), date(2026, 1, 5), (), False) for r in rows]
    county.live(as_visits(trips))
    for _ in range(5):
        county.live()
    for _ in range(6):
        step(alone)
    others = np.setdiff1d(np.arange(HOUSEHOLDS), rows)
    for name in alone.h:
        assert np.array_equal(alone.h[name][others], county.state.h[name][others]), name
    assert not np.array_equal(alone.h.savings[rows], county.state.h.savings[rows])
