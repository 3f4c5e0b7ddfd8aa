"""What invented departments and the invented steward do, on its day and once."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts import service
from alerts.corrections.models import CorrectionTicket
from alerts.models import Alert, Help
from alerts.referrals.models import Referral, ReferralEvent
from alerts.states import NeedState, State
from simulator import offices, referred, steward
from simulator.offices import Answer
from tests.alerts.factories import DAY, TEAM, WORKER, alert_at
from tests.databases import *  # noqa: F403 - its fixtures

SEED, ROW = 11, 5


def confirmed(session: Session) -> tuple[Alert, dict[str, int]]:
    alert = alert_at(session, State.ASSISTING)
    session.flush()
    return alert, {alert.household: ROW}


def test_needs_are_taken_up_within_days_and_met_with_help_of_their_kind(session: Session) -> None:
    alert, rows = confirmed(session)
    answers = [Answer(ROW, need.code, True, date(2026, 4, 20)) for need in alert.needs]
    offices.work(session, answers, rows, date(2026, 4, 15), SEED)
    assert {need.state for need in alert.needs} == {NeedState.HANDLING}
    offices.work(session, answers, rows, date(2026, 4, 30), SEED)
    session.flush()
    assert alert.state == State.CLOSED
    given = {(one.kind, one.given_on) for one in session.scalars(select(Help))}
    assert given == {("monthly", date(2026, 4, 20)), ("reimbursed", date(2026, 4, 20))}
    offices.work(session, answers, rows, date(2026, 4, 30), SEED)
    assert len(session.scalars(select(Help)).all()) == 2


def test_a_need_that_was_turned_down_is_dropped_without_help(session: Session) -> None:
    alert, rows = confirmed(session)
    answers = [Answer(ROW, need.code, False, date(2026, 4, 20)) for need in alert.needs]
    offices.work(session, answers, rows, date(2026, 4, 30), SEED)
    assert {need.state for need in alert.needs} == {NeedState.DROPPED}
    assert session.scalars(select(Help)).all() == []


def test_the_steward_sends_a_ticket_and_closes_it_with_the_answer(session: Session) -> None:
    alert = alert_at(session, State.CHECKING)
    session.flush()
    service.record_outcome(session, alert.id, "false_alarm", cause="stale", now=DAY, **WORKER)
    session.flush()
    service.approve(session, alert.id, now=DAY, **TEAM)
    rows = {alert.household: ROW}
    steward.work(session, rows, date(2026, 4, 1), SEED)
    assert _states(session) == {"opened"}
    steward.work(session, rows, date(2026, 4, 2), SEED)
    assert _states(session) == {"sent"}
    steward.work(session, rows, date(2026, 4, 30), SEED)
    assert _states(session) == {"closed"}


@pytest.mark.slow
def test_bodies_answer_referrals_some_late_some_never_and_one_in_ten_passes_on(
    session: Session,
) -> None:
    alerts = [alert_at(session, State.CLOSED, number) for number in range(1, 41)]
    session.flush()
    rows = {alert.household: 7 * number for number, alert in enumerate(alerts)}
    due = date(2026, 4, 16)
    for until in (due, date(2026, 7, 31), date(2026, 7, 31)):
        referred.work(session, rows, until, SEED)
        session.flush()
        found = session.scalars(select(Referral)).all()
        answered = [one for one in found if one.state == "done"]
        if until == due:
            assert 0.5 < len(answered) / len(found) < 0.85
    assert 0.02 < 1 - len(answered) / len(found) < 0.25
    assert {one.closed_on for one in answered if one.closed_on and one.closed_on > due}
    steps = session.scalars(select(ReferralEvent.action)).all()
    assert 0.02 < steps.count("pass_on") / len(found) < 0.2
    assert steps.count("answer") == len(answered)


def _states(session: Session) -> set[str]:
    return set(session.scalars(select(CorrectionTicket.state)))
