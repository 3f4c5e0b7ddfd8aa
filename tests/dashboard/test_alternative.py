"""A chart as text: what a screen reader says instead of the drawing."""

from __future__ import annotations

from datetime import date

import pandas as pd

from dashboard import charts
from dashboard.i18n import translator
from tests.dashboard.test_charts import GEOJSON, SAY, precision_rows


def told(figure, say=SAY) -> str:
    return charts.alternative(figure, say)


def test_a_map_tells_places_and_their_rates_never_the_points_of_an_outline() -> None:
    frame = pd.DataFrame(
        {"code": ["990321101"], "name": ["A"], "rate": [10.0], "count": [1], "households": [100]}
    )
    text = told(charts.township_map(frame, GEOJSON, SAY))
    assert text == "A 10.0 ‰ 1 of 100 households; no households here; no households here"


def test_the_trend_tells_the_interval_of_each_month_once() -> None:
    text = told(charts.trend(precision_rows(), SAY))
    assert text.startswith("95% interval: 2026-01 30–70%, 2026-02 50–80%; precision: ")


def test_a_row_of_dots_is_told_with_its_group_share_n_and_interval() -> None:
    assert told(charts.dots(precision_rows(), SAY)) == (
        "Risk 70% n=5 (50–80%), Rule 50% n=30 (30–70%)"
    )
    assert "Risk 70% n=5（50–80%）" in told(
        charts.dots(precision_rows(), translator("zh")), translator("zh")
    )


def test_months_that_teach_are_told_as_months_not_as_the_length_of_a_bar() -> None:
    spans = [("train", "train", date(2024, 1, 1), date(2024, 6, 30)),
             ("test", "test", date(2025, 1, 1), date(2025, 6, 30))]  # fmt: skip
    assert told(charts.folds(spans, SAY)) == "test 2025-01 – 2025-06; train 2024-01 – 2024-06"


def test_totals_over_stacked_bars_are_called_so() -> None:
    frame = pd.DataFrame({"label": ["A"], "met": [1], "confirmed": [2], "suspected": [0]})
    assert told(charts.need_bars(frame, SAY)).endswith("in total: A 3")


def test_a_mark_in_a_grid_names_its_row_and_its_column() -> None:
    frame = pd.DataFrame(
        {"feed": ["a"], "label": ["A"], "month": ["2026-01"], "state": ["late"],
         "told": ["2 days late"]}
    )  # fmt: skip
    assert told(charts.freshness(frame, SAY)) == "reported late: A 2026-01 2 days late"


def test_a_shock_is_told_in_words_though_only_a_mark_is_drawn() -> None:
    frame = pd.DataFrame(
        {"month": ["2026-01", "2026-02"], "income": [500.0, 600.0], "spending": [10.0, 20.0],
         "visited": [None, None], "standard": 700.0, "edge": 1050.0}
    )  # fmt: skip
    shocks = pd.DataFrame(
        {"month": ["2026-01", "2026-01", "2026-02"], "label": ["bill", "job lost", "illness"]}
    )
    text = told(charts.money(frame, shocks, SAY))
    assert "a blow, named below: 2026-01 bill job lost, 2026-02 illness" in text


def test_a_chart_without_anything_to_draw_says_so() -> None:
    assert told(charts.dots(precision_rows().iloc[:0], SAY, 0.5)) == "no data"


def test_what_is_not_known_is_not_told() -> None:
    rows = precision_rows().assign(precision=[0.5, float("nan"), None])
    assert told(charts.dots(rows, SAY)) == "Rule 50% n=30 (30–70%)"


def test_many_values_are_counted_after_the_first_two_dozen() -> None:
    frame = pd.DataFrame({"label": [f"cause {n}" for n in range(30)], "n": 1, "share": 0.1})
    text = told(charts.causes(frame, SAY))
    assert text.endswith("and 6 more values")
    assert text.count("cause") == 24
