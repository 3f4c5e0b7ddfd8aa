"""The pages of report cards and of disagreements, over an invented county."""

from __future__ import annotations

import io
from collections.abc import Callable

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.access.roles import Role
from dashboard.app_pages.indicators import book, cards, opened
from dashboard.i18n import translator
from dashboard.show import address
from tests.accounts import context
from tests.dashboard.factory import Made
from tests.dashboard.test_pages import errors, page_text

Open = Callable[..., AppTest]
ZH, EN = translator("zh"), translator("en")


def table(app: AppTest) -> pd.DataFrame:
    return app.dataframe[0].value


def test_the_table_holds_all_indicators_of_which_none_waits_for_a_feed(
    county: Made, open_page: Open
) -> None:
    app = open_page(county.home.root, "indicators", "en", role=Role.ANALYST)
    rows = table(app).set_index("name")
    assert len(rows) == 55
    assert not (rows["remark"] == "waits for a feed").any()
    assert rows.loc[rows.index.str.startswith("D03"), "remark"].tolist() == ["silent"]


def test_the_indicator_of_the_address_is_opened(county: Made, open_page: Open) -> None:
    app = open_page(county.home.root, "indicators", address="lang=en&indicator=C02")
    assert errors(app) == []
    assert app.selectbox("indicators_open").value == "C02"
    assert "Households in which it fired, by month" in [one.value for one in app.subheader]


def test_an_indicator_chosen_on_the_page_is_in_its_address(county: Made, open_page: Open) -> None:
    app = open_page(county.home.root, "indicators", "en")
    app.selectbox("indicators_open").set_value("B01").run()
    assert app.query_params["indicator"] in ("B01", ["B01"])


def test_a_silent_indicator_says_so_in_place_of_pictures(county: Made, open_page: Open) -> None:
    app = open_page(county.home.root, "indicators", address="lang=en&indicator=D03")
    assert errors(app) == []
    assert any("fired for nobody" in note.value for note in app.info)


def test_the_way_to_the_laboratory_leads_there_without_the_indicator(
    county: Made, open_page: Open
) -> None:
    app = open_page(county.home.root, "indicators", address="lang=en&indicator=C02")
    links = {link.proto.label: link.proto for link in app.main.get("page_link")}
    assert links["Try without it"].page.endswith("laboratory")
    assert "off=C02" in links["Try without it"].query_string


def test_where_there_is_one_it_is_opened_without_the_indicator(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    led: list[address.Destination] = []
    monkeypatch.setattr(address, "is_open", lambda page: page == "laboratory")
    monkeypatch.setattr(address, "query", lambda **changed: {"lang": "en", "month": "2026-06"})
    monkeypatch.setattr(address, "link", lambda where, *others: led.append(where))
    opened.try_without("C02", EN, None)
    assert address.href(led[0]) == "laboratory?lang=en&month=2026-06&off=C02"


def test_the_mean_is_examined_on_the_same_page(county: Made, open_page: Open) -> None:
    app = open_page(county.home.root, "indicators", address="lang=en&checkup=mean")
    assert errors(app) == []
    text = page_text(app)
    assert "the worst-off member would give" in text
    assert "5+" in text


@pytest.mark.parametrize("which", ["rules", "model"])
def test_disagreements_are_masked_and_open_the_household(
    county: Made, open_page: Open, which: str
) -> None:
    app = open_page(county.home.root, "disagreements", address=f"lang=en&differ={which}")
    assert errors(app) == []
    rows = table(app)
    assert len(rows)
    assert "张小三" not in rows.to_string()
    assert rows["Household"].str.contains("张*三", regex=False).any()
    assert set(rows["What the model says"]) == {
        "computed for alerts only; open the household to ask for it"
    }
    places = rows[["Place by rules", "Place by model"]]
    higher = places.idxmax(axis=1).unique().tolist()
    assert higher == [f"Place by {which}"]
    links = [link.proto.page for link in app.main.get("page_link")]
    assert "household" in [link.split("/")[-1] for link in links]


def test_the_data_scientist_sees_figures_and_no_household(county: Made, open_page: Open) -> None:
    app = open_page(county.home.root, "indicators", "en", role=Role.DATA_SCIENTIST)
    assert errors(app) == []
    keys = pd.read_parquet(county.home.monthly("scores", county.last) / "scores.parquet")
    shown = page_text(app) + table(app).to_string()
    assert not any(key[:8] in shown for key in keys["household"])


def test_the_workbook_holds_a_tab_for_each_table(county: Made) -> None:
    here = context(county.home.root, county.last, role=Role.ANALYST)
    tabs = pd.read_excel(io.BytesIO(book.book(here, EN)), sheet_name=None, engine="calamine")
    named = ["Cover", "Report cards", "By month", "By township", "Why its alerts were false"]
    assert list(tabs) == named, "no tab for what waits: every indicator has its feed"
    assert len(tabs["Report cards"]) == 55
    assert len(tabs["By month"]) == 55 * 5


def test_a_share_never_stands_without_interval_and_n() -> None:
    assert cards.spread(0.34, 0.46, 267, ZH) == "34–46% (267)"
    assert cards.spread(None, None, 7, ZH) == "(7)"
