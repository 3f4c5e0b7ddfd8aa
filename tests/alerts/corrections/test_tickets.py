"""A false alarm whose cause lies in the data opens a ticket with the feed that told the fact."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from alerts import service
from alerts.corrections.lifecycle import Action, State
from alerts.corrections.models import CorrectionEvent, CorrectionTicket
from alerts.corrections.reading import by_feed, tickets
from alerts.corrections.tickets import TicketChanged, move
from alerts.errors import AlertsError
from alerts.models import Alert
from alerts.reasons import RANKED, REST
from alerts.states import Action as CaseAction
from alerts.states import Band, Cause, Source
from alerts.states import State as CaseState
from core.db import store
from core.home import Home
from core.workflow.errors import MoveRefused
from models.risk.facts import facts
from tests.alerts.factories import DAY, TEAM, WORKER, alert_at, candidate, raised, reason

pytestmark = pytest.mark.slow

FEED = {"B01": "employment", "C02": "medical_claims"}
LATER = DAY + timedelta(days=3)
STEWARD = {"actor": "wang", "now": DAY}


def false_alarm(session: Session, cause: str, number: int = 1) -> Alert:
    """A red alert called false by a worker, and approved by a second person."""
    alert = alert_at(session, CaseState.CHECKING, number)
    session.flush()
    service.record_outcome(session, alert.id, "false_alarm", cause=cause, now=DAY, **WORKER)
    session.flush()
    return service.approve(session, alert.id, now=DAY, **TEAM)


def test_a_result_that_waits_for_approval_opens_none_yet(session: Session) -> None:
    alert = alert_at(session, CaseState.CHECKING)
    session.flush()
    service.record_outcome(session, alert.id, "false_alarm", cause="stale", now=DAY, **WORKER)
    assert opened(session) == []


def test_a_visit_that_says_which_fact_was_untrue_opens_a_ticket_for_that_one(
    session: Session,
) -> None:
    alert = alert_at(session, CaseState.CHECKING)
    session.flush()
    facts = {alert.reasons[0].id: "fact_true", alert.reasons[1].id: "fact_false"}
    service.record_outcome(
        session, alert.id, "false_alarm", cause="stale", facts=facts, now=DAY, **WORKER
    )
    session.flush()
    service.approve(session, alert.id, now=DAY, **TEAM)
    assert [t.code for t in opened(session)] == ["C02"]


def opened(session: Session) -> list[CorrectionTicket]:
    return list(session.scalars(select(CorrectionTicket).order_by(CorrectionTicket.id)))


@pytest.mark.parametrize("cause", ["data_wrong", "same_name", "stale"])
def test_a_cause_in_the_data_opens_one_ticket_for_each_fact(
    database: Home | str, cause: str
) -> None:
    with store.open_session(database) as session:
        alert = false_alarm(session, cause)
        found = opened(session)
        assert [(t.alert_id, t.code, t.cause, t.state) for t in found] == [
            (alert.id, "B01", cause, "opened"),
            (alert.id, "C02", cause, "opened"),
        ]
        # The first source that the indicator's file names.
        assert [t.feed for t in found] == [FEED["B01"], FEED["C02"]]
        # Ten working days from 1 April 2026: 6 April is a holiday.
        assert {t.due_on for t in found} == {date(2026, 4, 16)}
        assert {t.opened_on for t in found} == {date(2026, 4, 1)}


@pytest.mark.parametrize("cause", sorted(set(Cause) - {"data_wrong", "same_name", "stale"}))
def test_a_cause_in_the_rule_or_the_family_opens_none(session: Session, cause: str) -> None:
    false_alarm(session, cause)
    assert opened(session) == []


def test_another_result_opens_none(session: Session) -> None:
    alert = alert_at(session, CaseState.CHECKING)
    service.record_outcome(session, alert.id, "referred", now=DAY, **WORKER)
    assert opened(session) == []


def reopened(session: Session) -> Alert:
    """A false alarm whose result was reopened by review three days later."""
    alert = false_alarm(session, "stale")
    service.move(session, alert.id, CaseAction.REOPEN, now=LATER, note="复核", **TEAM)
    return alert


def test_tickets_are_withdrawn_when_the_result_behind_them_is_reopened(session: Session) -> None:
    reopened(session)
    assert {(t.state, t.due_on) for t in opened(session)} == {("withdrawn", None)}
    told = session.scalars(select(CorrectionEvent).order_by(CorrectionEvent.id.desc())).first()
    assert told is not None
    assert (told.action, told.role, told.from_state) == ("withdraw", "system", "opened")
    assert "复核重开" in (told.note or "")
    found = tickets(session, date(2026, 12, 31))
    assert not found["late"].any()
    assert by_feed(found)[["open", "closed"]].to_numpy().sum() == 0
    with pytest.raises(MoveRefused):  # there is nothing to ask the department any more
        move(session, opened(session)[0].id, Action.SEND, **STEWARD)


def test_what_was_settled_with_the_department_stays_closed(session: Session) -> None:
    alert = false_alarm(session, "stale")
    move(session, opened(session)[0].id, Action.CLOSE, note="已更正", **STEWARD)
    service.move(session, alert.id, CaseAction.REOPEN, now=LATER, note="复核", **TEAM)
    assert [t.state for t in opened(session)] == ["closed", "withdrawn"]


def test_the_same_reason_never_has_two(session: Session) -> None:
    """Reopened by review and found false again: the ticket of before is opened again."""
    alert = reopened(session)
    by = {"now": LATER, **WORKER}
    service.record_outcome(session, alert.id, "false_alarm", cause="data_wrong", **by)
    session.flush()
    service.approve(session, alert.id, now=LATER, **TEAM)
    found = opened(session)
    assert [(t.code, t.cause, t.state) for t in found] == [
        ("B01", "data_wrong", "opened"),
        ("C02", "data_wrong", "opened"),
    ]
    assert {t.clock_from for t in found} == {LATER.date()}


def test_an_alert_of_the_model_alone_names_its_strongest_feature(session: Session) -> None:
    # What the model expects is no fact that a department could put right.
    codes = (RANKED, "wages_12m", "claims_12m", REST)
    told = tuple(reason(Source.RISK, code, 0.4) for code in codes)
    who = candidate(1, by_rule=False, band=Band.NONE, risk=0.9, risk_rank=1, reasons=told)
    (alert,) = raised(session, who)
    service.move(session, alert.id, CaseAction.DISPATCH, now=DAY, **TEAM)
    service.record_outcome(session, alert.id, "false_alarm", cause="stale", now=DAY, **WORKER)
    assert [t.code for t in opened(session)] == ["wages_12m"]


def test_a_feature_that_is_declared_no_more_has_no_feed(session: Session) -> None:
    told = (reason(Source.RISK, "gone_12m", 0.4),)
    who = candidate(1, by_rule=False, band=Band.NONE, risk=0.9, risk_rank=1, reasons=told)
    (alert,) = raised(session, who)
    service.move(session, alert.id, CaseAction.DISPATCH, now=DAY, **TEAM)
    service.record_outcome(session, alert.id, "false_alarm", cause="stale", now=DAY, **WORKER)
    found = tickets(session, DAY.date())
    assert found["feed"].tolist() == [""]
    assert by_feed(found).to_numpy().tolist() == [["", 1, 0, 0]]


def test_visits_that_come_in_together_open_theirs_too(session: Session) -> None:
    alert = alert_at(session, CaseState.DISPATCHED)
    rows = [service.OutcomeRow(alert.id, "false_alarm", DAY, cause="same_name")]
    service.import_outcomes(session, rows, actor="import")
    service.import_outcomes(session, rows, actor="import")  # refused: a result stands
    assert [t.cause for t in opened(session)] == ["same_name", "same_name"]


def test_a_ticket_is_sent_answered_and_closed_with_every_act_on_record(
    database: Home | str,
) -> None:
    with store.open_session(database) as session:
        false_alarm(session, "data_wrong")
        number = opened(session)[0].id
        move(session, number, Action.SEND, **STEWARD)
        move(session, number, Action.ANSWER, note="已核实，补报更正", **STEWARD)
        ticket = move(session, number, Action.CLOSE, note="更正后的数据已入库", **STEWARD)
        assert (ticket.state, ticket.closed_on, ticket.due_on) == ("closed", DAY.date(), None)
        query = select(CorrectionEvent).where(CorrectionEvent.ticket_id == number)
        told = [(e.action, e.from_state, e.to_state, e.role) for e in session.scalars(query)]
        assert told == [
            ("open", None, "opened", "system"),
            ("send", "opened", "sent", "steward"),
            ("answer", "sent", "answered", "steward"),
            ("close", "answered", "closed", "steward"),
        ]
        with pytest.raises(DatabaseError):
            session.execute(text("UPDATE correction_event SET actor = 'somebody'"))
        session.rollback()


@pytest.mark.parametrize(
    ("before", "action", "note"),
    [
        ([], Action.ANSWER, "说明"),  # nobody was asked yet
        ([], Action.CLOSE, None),  # a note says why
        ([Action.SEND], Action.ANSWER, " "),
        ([Action.SEND], Action.SEND, None),
        ([Action.CLOSE], Action.SEND, None),
    ],
)
def test_what_the_life_of_a_ticket_does_not_allow_is_refused(
    session: Session, before: list[Action], action: Action, note: str | None
) -> None:
    false_alarm(session, "stale")
    number = opened(session)[0].id
    for step in before:
        move(session, number, step, note="说明", **STEWARD)
    with pytest.raises(MoveRefused):
        move(session, number, action, note=note, **STEWARD)


def test_an_act_on_an_old_page_and_a_note_that_names_a_person_are_refused(
    session: Session,
) -> None:
    false_alarm(session, "stale")
    first = tickets(session, DAY.date()).iloc[0]
    number, seen = int(first["id"]), int(first["last_event"])
    move(session, number, Action.SEND, seen_event=seen, **STEWARD)
    with pytest.raises(TicketChanged):
        move(session, number, Action.CLOSE, note="办结", seen_event=seen, **STEWARD)
    with pytest.raises(AlertsError):
        move(session, number, Action.CLOSE, note="电话 13800138000", **STEWARD)


def test_the_list_tells_what_is_late_and_counts_by_feed(session: Session) -> None:
    false_alarm(session, "stale")
    number = opened(session)[0].id
    move(session, number, Action.CLOSE, note="不是本数据的问题", **STEWARD)
    assert not tickets(session, date(2026, 4, 16))["late"].any()
    found = tickets(session, date(2026, 4, 17))
    assert found[["code", "state", "late"]].to_numpy().tolist() == [
        ["C02", State.OPENED, True],
        ["B01", State.CLOSED, False],
    ]
    assert found["note"].tolist() == [None, "不是本数据的问题"]
    assert by_feed(found).to_numpy().tolist() == [
        [FEED["C02"], 1, 1, 0],
        [FEED["B01"], 0, 0, 1],
    ]
    assert {"household", "alert_id"} & set(found.columns) == set()


def test_every_reason_has_a_feed_or_says_none(session: Session) -> None:
    from alerts.words import words_on

    words = words_on(session, date.max)
    assert all(words.feed_of(code) for code in words.indicators())
    assert words.feed_of("gone_with_the_rules") is None
    assert words.feed_of("wages_12m", by_model=True) == "employment"
    told = {code: words.feed_of(code, by_model=True) for code in facts().by_code}
    assert (told["medical_costs"], told["tenure"]) == ("medical_claims", "housing")
    assert None not in told.values()
