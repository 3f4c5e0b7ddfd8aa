"""Figures by their traces and axes, without Streamlit."""

from __future__ import annotations

import re
from datetime import date

import numpy as np
import pandas as pd
import pytest

from dashboard import charts
from dashboard.charts import style
from dashboard.i18n import translator
from tests.dashboard.factory import TOWNS, _town

SAY = translator("en")
GEOJSON = {"features": [_town(i, *town) for i, town in enumerate(TOWNS)]}


def precision_rows() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "label": ["Rule", "Risk", "Event"],
            "month": ["2026-01", "2026-02", "2026-03"],
            "precision": [0.5, 0.7, None],
            "low": [0.3, 0.5, None],
            "high": [0.7, 0.8, None],
            "n": [30, 5, 0],
            "small": [False, True, True],
        }
    )


def test_the_map_draws_every_township_without_webgl_or_tiles() -> None:
    frame = pd.DataFrame(
        {
            "code": ["990321101", "990321102"],
            "name": ["A", "B"],
            "rate": [10.0, None],
            "count": [1, 0],
            "households": [100, 0],
        }
    )
    figure = charts.township_map(frame, GEOJSON, SAY)
    assert {trace.type for trace in figure.data} == {"scatter"}
    drawn = [t for t in figure.data if t.fill == "toself"]
    assert [t.name for t in drawn] == ["990321101", "990321102", "990321103"]
    assert drawn[1].fillcolor != drawn[0].fillcolor
    assert "mapbox" not in figure.layout.to_plotly_json()


SWARM = pd.DataFrame(
    {
        "feature": ["income"] * 4 + ["costs"] * 4,
        "value": [1.0, 2.0, 3.0, None, 5.0, 6.0, 7.0, 8.0],
        "place": [0.0, 0.5, 1.0, None, 0.0, 0.3, 0.6, 1.0],
        "shap": [0.4, 0.1, -0.2, 0.0, -0.1, 0.0, 0.1, 0.3],
        "partner_place": [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8],
    }
)


def test_a_swarm_tells_its_weights_not_its_hundreds_of_points() -> None:
    weights = pd.DataFrame(
        {"feature": ["income", "costs"], "label": ["Income", "Costs"], "weight": [0.2, 0.1]}
    )
    figure = charts.beeswarm(SWARM, weights, SAY)
    unknown, known, _ = figure.data
    assert (len(unknown.x), len(known.x)) == (1, 7)
    assert unknown.marker.symbol == "circle-open"  # told apart by more than colour
    assert list(figure.layout.yaxis.ticktext) == ["Income", "Costs"]
    assert min(known.y) > -0.6
    assert max(known.y) < 1.6
    told = charts.alternative(figure, SAY)
    assert told == "Mean effect (log-odds): Income ±0.20, Costs ±0.10"


def test_dependence_draws_the_unknown_beside_the_known_and_a_mean_line() -> None:
    income = SWARM[SWARM["feature"] == "income"]
    figure = charts.dependence(income, "Income", "yuan", "Costs", SAY)
    points, line, unknown, name = figure.data
    assert list(points.x) == [1.0, 2.0, 3.0]
    assert list(line.y) == [0.4, 0.1, -0.2]
    assert unknown.x[0] < min(points.x)
    assert name.text == ("unknown",)
    assert figure.layout.xaxis.title.text == "Income (yuan)"


def test_steadiness_counts_households_by_tenth() -> None:
    figure = charts.steadiness((0, 0, 0, 0, 0, 0, 1, 2, 0, 30), SAY)
    assert figure.data[0].x[9] == "90–100%"
    assert figure.data[0].y[9] == 30
    assert figure.data[0].text[0] == ""


def test_ranked_bars_start_at_zero_and_show_rate_and_count() -> None:
    frame = pd.DataFrame({"name": ["A", "B"], "rate": [3.0, 9.0], "count": [3, 9]})
    figure = charts.ranked(frame, SAY)
    assert list(figure.data[0].y) == ["A", "B"]
    assert figure.layout.xaxis.range[0] == 0
    assert "9.0" in figure.data[0].text[1]
    assert "(9)" in figure.data[0].text[1]


def test_the_funnel_names_its_losses() -> None:
    frame = pd.DataFrame(
        {
            "label": ["Raised", "Checked"],
            "n": [10, 4],
            "share": [1, 0.4],
            "losses": ["Returned 6", ""],
        }
    )
    figure = charts.funnel(frame, SAY)
    assert "Returned 6" in figure.layout.annotations[0].text


def test_the_trend_leaves_unknown_months_out_and_draws_the_reference() -> None:
    figure = charts.trend(precision_rows(), SAY, (0.588, "Xiaochang"))
    assert list(figure.data[1].x) == ["2026-01", "2026-02"]
    assert figure.layout.annotations[-1].text == "- - Xiaochang"
    assert "n=30" in figure.layout.xaxis.ticktext[0]


def test_the_warm_up_months_stand_on_a_shade_of_their_own_and_are_named() -> None:
    figure = charts.trend(precision_rows(), SAY, warm_up=["2026-01"])
    assert [shape.type for shape in figure.layout.shapes] == ["rect", "line"]
    assert figure.layout.shapes[0].x1 == 0.5
    assert [note.text for note in figure.layout.annotations] == ["warm-up", "steady state"]


def test_lead_times_are_bars_from_zero_by_month() -> None:
    figure = charts.lead(pd.DataFrame({"month": range(6), "n": [3, 0, 1, 0, 0, 2]}), SAY)
    assert list(figure.data[0].y) == [3, 0, 1, 0, 0, 2]
    assert figure.layout.yaxis.range[0] == 0
    assert figure.data[0].x[0] == "month 1"


def test_random_and_chosen_visits_differ_in_shape_not_only_in_colour() -> None:
    row = {"predicted": 0.2, "found": 0.1, "low": 0.0, "high": 0.3, "n": 40,
           "chosen_predicted": 0.2, "chosen_found": 0.4, "chosen_low": 0.2, "chosen_high": 0.6,
           "chosen_n": 20}  # fmt: skip
    figure = charts.calibration_pair(pd.DataFrame([row, {**row, "found": None}]), SAY)
    drawn = [t for t in figure.data if t.mode == "markers"]
    assert [t.name for t in drawn] == ["random visits", "visits we chose"]
    assert [len(t.x) for t in drawn] == [1, 2]
    assert len({t.marker.symbol for t in drawn}) == 2


def test_dots_put_small_groups_last_and_hollow() -> None:
    figure = charts.dots(precision_rows(), SAY, 0.6)
    assert list(figure.data[0].y) == ["Risk", "Rule"]
    assert figure.data[0].marker.color[0] == "#FFFFFF"
    assert len(figure.layout.annotations) == 2


def test_score_bars_end_at_the_score() -> None:
    frame = pd.DataFrame({"label": ["A", "B", "C"], "points": [30.0, -5.0, 0.0]})
    figure = charts.score_bars(frame, 25.0, "yellow", SAY)
    bars = figure.data[0]
    assert list(bars.measure) == ["relative", "relative", "total"]
    assert sum(bars.x[:-1]) == pytest.approx(bars.x[-1])


def test_risk_steps_lead_from_the_start_to_the_household() -> None:
    frame = pd.DataFrame({"label": ["Medical", "Income"], "change": [0.2, -0.05]})
    figure = charts.risk_steps(frame, 0.1, 0.25, SAY)
    assert figure.data[0].text[0] == "10%"
    assert figure.data[0].text[-1] == "25%"


def test_a_month_without_income_is_marked_unknown_not_zero() -> None:
    frame = pd.DataFrame(
        {
            "month": ["2026-01", "2026-02"],
            "income": [500.0, np.nan],
            "spending": [10.0, 20.0],
            "visited": [np.nan, 600.0],
            "standard": 700.0,
            "edge": 1050.0,
        }
    )
    shocks = pd.DataFrame({"month": ["2026-02"], "label": ["large bill"]})
    figure = charts.money(frame, shocks, SAY)
    income = next(t for t in figure.data if t.name == "recorded income")
    assert np.isnan(income.y[1])
    assert len(figure.layout.shapes) == 1
    assert any(t.name == "income found at a visit" for t in figure.data)
    assert figure.layout.yaxis.title.text == "yuan a head and month"


def test_folds_show_one_bar_a_span() -> None:
    spans = [("train", "train", date(2024, 1, 1), date(2024, 6, 30)),
             ("test", "test", date(2025, 1, 1), date(2025, 6, 30))]  # fmt: skip
    figure = charts.folds(spans, SAY)
    assert [t.y[0] for t in figure.data] == ["test", "train"]


def test_freshness_uses_a_shape_for_every_state() -> None:
    frame = pd.DataFrame(
        {
            "feed": "a",
            "label": "A",
            "month": ["2026-01", "2026-02", "2026-03"],
            "state": ["delivered", "late", "missing"],
            "told": "",
        }
    )
    figure = charts.freshness(frame, SAY)
    assert len({t.marker.symbol for t in figure.data}) == 3


def test_a_figure_without_a_value_is_known_to_be_empty() -> None:
    nothing, bins = precision_rows().iloc[:0], ["predicted", "found", "low", "high", "n"]
    pairs = pd.DataFrame(columns=[*bins, *(f"chosen_{b}" for b in bins)], dtype=float)
    empty = [
        charts.trend(nothing, SAY, (0.588, "Xiaochang")),
        charts.dots(nothing, SAY, 0.5),
        charts.calibration_pair(pairs, SAY),
        charts.causes(pd.DataFrame({"label": [], "n": [], "share": []}), SAY),
        charts.ranked(pd.DataFrame({"name": [], "rate": [], "count": []}), SAY),
        charts.need_bars(
            pd.DataFrame({"label": [], "suspected": [], "confirmed": [], "met": []}), SAY
        ),
    ]
    assert [charts.is_empty(figure) for figure in empty] == [True] * len(empty)
    drawn = [
        charts.trend(precision_rows(), SAY),
        charts.dots(precision_rows(), SAY),
        charts.ranked(pd.DataFrame({"name": ["A"], "rate": [0.0], "count": [0]}), SAY),
        charts.risk_steps(pd.DataFrame({"label": ["A"], "change": [0.1]}), 0.1, 0.2, SAY),
    ]
    assert [charts.is_empty(figure) for figure in drawn] == [False] * len(drawn)


def colours(figure) -> set[str]:
    """Every colour that a figure's traces are filled with, in capitals."""
    return set(re.findall(r"#[0-9A-F]{6}", str(figure.data).upper()))


def test_the_colours_of_the_bands_mean_bands_and_red_what_is_overdue() -> None:
    bands = {style.BAND[code] for code in ("red", "orange", "yellow", "blue")}
    steps = pd.DataFrame({"label": ["A", "B"], "change": [0.2, -0.05]})
    months = pd.DataFrame(
        {"month": "2026-01", "source": list(style.SOURCE), "label": list(style.SOURCE), "n": 1}
    )
    spans = [(role, role, date(2025, 1, 1), date(2025, 6, 30))
             for role in ("train", "gap", "calibrate", "test")]  # fmt: skip
    money = pd.DataFrame(
        {"month": ["2026-01"], "income": 500.0, "spending": 10.0, "visited": 600.0,
         "standard": 700.0, "edge": 1050.0}
    )  # fmt: skip
    shocks = pd.DataFrame({"month": ["2026-01"], "label": ["large bill"]})
    curve = pd.DataFrame(
        {"scorer": ["model", "champion", "logistic"], "mean_risk": 0.1, "observed": 0.2, "n": 9}
    )
    figures = [
        charts.risk_steps(steps, 0.1, 0.25, SAY),
        charts.by_source(months, SAY),
        charts.folds(spans, SAY),
        charts.money(money, shocks, SAY),
        charts.calibration(curve, SAY, {}),
        charts.causes(pd.DataFrame({"label": ["A"], "n": [1], "share": [1.0]}), SAY),
    ]
    assert [colours(figure) & bands for figure in figures] == [set()] * len(figures)
    feeds = pd.DataFrame(
        {"feed": "a", "label": "A", "month": ["2026-01", "2026-02", "2026-03", "2026-04"],
         "state": ["delivered", "late", "missing", "rejected"], "told": ""}
    )  # fmt: skip
    assert colours(charts.freshness(feeds, SAY)) & bands == {style.OVERDUE}
    scored = charts.score_bars(pd.DataFrame({"label": ["A"], "points": [30.0]}), 30.0, "red", SAY)
    assert colours(scored) & bands == {style.BAND["red"]}


def test_months_stand_in_their_order_whichever_source_lacks_one() -> None:
    """In a small area a source may first be seen late: it must not put its month in front."""
    first, second = list(style.SOURCE)[:2]
    frame = pd.DataFrame(
        {"month": ["2026-05", "2026-01", "2026-03"], "source": [first, second, second], "n": 1}
    ).assign(label="A")
    axis = charts.by_source(frame, SAY).layout.xaxis
    assert axis.categoryorder == "array"
    assert list(axis.categoryarray) == [f"2026-0{month}" for month in range(1, 6)]


def test_blows_are_marked_once_a_month_without_words_over_one_another() -> None:
    months = [f"2026-{m:02}" for m in range(1, 7)]
    frame = pd.DataFrame({"month": months, "income": np.nan, "spending": 9.0, "visited": np.nan,
                          "standard": np.nan, "edge": np.nan})  # fmt: skip
    shocks = pd.DataFrame(
        {"month": [months[3], months[3], months[4], "2020-01"], "label": ["a", "b", "c", "d"]}
    )
    marks = charts.money(frame, shocks, SAY).data[-1]
    assert list(marks.x) == months[3:5]
    assert marks.mode == "markers"
    assert list(marks.hovertext) == ["a<br>b", "c"]


def test_empty_frames_still_make_figures() -> None:
    nothing = precision_rows().iloc[:0]
    assert charts.trend(nothing, SAY).data
    assert len(charts.dots(nothing, SAY).data) == 1
    bins = [f"{which}{part}" for which in ("", "chosen_")
            for part in ("predicted", "found", "low", "high", "n")]  # fmt: skip
    empty = pd.DataFrame(columns=bins, dtype=float)
    assert len(charts.calibration_pair(empty, SAY).data) == 3
    charts.ranked(pd.DataFrame({"name": [], "rate": [], "count": []}), SAY)
    charts.causes(pd.DataFrame({"label": [], "n": [], "share": []}), SAY)


def test_the_same_chart_is_drawn_once_for_each_language() -> None:
    first = charts.dots(precision_rows(), SAY, 0.6)
    assert charts.dots(precision_rows(), SAY, 0.6) is first
    assert charts.dots(precision_rows(), translator("zh"), 0.6) is not first
    assert charts.dots(precision_rows(), SAY, 0.5) is not first
    assert charts.dots(precision_rows().assign(n=[31, 5, 0]), SAY, 0.6) is not first
