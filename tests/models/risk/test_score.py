"""The month's risk table."""

from __future__ import annotations

import numpy as np
import pytest

from data.home import Home
from models.risk.errors import RiskError
from models.risk.score import read_risk, score_month, write_parquet
from tests.models.risk.conftest import FEATURES, month

AS_OF = month(7)


@pytest.fixture
def county(tmp_path, frame) -> Home:
    home = Home(tmp_path)
    rows = frame[frame["as_of"] == AS_OF].drop(columns="label")
    rows = rows.assign(at_risk=np.arange(len(rows)) % 4 != 0)
    write_parquet(rows, home.monthly("profile", AS_OF) / "household.parquet")
    return home


def test_every_household_at_risk_has_one_risk_and_rank_one_is_the_highest(
    county, frame, fitted
) -> None:
    score_month(county, AS_OF, fitted=fitted, version="4", batch=37)
    table = read_risk(county, AS_OF)
    assert list(table.columns) == [
        "household", "as_of", "risk", "population", "model_version", "rank",
    ]  # fmt: skip
    rows = frame[frame["as_of"] == AS_OF].set_index("household")
    expected = rows.loc[table["household"]]
    assert np.allclose(table["risk"], fitted.predict(expected))
    assert len(table) == 300  # 400 households, every fourth is not at risk
    assert table["risk"].is_monotonic_decreasing
    assert table["rank"].iloc[0] == 1
    assert table["as_of"].unique().tolist() == [AS_OF]
    assert table["model_version"].unique().tolist() == ["4"]


def test_a_month_with_nobody_at_risk_has_an_empty_table(county, frame, fitted) -> None:
    rows = frame[frame["as_of"] == AS_OF].assign(at_risk=False)
    write_parquet(rows, county.monthly("profile", AS_OF) / "household.parquet")
    score_month(county, AS_OF, fitted=fitted, version="4")
    assert len(read_risk(county, AS_OF)) == 0


def test_a_profile_without_a_needed_feature_is_refused(county, frame, fitted) -> None:
    rows = frame[frame["as_of"] == AS_OF].drop(columns=FEATURES[0])
    write_parquet(rows, county.monthly("profile", AS_OF) / "household.parquet")
    with pytest.raises(RiskError, match=f"lacks 1 feature.*{FEATURES[0]}"):
        score_month(county, AS_OF, fitted=fitted)


def test_months_without_profile_or_risk_say_what_to_run(tmp_path, fitted) -> None:
    with pytest.raises(RiskError, match="no household profile of 2024-08"):
        score_month(Home(tmp_path), AS_OF, fitted=fitted)
    with pytest.raises(RiskError, match="doudi run --as-of 2024-08"):
        read_risk(Home(tmp_path), AS_OF)
