"""Every number that leads somewhere: the list behind it holds that many."""

from __future__ import annotations

import io
import re
from datetime import date
from urllib.parse import urlencode

import pytest
from python_calamine import CalamineWorkbook
from streamlit.testing.v1 import AppTest

import services
from dashboard.app_pages.overview import figures as overview
from dashboard.i18n import translator
from dashboard.show import books
from tests.accounts import context
from tests.dashboard.factory import LAST, Made
from tests.dashboard.test_pages import errors, page_text
from tests.dashboard.test_past_months import TOWN
from tests.dashboard.test_past_months import lived as lived

PLACES = [
    ("2026-06", ""),
    ("2026-04", TOWN),
    pytest.param("2026-06", TOWN, marks=pytest.mark.slow),
    pytest.param("2026-04", "", marks=pytest.mark.slow),
]


def links(app: AppTest) -> dict[str, tuple[int, str]]:
    """Links to the list of alerts by their words: the number in them, and the address."""
    found = {}
    for link in app.get("page_link"):
        number = re.search(r"([\d,]+)$", link.proto.label)
        if link.proto.page.endswith("alerts") and number:
            told = link.proto.label[: number.start()].strip()
            found[told] = (int(number[1].replace(",", "")), link.proto.query_string)
    return found


def listed(app: AppTest) -> int:
    """How many alerts the list says it holds."""
    told = re.search(r"符合条件的预警 ([\d,]+) 条", page_text(app))
    assert told is not None
    return int(told[1].replace(",", ""))


@pytest.mark.slow
@pytest.mark.parametrize(("month", "town"), PLACES)
def test_the_list_behind_each_link_of_the_overview_holds_its_number(
    lived: Made, open_page, month: str, town: str
) -> None:
    app = open_page(lived.home.root, "overview", month=month, township=town)
    assert errors(app) == []
    found = links(app)
    assert len(found) == len(overview.LISTS) + 5  # five steps of the funnel
    for told, (number, address) in found.items():
        there = open_page(lived.home.root, "alerts", address=address)
        assert errors(there) == []
        assert listed(there) == number, (told, address)
        if number:
            assert len(there.dataframe[0].value) == min(50, number)
    if not town:
        assert sum(number > 0 for number, _ in found.values()) >= 9


@pytest.mark.slow
@pytest.mark.parametrize("measure", list(overview.MEASURE_LISTS))
@pytest.mark.parametrize(("month", "town"), PLACES)
def test_the_list_behind_each_bar_holds_its_number(
    lived: Made, open_page, month: str, town: str, measure: str
) -> None:
    home = str(lived.home.root)
    as_of = next(m for m in services.county.months(context(home, LAST)) if f"{m:%Y-%m}" == month)
    filters = overview.MEASURE_LISTS[measure]
    for code, number in services.overview.townships(context(home, as_of, town), measure)[
        ["code", "count"]
    ].itertuples(index=False):
        area = {"township": code[:9]} | ({"village": code} if len(code) > 9 else {})
        pairs = {"lang": "zh", "month": month, **filters, **area}
        address = urlencode(pairs, doseq=True)
        assert listed(open_page(lived.home.root, "alerts", address=address)) == number


@pytest.mark.slow
def test_bars_lead_to_their_list_or_to_the_place(lived: Made, open_page, monkeypatch) -> None:
    """A click on a bar of alerts opens the list; of households, the overview of that place."""
    went = []
    monkeypatch.setattr("dashboard.show.address.jump", lambda where, _: went.append(where))
    clicked = {"selection": {"points": [{"y": "柳堤镇"}]}}
    monkeypatch.setattr("streamlit.delta_generator.DeltaGenerator.plotly_chart",
                        lambda *_, **__: clicked)  # fmt: skip
    for measure in ("watched", "open", "confirmed"):
        assert errors(open_page(lived.home.root, "overview", overview_measure=measure)) == []
    assert [(w.page, w.query.get("view")) for w in went] == [
        ("overview", None), ("alerts", None), ("alerts", "year"),
    ]  # fmt: skip
    assert {w.query["township"] for w in went} == {TOWN}
    assert went[2].query["outcomes"] == ["confirmed"]


@pytest.mark.slow
def test_rows_to_give_back_are_as_many_as_the_choice_says(county: Made, open_page) -> None:
    app = open_page(county.home.root, "data")
    told = [re.search(r"([\d,]+) 条", name) for name in app.selectbox("data_quarantine").options]
    numbers = [int(found[1].replace(",", "")) for found in told if found]
    home = str(county.home.root)
    for number, (feed, batch) in zip(
        numbers,
        services.deliveries.quarantined(context(home, LAST))[["feed", "batch"]].itertuples(
            index=False
        ),
        strict=True,
    ):
        try:
            content = books.returned(
                context(home, LAST),
                feed,
                batch,
                "退回更正",
                translator("zh"),
            )
        except services.NothingYet:
            continue  # an older delivery whose rows are no longer stored
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(1)
        assert len(sheet.to_python()) - 1 == number


@pytest.mark.slow
def test_the_quota_says_who_was_chosen_and_who_waits(lived: Made, open_page) -> None:
    from alerts.runs import write_run
    from tests.dashboard.test_places import RUN

    write_run(lived.home, LAST, {**RUN, "as_of": LAST.isoformat()})
    text = page_text(open_page(lived.home.root, "overview"))
    assert f"本月走访能力 {RUN['capacity']} 户（是上限，不是任务指标）" in text
    assert re.search(r"红色 \d+ 户，橙色 \d+ 户", text)
    assert "+0" not in text
    before = page_text(open_page(lived.home.root, "overview", month="2026-03"))
    assert "本月走访能力" not in before  # that month kept no numbers of its run


def test_months_before_the_first_alert_show_nothing_of_later_ones(own_county: Made) -> None:
    home, early = str(own_county.home.root), date(2026, 1, 31)
    head = services.overview.headline(context(home, early))
    assert (head.open, head.overdue, head.now("new")) == (0, 0, None)
