"""Reports upwards when the look at the deadlines is killed: each exactly once, whatever happens."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from alerts import service
from alerts.models import AlertEvent
from alerts.overdue import escalate_due
from alerts.states import Action
from core.db import open_session, store, upgrade
from core.home import Home
from tests.alerts.factories import DAY, TEAM, candidate, raised

ALERTS, DAYS, KILLS = 60, 30, 50
FORK = multiprocessing.get_context("fork")


def county(root: Path) -> Home:
    """A home with dispatched alerts that nobody will visit."""
    home = Home(root)
    home.data.mkdir(parents=True)
    upgrade(home)
    with open_session(home) as session:
        alerts = raised(session, *(candidate(n) for n in range(ALERTS)))
        service.dispatch_many(session, [a.id for a in alerts], now=DAY, **TEAM)
    return home


def look_daily(home: Home) -> None:
    """What `doudi overdue` does on each of thirty days."""
    for day in range(DAYS):
        with open_session(home) as session:
            escalate_due(session, datetime(2026, 4, 2, 8) + timedelta(days=day))  # noqa: DTZ001


def reports(home: Home) -> Counter[tuple[int, str | None]]:
    """How often each alert was reported at each level for each due day."""
    with open_session(home) as session:
        query = select(AlertEvent.alert_id, AlertEvent.note)
        return Counter(
            (alert, note)
            for alert, note in session.execute(query.where(AlertEvent.action == Action.ESCALATE))
        )


@pytest.mark.slow
def test_fifty_kills_report_nothing_twice_and_lose_nothing(tmp_path: Path) -> None:
    undisturbed, killed = county(tmp_path / "a"), county(tmp_path / "b")
    begun = time.monotonic()
    _child(undisturbed).join()
    whole = time.monotonic() - begun
    luck, fallen = random.Random(50), 0  # noqa: S311
    while fallen < KILLS:
        child = _child(killed)
        time.sleep(luck.uniform(0.02, 1.0) * whole)
        if child.is_alive():
            os.kill(child.pid or 0, signal.SIGKILL)
            fallen += 1
        else:  # it came through: begin on a county where something is left to tell
            killed = county(tmp_path / f"b{fallen}-{luck.random()}")
        child.join()
        assert max(reports(killed).values(), default=1) == 1
    _child(killed).join()
    assert reports(killed) == reports(undisturbed)
    assert set(reports(killed).values()) == {1}
    assert {note.split()[0] for _, note in reports(killed) if note} == {"L1", "L2", "L3"}


def _child(home: Home) -> multiprocessing.process.BaseProcess:
    """The daily looks in a process apart, which opens the database itself."""
    store.engine_of(home).dispose()  # no connection may be shared by two processes
    child = FORK.Process(target=look_daily, args=(home,))
    child.start()
    return child
