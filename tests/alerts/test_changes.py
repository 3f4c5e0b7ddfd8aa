"""Acts on a page that has grown old: refused with who did what, and one winner of two at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts import service
from alerts.changes import DONE, ago, story
from alerts.errors import AlertChanged, AlertsError, MoveRefused
from alerts.models import Alert, AlertEvent
from alerts.queries import alert_detail, list_alerts
from alerts.states import Action, Outcome, Role, State
from core.db import store
from core.home import Home
from core.workflow.calendar import CHINA_TIME
from tests.alerts.factories import DAY, TEAM, WORKER, alert_at, candidate, raised

pytestmark = pytest.mark.slow

NOW = datetime(2026, 7, 1, 15, 0, tzinfo=CHINA_TIME).replace(tzinfo=None)
WANG = {"actor": "王A", "role": Role.WORKER}


def events(session: Session, alert_id: int) -> list[tuple[str, str, str | None]]:
    query = select(AlertEvent).where(AlertEvent.alert_id == alert_id).order_by(AlertEvent.id)
    return [(e.actor, e.action, e.note) for e in session.scalars(query)]


def seen(session: Session, alert: Alert) -> int:
    return alert_detail(session, alert.id).last_event


@pytest.mark.parametrize(
    ("passed", "zh", "en"),
    [
        (timedelta(seconds=20), "刚刚", "just now"),
        (timedelta(minutes=1), "1 分钟前", "1 minute ago"),
        (timedelta(minutes=59), "59 分钟前", "59 minutes ago"),
        (timedelta(hours=2, minutes=30), "2 小时前", "2 hours ago"),
        (timedelta(days=1), "2026-06-30 ", "on 2026-06-30"),
        (timedelta(hours=-2), "2026-07-01 ", "on 2026-07-01"),  # a clock that was put back
    ],
)
def test_recent_acts_are_told_by_minutes_and_old_ones_by_date(passed, zh, en) -> None:
    assert ago(NOW - passed, NOW) == (zh, en)


def test_every_action_can_be_told_in_both_languages() -> None:
    assert set(DONE) == set(Action)
    for position in (0, 1):
        assert len({words[position] for words in DONE.values()}) == len(Action)


def test_an_act_on_an_old_page_is_refused_with_who_did_what(session: Session) -> None:
    alert = alert_at(session, State.DISPATCHED)
    drawn = seen(session, alert)
    service.move(session, alert.id, "accept", now=DAY, **WANG)
    before = events(session, alert.id)

    acts: list[Callable[[], object]] = [
        lambda: service.record_outcome(
            session, alert.id, "referred", now=DAY, seen_event=drawn, **WORKER
        ),
        lambda: service.move(
            session, alert.id, "note", note="说明", now=DAY, seen_event=drawn, **WORKER
        ),
    ]
    for act in acts:
        with pytest.raises(AlertChanged) as refused:
            act()
        assert refused.value.story == ("王A 刚刚接单", "王A accepted it just now")
        assert refused.value.zh.startswith("王A 刚刚接单。本次操作未执行")
    assert events(session, alert.id) == before

    service.move(session, alert.id, "check", now=DAY, seen_event=seen(session, alert), **WORKER)
    assert alert.state == "checking"


def test_even_a_note_makes_an_open_page_old(session: Session) -> None:
    alert = alert_at(session, State.ACCEPTED)
    drawn, version = seen(session, alert), alert.version_id
    service.move(session, alert.id, "note", note="家中无人，明日再去", now=DAY, **WANG)
    assert alert.version_id > version
    later = DAY + timedelta(minutes=5)
    with pytest.raises(AlertChanged) as refused:
        service.move(session, alert.id, "check", now=later, seen_event=drawn, **WORKER)
    assert refused.value.story == ("王A 5 分钟前添加备注", "王A added a note 5 minutes ago")


def test_a_settled_need_makes_an_open_page_old(session: Session) -> None:
    alert = alert_at(session, State.ASSISTING)
    first, second = alert.needs
    drawn = seen(session, alert)
    service.settle_need(session, first.id, met=True, now=DAY, seen_event=drawn, **WANG)
    with pytest.raises(AlertChanged, match="recorded a need as met just now"):
        service.settle_need(session, second.id, met=True, now=DAY, seen_event=drawn, **WORKER)
    assert second.state == "confirmed"


def test_one_persons_steps_at_one_moment_are_told_as_one_act(session: Session) -> None:
    alert = alert_at(session, State.DISPATCHED)
    drawn = seen(session, alert)
    service.record_outcome(session, alert.id, "confirmed", now=DAY, **WANG)
    with pytest.raises(AlertChanged) as refused:
        service.move(session, alert.id, "accept", now=DAY, seen_event=drawn, **WORKER)
    assert refused.value.story == (
        "王A 刚刚登记核查结果“属实-符合”",
        "王A recorded a confirmed need just now",
    )


def test_the_newest_three_of_many_acts_are_told_and_the_system_is_named_so() -> None:
    acts = [
        {"actor": "doudi", "role": "system", "action": "escalate"},
        {"actor": "甲", "role": "worker", "action": "accept"},
        {"actor": "doudi", "role": "system", "action": "join"},
        {"actor": "乙", "role": "worker", "action": "return"},
    ]
    given = [{**a, "at": NOW + timedelta(seconds=i), "need_id": None} for i, a in enumerate(acts)]
    zh, en = story(given, NOW + timedelta(seconds=10))
    assert zh == "甲 刚刚接单；系统 刚刚并入新线索；乙 刚刚退单"
    assert en.startswith("甲 accepted it just now; The system added new reasons just now")


def test_a_bulk_dispatch_leaves_out_what_moved_on_and_says_who_did_it(session: Session) -> None:
    one, two, stranger = raised(session, *[candidate(n) for n in range(3)])
    drawn = {a.id: seen(session, a) for a in (one, two)}
    service.move(session, one.id, "dispatch", now=DAY, actor="王A", role=Role.DISPATCHER)

    result = service.dispatch_many(session, list(drawn), now=DAY, seen_events=drawn, **TEAM)

    assert result.done == (two.id,)
    ((refused, error),) = result.refused
    assert (refused, isinstance(error, AlertChanged)) == (one.id, True)
    assert error.zh.startswith("王A 刚刚派单")
    assert stranger.state == "raised"
    assert [a for _, a, _ in events(session, one.id)] == ["raise", "dispatch"]


def test_lists_carry_the_last_event_of_each_alert(session: Session) -> None:
    raised(session, *[candidate(n) for n in range(3)])
    alert = alert_at(session, State.ACCEPTED, number=7)
    rows = list_alerts(session).rows.set_index("id")
    assert rows.at[alert.id, "last_event"] == seen(session, alert)
    assert all(rows.at[i, "last_event"] == alert_detail(session, i).last_event for i in rows.index)


def at_once(database: Home | str, acts: list[Callable[[Session], object]]) -> list[object]:
    """Run acts in threads that start together, each in a session of its own."""
    gate, ends = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number: int, act: Callable[[Session], object]) -> None:
        gate.wait()
        try:
            with store.open_session(database) as session:
                ends[number] = act(session)
        except AlertsError as refused:
            ends[number] = refused

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


@pytest.mark.parametrize("_again", range(5))
def test_of_two_results_at_once_exactly_one_is_recorded(database: Home | str, _again: int) -> None:
    with store.open_session(database) as session:
        alert = alert_at(session, State.CHECKING)
        number, drawn = alert.id, seen(session, alert)

    def acting(actor: str, outcome: Outcome) -> Callable[[Session], object]:
        return lambda session: service.record_outcome(
            session, number, outcome, actor=actor, role="worker", now=DAY, seen_event=drawn
        )

    people = {"王A": Outcome.REFERRED, "李B": Outcome.ALREADY_COVERED}
    ends = at_once(database, [acting(*who) for who in people.items()])

    (winner,) = [i for i, end in enumerate(ends) if isinstance(end, Alert)]
    name, outcome = list(people.items())[winner]
    lost = ends[1 - winner]
    assert isinstance(lost, AlertChanged)
    assert f"{name} 刚刚登记核查结果“{outcome.zh}”" in lost.zh
    with store.open_session(database) as session:
        results = select(AlertEvent.actor).where(
            AlertEvent.alert_id == number,
            AlertEvent.need_id.is_(None),
            AlertEvent.outcome.is_not(None),
        )
        assert list(session.scalars(results)) == [name]


def test_of_two_who_settle_one_need_at_once_exactly_one_does(database: Home | str) -> None:
    with store.open_session(database) as session:
        need = alert_at(session, State.ASSISTING).needs[0].id

    def settle(session: Session) -> object:
        return service.settle_need(session, need, met=True, now=DAY, **WORKER)

    ends = at_once(database, [settle, settle])

    assert sorted(type(end) for end in ends if isinstance(end, AlertsError)) == [MoveRefused]
    with store.open_session(database) as session:
        met = select(AlertEvent).where(AlertEvent.action == "need_met")
        assert len(session.scalars(met).all()) == 1


def test_two_bulk_dispatches_at_once_send_each_alert_once(database: Home | str) -> None:
    with store.open_session(database) as session:
        alerts = raised(session, *[candidate(n) for n in range(6)])
        drawn = {a.id: seen(session, a) for a in alerts}
    ids = list(drawn)

    def acting(actor: str, chosen: list[int]) -> Callable[[Session], object]:
        return lambda session: service.dispatch_many(
            session, chosen, actor=actor, role="dispatcher", now=DAY,
            seen_events={i: drawn[i] for i in chosen},
        )  # fmt: skip

    ends = at_once(database, [acting("王A", ids[:4]), acting("李B", list(reversed(ids[1:5])))])

    done = [i for end in ends for i in end.done]
    assert sorted(done) == ids[:5]
    assert sum(len(end.refused) for end in ends) == 3
    with store.open_session(database) as session:
        sent = select(AlertEvent.alert_id).where(AlertEvent.action == "dispatch")
        assert sorted(session.scalars(sent)) == ids[:5]
