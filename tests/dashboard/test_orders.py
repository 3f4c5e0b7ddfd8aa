"""The order of the list of alerts is that of the whole list, wherever it is chosen."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import pytest
import streamlit as st
from python_calamine import CalamineWorkbook
from streamlit.testing.v1 import AppTest

import services
from dashboard.app_pages.alerts import book as alerts_book
from dashboard.app_pages.alerts import orders, ticks
from dashboard.app_pages.alerts import table as cases
from dashboard.i18n import translator
from dashboard.show import address
from tests.accounts import context
from tests.dashboard.factory import LAST, Made
from tests.dashboard.test_pages import errors

Open = Callable[..., AppTest]


@pytest.fixture
def session_state(monkeypatch: pytest.MonkeyPatch) -> dict:
    kept: dict = {}
    monkeypatch.setattr(st, "session_state", kept)
    return kept


def headers(app: AppTest) -> list[str]:
    """What the headers of the table say, where it is not the name of the column."""
    columns = json.loads(app.dataframe[0].proto.columns).values()
    return [column["label"] for column in columns if column.get("label")]


def test_every_order_has_words_and_every_header_leads_to_orders_that_exist() -> None:
    assert set(orders.WORDS) == set(services.cases.SORTS)
    assert {sort for both in orders.BY_HEADER.values() for sort in both} <= set(orders.WORDS)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_click_on_a_header_orders_the_list_and_the_next_turns_it_round(
    session_state: dict, language: str
) -> None:
    say = translator(language)
    address.choose(page=3)
    for column, expected in (
        ("Due", "due"), ("Due", "due_last"), ("Due", "due"),
        ("Band", "band"), ("Where", "place"), ("Where", "place"), ("Score", "score"),
    ):  # fmt: skip
        orders.clicked(say(column), say)
        assert (address.value("order"), address.value("page")) == (expected, 1), column
    orders.clicked(say("State"), say)  # to be narrowed by, not to be ordered by
    assert address.value("order") == "score"


def test_a_click_on_a_header_leaves_the_ticks_alone(session_state: dict, county: Made) -> None:
    here = context(county.home.root, LAST)
    shown = ticks.drawn(services.cases.page(here, services.cases.choice(), 1, "urgent").rows)
    ticks.ticked()[shown[0].alert] = shown[0]
    session_state["table"] = {"selection": {"rows": [], "columns": ["到期"]}}
    cases._selected("table", shown, translator("zh"))
    assert list(ticks.ticked()) == [shown[0].alert]
    assert address.value("order") == "due"


def test_an_order_in_the_address_orders_the_list_and_marks_its_column(
    county: Made, open_page: Open
) -> None:
    app = open_page(county.home.root, "alerts", address="lang=zh&view=all&order=newest")
    assert errors(app) == []
    assert not any("↑" in told or "↓" in told for told in headers(app))
    app = open_page(county.home.root, "alerts", address="lang=zh&order=due_last")
    assert "到期 ↓" in headers(app)
    days = app.dataframe[0].value["到期"].str[-10:].tolist()
    assert days == sorted(days, reverse=True)
    assert days[0] > days[-1]


@pytest.mark.slow
def test_an_order_that_would_tell_drawn_visits_apart_is_refused_to_the_list_for_visits(
    county: Made, open_page: Open
) -> None:
    for order in ("score", "score_low", "risk_low", "expected"):
        app = open_page(county.home.root, "alerts", address=f"lang=zh&order={order}")
        assert app.selectbox("alerts_sort").value == "urgent"
    app = open_page(county.home.root, "alerts", address="lang=zh&sight=team&order=score_low")
    assert app.selectbox("alerts_sort").value == "score_low"
    scores = app.dataframe[0].value["合计得分"].tolist()
    assert scores == sorted(scores)


@pytest.mark.parametrize("order", ["due_last", "place", "score_low"])
def test_the_download_stands_in_the_order_of_the_list(county: Made, order: str) -> None:
    here = context(county.home.root, LAST)
    where = services.cases.choice()
    listed = services.cases.page(here, where, 1, order, True).rows
    content = alerts_book.book(here, where, order, True, [], translator("zh"))
    read = CalamineWorkbook.from_filelike(io.BytesIO(content))
    header, *rows = read.get_sheet_by_index(1).to_python()
    numbers = [row[header.index("预警编号")] for row in rows]
    assert numbers[: len(listed)] == services.cases.numbers(here, tuple(listed["id"]))
    assert translator("zh")(orders.WORDS[order]) in str(read.get_sheet_by_index(0).to_python())
