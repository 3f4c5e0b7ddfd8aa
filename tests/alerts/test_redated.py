"""Holidays that become known move due days, and nothing is told or counted twice for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts import service
from alerts.corrections.models import CorrectionTicket
from alerts.models import AlertEvent
from alerts.overdue import escalate_due
from alerts.policy import default_policy
from alerts.redated import Redated, redate
from alerts.states import Action, Role
from core.workflow import calendar
from core.workflow.calendar import CHINA_TIME
from tests.alerts.factories import TEAM, WORKER, candidate, raised

POLICY = default_policy()
# As if the first ten days of January 2027 were a holiday that nobody knew of.
OFF = {date(2027, 1, 1) + timedelta(days=n): False for n in range(10)}


@pytest.fixture(autouse=True)
def _own_calendar() -> Iterator[None]:
    yield
    calendar.use({}, frozenset())


def morning(day: int, month: int = 1, year: int = 2027) -> datetime:
    return datetime(year, month, day, 8, tzinfo=CHINA_TIME)


def told(session: Session, about_need: bool = False) -> list[str]:
    """The levels reported so far."""
    query = select(AlertEvent.note).where(AlertEvent.action == Action.ESCALATE)
    of = AlertEvent.need_id.is_not(None) if about_need else AlertEvent.need_id.is_(None)
    return [str(note).split()[0] for note in session.scalars(query.where(of))]


def look(session: Session, until: date) -> None:
    """The daily look from New Year on."""
    day = date(2027, 1, 1)
    while day <= until:
        escalate_due(session, morning(day.day, day.month), POLICY)
        day += timedelta(days=1)


def test_a_level_told_before_is_not_told_again_for_the_day_worked_out_anew(
    session: Session,
) -> None:
    (alert,) = raised(session, candidate(1), as_of=date(2026, 12, 31))
    before = alert.due_on
    look(session, date(2027, 1, 8))
    assert told(session)[0] == "L1"
    calendar.use(OFF, frozenset({2027}))
    assert redate(session, POLICY) == Redated(1, 0, 0)
    assert alert.due_on is not None
    assert before is not None
    assert alert.due_on > before
    look(session, date(2027, 3, 31))
    assert sorted(told(session)) == sorted(set(told(session)))


def test_nor_is_a_departments(session: Session) -> None:
    (alert,) = raised(session, candidate(1), as_of=date(2026, 11, 30))
    first = datetime(2026, 12, 1, 9, tzinfo=CHINA_TIME)
    service.move(session, alert.id, Action.DISPATCH, now=first, **TEAM)
    service.record_outcome(session, alert.id, "confirmed", now=first, **WORKER)
    session.flush()
    for need in alert.needs:
        service.take_up(session, need.id, actor="office", role=Role.DEPARTMENT, now=first)
    look(session, date(2027, 1, 10))
    before = told(session, about_need=True)
    assert before
    calendar.use(OFF, frozenset({2027}))
    assert redate(session, POLICY).needs > 0
    look(session, date(2027, 2, 28))
    again = select(AlertEvent.need_id, AlertEvent.note).where(
        AlertEvent.action == Action.ESCALATE, AlertEvent.need_id.is_not(None)
    )
    levels = [(need, str(note).split()[0]) for need, note in session.execute(again)]
    assert len(levels) == len(set(levels)) > len(before)


def test_correction_tickets_follow_too(session: Session) -> None:
    (alert,) = raised(session, candidate(1), as_of=date(2026, 12, 31))
    first = morning(1)
    service.move(session, alert.id, Action.DISPATCH, now=first, **TEAM)
    rows = [service.OutcomeRow(alert.id, "false_alarm", first, cause="stale")]
    service.import_outcomes(session, rows, actor="import")
    (ticket, _) = session.scalars(select(CorrectionTicket)).all()
    before = ticket.due_on
    calendar.use(OFF, frozenset({2027}))
    assert redate(session, POLICY).tickets == 2
    assert before is not None
    assert ticket.due_on is not None
    assert ticket.due_on > before
