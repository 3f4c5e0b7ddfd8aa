"""A table of one's own: what its columns mean is said, what is wrong is said by name."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from models.risk.errors import RiskError
from models.risk.rolling import read_table

ROWS = pd.DataFrame(
    {"who": ["a", "a", "b"], "when": ["2024-01", "2024-02-11", date(2024, 2, 1)],
     "poor": [0, None, 1], "rent": [1.0, 2.0, 3.0]}
)  # fmt: skip


def test_columns_are_named_by_the_caller_and_the_rest_are_features() -> None:
    table = read_table(ROWS, time="when", label="poor", group="who", horizon=3)
    assert table.features == ("rent",)
    assert list(table.frame["as_of"]) == [date(2024, 1, 31), date(2024, 2, 29), date(2024, 2, 29)]
    assert list(table.frame["household"]) == ["a", "a", "b"]
    assert table.frame["label"].isna().tolist() == [False, True, False]


def test_without_a_group_every_row_is_a_household_of_its_own() -> None:
    table = read_table(ROWS.drop(columns="who"), time="when", label="poor", horizon=3)
    assert table.frame["household"].is_unique


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        ({"time": "rent"}, "column rent is no time"),
        ({"time": "who"}, "column who is no time: it holds 'a'"),
        ({"label": "rent"}, "column rent must hold 0 and 1"),
        ({"group": "family"}, "no column family"),
        ({"horizon": 0}, "at least one month"),
    ],
)
def test_a_wrong_column_is_refused_by_name(wrong, what) -> None:
    with pytest.raises(RiskError, match=what):
        read_table(ROWS, **{"time": "when", "label": "poor", "horizon": 3, **wrong})


def test_a_feature_may_not_take_the_name_of_a_key() -> None:
    rows = ROWS.rename(columns={"rent": "weight"})
    with pytest.raises(RiskError, match="may not be called weight"):
        read_table(rows, time="when", label="poor", group="who", horizon=3)
