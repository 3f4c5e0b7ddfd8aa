"""Late steps: told upwards once for each level, sent back, closed when nobody ever went."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts import service
from alerts.funnel import funnel
from alerts.models import AlertEvent
from alerts.overdue import escalate_due
from alerts.policy import default_policy
from alerts.states import Action, Outcome, State
from core.workflow.calendar import CHINA_TIME
from tests.alerts.factories import TEAM, WORKER, alert_at, candidate, raised

POLICY = default_policy()


def at(month: int, day: int) -> datetime:
    return datetime.combine(date(2026, month, day), time(9), CHINA_TIME)


def notes(session: Session) -> list[str | None]:
    query = select(AlertEvent.note).where(AlertEvent.action == Action.ESCALATE)
    return list(session.scalars(query.order_by(AlertEvent.id)))


def test_each_level_is_told_once_for_each_deadline(session: Session) -> None:
    (alert,) = raised(session)  # a red one raised on 31 March is due to be dispatched on 1 April
    assert escalate_due(session, at(4, 1), POLICY).levels == ((), (), ())
    assert escalate_due(session, at(4, 2), POLICY).levels == ((alert.id,), (), ())
    assert escalate_due(session, at(4, 2), POLICY).levels == ((), (), ())
    assert escalate_due(session, at(4, 3), POLICY).levels == ((), (), ())
    # 4 to 6 April are holidays: five working days late on 10 April
    assert escalate_due(session, at(4, 10), POLICY).levels == ((), (alert.id,), ())
    assert escalate_due(session, at(4, 17), POLICY).levels == ((), (), (alert.id,))
    assert escalate_due(session, at(4, 20), POLICY).levels == ((), (), ())
    assert notes(session) == ["L1 2026-04-01", "L2 2026-04-01", "L3 2026-04-01"]


def test_a_late_look_reports_the_highest_level_only(session: Session) -> None:
    (alert,) = raised(session)
    assert escalate_due(session, at(4, 30), POLICY).levels == ((), (), (alert.id,))


def test_a_new_deadline_is_told_anew(session: Session) -> None:
    (alert,) = raised(session)
    escalate_due(session, at(4, 2), POLICY)
    service.move(session, alert.id, Action.DISPATCH, now=at(4, 2), **TEAM)
    assert alert.due_on == date(2026, 4, 3)
    assert escalate_due(session, at(4, 7), POLICY).levels == ((alert.id,), (), ())
    assert notes(session) == ["L1 2026-04-01", "L1 2026-04-03"]


def test_what_is_near_due_is_listed_and_nothing_is_written(session: Session) -> None:
    alert = alert_at(session, State.ACCEPTED)  # red: two working days from 1 April
    assert escalate_due(session, at(4, 2), POLICY).near == ()  # 1 of 2 days, below 80 %
    assert escalate_due(session, at(4, 3), POLICY).near == (alert.id,)
    assert notes(session) == []


def test_a_visit_long_overdue_goes_back_to_be_dispatched_anew(session: Session) -> None:
    alert = alert_at(session, State.ACCEPTED)  # due on 3 April
    before = escalate_due(session, at(4, 17), POLICY)  # nine working days late
    assert (before.returned, alert.state) == ((), "accepted")
    done = escalate_due(session, at(4, 20), POLICY)
    assert (done.returned, alert.state) == ((alert.id,), "returned")
    assert alert.clock_from == date(2026, 4, 20)
    assert escalate_due(session, at(4, 20), POLICY).returned == ()


def test_a_case_that_nobody_visits_is_closed_without_a_result(session: Session) -> None:
    (alert,) = raised(session)  # 60 working days after 31 March is 29 June
    escalate_due(session, at(6, 26), POLICY)
    assert alert.state == "raised"
    done = escalate_due(session, at(6, 29), POLICY)
    assert done.lapsed == (alert.id,)
    # In the funnel it is no case that is still being checked.
    lost = {loss.code: loss.n for step in funnel(session) for loss in step.losses}
    assert lost == {"never_visited": 1}
    assert (alert.state, alert.outcome) == ("closed", None)
    assert {need.state for need in alert.needs} == {"dropped"}


def test_a_second_visit_owed_to_a_watched_family_has_its_own_patience(session: Session) -> None:
    alert = alert_at(session, State.WATCHING)
    service.move(session, alert.id, Action.RECHECK, now=at(6, 30), **TEAM)
    assert escalate_due(session, at(7, 31), POLICY).lapsed == ()
    assert escalate_due(session, at(9, 30), POLICY).lapsed == (alert.id,)
    assert alert.outcome == "not_eligible"  # what the first visit found still stands


def test_help_under_way_is_escalated_and_never_closed_by_itself(session: Session) -> None:
    alert = alert_at(session, State.ASSISTING)
    done = escalate_due(session, at(9, 30), POLICY)
    assert (done.levels[2], done.lapsed, done.returned) == ((alert.id,), (), ())
    assert alert.state == "assisting"


def test_closed_and_watched_cases_are_left_alone(session: Session) -> None:
    alert_at(session, State.WATCHING, 1)
    alert_at(session, State.CLOSED, 2)
    assert escalate_due(session, at(9, 30), POLICY).counts() == {
        "near": 0,
        "late": 0,
        "level_1": 0,
        "level_2": 0,
        "level_3": 0,
        "returned": 0,
        "lapsed": 0,
        "resumed": 0,
        "late_needs": 0,
        "handed_back": 0,
        "late_referrals": 2,  # the closed one was a referral: its two bodies never answered
        "reminded": 2,
    }


@pytest.mark.slow
def test_an_alert_raised_later_is_not_looked_at(session: Session) -> None:
    raised(session)
    assert escalate_due(session, at(3, 1), POLICY).counts()["near"] == 0


@pytest.mark.parametrize("tries", [1, 2])
def test_a_family_tried_in_vain_is_tried_again(session: Session, tries: int) -> None:
    alert = alert_at(session, State.CHECKING)
    for day in range(1, tries + 1):
        service.record_outcome(session, alert.id, Outcome.UNREACHABLE, now=at(4, day), **WORKER)
    assert (alert.state, alert.tries, alert.outcome) == ("retry", tries, "unreachable")
    assert alert.due_on == date(2026, 4, {1: 9, 2: 10}[tries])
    assert {need.state for need in alert.needs} == {"suspected"}
    service.record_outcome(session, alert.id, Outcome.CONFIRMED, now=at(4, 10), **WORKER)
    assert (alert.state, alert.tries, alert.outcome) == ("assisting", 0, "confirmed")


def test_three_tries_imported_at_once_close_the_case(session: Session) -> None:
    (alert,) = raised(session, candidate(1))
    rows = [service.OutcomeRow(alert.id, Outcome.UNREACHABLE, at(4, day)) for day in (1, 8, 15)]
    assert service.import_outcomes(session, rows, actor="w").refused == ()
    assert alert.state == "closed"
    (refused,) = service.import_outcomes(session, rows[:1], actor="w").refused
    assert refused[0] == alert.id
