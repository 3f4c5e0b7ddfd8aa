"""Needs in the hands of departments: taken up, sent back, passed on, met; none is lost."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts import service
from alerts.errors import AlertsError, MoveRefused
from alerts.handling import Handling
from alerts.models import Alert, AlertReason, Help, Need
from alerts.needs_standing import needs_standing
from alerts.overdue import escalate_due
from alerts.states import HelpKind, NeedState, Role, State, Truth
from core.workflow.calendar import add_working_days
from tests.alerts.factories import DAY, TEAM, WORKER, alert_at

OFFICE: dict[str, Any] = {"actor": "office", "role": Role.DEPARTMENT}


def confirmed(session: Session) -> tuple[Alert, Need]:
    """An alert with two confirmed needs; the second is medical aid."""
    alert = alert_at(session, State.ASSISTING)
    session.flush()
    return alert, next(need for need in alert.needs if need.code == "medical_aid")


def test_a_department_takes_a_need_up_and_its_time_runs(session: Session) -> None:
    _, need = confirmed(session)
    service.take_up(session, need.id, now=DAY, **OFFICE)
    # Twenty working days from 1 April 2026, with Qingming on the 4th to 6th.
    assert (need.state, need.due_on) == (NeedState.HANDLING, date(2026, 4, 30))


@pytest.mark.slow
def test_small_quick_aid_has_three_working_days(session: Session) -> None:
    alert = alert_at(session, State.CHECKING)
    found = {"emergency_aid": "confirmed"}
    service.record_outcome(session, alert.id, "confirmed", needs=found, now=DAY, **WORKER)
    session.flush()
    need = next(n for n in alert.needs if n.code == "emergency_aid")
    service.take_up(session, need.id, now=DAY, **OFFICE)
    assert need.due_on == date(2026, 4, 7)


def test_what_a_department_sends_back_stays_open_until_it_is_passed_on(session: Session) -> None:
    alert, need = confirmed(session)
    service.send_back(session, need.id, now=DAY, note="不属医保", **OFFICE)
    assert (need.state, need.department) == (NeedState.RETURNED, "medical_security")
    other = next(n for n in alert.needs if n is not need)
    service.settle_need(session, other.id, met=True, now=DAY, **OFFICE)
    assert alert.state == State.ASSISTING  # the one sent back keeps the case open
    service.pass_on(session, need.id, "health", now=DAY, note="请卫健办理", **TEAM)
    assert (need.state, need.department) == (NeedState.CONFIRMED, "health")
    service.settle_need(session, need.id, met=True, now=DAY, **OFFICE)
    assert alert.state == State.CLOSED


def test_sending_back_and_passing_on_take_a_word_and_the_right_person(session: Session) -> None:
    _, need = confirmed(session)
    with pytest.raises(MoveRefused, match="needs a note"):
        service.send_back(session, need.id, now=DAY, **OFFICE)
    with pytest.raises(MoveRefused, match="that is for"):
        service.send_back(session, need.id, now=DAY, note="不是我们", **WORKER)
    with pytest.raises(MoveRefused, match="that is for"):
        service.pass_on(session, need.id, "health", now=DAY, note="给卫健", **OFFICE)
    with pytest.raises(MoveRefused, match="has this need already"):
        service.pass_on(session, need.id, "medical_security", now=DAY, note="x", **TEAM)
    with pytest.raises(AlertsError, match="no department"):
        service.pass_on(session, need.id, "nobody", now=DAY, note="x", **TEAM)


def test_a_suspected_need_is_nobodys_yet(session: Session) -> None:
    alert = alert_at(session, State.CHECKING)
    session.flush()
    with pytest.raises(MoveRefused):
        service.take_up(session, alert.needs[0].id, now=DAY, **OFFICE)


def test_help_is_kept_with_its_kind_amount_and_day(session: Session) -> None:
    _, need = confirmed(session)
    given = service.Given(HelpKind.REIMBURSED, 3200.5, date(2026, 4, 8))
    later = DAY.replace(day=9)
    service.settle_need(session, need.id, met=True, given=given, now=later, **OFFICE)
    session.flush()
    kept = session.scalars(select(Help)).one()
    assert (kept.department, kept.kind, kept.amount, kept.given_on) == (
        "medical_security", "reimbursed", 3200.5, date(2026, 4, 8),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("amount", "on"),
    [(0, None), (-5, None), (2_000_000, None), (100, date(2026, 3, 1)), (100, date(2026, 4, 2))],
)
def test_help_that_cannot_be_is_refused(session: Session, amount: float, on: date | None) -> None:
    _, need = confirmed(session)
    given = service.Given(HelpKind.ONE_OFF, amount, on)
    with pytest.raises(AlertsError):
        service.settle_need(session, need.id, met=True, given=given, now=DAY, **OFFICE)
    assert need.state == NeedState.CONFIRMED


def test_a_department_that_is_late_is_reported_once_for_each_level(session: Session) -> None:
    alert, need = confirmed(session)
    service.take_up(session, need.id, now=DAY, **OFFICE)
    session.flush()
    on = DAY.replace(month=5, day=6)  # one working day after the holidays of May
    told = escalate_due(session, on)
    assert told.late_needs == 1
    assert told.levels[0].count(alert.id) == 1
    assert alert.id not in escalate_due(session, on).levels[0]
    assert need.state == NeedState.HANDLING


def test_a_past_day_shows_where_a_need_lay_then(session: Session) -> None:
    _, need = confirmed(session)
    for day, act in (
        (2, lambda now: service.take_up(session, need.id, now=now, **OFFICE)),
        (3, lambda now: service.send_back(session, need.id, now=now, note="不属", **OFFICE)),
        (7, lambda now: service.pass_on(session, need.id, "health", now=now, note="转", **TEAM)),
    ):
        act(DAY.replace(day=day))
        session.flush()
    lay = {}
    for day in (1, 2, 3, 7):
        stood = needs_standing(session, date(2026, 4, day)).set_index("id").loc[need.id]
        lay[day] = (stood["state"], stood["department"])
    assert lay == {
        1: ("confirmed", "medical_security"),
        2: ("handling", "medical_security"),
        3: ("returned", "medical_security"),
        7: ("confirmed", "health"),
    }


def test_a_visit_says_of_each_reason_whether_it_was_true(session: Session) -> None:
    alert = alert_at(session, State.CHECKING)
    session.flush()
    first, second = alert.reasons
    facts = {first.id: Truth.TRUE, second.id: "fact_false"}
    service.record_outcome(session, alert.id, "confirmed", facts=facts, now=DAY, **WORKER)
    session.flush()
    told = dict(session.execute(select(AlertReason.id, AlertReason.truth)).all())
    assert told == {first.id: "fact_true", second.id: "fact_false"}
    other = alert_at(session, State.CHECKING, 2)
    with pytest.raises(MoveRefused, match="no reason"):
        service.record_outcome(
            session, other.id, "confirmed", facts={first.id: Truth.TRUE}, now=DAY, **WORKER
        )


def test_a_complex_case_has_the_time_of_a_hard_one(session: Session) -> None:
    alert = alert_at(session, State.ASSISTING)
    alert.handling = Handling.COMPLEX
    need = next(n for n in alert.needs if n.code == "basic_living")
    service.take_up(session, need.id, now=DAY, **OFFICE)
    assert need.due_on == add_working_days(DAY.date(), 45).on
