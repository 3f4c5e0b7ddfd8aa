"""Explanations that add up, in the users' words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from core.home import Home
from features.engine.feature import column
from models.risk import explain
from models.risk.errors import RiskError
from models.risk.score import write_parquet
from tests.models.risk.conftest import month

CARDS = {
    "income_to_standard": column("income_to_standard", "收入比", "Income ratio", "", "B", -1),
    "self_paid": column("self_paid", "自付医疗费", "Self-paid", "yuan", "C", 1),
}
AS_OF = month(7)


@pytest.fixture
def county(tmp_path, frame) -> Home:
    home = Home(tmp_path)
    rows = frame[frame["as_of"] == AS_OF].drop(columns="label")
    write_parquet(rows, home.monthly("profile", AS_OF) / "household.parquet")
    return home


def test_contributions_and_base_sum_to_the_margin(frame, fitted) -> None:
    some = frame.head(30)
    shap = fitted.contributions(some)
    assert shap.shape == (30, len(fitted.features) + 1)
    assert np.allclose(shap.sum(axis=1), fitted.margin(some), atol=1e-9)
    explain.check_additivity(shap, fitted.margin(some))
    with pytest.raises(RiskError, match="does not add up"):
        explain.check_additivity(shap, fitted.margin(some) + 0.01)


def test_a_household_reads_its_reasons_strongest_first(county, fitted) -> None:
    asked = ["h00007", "h00002"]
    found = explain.explain_households(
        county, AS_OF, asked, fitted=fitted, version="3", cards=CARDS
    )
    assert found["household"].drop_duplicates().tolist() == asked
    for _, rows in found.groupby("household"):
        assert rows["contribution"].abs().is_monotonic_decreasing
        total = rows["base_value"].iloc[0] + rows["contribution"].sum()
        assert total == pytest.approx(rows["margin"].iloc[0])
        assert fitted.calibrator(np.array([total]))[0] == pytest.approx(rows["risk"].iloc[0])
        begin = fitted.calibrator(rows["base_value"].to_numpy()[:1])[0]
        assert rows["base_risk"].tolist() == pytest.approx([begin] * len(rows))
    words = found[found["feature"] == "income_to_standard"].iloc[0]
    assert (words["label_zh"], words["category"], words["unit"]) == ("收入比", "B", "")
    assert found[found["feature"] == "heating"]["category"].eq("X").all()
    unknown = found[(found["feature"] == "unknown_often") & found["value"].isna()]
    assert len(unknown) < len(asked) + 1
    sums = explain.by_category(found)
    assert sums["contribution"].sum() == pytest.approx(found["contribution"].sum())


def test_coded_values_are_told_by_their_names(county, fitted) -> None:
    def told(names: dict) -> pd.Series:
        found = explain.explain_households(
            county, AS_OF, ["h00001"], fitted=fitted, cards=CARDS, names=names, write=False
        )
        return found.set_index("feature")["value"]

    code = told({})["heating"]
    named = told({"heating": {code: "stove"}})
    assert named["heating"] == "stove"
    assert named.drop("heating").equals(told({}).drop("heating"))


@pytest.mark.slow
def test_explanations_of_one_month_join_and_a_new_version_replaces_them(county, fitted) -> None:
    def write(household: str, version: str) -> pd.DataFrame:
        explain.explain_households(
            county, AS_OF, [household], fitted=fitted, version=version, cards=CARDS
        )
        path = county.monthly("risk", AS_OF) / "explain.parquet"
        return pq.read_table(path, partitioning=None).to_pandas()

    write("h00001", "1")
    write("h00002", "1")
    both = write("h00001", "1")
    assert both.groupby("household").size().tolist() == [5, 5]
    assert write("h00003", "2")["household"].unique().tolist() == ["h00003"]


def test_nobody_asked_gives_an_empty_table(county, fitted) -> None:
    found = explain.explain_households(county, AS_OF, [], fitted=fitted, version="1", cards=CARDS)
    assert len(found) == 0
    assert "contribution" in found.columns


def test_a_household_without_a_profile_is_refused(county, fitted) -> None:
    with pytest.raises(RiskError, match="1 of the households have no profile"):
        explain.explain_households(county, AS_OF, ["h99999"], fitted=fitted, cards=CARDS)


def test_importance_puts_the_driving_features_first(frame, fitted) -> None:
    rows = explain.importance(fitted, frame, cards=CARDS, sample=50)
    assert {r["feature"] for r in rows[:2]} == {"income_to_standard", "self_paid"}
    assert sum(r["gain"] for r in rows) == pytest.approx(1.0)
