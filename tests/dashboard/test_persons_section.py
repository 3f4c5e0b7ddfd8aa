"""The part of the page of feeds where a data steward says who is one person."""

from __future__ import annotations

from datetime import date

import pytest

from core.access.roles import Role
from core.home import Home
from data.same_person import decisions
from data.vault import Card, Vault
from tests.dashboard.factory import Made
from tests.dashboard.test_pages import errors, page_text
from tests.data.offices import number


@pytest.fixture
def doubled(own_county: Made) -> Home:
    """A county in which one name and birth date stand under two numbers."""
    vault = Vault(own_county.home)
    numbers = (number(1), number(3))
    cards = [Card(vault.person(n), n, "赵一鸣", "13900000000") for n in numbers]
    vault.remember(date(2026, 6, 1), cards)
    return own_county.home


@pytest.mark.slow
def test_a_steward_joins_two_records_and_takes_it_back(doubled: Home, open_page) -> None:
    app = open_page(doubled.root, "data", role=Role.DATA_STEWARD)
    assert errors(app) == []
    assert "人员身份核对" in page_text(app)
    assert "赵*鸣" in page_text(app)
    assert "赵一鸣" not in page_text(app)
    assert "待核对 1 对，已认定 0 对" in page_text(app)
    app.selectbox(key="data_persons_act_open").select("merge")
    app.text_input(key="data_persons_reason").input("派出所核实为同一人")
    app.button(key="data_persons_go").click().run()
    assert errors(app) == []
    assert "待核对 0 对，已认定 1 对" in page_text(app)
    app.selectbox(key="data_persons_act_merge").select("undo")
    app.text_input(key="data_persons_reason").input("核实有误")
    app.button(key="data_persons_go").click().run()
    assert [d.act for d in decisions(doubled)] == ["merge", "undo"]


@pytest.mark.slow
def test_nobody_else_sees_the_pairs(doubled: Home, open_page) -> None:
    app = open_page(doubled.root, "data", language="en", role=Role.ANALYST)
    assert errors(app) == []
    assert "Who is one person" not in page_text(app)
