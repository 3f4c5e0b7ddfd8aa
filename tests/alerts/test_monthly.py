"""The monthly run: idempotent, one open alert per household, new reasons join, watches end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from alerts import service
from alerts.errors import AlertsError, PrivateDataRefused
from alerts.models import Alert, AlertEvent
from alerts.opening import open_alert
from alerts.policy import default_policy
from alerts.raising import CandidateSet
from alerts.selection import Chosen
from alerts.states import Action, Band, Outcome, Role, Source, State
from alerts.writing import Act, checked_flush
from core.workflow.calendar import CHINA_TIME
from tests.alerts.factories import (
    DAY,
    MONTH,
    WORKER,
    alert_at,
    candidate,
    month_of,
    raised,
    reason,
)

POLICY = default_policy()
APRIL, JUNE, NOVEMBER = date(2026, 4, 30), date(2026, 6, 30), date(2026, 11, 30)


def events(session: Session) -> int:
    return session.scalar(select(func.count(AlertEvent.id))) or 0


def test_raising_a_month_twice_changes_nothing(session: Session) -> None:
    found = month_of([candidate(n) for n in range(5)])
    first = service.raise_month(session, found, MONTH, POLICY)
    before = events(session)
    again = service.raise_month(session, found, MONTH, POLICY)
    assert (first.raised, again.raised, again.joined) == (5, 0, 0)
    assert events(session) == before == 5


def test_a_repeated_run_never_exceeds_the_capacity(session: Session) -> None:
    found = month_of([candidate(n) for n in range(9)], households=1_400)  # 3 alerts a month
    assert service.raise_month(session, found, MONTH, POLICY).raised == 3
    again = service.raise_month(session, found, MONTH, POLICY)
    assert (again.raised, again.capacity, again.waiting[Source.RULE]) == (0, 3, 6)


def test_an_alert_keeps_why_it_was_raised(session: Session) -> None:
    (alert,) = raised(session)
    assert (alert.state, alert.source, alert.band) == ("raised", "rule", "red")
    assert (alert.rule_version, alert.model_version, alert.risk) == ("r1", "1", 0.2)
    assert [(r.source, r.code, r.points) for r in alert.reasons] == [
        ("rule", "B01", 30.0),
        ("rule", "C02", 12.0),
    ]
    assert [(n.code, n.department, n.state) for n in alert.needs] == [
        ("basic_living", "civil_affairs", "suspected"),
        ("medical_aid", "medical_security", "suspected"),
    ]
    assert alert.raised_on == MONTH
    assert alert.due_on == date(2026, 4, 1)  # one working day to dispatch a red one


def test_new_reasons_join_the_open_alert(session: Session) -> None:
    (alert,) = raised(session, candidate(1, band=Band.ORANGE))
    more = candidate(
        1,
        reasons=(reason(Source.RULE, "B01"), reason(Source.EVENT, "A08")),
        needs=(("emergency_aid", "civil_affairs"),),
    )
    result = service.raise_month(session, month_of([more], APRIL), APRIL, POLICY)
    assert (result.raised, result.joined) == (0, 1)
    assert [r.code for r in alert.reasons] == ["B01", "C02", "A08"]
    assert [n.code for n in alert.needs] == ["basic_living", "medical_aid", "emergency_aid"]
    assert alert.band == "red"
    assert session.scalar(select(func.count(Alert.id))) == 1
    note = session.scalar(select(AlertEvent.note).where(AlertEvent.action == Action.JOIN))
    assert note == "+A08 orange->red"


def test_a_changing_model_explanation_does_not_join_every_month(session: Session) -> None:
    named = {"risk_rank": 1, "by_rule": False}
    (alert,) = raised(session, candidate(1, reasons=(reason(Source.RISK, "risk_rank"),), **named))
    other = candidate(1, reasons=(reason(Source.RISK, "wages_12m"),), **named)
    assert service.raise_month(session, month_of([other], APRIL), APRIL, POLICY).joined == 0
    assert len(alert.reasons) == 1


def test_reasons_found_after_the_result_add_no_need(session: Session) -> None:
    alert = alert_at(session, State.ASSISTING)
    more = candidate(
        1, reasons=(reason(Source.EVENT, "A08"),), needs=(("emergency_aid", "civil_affairs"),)
    )
    assert service.raise_month(session, month_of([more], APRIL), APRIL, POLICY).joined == 1
    assert [n.code for n in alert.needs] == ["basic_living", "medical_aid"]


def test_a_closed_household_waits_out_its_cool_down(session: Session) -> None:
    alert = alert_at(session, State.CLOSED)  # referred on 1 April: three months
    for month, raised_again in ((APRIL, 0), (date(2026, 7, 31), 0), (date(2026, 8, 31), 1)):
        result = service.raise_month(session, month_of([candidate(1)], month), month, POLICY)
        assert (result.raised, result.cooling) == (raised_again, 1 - raised_again)
    assert alert.state == "closed"


def test_a_month_before_one_already_raised_is_left_alone(session: Session) -> None:
    raised(session, as_of=APRIL)
    result = service.raise_month(session, month_of([candidate(2)]), MONTH, POLICY)
    assert result.raised == 0
    assert result.warnings[0][1] == "alerts of 2026-04 exist already; none are raised for 2026-03"


def test_the_database_refuses_a_second_open_alert(session: Session) -> None:
    raised(session)
    act = Act("doudi", Role.SYSTEM, DAY)
    with pytest.raises(IntegrityError, match="household"), checked_flush(session, 0):
        open_alert(session, candidate(1), Chosen(candidate(1), Source.RULE), MONTH, act, POLICY)
    session.rollback()


def test_the_plan_names_the_households_to_explain_and_changes_nothing(session: Session) -> None:
    raised(session, candidate(1), candidate(3))
    found = month_of([candidate(1, risk_rank=1), candidate(2), candidate(3)], APRIL)
    plan = service.plan_month(session, found, APRIL, POLICY)
    assert plan.households == [candidate(2).household, candidate(1).household]
    assert [c.household for c in plan.joining] == [candidate(1).household, candidate(3).household]
    assert events(session) == 2


def watched(
    session: Session, score: float | None, risk: float | None
) -> tuple[Alert, CandidateSet]:
    """A watch begun on 1 April, due on 31 July, and July's candidates: nobody."""
    alert = alert_at(session, State.WATCHING)
    july = replace(
        month_of([], date(2026, 7, 31)),
        standing=lambda households: dict.fromkeys(households, (score, risk)),
    )
    return alert, july


@pytest.mark.parametrize(
    ("score", "expected", "state"),
    [
        (60.0, 0.24, State.CLOSED),  # below closing (0.25), whatever the points
        (10.0, 0.25, State.DISPATCHED),  # below opening (0.40), not below closing
        # without a model the points speak: below opening (35), not below closing (30)
        (34.0, None, State.DISPATCHED),
        (29.9, None, State.CLOSED),
    ],
)
def test_a_watch_closes_only_below_the_closing_threshold(
    session: Session, score: float, expected: float | None, state: State
) -> None:
    alert, july = watched(session, score, expected)
    assert alert.due_on == july.as_of
    result = service.raise_month(session, july, july.as_of, POLICY)
    assert alert.state == state
    assert (result.rechecked_ids == (alert.id,)) == (state is State.DISPATCHED)
    if state is State.CLOSED:
        assert {need.state for need in alert.needs} == {"dropped"}


def test_a_watch_is_left_alone_before_its_review_and_without_a_score(session: Session) -> None:
    alert, july = watched(session, 0.0, 0.0)
    service.raise_month(session, replace(july, as_of=JUNE), JUNE, POLICY)
    assert alert.state == "watching"
    unknown = replace(july, standing=lambda _households: {})
    service.raise_month(session, unknown, july.as_of, POLICY)
    assert alert.state == "watching"


def test_deadlines_in_a_year_without_calendar_are_announced(session: Session) -> None:
    late = datetime(2026, 12, 31, 18, 0, tzinfo=CHINA_TIME)
    december = date(2026, 12, 31)
    found = month_of([candidate(1)], december)
    result = service.raise_month(session, found, december, POLICY, now=late)
    assert "not published yet" in result.warnings[0][1]


def test_a_report_opens_an_alert_beside_the_capacity_and_a_second_joins(session: Session) -> None:
    told = {"actor": "village-3", "role": Role.WORKER, "township_code": "990321101"}
    alert = service.report(session, "h1", "房屋漏雨，老人独居", now=DAY, **told)
    assert (alert.source, alert.state, alert.needs[0].code) == ("report", "raised", "basic_living")
    later = DAY.replace(hour=15)
    assert (
        service.report(session, "h1", "老人住院", "elder in hospital", now=later, **told) is alert
    )
    assert [r.text_zh for r in alert.reasons] == ["房屋漏雨，老人独居", "老人住院"]
    raising = service.raise_month(session, month_of([candidate(2)], APRIL), APRIL, POLICY)
    assert raising.raised == 1


def test_a_report_names_nobody_and_says_something(session: Session) -> None:
    told = {"actor": "village-3", "role": Role.WORKER, "now": DAY}
    with pytest.raises(PrivateDataRefused):
        service.report(session, "h1", "电话 13800001234", **told)
    with pytest.raises(PrivateDataRefused):
        service.report(session, "h1", "独居", "call 13800001234", **told)
    with pytest.raises(AlertsError, match="say in one sentence"):
        service.report(session, "h1", " ", **told)


def test_a_household_can_be_raised_again_after_it_was_helped(session: Session) -> None:
    (alert,) = raised(session)
    row = service.OutcomeRow(alert.id, Outcome.CONFIRMED, DAY, helped_at=DAY)
    service.import_outcomes(session, [row], actor=WORKER["actor"])
    assert alert.state == "closed"
    again = service.raise_month(session, month_of([candidate(1)], NOVEMBER), NOVEMBER, POLICY)
    assert again.raised == 1
