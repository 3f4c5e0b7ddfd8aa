"""A case taken on or sent back from a phone: once, in its turn, and never over somebody else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts import service
from alerts.models import Alert, AlertEvent
from alerts.policy import default_policy
from alerts.queries import event_counts
from alerts.states import Action, Role, State
from alerts.visits.receiving import Answer, Writer, receive
from alerts.visits.shapes import STEP, OperationRefused, operation
from tests.alerts.factories import DAY, TEAM, alert_at

NOW = DAY.replace(tzinfo=None)
ACCEPT, BACK = {"step": "accept"}, {"step": "return", "note": "已搬到县城"}


def sent(session: Session) -> Alert:
    alert = alert_at(session, State.DISPATCHED)
    session.flush()
    return alert


def said(alert: Alert, seen: int, number: int = 1, **step: str) -> dict[str, Any]:
    return {
        "id": f"step-{number:08}",
        "device": "device-of-li",
        "at": "2026-04-01T10:00:00+08:00",
        "seen_event": seen,
        "base": "",
        "field": STEP,
        "value": json.dumps(step),
    }


def seen(session: Session, alert: Alert) -> int:
    return event_counts(session, [alert.id])[alert.id]


def take(session: Session, alert: Alert, one: dict[str, Any], who: str = "li") -> Answer:
    writer = Writer(who, Role.WORKER, NOW)
    return receive(session, alert.id, operation(one), writer, default_policy())


def actions(session: Session, alert: Alert) -> list[str]:
    query = select(AlertEvent.action).where(AlertEvent.alert_id == alert.id)
    return list(session.scalars(query.order_by(AlertEvent.id)))


def test_a_case_is_taken_on_by_name_and_a_repeated_send_changes_nothing(session: Session) -> None:
    alert = sent(session)
    one = said(alert, seen(session, alert), **ACCEPT)
    assert take(session, alert, one).kind == "done"
    assert (alert.state, alert.holder_account) == (State.ACCEPTED, "li")
    again = take(session, alert, one)
    assert (again.kind, again.again) == ("done", True)
    assert actions(session, alert).count("accept") == 1


def test_accepted_and_then_sent_back_without_a_network(session: Session) -> None:
    alert = sent(session)
    knew = seen(session, alert)
    assert take(session, alert, said(alert, knew, 1, **ACCEPT)).kind == "done"
    assert take(session, alert, said(alert, knew, 2, **BACK)).kind == "done"
    assert alert.state == State.RETURNED
    told = session.scalars(select(AlertEvent).order_by(AlertEvent.id.desc())).first()
    assert told is not None
    assert (told.action, told.actor, told.note) == ("return", "li", "已搬到县城")


def test_two_who_take_one_case_on_the_second_is_told_who_has_it(session: Session) -> None:
    alert = sent(session)
    knew = seen(session, alert)
    take(session, alert, said(alert, knew, 1, **ACCEPT), "li")
    told = take(session, alert, said(alert, knew, 2, **ACCEPT), "wang")
    assert told.kind == "refused"
    assert told.told is not None
    assert "li" in told.told.zh
    assert "接单" in told.told.zh
    assert alert.holder_account == "li"
    back = take(session, alert, said(alert, knew, 3, **BACK), "wang")
    assert back.kind == "refused"
    assert alert.state == State.ACCEPTED


def test_from_another_phone_of_the_same_person_it_is_the_same(session: Session) -> None:
    alert = sent(session)
    knew = seen(session, alert)
    take(session, alert, said(alert, knew, 1, **ACCEPT))
    assert take(session, alert, said(alert, knew, 2, **ACCEPT)).kind == "same"


def test_what_the_desk_noted_meanwhile_stops_nobody(session: Session) -> None:
    alert = sent(session)
    knew = seen(session, alert)
    service.move(session, alert.id, Action.NOTE, now=DAY, note="请带上表格", **TEAM)
    assert take(session, alert, said(alert, knew, **ACCEPT)).kind == "done"


@pytest.mark.parametrize("note", ["", "电话 13800138000"])
def test_sending_back_needs_a_reason_that_names_nobody(session: Session, note: str) -> None:
    alert = sent(session)
    told = take(session, alert, said(alert, seen(session, alert), step="return", note=note))
    assert told.kind == "refused"
    assert alert.state == State.DISPATCHED


@pytest.mark.parametrize(
    "value", ["", "[]", "{}", '{"step": "confirm"}', '{"step": "return", "note": "' + "x" * 2001]
)
def test_no_other_step_is_understood(value: str) -> None:
    with pytest.raises(OperationRefused):
        operation({**said(Alert(), 1, **ACCEPT), "value": value})
