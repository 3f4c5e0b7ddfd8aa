"""What becomes of one operation of a phone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts import service
from alerts.errors import MoveRefused
from alerts.models import Alert, AlertEvent
from alerts.policy import default_policy
from alerts.queries import event_counts
from alerts.states import Role, State
from alerts.visits import choosing
from alerts.visits.choosing import ChoiceRefused, Unsettled
from alerts.visits.models import VisitConflict, VisitField, VisitOperation
from alerts.visits.receiving import Answer, Writer, receive
from alerts.visits.shapes import OperationRefused, operation
from core.db import store
from tests.alerts.factories import DAY, TEAM, WORKER, alert_at

NOW = DAY.replace(tzinfo=None)
POLICY = default_policy()
MARKS = iter(range(10**6))


def sent(field: str, value: str, version: int, **more: Any) -> dict[str, Any]:
    return {
        "id": f"operation-{next(MARKS):07}",
        "device": "device-1",
        "at": "2026-04-01T09:30:00+08:00",
        "seen_event": version,
        "field": field,
        "value": value,
        **more,
    }


def take(session: Session, alert: Alert, one: dict[str, Any], who: str = "worker-7") -> Answer:
    return receive(session, alert.id, operation(one), Writer(who, Role.WORKER, NOW), POLICY)


def version(session: Session, alert: Alert) -> int:
    return event_counts(session, [alert.id])[alert.id]


def outcomes(session: Session, alert: Alert) -> list[str]:
    query = select(AlertEvent.outcome).where(
        AlertEvent.alert_id == alert.id,
        AlertEvent.outcome.is_not(None),
        AlertEvent.need_id.is_(None),
    )
    return list(session.scalars(query.order_by(AlertEvent.id)))


TOO_MANY = {"outcome": "refused", "facts": {f"B{n:03}": "fact_true" for n in range(101)}}
TOO_LONG = {"outcome": "confirmed", "needs": {"x" * 51: "confirmed"}}
FALSE = json.dumps({"outcome": "false_alarm", "cause": "stale", "facts": {"B01": "fact_false"}})
COVERED = json.dumps({"outcome": "already_covered"})


def test_the_same_operation_twice_is_done_once(database: Any) -> None:
    with store.open_session(database) as session:
        alert = alert_at(session, State.DISPATCHED)
        one = sent("result", COVERED, version(session, alert))
        first, again = take(session, alert, one), take(session, alert, one)
        assert (first.kind, first.again) == ("done", False)
        assert (again.kind, again.again) == ("done", True)
        assert outcomes(session, alert) == ["already_covered"]


def test_a_result_says_which_reasons_were_true(session: Session) -> None:
    alert = alert_at(session, State.DISPATCHED)
    take(session, alert, sent("result", FALSE, version(session, alert)))
    assert {reason.code: reason.truth for reason in alert.reasons} == {
        "B01": "fact_false",
        "C02": None,
    }


def test_a_deadline_reported_meanwhile_does_not_stop_a_result(session: Session) -> None:
    alert = alert_at(session, State.DISPATCHED)
    seen = version(session, alert)
    service.move(session, alert.id, "escalate", now=DAY, **TEAM)
    assert take(session, alert, sent("result", COVERED, seen)).kind == "done"


def test_a_case_taken_back_meanwhile_keeps_the_result_beside_it(session: Session) -> None:
    alert = alert_at(session, State.DISPATCHED)
    seen = version(session, alert)
    service.move(session, alert.id, "return", now=DAY, note="不在本村", **WORKER)
    assert take(session, alert, sent("result", COVERED, seen), "worker-8").kind == "conflict"
    (conflict,) = choosing.unsettled(session)
    assert json.loads(conflict.kept)["action"] == "return"
    assert json.loads(conflict.other)["outcome"] == "already_covered"
    assert outcomes(session, alert) == []


def test_two_that_say_the_same_are_one_visit(session: Session) -> None:
    alert = alert_at(session, State.DISPATCHED)
    seen = version(session, alert)
    assert take(session, alert, sent("result", COVERED, seen)).kind == "done"
    assert take(session, alert, sent("result", COVERED, seen), "worker-8").kind == "same"
    assert take(session, alert, sent("result", FALSE, seen), "worker-9").kind == "conflict"
    assert outcomes(session, alert) == ["already_covered"]


def test_a_note_that_names_a_person_is_refused_and_stored_nowhere(session: Session) -> None:
    alert = alert_at(session, State.DISPATCHED)
    secret = "电话 138 1234 5678"
    for one in (
        sent("note", secret, version(session, alert)),
        sent("result", json.dumps({"outcome": "referred", "note": secret}), 1),
    ):
        told = take(session, alert, one)
        assert told.kind == "refused"
        assert "手机号码" in told.told.zh
    assert session.scalars(select(VisitField)).all() == []
    assert {row.content for row in session.scalars(select(VisitOperation))} == {""}


def test_only_who_had_seen_a_value_replaces_it(session: Session) -> None:
    alert = alert_at(session, State.DISPATCHED)
    seen = version(session, alert)
    first = sent("note", "门锁着", seen)
    assert take(session, alert, first).kind == "done"
    assert take(session, alert, sent("note", "已见面", seen), "worker-8").kind == "conflict"
    later = sent("note", "已见面，父亲住院", seen, base=first["id"])
    assert take(session, alert, later, "worker-8").kind == "done"
    (conflict,) = choosing.unsettled(session)
    assert (conflict.kept, conflict.other) == ("已见面，父亲住院", "已见面")


def test_each_visit_has_a_sheet_of_its_own(session: Session) -> None:
    alert = alert_at(session, State.DISPATCHED)
    take(session, alert, sent("note", "门锁着", version(session, alert)))
    nobody = json.dumps({"outcome": "unreachable"})
    take(session, alert, sent("result", nobody, version(session, alert)))
    assert take(session, alert, sent("note", "见到了", version(session, alert))).kind == "done"
    found = session.scalars(select(VisitField).order_by(VisitField.round))
    assert [(row.round, row.value) for row in found] == [(0, "门锁着"), (1, "见到了")]


def test_an_id_of_somebody_else_opens_nothing(session: Session) -> None:
    alert = alert_at(session, State.DISPATCHED)
    one = sent("note", "门锁着", version(session, alert))
    take(session, alert, one)
    with pytest.raises(OperationRefused):
        take(session, alert, one, "worker-8")


@pytest.mark.parametrize(
    "changed",
    [
        {"id": "short"},
        {"id": "x" * 41},
        {"seen_event": 0},
        {"seen_event": True},
        {"field": "state"},
        {"field": "tick"},
        {"field": "tick:a b"},
        {"value": "maybe"},
        {"value": 1},
        {"at": "yesterday"},
        {"field": "note", "value": "x" * 2001},
        {"field": "result", "value": "[]"},
        {"field": "result", "value": '{"outcome": "burnt"}'},
        {"field": "result", "value": json.dumps(TOO_MANY)},
        {"field": "result", "value": json.dumps(TOO_LONG)},
    ],
)
def test_what_has_no_form_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(OperationRefused):
        operation(sent("fact:B01", "fact_true", 1) | changed)


def in_conflict(session: Session) -> tuple[Alert, Unsettled]:
    """A result of one worker, and another that came later from a second phone."""
    alert = alert_at(session, State.DISPATCHED)
    seen = version(session, alert)
    take(session, alert, sent("result", COVERED, seen))
    take(session, alert, sent("result", FALSE, seen), "worker-8")
    (conflict,) = choosing.unsettled(session)
    return alert, conflict


def choose(session: Session, conflict: Unsettled, which: str, **more: Any) -> None:
    by = {"actor": "team", "role": Role.DISPATCHER, "now": NOW, "policy": POLICY}
    choosing.choose(session, conflict.id, which, **{"seen": conflict.kept, **by, **more})


def test_the_county_team_may_put_the_other_result_in_the_first_ones_place(
    session: Session,
) -> None:
    alert, conflict = in_conflict(session)
    with pytest.raises(MoveRefused):  # the case is closed: reopening is not a worker's
        choose(session, conflict, "other", role=Role.WORKER)
    choose(session, conflict, "other")
    assert outcomes(session, alert) == ["already_covered", "false_alarm"]
    assert alert.outcome == "false_alarm"
    kept = session.get_one(VisitConflict, conflict.id)
    assert (kept.chosen, kept.chosen_by) == ("other", "team")
    assert json.loads(kept.kept)["outcome"] == "already_covered"  # what was not chosen stays


def test_what_stands_may_be_kept(session: Session) -> None:
    alert, conflict = in_conflict(session)
    choose(session, conflict, "kept", role=Role.WORKER)
    assert outcomes(session, alert) == ["already_covered"]
    assert choosing.unsettled(session) == []


def test_nobody_chooses_twice_or_over_what_changed(session: Session) -> None:
    _, conflict = in_conflict(session)
    with pytest.raises(ChoiceRefused):
        choose(session, conflict, "kept", seen="what stood before")
    choose(session, conflict, "kept")
    with pytest.raises(ChoiceRefused):
        choose(session, conflict, "other")


def test_a_third_value_is_a_conflict_of_its_own(session: Session) -> None:
    alert = alert_at(session, State.DISPATCHED)
    seen = version(session, alert)
    for n, value in ((7, "门锁着"), (8, "已见面"), (9, "邻居说住院")):
        take(session, alert, sent("note", value, seen), f"worker-{n}")
    found = [(one.kept, one.other) for one in choosing.unsettled(session)]
    assert found == [("门锁着", "已见面"), ("门锁着", "邻居说住院")]


def test_who_writes_on_in_a_conflict_replaces_their_own_words_alone(session: Session) -> None:
    alert = alert_at(session, State.DISPATCHED)
    seen = version(session, alert)
    take(session, alert, sent("note", "门锁着", seen))
    mine = sent("note", "已见", seen)
    take(session, alert, mine, "worker-8")
    take(session, alert, sent("note", "已见面", seen, base=mine["id"]), "worker-8")
    (conflict,) = choosing.unsettled(session)
    assert (conflict.kept, conflict.other) == ("门锁着", "已见面")


CONFIRMED = json.dumps({"outcome": "confirmed", "needs": {"basic_living": "confirmed"}})


def three_results(session: Session) -> tuple[Alert, Unsettled, Unsettled]:
    """A result that stands, and two others that came later."""
    alert, first = in_conflict(session)
    take(session, alert, sent("result", CONFIRMED, 2), "worker-9")
    second = choosing.unsettled(session)[1]
    return alert, first, second


def test_of_two_conflicts_the_second_shows_what_was_chosen_in_the_first(session: Session) -> None:
    alert, first, second = three_results(session)
    assert json.loads(second.kept)["outcome"] == "already_covered"
    choose(session, first, "other")
    (left,) = choosing.unsettled(session)
    assert (left.id, json.loads(left.kept)["outcome"]) == (second.id, "false_alarm")
    assert left.kept_by == "worker-8"
    with pytest.raises(ChoiceRefused):  # chosen by a page that still shows the old value
        choose(session, second, "kept")
    choose(session, left, "other")
    assert alert.outcome == "confirmed"
    assert choosing.unsettled(session) == []


def test_a_result_replaced_at_a_desk_is_what_a_conflict_shows(session: Session) -> None:
    alert, _ = in_conflict(session)
    service.move(session, alert.id, "reopen", now=DAY, note="复核", **TEAM)
    (shown,) = choosing.unsettled(session)
    assert json.loads(shown.kept)["action"] == "reopen"
    by = {"now": DAY, "cause": "stale", **TEAM}
    service.record_outcome(session, alert.id, "false_alarm", **by)
    assert choosing.unsettled(session) == []  # both say the same now


def test_a_chosen_result_is_that_of_who_visited_and_the_log_says_who_chose(
    session: Session,
) -> None:
    alert, conflict = in_conflict(session)
    choose(session, conflict, "other")
    told = select(AlertEvent.action, AlertEvent.actor, AlertEvent.role).where(
        AlertEvent.alert_id == alert.id, AlertEvent.action.in_(["reopen", "false_alarm"])
    )
    of_case = told.where(AlertEvent.need_id.is_(None)).order_by(AlertEvent.id)
    assert [tuple(row) for row in session.execute(of_case)] == [
        ("reopen", "team", "dispatcher"),
        ("false_alarm", "worker-8", "worker"),
    ]


def test_who_chooses_a_result_of_a_case_taken_back_sends_it_out_again(session: Session) -> None:
    alert = alert_at(session, State.DISPATCHED)
    seen = version(session, alert)
    service.move(session, alert.id, "return", now=DAY, note="不在本村", **WORKER)
    take(session, alert, sent("result", COVERED, seen), "worker-8")
    (conflict,) = choosing.unsettled(session)
    choose(session, conflict, "other")
    assert (alert.outcome, alert.holder_account) == ("already_covered", "worker-8")


def test_ones_own_result_is_corrected_and_both_stay_in_the_log(session: Session) -> None:
    alert = alert_at(session, State.DISPATCHED)
    seen = version(session, alert)
    take(session, alert, sent("result", COVERED, seen))
    assert take(session, alert, sent("result", CONFIRMED, seen)).kind == "done"
    assert outcomes(session, alert) == ["already_covered", "confirmed"]
    assert choosing.unsettled(session) == []
    query = select(AlertEvent).where(AlertEvent.action == "reopen")
    assert "本人更正" in str(session.scalars(query).one().note)


def test_a_family_not_met_is_no_second_try_when_the_note_is_corrected(session: Session) -> None:
    alert = alert_at(session, State.DISPATCHED)
    seen = version(session, alert)
    away = {"outcome": "unreachable", "note": "门锁着"}
    take(session, alert, sent("result", json.dumps(away), seen))
    told = take(session, alert, sent("result", json.dumps(away | {"note": "外出务工"}), seen))
    assert (told.kind, alert.tries, alert.state) == ("done", 1, State.RETRY)


@pytest.mark.parametrize("meanwhile", ["department", "other_phone"])
def test_nobody_corrects_what_others_went_on_from(session: Session, meanwhile: str) -> None:
    alert = alert_at(session, State.DISPATCHED)
    seen = version(session, alert)
    take(session, alert, sent("result", CONFIRMED, seen))
    again = sent("result", COVERED, seen)
    if meanwhile == "department":
        need = next(n for n in alert.needs if n.code == "basic_living")
        office = {"actor": "office", "role": Role.DEPARTMENT, "now": DAY}
        service.take_up(session, need.id, **office)
    else:
        again |= {"device": "device-2"}
    assert take(session, alert, again).kind == "conflict"
    assert alert.outcome == "confirmed"
