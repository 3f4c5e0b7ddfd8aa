"""The page on which a county is set up: empty, saved, changed, taken back; and its check list."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.access.roles import Role
from core.home import Home
from data.setup import writing
from data.standards import Standards
from services.context import utc_now
from tests.dashboard.factory import Made
from tests.dashboard.test_oversight_pages import shown
from tests.data.setup.made import TABLE, answers


def open_setup(open_page, root: Path, language: str = "en") -> AppTest:
    return open_page(root, "setup", language, role=Role.ADMINISTRATOR)


def filled(app: AppTest) -> AppTest:
    """The page with a county's name, table and one standard told."""
    app.text_input("setup_code").set_value("421234")
    app.text_input("setup_name").set_value("清河县").run()
    app.file_uploader("setup_regions").set_value(("regions.csv", TABLE.encode(), "text/csv")).run()
    return one_standard(app, 700.0, 600.0, date(2026, 1, 1))


def one_standard(app: AppTest, urban: float, rural: float, since: date) -> AppTest:
    app.number_input("setup_urban").set_value(urban)
    app.number_input("setup_rural").set_value(rural)
    app.date_input("setup_since").set_value(since)
    app.text_input("setup_number").set_value("清民发〔2026〕1号")
    return app.button("setup_add").click().run()


def test_without_a_county_the_administrator_lands_on_it(tmp_path: Path, open_page) -> None:
    app = open_page(tmp_path, "overview", "en", role=Role.ADMINISTRATOR)
    assert not app.exception
    assert [one.value for one in app.title] == ["Set up the county"]
    assert "There is no county here yet." in shown(app)
    assert app.button("setup_save").disabled


@pytest.mark.parametrize("role", [Role.LEADER, Role.DATA_STEWARD])
def test_others_are_told_who_sets_it_up(tmp_path: Path, open_page, role: Role) -> None:
    page = "overview" if role is Role.LEADER else "data"
    app = open_page(tmp_path, page, "en", role=role)
    assert "The administrator enters it on the page Set up the county" in app.info[0].value


@pytest.mark.slow
def test_a_county_is_told_previewed_and_saved(tmp_path: Path, open_page) -> None:
    app = filled(open_setup(open_page, tmp_path))
    assert not app.exception
    told = shown(app)
    assert "2 townships, 3 villages: 5 added" in told
    assert "standards not given yet: D (urban)" in told
    assert not Home(tmp_path).county_file.exists()  # a preview writes nothing
    app.button("setup_save").click().run()
    assert not app.exception
    home = Home(tmp_path)
    assert home.county["name_zh"] == "清河县"
    assert Standards.load(home).value("S", "421234", "rural", date(2026, 6, 30)) == 600
    assert "missing" in shown(app)


def test_what_cannot_be_is_told_and_keeps_the_button_shut(tmp_path: Path, open_page) -> None:
    app = open_setup(open_page, tmp_path, "zh")
    app.text_input("setup_code").set_value("4212").run()
    told = [one.value for one in app.warning]
    assert any("县级区划代码“4212”不对" in one for one in told)
    assert app.button("setup_save").disabled
    one_standard(app, 7_000.0, 600.0, date(2026, 1, 1))
    assert any("请核对单位" in one.value for one in app.warning)


@pytest.mark.slow
def test_a_new_standard_after_a_run_adds_a_date_and_keeps_the_old(
    tmp_path: Path, open_page
) -> None:
    home = Home(tmp_path)
    writing.save(home, answers(), "li", utc_now())
    for kind in ("profile", "scores"):
        home.monthly(kind, date(2026, 6, 30)).mkdir(parents=True)
    app = one_standard(open_setup(open_page, tmp_path), 760.0, 660.0, date(2026, 7, 1))
    assert not app.exception
    assert (
        Standards.load(home, date(2026, 6, 30)).value("S", "421234", "urban", date(2026, 7, 31))
        == 700
    )
    assert Standards.load(home).value("S", "421234", "urban", date(2026, 7, 31)) == 760
    assert Standards.load(home).value("S", "421234", "urban", date(2026, 6, 30)) == 700


@pytest.mark.slow
def test_a_previous_version_comes_back(tmp_path: Path, open_page) -> None:
    home = Home(tmp_path)
    writing.save(home, answers(), "li", utc_now())
    app = open_setup(open_page, tmp_path)
    app.text_input("setup_name").set_value("清江县").run()
    app.button("setup_save").click().run()
    assert home.county["name_zh"] == "清江县"
    app.button("setup_back").click().run()
    assert not app.exception
    assert home.county["name_zh"] == "清河县"
    assert [kept.number for kept in writing.previous(home)] == [2, 1]


@pytest.mark.parametrize("page", ["overview", "data", "alerts"])
def test_between_the_set_up_and_the_first_run_pages_say_what_to_run(
    tmp_path: Path, open_page, page: str
) -> None:
    writing.save(Home(tmp_path), answers(), "li", utc_now())
    app = open_page(tmp_path, page, "en")
    assert not app.exception
    assert not app.error
    assert "No month has been run yet." in app.info[0].value


def test_an_invented_county_is_shown_and_not_changed(county: Made, open_page) -> None:
    app = open_setup(open_page, county.home.root)
    assert not app.exception
    assert any("this home holds an invented county" in one.value for one in app.warning)
    assert app.button("setup_save").disabled
