"""Suspended cases, and results that a second person approves."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts import need_clocks, service
from alerts.errors import MoveRefused
from alerts.facts import alert_facts
from alerts.filters import AlertFilter, falls_due
from alerts.models import Alert, AlertEvent
from alerts.overdue import escalate_due
from alerts.policy import default_policy
from alerts.queries import list_alerts
from alerts.standing import alert_as_at, standing
from alerts.states import Action, Cause, Role, State
from alerts.supervision.load import marked
from core.workflow.calendar import add_working_days
from tests.alerts.factories import DAY, TEAM, WORKER, alert_at

LEADER: dict[str, Any] = {"actor": "leader", "role": Role.SUPERVISOR}
UNTIL = date(2026, 5, 8)


def suspended(session: Session) -> Alert:
    alert = alert_at(session, State.ACCEPTED)
    return service.suspend(session, alert.id, UNTIL, now=DAY, note="外出务工，五月回", **TEAM)


def test_a_suspended_case_is_due_when_the_suspension_ends(session: Session) -> None:
    alert = suspended(session)
    assert (alert.state, alert.due_on, alert.suspended_until) == (State.ACCEPTED, UNTIL, UNTIL)


def test_it_needs_a_reason_and_a_day_within_reach(session: Session) -> None:
    alert = alert_at(session, State.ACCEPTED)
    for until, words in ((DAY.date(), "x"), (DAY.date() + timedelta(days=91), "x"), (UNTIL, "")):
        with pytest.raises(MoveRefused):
            service.suspend(session, alert.id, until, now=DAY, note=words, **TEAM)
    assert alert.suspended_until is None


def test_a_worker_cannot_stop_the_clock(session: Session) -> None:
    alert = alert_at(session, State.ACCEPTED)
    with pytest.raises(MoveRefused, match="that is for"):
        service.suspend(session, alert.id, UNTIL, now=DAY, note="外出", **WORKER)


def test_nothing_is_reported_upwards_while_it_lasts_and_it_ends_by_itself(
    session: Session,
) -> None:
    alert = suspended(session)
    assert escalate_due(session, DAY.replace(month=5, day=8)).counts()["late"] == 0
    found = escalate_due(session, DAY.replace(month=5, day=9))
    assert found.resumed == (alert.id,)
    assert alert.suspended_until is None
    # A Saturday: the whole limit of a red alert's check runs from there, Monday and Tuesday.
    assert (alert.clock_from, alert.due_on) == (date(2026, 5, 9), date(2026, 5, 12))
    assert escalate_due(session, DAY.replace(month=5, day=9)).resumed == ()


def test_a_result_of_a_suspended_case_is_taken_and_the_log_tells_that_it_resumed(
    session: Session,
) -> None:
    alert = suspended(session)
    service.record_outcome(session, alert.id, "confirmed", now=DAY.replace(day=20), **WORKER)
    session.flush()
    assert (alert.state, alert.suspended_until) == (State.ASSISTING, None)
    acts = [event.action for event in events(session, alert)]
    assert acts[-5:-2] == ["resume", "check", "confirm"]


@pytest.mark.slow
def test_a_note_leaves_it_suspended(session: Session) -> None:
    alert = suspended(session)
    service.move(session, alert.id, Action.NOTE, now=DAY, note="已电话联系", **WORKER)
    assert alert.suspended_until == UNTIL


def test_what_is_not_suspended_is_not_resumed(session: Session) -> None:
    alert = alert_at(session, State.ACCEPTED)
    with pytest.raises(MoveRefused, match="not suspended"):
        service.move(session, alert.id, Action.RESUME, now=DAY, **TEAM)


def test_a_past_day_shows_the_suspension_of_that_day(session: Session) -> None:
    alert = suspended(session)
    service.move(session, alert.id, Action.RESUME, now=DAY.replace(day=20), **TEAM)
    session.flush()
    then = alert_as_at(session, alert, date(2026, 4, 10))
    assert then is not None
    assert (then.suspended_until, then.due_on) == (UNTIL, UNTIL)
    now = standing(session, date(2026, 4, 20)).iloc[0]
    assert (now["suspended_until"], now["due_on"]) == (None, alert.due_on)


# Approval


def waiting(session: Session) -> Alert:
    """A red alert that a worker called a false alarm."""
    alert = alert_at(session, State.CHECKING)
    service.record_outcome(session, alert.id, "false_alarm", cause=Cause.STALE, now=DAY, **WORKER)
    session.flush()
    return alert


def test_a_red_false_alarm_closes_only_with_a_second_person(session: Session) -> None:
    alert = waiting(session)
    assert (alert.state, alert.outcome, alert.closed_on) == ("approval", "false_alarm", None)
    assert not alert_facts(session)["concluded"].any()
    service.approve(session, alert.id, now=DAY, **LEADER)
    session.flush()
    assert (alert.state, alert.closed_on) == (State.CLOSED, DAY.date())
    assert {need.state for need in alert.needs} == {"dropped"}
    assert alert_facts(session)["concluded"].all()


def test_nobody_approves_what_they_recorded(session: Session) -> None:
    alert = alert_at(session, State.CHECKING)
    service.record_outcome(session, alert.id, "refused", now=DAY, **TEAM)
    session.flush()
    with pytest.raises(MoveRefused, match="somebody else"):
        service.approve(session, alert.id, now=DAY, **TEAM)
    service.approve(session, alert.id, now=DAY, **LEADER)


def test_a_result_sent_back_stands_no_longer(session: Session) -> None:
    alert = waiting(session)
    service.move(session, alert.id, Action.REJECT, now=DAY, note="请再入户", **LEADER)
    session.flush()
    assert (alert.state, alert.outcome) == (State.CHECKING, None)
    facts = alert_facts(session).iloc[0]
    assert (facts["outcome"], bool(facts["verified"])) == (None, False)
    service.record_outcome(session, alert.id, "confirmed", now=DAY, **WORKER)
    assert {need.state for need in alert.needs} == {"confirmed"}


def test_a_result_that_waits_too_long_is_reported_upwards(session: Session) -> None:
    alert = waiting(session)
    assert alert.due_on == date(2026, 4, 3)
    found = escalate_due(session, DAY.replace(day=7))
    assert found.levels[0] == (alert.id,)
    assert escalate_due(session, DAY.replace(day=7)).levels == ((), (), ())


def events(session: Session, alert: Alert) -> list[Any]:
    own = select(AlertEvent).where(AlertEvent.alert_id == alert.id).order_by(AlertEvent.id)
    return list(session.scalars(own))


def test_a_department_has_its_whole_time_again_when_the_case_goes_on(session: Session) -> None:
    alert = alert_at(session, State.ASSISTING)
    need, other = alert.needs
    office: dict[str, Any] = {"actor": "office", "role": Role.DEPARTMENT}
    service.take_up(session, need.id, now=DAY, **office)
    before = need.due_on
    service.suspend(session, alert.id, UNTIL, now=DAY, note="外出务工", **TEAM)
    resumed = DAY.replace(month=5, day=9)
    service.move(session, alert.id, Action.RESUME, now=resumed, **TEAM)
    limit = need_clocks.limit(need, default_policy())
    assert (need.clock_from, need.due_on) == (
        date(2026, 5, 9),
        add_working_days(date(2026, 5, 9), limit).on,
    )
    assert before is not None
    assert need.due_on > before
    assert (other.clock_from, other.due_on) == (None, None)  # nobody has taken it up


def test_a_suspended_case_is_neither_near_due_nor_late(session: Session) -> None:
    suspended(session)
    stood = standing(session)
    for day in (UNTIL, UNTIL + timedelta(days=1)):  # the last day, and before the daily look
        today: dict[str, Any] = {"today": day}
        for due, found in (("near", False), ("late", False), ("later", True)):
            assert falls_due(stood, due, day).tolist() == [found]
        counted = marked(stood, day).iloc[0]
        assert not counted["near"]
        assert not counted["late"]
        assert list_alerts(session, AlertFilter(due="near", **today)).total == 0
