"""By when help is owed: the first measure or clear answer by the band, applications by the law.

The family of these tests is red; everything up to the visit's result happened on 1 April 2026. Red
has three working days for a first measure: with Qingming on the 4th to 6th that is 7 April.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts import need_clocks, service
from alerts.models import Alert, AlertEvent, Need
from alerts.needs_standing import needs_standing
from alerts.overdue import escalate_due
from alerts.policy import default_policy
from alerts.standing import standing
from alerts.states import Action, NeedState, Role, State
from alerts.supervision.load import departments, marked
from alerts.supervision.steps import steps_done
from tests.alerts.factories import DAY, TEAM, WORKER, alert_at

POLICY = default_policy()
OFFICE: dict[str, Any] = {"actor": "office", "role": Role.DEPARTMENT}
QUICK_AID, DIBAO, SCHOOL = "emergency_aid", "basic_living", "student_aid"


def at(month: int, day: int) -> datetime:
    return datetime.combine(date(2026, month, day), time(9))


def found(session: Session, *kinds: str) -> tuple[Alert, dict[str, Need]]:
    """A red family whose visit confirmed these needs."""
    alert = alert_at(session, State.CHECKING)
    named = dict.fromkeys(kinds, "confirmed")
    service.record_outcome(session, alert.id, "confirmed", needs=named, now=DAY, **WORKER)
    session.flush()
    return alert, {need.code: need for need in alert.needs}


def met(session: Session, need: Need, on: datetime) -> None:
    service.settle_need(session, need.id, met=True, now=on, **OFFICE)
    session.flush()


def taken(session: Session, need: Need, on: datetime) -> None:
    service.take_up(session, need.id, now=on, **OFFICE)
    session.flush()


def first_help(session: Session) -> list[tuple[int, int, bool]]:
    """Days, limit and lateness of the step that ends with the first measure."""
    done = steps_done(session, POLICY)
    done = done[done["step"] == "measure"]
    return list(zip(done["days"], done["limit"], done["late"], strict=True))


def told(session: Session) -> list[str | None]:
    query = select(AlertEvent.note).where(AlertEvent.action == Action.ESCALATE)
    return list(session.scalars(query.order_by(AlertEvent.id)))


def test_a_need_that_nobody_answers_is_due_by_the_limit_of_the_band(session: Session) -> None:
    alert, _ = found(session, DIBAO, SCHOOL)
    assert alert.due_on == date(2026, 4, 7)
    assert escalate_due(session, at(4, 7)).late == 0
    # The case is reported once, however many needs wait.
    assert escalate_due(session, at(4, 8)).levels == ((alert.id,), (), ())
    assert escalate_due(session, at(4, 8)).levels == ((), (), ())
    assert told(session) == ["L1 2026-04-07"]


def test_once_an_application_starts_the_times_of_the_law_apply(session: Session) -> None:
    """30 working days for Dibao (民发〔2021〕57号): a red case is not late on its fourth day."""
    alert, needs = found(session, DIBAO)
    taken(session, needs[DIBAO], at(4, 2))
    assert alert.due_on == date(2026, 5, 19)
    assert escalate_due(session, at(5, 19)).late == 0
    later = escalate_due(session, at(5, 20))
    assert (later.late, later.late_needs, later.levels[0]) == (1, 1, (alert.id,))


def test_the_first_measure_meets_the_limit_and_further_needs_have_their_own(
    session: Session,
) -> None:
    alert, needs = found(session, QUICK_AID, DIBAO)
    taken(session, needs[DIBAO], at(4, 2))
    assert alert.due_on == date(2026, 4, 7)  # quick aid waits still
    met(session, needs[QUICK_AID], at(4, 3))
    assert (alert.state, alert.due_on) == (State.ASSISTING, date(2026, 5, 19))
    assert first_help(session) == [(2, 3, False)]
    met(session, needs[DIBAO], at(5, 18))
    # The end of all help is no first measure: one step, in time.
    assert first_help(session) == [(2, 3, False)]


def test_a_need_left_lying_keeps_the_case_late_whatever_else_was_done(session: Session) -> None:
    alert, needs = found(session, QUICK_AID, DIBAO)
    met(session, needs[QUICK_AID], at(4, 2))
    assert alert.due_on == date(2026, 4, 7)
    assert escalate_due(session, at(4, 8)).levels == ((alert.id,), (), ())


def test_only_the_most_urgent_need_ends_the_step(session: Session) -> None:
    _, needs = found(session, SCHOOL, QUICK_AID)
    met(session, needs[SCHOOL], at(4, 2))
    assert first_help(session) == []  # quick aid has three days, student aid twenty
    met(session, needs[QUICK_AID], at(4, 9))
    assert first_help(session) == [(5, 3, True)]


def test_a_clear_answer_ends_the_step_and_taking_up_does_not(session: Session) -> None:
    _, needs = found(session, QUICK_AID)
    taken(session, needs[QUICK_AID], at(4, 3))
    assert first_help(session) == []
    refused = {"met": False, "note": "已由其他渠道救助", "now": at(4, 8)}
    service.settle_need(session, needs[QUICK_AID].id, **refused, **OFFICE)
    session.flush()
    # Three working days from 3 April are 9 April: five from the dispatch.
    assert first_help(session) == [(4, 5, False)]


def test_what_is_sent_back_or_passed_on_has_the_limit_again(session: Session) -> None:
    alert, needs = found(session, SCHOOL)
    service.send_back(session, needs[SCHOOL].id, now=at(4, 2), note="不属教育", **OFFICE)
    assert (alert.due_on, needs[SCHOOL].state) == (date(2026, 4, 8), NeedState.RETURNED)
    service.pass_on(session, needs[SCHOOL].id, "health", now=at(4, 9), note="请办理", **TEAM)
    assert alert.due_on == date(2026, 4, 14)
    session.flush()
    assert escalate_due(session, at(4, 15)).late_needs == 1
    assert told(session) == ["L1 2026-04-14"]


def test_a_visit_made_again_forgets_the_clocks_of_the_one_before(session: Session) -> None:
    alert, needs = found(session, DIBAO)
    taken(session, needs[DIBAO], at(4, 2))
    service.move(session, alert.id, Action.REOPEN, now=at(4, 8), note="填错了", **TEAM)
    service.record_outcome(session, alert.id, "confirmed", needs=[DIBAO], now=at(4, 9), **WORKER)
    session.flush()
    assert (needs[DIBAO].clock_from, alert.due_on) == (None, date(2026, 4, 13))
    assert first_help(session) == []


def test_a_suspended_case_owes_nothing_and_then_has_its_whole_time(session: Session) -> None:
    alert, needs = found(session, DIBAO)
    taken(session, needs[DIBAO], at(4, 2))
    service.suspend(session, alert.id, date(2026, 5, 8), now=at(4, 3), note="外出", **TEAM)
    session.flush()
    assert escalate_due(session, at(5, 7)).late == 0
    escalate_due(session, at(5, 11))  # it went on: 30 working days from 11 May
    assert alert.due_on == needs[DIBAO].due_on == date(2026, 6, 23)


@pytest.fixture
def evenings(session: Session) -> dict[date, tuple[date | None, date | None]]:
    """The due day of a case and of its need as they stood on some evenings."""
    alert, needs = found(session, DIBAO, QUICK_AID)
    need = needs[DIBAO]
    acts = {
        date(2026, 4, 1): lambda on: None,
        date(2026, 4, 2): lambda on: met(session, needs[QUICK_AID], on),
        date(2026, 4, 3): lambda on: service.send_back(
            session, need.id, now=on, note="不属", **OFFICE
        ),
        date(2026, 4, 8): lambda on: service.pass_on(
            session, need.id, "health", now=on, note="转", **TEAM
        ),
        date(2026, 4, 9): lambda on: taken(session, need, on),
        date(2026, 4, 30): lambda on: service.suspend(
            session, alert.id, date(2026, 5, 8), now=on, note="外出", **TEAM
        ),
        date(2026, 5, 11): lambda on: escalate_due(session, on),
    }
    stood = {}
    for day, act in acts.items():
        act(datetime.combine(day, time(9)))
        session.flush()
        stood[day] = (alert.due_on, need.clock_from)
    return stood


@pytest.mark.slow
def test_a_past_day_shows_what_was_due_then(session: Session, evenings) -> None:
    assert len({due for due, _ in evenings.values()}) > 4  # enough happened
    for day, (due, clock) in evenings.items():
        case = standing(session, day, POLICY).iloc[0]
        need = needs_standing(session, day).set_index("code").loc[DIBAO]
        assert (case["due_on"], need["clock_from"]) == (due, clock), day


def test_a_home_from_before_is_dated_with_the_next_look(session: Session) -> None:
    """Its cases under help were all due on the day of the band."""
    alert, needs = found(session, DIBAO)
    taken(session, needs[DIBAO], at(4, 2))
    alert.due_on = date(2026, 4, 7)
    session.flush()
    assert escalate_due(session, at(4, 10)).late == 0
    assert alert.due_on == date(2026, 5, 19)


def test_a_department_is_late_by_its_own_need(session: Session) -> None:
    _, needs = found(session, QUICK_AID, SCHOOL)
    taken(session, needs[SCHOOL], at(4, 2))
    today = date(2026, 4, 9)
    open_alerts = marked(standing(session), today)
    ends = (date(2026, 4, 30), date(2026, 3, 31))
    rows = departments(session, open_alerts, *ends, None, POLICY, today).set_index("department")
    assert rows["late"].to_dict() == {"civil_affairs": 1, "education": 0}


def test_near_due_is_most_of_the_limit_of_what_is_owed(session: Session) -> None:
    alert, needs = found(session, DIBAO)
    assert need_clocks.near(alert, date(2026, 4, 7), POLICY)
    taken(session, needs[DIBAO], at(4, 7))
    assert not need_clocks.near(alert, date(2026, 4, 8), POLICY)
