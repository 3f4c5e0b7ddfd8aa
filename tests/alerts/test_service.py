"""Moves, results, needs, bulk work: on SQLite always, on PostgreSQL where it is installed."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from alerts import service
from alerts.errors import (
    AlertChanged,
    AlertNotFound,
    AlertsError,
    MoveRefused,
    PrivateDataRefused,
)
from alerts.models import Alert, AlertEvent
from alerts.states import Action, Cause, Outcome, Role, State
from core.db import store
from core.home import Home
from core.workflow.calendar import CHINA_TIME
from tests.alerts.factories import DAY, TEAM, WORKER, alert_at, candidate, raised


def chain(session: Session, alert: Alert) -> list[tuple[str, str, str | None]]:
    """(action, to state, outcome) of an alert's own events, oldest first."""
    query = select(AlertEvent).where(AlertEvent.alert_id == alert.id, AlertEvent.need_id.is_(None))
    return [(e.action, e.to_state, e.outcome) for e in session.scalars(query.order_by("id"))]


def test_a_full_life_leaves_its_whole_chain(database: Home | str) -> None:
    with store.open_session(database) as session:
        (alert,) = raised(session)
        service.move(session, alert.id, "dispatch", now=DAY, **TEAM)
        service.record_outcome(session, alert.id, "confirmed", now=DAY, **WORKER)
        for need in list(alert.needs):
            service.settle_need(session, need.id, met=True, now=DAY, **WORKER)
        alert_id = alert.id
    with store.open_session(database) as session:
        alert = session.get_one(Alert, alert_id)
        assert (alert.state, alert.outcome, alert.closed_on) == ("closed", "confirmed", DAY.date())
        assert alert.due_on is None
        assert {(n.state, n.outcome) for n in alert.needs} == {("met", "confirmed")}
        assert chain(session, alert) == [
            ("raise", "raised", None),
            ("dispatch", "dispatched", None),
            ("accept", "accepted", None),
            ("check", "checking", None),
            ("confirm", "assisting", "confirmed"),
            ("finish", "closed", None),
        ]


def test_two_clicks_at_once_fail_loudly(database: Home | str) -> None:
    with store.open_session(database) as session:
        alert_id = raised(session)[0].id
    engine = store.engine_of(database)
    with (
        Session(engine, expire_on_commit=False) as one,
        Session(engine, expire_on_commit=False) as two,
    ):
        pages = one.get_one(Alert, alert_id), two.get_one(Alert, alert_id)
        assert pages[0].version_id == pages[1].version_id
        two.commit()  # both have read; neither holds a lock
        service.move(one, alert_id, "dispatch", now=DAY, **TEAM)
        one.commit()
        with pytest.raises(AlertChanged, match="changed by someone else a moment ago"):
            service.move(two, alert_id, "dispatch", now=DAY, **TEAM)
        two.rollback()
    with store.open_session(database) as session:
        dispatches = select(AlertEvent).where(AlertEvent.action == "dispatch")
        assert len(session.scalars(dispatches).all()) == 1


def test_events_can_be_neither_changed_nor_deleted(database: Home | str) -> None:
    with store.open_session(database) as session:
        raised(session)
    for statement in ("UPDATE alert_event SET actor = 'x'", "DELETE FROM alert_event"):
        with (
            pytest.raises(DatabaseError, match="append-only"),
            store.open_session(database) as session,
        ):
            session.execute(text(statement))


def test_a_refusal_changes_nothing_at_all(session: Session) -> None:
    alert = alert_at(session, State.DISPATCHED)
    before = chain(session, alert)
    with pytest.raises(MoveRefused, match="needs a cause"):
        service.record_outcome(session, alert.id, "false_alarm", now=DAY, **WORKER)
    with pytest.raises(AlertsError, match="no kind of need 'sweets'"):
        service.record_outcome(session, alert.id, "confirmed", needs=["sweets"], now=DAY, **WORKER)
    assert alert.state == "dispatched"
    assert chain(session, alert) == before


def test_a_worker_cannot_record_a_visit_that_was_never_dispatched(session: Session) -> None:
    (alert,) = raised(session)
    with pytest.raises(MoveRefused, match="you cannot dispatch"):
        service.record_outcome(session, alert.id, "confirmed", now=DAY, **WORKER)
    service.record_outcome(session, alert.id, "already_covered", now=DAY, **TEAM)
    assert alert.state == "closed"


@pytest.mark.parametrize(
    ("outcome", "state", "needs"),
    [
        (Outcome.CONFIRMED, State.ASSISTING, "confirmed"),
        (Outcome.ALREADY_COVERED, State.CLOSED, "dropped"),
        (Outcome.NOT_ELIGIBLE, State.WATCHING, "suspected"),
        (Outcome.FALSE_ALARM, State.APPROVAL, "suspected"),  # of a red alert: a second person
        (Outcome.REFERRED, State.CLOSED, "dropped"),
        (Outcome.UNREACHABLE, State.RETRY, "suspected"),
        (Outcome.REFUSED, State.APPROVAL, "suspected"),
    ],
)
def test_each_outcome_leads_to_its_state(
    session: Session, outcome: Outcome, state: State, needs: str
) -> None:
    alert = alert_at(session, State.CHECKING)
    cause = Cause.STALE if outcome is Outcome.FALSE_ALARM else None
    service.record_outcome(session, alert.id, outcome, cause=cause, now=DAY, **WORKER)
    assert (alert.state, alert.outcome) == (state, outcome)
    assert {need.state for need in alert.needs} == {needs}


def test_a_visit_confirms_some_needs_drops_others_and_finds_new_ones(session: Session) -> None:
    alert = alert_at(session, State.CHECKING)
    found = {"medical_aid": Outcome.CONFIRMED, "employment": Outcome.CONFIRMED}
    service.record_outcome(session, alert.id, "confirmed", needs=found, now=DAY, **WORKER)
    assert {n.code: (n.state, n.department) for n in alert.needs} == {
        "basic_living": ("dropped", "civil_affairs"),
        "medical_aid": ("confirmed", "medical_security"),
        "employment": ("confirmed", "human_resources"),
    }
    of_needs = select(AlertEvent).where(AlertEvent.need_id.is_not(None)).order_by(AlertEvent.id)
    told = {e.need.code: (e.action, e.outcome) for e in session.scalars(of_needs)}
    assert told == {
        "basic_living": ("ineligible", "not_eligible"),
        "medical_aid": ("confirm", "confirmed"),
        "employment": ("confirm", "confirmed"),
    }


def test_a_confirmed_alert_names_at_least_one_need(session: Session) -> None:
    alert = alert_at(session, State.CHECKING)
    for needs in ([], {"medical_aid": Outcome.ALREADY_COVERED}):
        with pytest.raises(MoveRefused, match="at least one confirmed need"):
            service.record_outcome(session, alert.id, "confirmed", needs=needs, now=DAY, **WORKER)


def test_the_last_need_settled_finishes_the_alert(session: Session) -> None:
    alert = alert_at(session, State.ASSISTING)
    first, second = alert.needs
    officer = {"actor": "medical-2", "role": Role.DEPARTMENT}
    service.settle_need(session, first.id, met=True, now=DAY, **officer)
    assert alert.state == "assisting"
    with pytest.raises(MoveRefused, match="to drop a need needs a note"):
        service.settle_need(session, second.id, met=False, now=DAY, **officer)
    service.settle_need(session, second.id, met=False, now=DAY, note="已由商业保险赔付", **officer)
    assert alert.state == "closed"
    with pytest.raises(MoveRefused, match="the alert is closed; from here you can: reopen"):
        service.settle_need(session, second.id, met=True, now=DAY, **officer)


def test_a_wrong_result_is_corrected_by_reopening(session: Session) -> None:
    alert = alert_at(session, State.CLOSED)
    service.move(session, alert.id, "reopen", now=DAY, note="抽查发现漏办", **TEAM)
    assert (alert.state, alert.outcome, alert.closed_on) == ("checking", None, None)
    service.record_outcome(session, alert.id, "confirmed", now=DAY, **WORKER)
    assert {need.state for need in alert.needs} == {"confirmed"}


def test_a_closed_alert_stays_closed_beside_an_open_one_of_the_same_household(
    session: Session,
) -> None:
    alert = alert_at(session, State.CLOSED)
    (newer,) = raised(session, candidate(1), as_of=date(2026, 11, 30))
    with pytest.raises(MoveRefused, match=f"has the open alert {newer.id}"):
        service.move(session, alert.id, "reopen", now=DAY, note="复核", **TEAM)


def test_results_and_needs_have_their_own_doors(session: Session) -> None:
    alert = alert_at(session, State.CHECKING)
    for action, door in (
        (Action.CONFIRM, "record_outcome"),
        (Action.NEED_MET, "settle_need"),
        (Action.NEED_SENT, "pass_on"),
        (Action.SUSPEND, "suspend"),
        (Action.APPROVE, "approve"),
        (Action.ASSIGN, "assign"),
    ):
        with pytest.raises(MoveRefused, match=door):
            service.move(session, alert.id, action, now=DAY, **WORKER)


def test_a_watch_ended_by_hand_leaves_no_need_open(session: Session) -> None:
    alert = alert_at(session, State.WATCHING)
    service.move(session, alert.id, "close", now=DAY, **TEAM)
    assert {need.state for need in alert.needs} == {"dropped"}


def test_notes_with_personal_numbers_never_reach_the_store(session: Session) -> None:
    alert = alert_at(session, State.CHECKING)
    with pytest.raises(PrivateDataRefused):
        service.move(session, alert.id, "note", now=DAY, note="电话 13800001234", **WORKER)
    with pytest.raises(PrivateDataRefused):
        service.record_outcome(
            session, alert.id, "refused", now=DAY, note="990321197001010011 不在家", **WORKER
        )
    assert alert.state == "checking"


def test_nothing_happens_before_the_alert_exists(session: Session) -> None:
    (alert,) = raised(session)
    with pytest.raises(MoveRefused, match="lies before the alert was raised on 2026-03-31"):
        service.move(session, alert.id, "dispatch", now=DAY - timedelta(days=31), **TEAM)


def test_moments_are_stored_in_china_time(session: Session) -> None:
    (alert,) = raised(session)
    utc = datetime(2026, 4, 1, 20, 0, tzinfo=UTC)
    service.move(session, alert.id, "dispatch", now=utc, **TEAM)
    assert alert.clock_from == date(2026, 4, 2)


def test_deadlines_start_with_the_dispatch(session: Session) -> None:
    (alert,) = raised(session)
    friday = datetime(2026, 4, 10, 9, 0, tzinfo=CHINA_TIME)
    service.move(session, alert.id, "dispatch", now=friday, **TEAM)
    assert alert.due_on == date(2026, 4, 13)  # red: one working day to accept
    service.move(session, alert.id, "accept", now=friday, **WORKER)
    assert alert.due_on == date(2026, 4, 14)  # two to check
    service.record_outcome(session, alert.id, "confirmed", now=friday, **WORKER)
    assert alert.due_on == date(2026, 4, 15)  # three to the first measure


def test_an_unknown_number_is_said_to_be_unknown(session: Session) -> None:
    with pytest.raises(AlertNotFound, match="no alert number 99"):
        service.move(session, 99, "dispatch", now=DAY, **TEAM)
    with pytest.raises(AlertNotFound, match="no need number 99"):
        service.settle_need(session, 99, met=True, now=DAY, **WORKER)


def test_bulk_dispatch_does_what_it_can_and_says_what_it_cannot(session: Session) -> None:
    alerts = raised(session, *[candidate(n) for n in range(3)])
    service.move(session, alerts[0].id, "dispatch", now=DAY, **TEAM)
    result = service.dispatch_many(session, [a.id for a in alerts] + [99], now=DAY, **TEAM)
    assert result.done == (alerts[1].id, alerts[2].id)
    assert [(i, e.en.split(":")[0]) for i, e in result.refused] == [
        (alerts[0].id, "cannot dispatch"),
        (99, "there is no alert number 99; choose one from the list"),
    ]


def test_imported_visits_keep_their_own_moments_and_refusals(session: Session) -> None:
    one, two, three = raised(session, *[candidate(n) for n in range(3)])
    later = [DAY + timedelta(days=n) for n in range(5)]
    rows = [
        service.OutcomeRow(
            one.id,
            "confirmed",
            later[2],
            needs=["medical_aid"],
            dispatched_at=later[0],
            accepted_at=later[1],
            helped_at=later[4],
        ),
        service.OutcomeRow(two.id, "false_alarm", later[1]),  # no cause
        service.OutcomeRow(three.id, "confirmed", later[2], helped_at=later[1]),  # backwards
    ]
    result = service.import_outcomes(session, rows, actor="import")
    assert result.done == (one.id,)
    assert [i for i, _ in result.refused] == [two.id, three.id]
    assert (two.state, three.state) == ("raised", "raised")
    moments = session.scalars(
        select(AlertEvent.at).where(AlertEvent.alert_id == one.id).order_by(AlertEvent.id)
    ).all()
    assert [m.day for m in moments[1:]] == [1, 2, 3, 3, 3, 3, 5, 5]


@pytest.mark.slow
def test_bulk_import_keeps_the_pace_of_two_thousand_visits_in_five_seconds(
    session: Session,
) -> None:
    alerts = raised(session, *[candidate(n) for n in range(200)], households=1_000_000)
    rows = [service.OutcomeRow(a.id, "confirmed", DAY, helped_at=DAY) for a in alerts]
    start = time.process_time()
    done = service.import_outcomes(session, rows, actor="import").done
    assert len(done) == 200
    assert time.process_time() - start < 5 / 3  # a tenth of the visits, a third of the seconds
