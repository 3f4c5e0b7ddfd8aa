"""Ticks on the list of alerts: kept by alert, named before the act, gone after it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
import streamlit as st
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

import services
from alerts import service
from alerts.models import Alert, AlertEvent
from core.access.roles import Role
from core.audit.models import AuditEvent
from core.db import open_session
from dashboard.app_pages.alerts import ticks
from dashboard.app_pages.alerts.ticks import Tick
from services.reads import base
from services.reads.cases import choice
from tests.accounts import context, name_of
from tests.dashboard.factory import Made
from tests.dashboard.test_pages import errors, page_text

pytestmark = pytest.mark.slow

Open = Callable[..., AppTest]
LI = name_of(Role.DISPATCHER)  # whose page it is


def rows(made: Made, **chosen: object) -> tuple[Tick, ...]:
    """The first page of a list as it would be drawn now."""
    here = context(made.home.root, made.last)
    return ticks.drawn(services.cases.page(here, choice(**chosen), 1, "urgent").rows)


def dispatches(made: Made) -> list[tuple[int, str]]:
    with open_session(made.home) as session:
        query = select(AlertEvent.alert_id, AlertEvent.actor)
        mine = AlertEvent.action == "dispatch", AlertEvent.role == "dispatcher"
        return [tuple(row) for row in session.execute(query.where(*mine).order_by(AlertEvent.id))]


def with_ticks(open_page: Open, made: Made, chosen: tuple[Tick, ...], language="zh") -> AppTest:
    kept = {t.alert: t for t in chosen}
    return open_page(made.home.root, "alerts", language, role=Role.DISPATCHER, ticks=kept)


def press(app: AppTest) -> AppTest:
    return app.button("alerts_dispatch_go").click().run()


@pytest.fixture
def waiting(own_county: Made) -> tuple[Tick, ...]:
    return rows(own_county, states=["raised"])


@pytest.fixture
def session_state(monkeypatch: pytest.MonkeyPatch) -> dict:
    kept: dict = {}
    monkeypatch.setattr(st, "session_state", kept)
    return kept


def select_rows(state: dict, take: partial, key: str, *numbers: int) -> None:
    """What the browser sends: positions in the table as it drew it."""
    state[key] = {"selection": {"rows": list(numbers)}}
    take()


def test_a_tick_is_taken_from_the_rows_as_they_were_drawn(waiting, session_state) -> None:
    before = waiting[:6]
    key = ticks.table_key("visit", before)
    take = ticks.taker(key, before)
    # Meanwhile the first two have gone; the browser still shows the old rows.
    select_rows(session_state, take, key, 0, 3)
    assert list(ticks.ticked().values()) == [before[0], before[3]]

    after = waiting[2:6]
    assert ticks.table_key("visit", after) != key
    assert ticks.selection("other", after) == {"selection": {"rows": [1]}}


def test_unticking_reaches_only_the_rows_that_were_drawn(waiting, session_state) -> None:
    page_one, page_two = waiting[:3], waiting[3:6]
    one, two = ticks.table_key("visit", page_one), ticks.table_key("visit", page_two)
    select_rows(session_state, ticks.taker(one, page_one), one, 0, 1)
    select_rows(session_state, ticks.taker(two, page_two), two, 2)
    select_rows(session_state, ticks.taker(two, page_two), two)
    assert set(ticks.ticked()) == {page_one[0].alert, page_one[1].alert}


def test_the_same_rows_in_another_order_are_another_table(waiting) -> None:
    assert ticks.table_key("visit", waiting) == ticks.table_key("visit", waiting)
    assert ticks.table_key("visit", waiting) != ticks.table_key("visit", waiting[::-1])


def test_a_tick_keeps_what_was_seen_when_it_was_made(waiting, session_state) -> None:
    first = waiting[:1]
    key = ticks.table_key("visit", first)
    select_rows(session_state, ticks.taker(key, first), key, 0)
    newer = (Tick(**{**first[0].__dict__, "last_event": first[0].last_event + 5}),)
    ticks.taker(key, newer)()
    assert ticks.ticked()[first[0].alert].last_event == first[0].last_event


def test_an_act_is_for_those_named_and_still_ticked(waiting, session_state) -> None:
    named = waiting[:3]
    session_state["ticks"] = {t.alert: t for t in (named[0], named[2], waiting[4])}
    ticks.hold(named)
    assert ticks.agreed() == [named[0], named[2]]
    assert ticks.agreed() == []  # once


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_names_whom_it_will_dispatch_and_can_leave_one_out(
    own_county, waiting, open_page, language
) -> None:
    chosen = waiting[:3]
    app = with_ticks(open_page, own_county, chosen, language)
    text = page_text(app)
    assert all(t.household[:8] in text for t in chosen)
    assert ("将要派单的家庭：3 户" if language == "zh" else "dispatched: 3") in text

    app.button(f"alerts_untick_{chosen[1].alert}").click().run()
    named = [b.proto.body for b in app.get("html") if "dd-cards" not in b.proto.body]
    assert chosen[1].household[:8] not in "".join(body for body in named if "dd-band" in body)
    press(app)
    assert errors(app) == []
    done = [alert for alert, actor in dispatches(own_county) if actor == LI]
    assert done == [chosen[0].alert, chosen[2].alert]
    assert len(app.toast) == len(app.success) == 1
    assert not app.session_state["ticks"]


def test_who_may_not_dispatch_is_not_offered_to(own_county, waiting, open_page) -> None:
    ticks_made = {t.alert: t for t in waiting[:2]}
    app = open_page(own_county.home.root, "alerts", role=Role.ANALYST, ticks=ticks_made)
    assert errors(app) == []
    assert not [b for b in app.button if b.key == "alerts_dispatch_go"]
    assert not dispatches(own_county)


def test_the_account_that_is_signed_in_is_asked_for_no_name(own_county, waiting, open_page) -> None:
    app = press(with_ticks(open_page, own_county, waiting[:2]))
    assert not app.text_input
    with open_session(own_county.home) as session:
        query = select(AuditEvent).where(AuditEvent.action == "dispatch").order_by(AuditEvent.seq)
        told = [(e.account, e.role, int(e.object)) for e in session.scalars(query)]
    assert told == [(LI, "dispatcher", t.alert) for t in waiting[:2]]


def test_what_moved_on_is_refused_by_name_and_the_rest_goes(own_county, waiting, open_page) -> None:
    chosen = waiting[:3]
    app = with_ticks(open_page, own_county, chosen)
    moment = base.moment_of(str(own_county.home.root), own_county.last)
    with open_session(own_county.home) as session:
        service.move(
            session, chosen[1].alert, "dispatch", actor="王A", role="dispatcher", now=moment
        )
    press(app)

    assert errors(app) == []
    (told,) = [w.value for w in app.warning]
    assert "未派单 1 户" in told
    assert chosen[1].household[:8] in told
    assert "王A 刚刚派单" in told
    assert dispatches(own_county) == [
        (chosen[1].alert, "王A"),
        (chosen[0].alert, LI),
        (chosen[2].alert, LI),
    ]


def test_who_cannot_be_dispatched_is_counted_before_the_act(own_county, waiting, open_page) -> None:
    assisting = rows(own_county, states=["assisting"])[:2]
    app = with_ticks(open_page, own_county, (*waiting[:1], *assisting))
    assert "其中 2 户按目前状态不能派单" in page_text(app)


def test_ticks_of_another_page_are_named_as_such(own_county, waiting, open_page) -> None:
    app = with_ticks(open_page, own_county, waiting[:2])
    app.multiselect("alerts_f_bands").set_value([]).run()
    assert "在其他页" not in page_text(app)
    elsewhere = Tick(**{**waiting[0].__dict__, "alert": 10**6, "household": "hffffffff"})
    app.session_state["ticks"] = {elsewhere.alert: elsewhere}
    app.run()
    assert "其中 1 户是在本列表的其他页勾选的" in page_text(app)


@pytest.mark.parametrize("change", ["filter", "township", "month"])
def test_another_list_takes_the_ticks_away_and_says_so(
    own_county, waiting, open_page, change
) -> None:
    app = with_ticks(open_page, own_county, waiting[:3])
    if change == "filter":
        app.multiselect("alerts_f_states").set_value(["raised"]).run()
    elif change == "township":
        app.selectbox("township").set_value("990321102").run()
    else:
        app.selectbox("month").set_value("2026-05").run()
    assert any("原先勾选的 3 户已取消勾选" in note.value for note in app.info)
    assert not app.session_state["ticks"]
    assert not [b for b in app.button if b.key == "alerts_dispatch_go"]


def test_a_list_without_rows_takes_the_ticks_away_too(own_county, waiting, open_page) -> None:
    app = with_ticks(open_page, own_county, waiting[:3])
    app.multiselect("alerts_f_outcomes").set_value(["refused"]).run()
    app.multiselect("alerts_f_outcomes").set_value([]).run()
    assert not app.session_state["ticks"]


def test_another_order_keeps_them(own_county, waiting, open_page) -> None:
    app = with_ticks(open_page, own_county, waiting[:3])
    app.selectbox("alerts_sort").set_value("due").run()
    assert set(app.session_state["ticks"]) == {t.alert for t in waiting[:3]}


def test_a_dispatch_outside_the_area_reaches_nobody(own_county, waiting) -> None:
    town = next(t for t in waiting if t.township == "990321101")
    here = context(own_county.home.root, own_county.last, "990321102", Role.DISPATCHER)
    result = services.cases.dispatch(here, {town.alert: town.last_event})
    assert result.done == ()
    with open_session(own_county.home) as session:
        assert session.get_one(Alert, town.alert).state == "raised"
