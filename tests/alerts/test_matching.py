"""Help held against the reason of need: illness without medical help is told, and only then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from alerts import service
from alerts.matching import matching
from alerts.models import Alert
from alerts.policy import default_policy
from alerts.states import Action, Outcome, Role, Source, Truth
from tests.alerts.factories import DAY, MONTH, TEAM, WORKER, candidate, raised, reason

OFFICE: dict[str, Any] = {"actor": "office", "role": Role.DEPARTMENT}
SOON = date(2026, 4, 2)  # the day after the visit of 1 April
LATE = date(2026, 12, 31)  # every department's time is over
NEEDS = {
    "basic_living": "civil_affairs", "emergency_aid": "civil_affairs",
    "medical_aid": "medical_security", "illness_care": "health", "student_aid": "education",
    "employment": "human_resources",
}  # fmt: skip


def visited(
    session: Session,
    codes: Sequence[str],
    found: Mapping[str, str],
    true: Sequence[str] | None = None,
) -> Alert:
    """An alert raised for reasons and visited: what was found of each need, and which reasons were
    true (None: the visit did not say)."""
    reasons = tuple(reason(Source.RULE, code, 30.0 - i) for i, code in enumerate(codes))
    one = candidate(1, reasons=reasons, needs=tuple((n, NEEDS[n]) for n in found))
    (alert,) = raised(session, one)
    service.move(session, alert.id, Action.DISPATCH, now=DAY, **TEAM)
    facts = None
    if true is not None:
        facts = {r.id: Truth.TRUE if r.code in true else Truth.FALSE for r in alert.reasons}
    service.record_outcome(
        session, alert.id, Outcome.CONFIRMED, now=DAY, needs=dict(found), facts=facts, **WORKER
    )
    session.flush()
    return alert


def settle(session: Session, alert: Alert, code: str, met: bool = True) -> None:
    need = next(n for n in alert.needs if n.code == code)
    note = None if met else "不予批准"
    service.settle_need(session, need.id, met=met, now=DAY, note=note, **OFFICE)
    session.flush()


def answers(session: Session, today: date = LATE, **more: Any) -> list[tuple[Any, ...]]:
    """(category, answer, why) of each cause."""
    frame = matching(session, default_policy(), today, **more)
    rows = frame[["category", "answer", "why"]].astype(object)
    return [tuple(r) for r in rows.where(rows.notna(), None).to_numpy().tolist()]


def test_illness_with_medical_aid_is_answered(session: Session) -> None:
    alert = visited(session, ["C02"], {"medical_aid": "confirmed"}, true=["C02"])
    settle(session, alert, "medical_aid")
    assert answers(session) == [("C", "given", None)]


def test_a_contracted_doctor_answers_illness_too(session: Session) -> None:
    alert = visited(session, ["C02"], {"illness_care": "confirmed"}, true=["C02"])
    settle(session, alert, "illness_care")
    assert answers(session) == [("C", "given", None)]


def test_illness_with_money_alone_is_a_mismatch_and_says_what_was_given(session: Session) -> None:
    alert = visited(session, ["C02"], {"emergency_aid": "confirmed"}, true=["C02"])
    settle(session, alert, "emergency_aid")  # the case closes
    frame = matching(session, default_policy(), SOON)
    (row,) = frame.to_dict("records")
    assert (row["answer"], row["why"], row["helped"]) == ("missing", "not_asked", ["emergency_aid"])
    assert (row["asked"], row["visited_on"]) == (True, DAY.date())


@pytest.mark.slow
def test_help_of_another_department_does_not_answer_illness(session: Session) -> None:
    found = {"medical_aid": "confirmed", "student_aid": "confirmed"}
    alert = visited(session, ["C02"], found, true=["C02"])
    settle(session, alert, "student_aid")
    settle(session, alert, "medical_aid", met=False)
    assert answers(session, SOON) == [("C", "missing", "dropped")]


def test_a_department_has_its_time_before_anything_is_missing(session: Session) -> None:
    """Twenty working days from 1 April 2026, with Qingming on the 4th to 6th: 30 April."""
    visited(session, ["C02"], {"medical_aid": "confirmed"}, true=["C02"])
    assert answers(session, date(2026, 4, 30)) == [("C", "open", None)]
    assert answers(session, date(2026, 5, 1)) == [("C", "missing", "late")]


def test_while_a_case_is_suspended_nothing_is_missing_and_then_the_time_runs_anew(
    session: Session,
) -> None:
    alert = visited(session, ["C02"], {"medical_aid": "confirmed"}, true=["C02"])
    until = date(2026, 5, 29)
    service.suspend(session, alert.id, until, now=DAY, note="外出就医", **TEAM)
    session.flush()
    assert answers(session, until) == [("C", "open", None)]
    service.resume_due(session, DAY.replace(month=6))
    session.flush()
    # Twenty working days from 1 June, with the Dragon Boat Festival on the 19th: 30 June.
    assert answers(session, date(2026, 6, 30)) == [("C", "open", None)]
    assert answers(session, date(2026, 7, 1)) == [("C", "missing", "late")]


@pytest.mark.parametrize(
    ("code", "category", "need"),
    [("D02", "D", "student_aid"), ("E01", "E", "employment")],
)
def test_schooling_and_work_have_help_of_their_own(
    session: Session, code: str, category: str, need: str
) -> None:
    alert = visited(session, [code], {need: "confirmed", "basic_living": "confirmed"}, true=[code])
    settle(session, alert, "basic_living")
    assert answers(session) == [(category, "missing", "late")]
    settle(session, alert, need)
    assert answers(session) == [(category, "given", None)]


def test_a_reason_that_was_not_true_is_no_cause(session: Session) -> None:
    visited(session, ["C02", "D02"], {"student_aid": "confirmed"}, true=["D02"])
    assert [row[0] for row in answers(session)] == ["D"]


def test_where_the_visit_did_not_say_the_strongest_reason_stands_for_the_cause(
    session: Session,
) -> None:
    visited(session, ["C02", "D02"], {"student_aid": "confirmed"})
    frame = matching(session, default_policy(), LATE)
    assert frame[["category", "asked"]].to_numpy().tolist() == [["C", False]]


@pytest.mark.parametrize(
    ("outcome", "answer"),
    [("already_covered", "covered"), ("not_eligible", "judged"), ("false_alarm", "judged")],
)
def test_help_that_the_visit_found_not_to_be_due_is_not_missing(
    session: Session, outcome: str, answer: str
) -> None:
    found = {"medical_aid": outcome, "basic_living": "confirmed"}
    visited(session, ["C02"], found, true=["C02"])
    assert answers(session) == [("C", answer, None)]


def test_medical_aid_that_the_department_paid_itself_answers_illness(session: Session) -> None:
    alert = visited(session, ["C02"], {"basic_living": "confirmed"}, true=["C02"])
    before, after = date(2026, 3, 1), date(2026, 4, 20)
    assert before < MONTH < after
    for day, answer in ((before, "missing"), (after, "given")):
        aided = {(alert.household, "C"): [day]}
        assert [row[1] for row in answers(session, aided=aided)] == [answer]


def test_a_past_day_is_told_by_what_was_known_then(session: Session) -> None:
    alert = visited(session, ["C02"], {"medical_aid": "confirmed"}, true=["C02"])
    need = alert.needs[0]
    later = DAY.replace(month=8, day=3)
    service.settle_need(session, need.id, met=True, now=later, **OFFICE)
    session.flush()
    june = date(2026, 6, 30)
    assert answers(session, june, as_at=june) == [("C", "missing", "late")]
    assert answers(session, LATE) == [("C", "given", None)]
    assert answers(session, MONTH, as_at=MONTH) == []


def test_an_alert_without_a_confirmed_need_has_no_help_to_match(session: Session) -> None:
    (alert,) = raised(session, candidate(1))
    service.move(session, alert.id, Action.DISPATCH, now=DAY, **TEAM)
    service.record_outcome(session, alert.id, Outcome.REFERRED, now=DAY, **WORKER)
    session.flush()
    assert answers(session) == []
