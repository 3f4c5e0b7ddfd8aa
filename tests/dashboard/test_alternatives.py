"""What a chart tells those who cannot see it: every value that it draws, in its own words."""

from __future__ import annotations

import pandas as pd
import pytest

from dashboard import charts
from dashboard.i18n import translator
from tests.dashboard.test_charts import GEOJSON, precision_rows

EN, ZH = translator("en"), translator("zh")


def test_shares_are_told_as_the_chart_writes_them() -> None:
    told = charts.alternative(charts.dots(precision_rows(), EN, 0.6), EN)
    assert told == "Risk 70%, Rule 50%"


def test_a_line_is_told_with_its_name_and_its_months() -> None:
    told = charts.alternative(charts.trend(precision_rows(), EN, (0.588, "Xiaochang")), EN)
    assert "precision: 2026-01 n=30 50%, 2026-02 n=5 70%" in told


def test_lying_bars_are_told_by_their_name_first() -> None:
    frame = pd.DataFrame({"name": ["柳堤镇", "东镇"], "rate": [3.0, 9.0], "count": [3, 9]})
    assert charts.alternative(charts.ranked(frame, ZH), ZH) == "柳堤镇 3.0 (3)，东镇 9.0 (9)"


def test_the_map_needs_no_text_beside_the_list_of_places() -> None:
    frame = pd.DataFrame(
        {"code": ["990321101"], "name": ["A"], "rate": [1.0], "count": [1], "households": [9]}
    )
    assert isinstance(charts.alternative(charts.township_map(frame, GEOJSON, EN), EN), str)


@pytest.mark.parametrize("say", [ZH, EN])
def test_a_value_that_is_not_known_is_not_told(say) -> None:
    rows = precision_rows().assign(precision=[None, None, None])
    assert "nan" not in charts.alternative(charts.dots(rows, say), say)


def test_many_values_are_counted_after_the_first_two_dozen() -> None:
    frame = pd.DataFrame({"label": [f"cause {n}" for n in range(30)], "n": 1, "share": 0.1})
    told = charts.alternative(charts.causes(frame, EN), EN)
    assert told.endswith("and 6 more values")
    assert told.count("cause") == 24


def test_the_same_chart_is_drawn_once_for_each_language() -> None:
    first = charts.dots(precision_rows(), EN, 0.6)
    assert charts.dots(precision_rows(), EN, 0.6) is first
    assert charts.dots(precision_rows(), ZH, 0.6) is not first
    assert charts.dots(precision_rows(), EN, 0.5) is not first
    other = precision_rows().assign(n=[31, 5, 0])
    assert charts.dots(other, EN, 0.6) is not first
