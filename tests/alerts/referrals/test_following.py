"""A referral closes the case, and is followed until the body it went to has answered."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from pandas.testing import assert_frame_equal
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from alerts import service
from alerts.errors import AlertsError, MoveRefused
from alerts.models import Alert
from alerts.overdue import escalate_due
from alerts.policy import default_policy
from alerts.precision import precision
from alerts.privacy import PrivateDataRefused
from alerts.referrals.following import ReferralChanged, move
from alerts.referrals.lifecycle import LIFECYCLE, Action, State
from alerts.referrals.models import Referral, ReferralEvent
from alerts.referrals.reading import events, referrals
from alerts.states import Action as CaseAction
from alerts.states import Role
from alerts.states import State as CaseState
from core.workflow.moves import possible
from tests.alerts.factories import DAY, TEAM, WORKER, alert_at

OFFICE = {"actor": "office", "role": Role.DEPARTMENT}
# Ten working days from 1 April 2026: the 6th is a holiday.
DUE = date(2026, 4, 16)
POLICY = default_policy()


def referred(session: Session, number: int = 1) -> tuple[Alert, list[Referral]]:
    alert = alert_at(session, CaseState.CLOSED, number)
    session.flush()
    query = select(Referral).where(Referral.alert_id == alert.id).order_by(Referral.code)
    return alert, list(session.scalars(query))


def at(day: date) -> datetime:
    return datetime.combine(day, DAY.timetz())


def actions(session: Session, number: int) -> list[str]:
    query = select(ReferralEvent.action).where(ReferralEvent.referral_id == number)
    return list(session.scalars(query.order_by(ReferralEvent.id)))


def test_each_need_referred_waits_for_its_own_body_ten_working_days(session: Session) -> None:
    alert, (living, medical) = referred(session)
    assert alert.state == CaseState.CLOSED
    assert (living.code, living.department) == ("basic_living", "civil_affairs")
    assert (medical.code, medical.department) == ("medical_aid", "medical_security")
    assert {(r.state, r.opened_on, r.due_on) for r in (living, medical)} == {
        ("waiting", DAY.date(), DUE)
    }


def test_only_the_needs_that_were_sent_on_are_followed(session: Session) -> None:
    alert = alert_at(session, CaseState.CHECKING)
    by = {"now": DAY, **WORKER}
    service.record_outcome(session, alert.id, "referred", needs=["medical_aid"], **by)
    assert [r.code for r in session.scalars(select(Referral))] == ["medical_aid"]


def test_no_other_result_opens_one(session: Session) -> None:
    alert_at(session, CaseState.ASSISTING)
    alert_at(session, CaseState.WATCHING, 2)
    assert session.scalars(select(Referral)).all() == []


def test_the_body_answers_what_was_done_and_the_case_stays_as_it_was(session: Session) -> None:
    alert, (living, _) = referred(session)
    before = (alert.state, alert.outcome, alert.closed_on, alert.version_id)
    move(session, living.id, "answer", note="已纳入低保", now=at(DUE), **OFFICE)
    assert (living.state, living.closed_on, living.due_on) == ("done", DUE, None)
    assert (alert.state, alert.outcome, alert.closed_on, alert.version_id) == before
    with pytest.raises(MoveRefused):
        move(session, living.id, "answer", note="再答", now=at(DUE), **OFFICE)


def test_precision_counts_a_referral_alike_answered_or_not(session: Session) -> None:
    _, (living, medical) = referred(session)
    before = precision(session)
    move(session, living.id, "answer", note="已办理", now=at(DUE), **OFFICE)
    move(session, medical.id, "end", note="对方不复", now=at(DUE), **TEAM)
    session.flush()
    assert_frame_equal(precision(session), before)


def test_not_theirs_goes_to_the_county_which_passes_it_on(session: Session) -> None:
    _, (_, medical) = referred(session)
    move(session, medical.id, "decline", note="属卫健职责", now=DAY, **OFFICE)
    assert (medical.state, medical.due_on) == ("not_theirs", date(2026, 4, 3))
    with pytest.raises(MoveRefused):
        move(session, medical.id, "pass_on", department="health", note="改", now=DAY, **OFFICE)
    by = {"now": at(date(2026, 4, 2)), **TEAM}
    with pytest.raises(AlertsError, match="no department 'moon'"):
        move(session, medical.id, "pass_on", department="moon", note="改转", **by)
    move(session, medical.id, "pass_on", department="health", note="改转卫健", **by)
    assert (medical.state, medical.department) == ("waiting", "health")
    assert medical.due_on == date(2026, 4, 17)


@pytest.mark.parametrize("action", ["answer", "decline", "end"])
def test_an_answer_needs_a_sentence_without_numbers_of_people(
    session: Session, action: str
) -> None:
    _, (living, _) = referred(session)
    with pytest.raises(MoveRefused, match="note"):
        move(session, living.id, action, now=DAY, **TEAM)
    with pytest.raises(PrivateDataRefused):
        move(session, living.id, action, note="电话 13800138000", now=DAY, **TEAM)
    assert living.state == "waiting"


def test_whoever_visits_does_not_answer_for_the_body(session: Session) -> None:
    _, (living, _) = referred(session)
    for action in possible(LIFECYCLE, State.WAITING):
        with pytest.raises(MoveRefused):
            move(session, living.id, action, note="代答", now=DAY, **WORKER)


def test_an_act_on_an_old_page_is_refused(session: Session) -> None:
    _, (living, _) = referred(session)
    seen = session.scalars(select(ReferralEvent.id).order_by(ReferralEvent.id)).first()
    move(session, living.id, "remind", now=DAY, **TEAM)
    with pytest.raises(ReferralChanged):
        move(session, living.id, "answer", note="已办", now=DAY, seen_event=seen, **OFFICE)


def test_late_ones_are_reminded_of_once_a_level(session: Session) -> None:
    _, (living, _) = referred(session)
    assert escalate_due(session, at(DUE)).referrals.late == 0
    told = escalate_due(session, at(date(2026, 4, 17))).referrals
    assert (len(told.told), told.late) == (2, 2)
    again = escalate_due(session, at(date(2026, 4, 17))).referrals
    assert (again.told, again.late) == ((), 2)
    # The second level comes five working days after the due day, the third ten.
    for day, reminded in ((date(2026, 4, 22), 0), (date(2026, 4, 23), 2), (date(2026, 5, 20), 2)):
        assert len(escalate_due(session, at(day)).referrals.told) == reminded
    assert actions(session, living.id) == ["open", "remind", "remind", "remind"]


def test_a_body_that_was_asked_anew_is_reminded_anew(session: Session) -> None:
    _, (living, _) = referred(session)
    escalate_due(session, at(date(2026, 4, 17)))
    by = {"now": at(date(2026, 4, 17)), **TEAM}
    move(session, living.id, "pass_on", department="health", note="改转", **by)
    assert escalate_due(session, at(date(2026, 5, 12))).referrals.late == 2
    assert actions(session, living.id)[-1] == "remind"


def test_a_result_reopened_withdraws_and_a_second_referral_renews(session: Session) -> None:
    alert, (living, medical) = referred(session)
    move(session, medical.id, "answer", note="已救助", now=DAY, **OFFICE)
    session.flush()
    service.move(session, alert.id, CaseAction.REOPEN, now=DAY, note="复核", **TEAM)
    assert (living.state, medical.state) == ("withdrawn", "done")
    later = DAY + timedelta(days=2)
    service.record_outcome(session, alert.id, "referred", now=later, **WORKER)
    assert (living.state, living.clock_from) == ("waiting", later.date())
    assert medical.state == "done"


def test_the_list_is_rebuilt_as_of_any_day_open_and_earliest_first(session: Session) -> None:
    _, (living, medical) = referred(session)
    by = {"now": at(date(2026, 4, 20)), **OFFICE}
    move(session, living.id, "answer", note="已纳入低保", **by)
    session.flush()
    today = date(2026, 4, 17)
    then = referrals(session, today, POLICY, today)
    assert then["state"].tolist() == ["waiting", "waiting"]
    assert then["late"].all()
    now = referrals(session, date(2026, 4, 21), POLICY)
    assert now["id"].tolist() == [medical.id, living.id]
    assert now["open"].tolist() == [True, False]
    assert now.iloc[1]["note"] == "已纳入低保"
    assert referrals(session, date(2026, 3, 31), POLICY, date(2026, 3, 31)).empty
    told = events(session, living.alert_id)
    assert told[told["code"] == "basic_living"]["action"].tolist() == ["open", "answer"]


def test_the_log_can_only_grow(session: Session) -> None:
    referred(session)
    session.flush()
    with pytest.raises(DatabaseError):
        session.execute(text("UPDATE referral_event SET note = 'x'"))


def test_every_state_leads_to_an_end() -> None:
    for state in (State.WAITING, State.NOT_THEIRS):
        assert Action.END in possible(LIFECYCLE, state, Role.SUPERVISOR)
