"""The month's risk table."""

from __future__ import annotations

import numpy as np
import pytest

from core.home import Home
from models.risk import registry
from models.risk.errors import RiskError
from models.risk.score import read_risk, score_month, write_parquet
from models.risk.tracking import log_and_register
from tests.models.risk.conftest import FEATURES, month

AS_OF = month(7)


@pytest.fixture
def county(tmp_path, frame) -> Home:
    home = Home(tmp_path)
    rows = frame[frame["as_of"] == AS_OF].drop(columns="label")
    rows = rows.assign(at_risk=np.arange(len(rows)) % 4 != 0)
    write_parquet(rows, home.monthly("profile", AS_OF) / "household.parquet")
    return home


def test_every_household_has_a_risk_and_only_those_at_risk_a_rank(county, frame, fitted) -> None:
    score_month(county, AS_OF, fitted=fitted, version="4", batch=37)
    table = read_risk(county, AS_OF)
    assert list(table.columns) == [
        "household", "as_of", "watch", "population", "existing", "coming", "risk",
        "model_version", "rank",
    ]  # fmt: skip
    rows = frame[frame["as_of"] == AS_OF].set_index("household")
    expected = rows.loc[table["household"]]
    assert np.allclose(table["risk"], fitted.predict(expected))
    assert len(table) == 400
    assert table["existing"].isna().all()  # one label's model does not say what is now
    lane = table[table["watch"] == "at_risk"]
    assert len(lane) == 300  # every fourth of 400 is not at risk
    assert lane["risk"].is_monotonic_decreasing
    assert lane["rank"].iloc[0] == 1
    assert table.loc[table["watch"] != "at_risk", "rank"].isna().all()
    assert table["as_of"].unique().tolist() == [AS_OF]
    assert table["model_version"].unique().tolist() == ["4"]


def test_a_month_with_nobody_at_risk_ranks_nobody(county, frame, fitted) -> None:
    rows = frame[frame["as_of"] == AS_OF].assign(at_risk=False)
    write_parquet(rows, county.monthly("profile", AS_OF) / "household.parquet")
    score_month(county, AS_OF, fitted=fitted, version="4")
    table = read_risk(county, AS_OF)
    assert len(table) == 400
    assert table["rank"].isna().all()


@pytest.mark.slow
def test_both_questions_score_and_the_risk_is_either(home, frame, fitted) -> None:
    rows = frame[frame["as_of"] == AS_OF].drop(columns="label")
    rows = rows.assign(on_dibao=np.arange(len(rows)) % 10 == 0, at_risk=np.arange(len(rows)) % 2)
    write_parquet(rows, home.monthly("profile", AS_OF) / "household.parquet")
    for question in ("existing", "coming"):
        kept = log_and_register(home, fitted, question=question)
        registry.promote(home, kept.version, reason="first", question=question, force=True)
    score_month(home, AS_OF)
    table = read_risk(home, AS_OF)
    now, later = table["existing"], table["coming"]
    assert np.allclose(table["risk"], now + (1 - now) * later)
    assert table["watch"].value_counts().to_dict() == {
        "at_risk": 200, "unwatched": 160, "secured": 40,
    }  # fmt: skip
    assert table["model_version"].unique().tolist() == ["existing 1, coming 1"]
    assert registry.champion_version(home) == "existing 1, coming 1"


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
