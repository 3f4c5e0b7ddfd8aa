"""The page of the laboratory without a browser: words, roles, and what a damaged address does."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from core.access.roles import Role
from services import rules
from services.rules import Bars
from tests.accounts import context
from tests.dashboard.factory import Made

Open = Callable[..., AppTest]


def shown(page: AppTest) -> str:
    assert not page.exception
    assert not page.error
    kinds = (page.html, page.caption, page.info, page.warning, page.success)
    return " ".join(str(getattr(one, "value", one.proto.body)) for kind in kinds for one in kind)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "words"), [("zh", "移动左侧参数即可比较"), ("en", "Move a lever to see")]
)
def test_it_opens_with_today_s_rules(
    county: Made, open_page: Open, language: str, words: str
) -> None:
    page = open_page(county.home.root, "laboratory", language, role=Role.ANALYST)
    assert words in shown(page)


@pytest.mark.slow
def test_a_lever_changes_the_sentence_and_the_table(county: Made, open_page: Open) -> None:
    page = open_page(county.home.root, "laboratory", "en", role=Role.ANALYST)
    page.number_input(key="lab_newest_capacity_per_1000_households").set_value(30.0).run()
    text = shown(page)
    assert "instead of" in text
    assert "Visits a month per 1,000 households" in text  # what it changes


@pytest.mark.slow
def test_try_without_comes_with_the_address(county: Made, open_page: Open) -> None:
    page = open_page(county.home.root, "laboratory", "en", "off=C02&lang=en", role=Role.ANALYST)
    assert page.multiselect(key="laboratory_off").value == ["C02"]
    assert "C02" in shown(page)


def test_an_indicator_that_is_not_there_is_passed_over(county: Made, open_page: Open) -> None:
    page = open_page(
        county.home.root, "laboratory", "en", "off=Z99&version=77&lang=en", role=Role.ANALYST
    )
    assert "Move a lever to see" in shown(page)


@pytest.mark.slow
def test_bands_upside_down_are_told_in_one_line(county: Made, open_page: Open) -> None:
    page = open_page(county.home.root, "laboratory", "zh", role=Role.ANALYST)
    page.number_input(key="lab_newest_red").set_value(1.0).run()
    assert not page.exception
    (told,) = page.warning
    assert told.value.startswith("规则有误")
    assert "\n" not in told.value


@pytest.mark.slow
def test_a_draft_is_saved_from_the_levers(own_county: Made, open_page: Open) -> None:
    page = open_page(own_county.home.root, "laboratory", "en", role=Role.ANALYST)
    page.number_input(key="lab_newest_red").set_value(200.0).run()
    page.text_input(key="lab_title").set_value("Autumn trial").run()
    page.button(key="lab_save").click().run()
    here = context(own_county.home.root, own_county.last, role=Role.ANALYST)
    (one,) = rules.shelf(here).versions
    assert one.title == "Autumn trial"
    assert rules.rules(here, one.number).bars.red == 200


@pytest.mark.slow
def test_a_leader_looks_and_saves_nothing(own_county: Made, open_page: Open) -> None:
    here = context(own_county.home.root, own_county.last, role=Role.ANALYST)
    number = rules.draft(here, "一稿", [Bars(200, 60, 40, 20)])
    address = f"version={number}&lang=en"
    page = open_page(own_county.home.root, "laboratory", "en", address, role=Role.LEADER)
    assert "instead of" in shown(page)
    assert not {"lab_save", "lab_try"} & {button.key for button in page.button}


@pytest.mark.slow
def test_points_and_lines_of_one_indicator_move(county: Made, open_page: Open) -> None:
    page = open_page(county.home.root, "laboratory", "en", role=Role.ANALYST)
    page.selectbox(key="lab_newest_points").set_value("C02").run()
    keys = {one.key for one in page.number_input}
    points = page.number_input(key="lab_newest_C02_0")
    points.set_value(points.value + 5).run()
    assert any(key.startswith("lab_newest_C02_0_at_least") for key in keys)
    # The profiles of this small county lack what scoring anew needs: told, and no traceback.
    assert "build the profile again" in shown(page)
