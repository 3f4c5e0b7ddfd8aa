"""Twenty workers on the same alerts: each alert is accepted once, no note is lost, none waits for
ever, and the record of it all is whole. On SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import date

import pytest
from sqlalchemy import select

import services
from alerts.models import AlertEvent
from alerts.states import State
from core.access.areas import Area
from core.access.principal import Grant, Principal
from core.access.roles import Role
from core.audit.models import AuditEvent
from core.audit.verifying import verify_home
from core.db import store
from core.home import Home
from services import AlertChanged, Context, MoveRefused
from services.reads.base import newest_event
from tests.alerts.factories import alert_at

WORKERS, ALERTS = 20, 6
MONTH = date(2026, 4, 30)


def worker(number: int, home: Home) -> Context:
    grant = Grant(Role.TOWNSHIP_WORKER)
    return Context(Principal(f"worker-{number}", "", (grant,)), str(home.root), MONTH, Area())


def act_until_seen(context: Context, alert: int, action: str, note: str | None) -> bool:
    """Do a step on what the page shows; look again when somebody was faster."""
    while True:
        seen = services.family.detail(context, alert).last_event
        try:
            services.family.move(context, alert, seen, action=action, note=note)
        except AlertChanged:
            continue
        except MoveRefused:
            return False
        return True


@pytest.mark.slow
def test_twenty_workers_at_once(county_home: Home) -> None:
    with store.open_session(county_home) as session:
        alerts = [alert_at(session, State.DISPATCHED, n).id for n in range(1, ALERTS + 1)]
    assert newest_event(str(county_home.root)) is not None
    accepted: Counter[int] = Counter()
    lock, failed = threading.Lock(), []

    def work(number: int) -> None:
        context = worker(number, county_home)
        try:
            for alert in alerts[number % ALERTS :] + alerts[: number % ALERTS]:
                if act_until_seen(context, alert, "accept", None):
                    with lock:
                        accepted[alert] += 1
                act_until_seen(context, alert, "note", f"note of {number}")
        except Exception as error:  # noqa: BLE001 - told by the main thread
            failed.append(error)

    threads = [threading.Thread(target=work, args=(n,), daemon=True) for n in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=180)
    assert failed == []
    assert not any(thread.is_alive() for thread in threads)
    assert accepted == dict.fromkeys(alerts, 1)
    with store.open_session(county_home) as session:
        notes = session.scalars(select(AlertEvent.note).where(AlertEvent.action == "note"))
        assert Counter(notes) == {f"note of {n}": ALERTS for n in range(WORKERS)}
        recorded = session.scalars(select(AuditEvent.action)).all()
    assert Counter(recorded)["note"] == WORKERS * ALERTS
    assert Counter(recorded)["accept"] == ALERTS
    assert verify_home(county_home).findings == []
