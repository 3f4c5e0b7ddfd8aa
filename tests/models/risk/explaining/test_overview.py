"""What moves a version, kept for a page without any key of a household."""

from __future__ import annotations

import os

import numpy as np
import pandas as pd
import pytest

from models.risk.errors import RiskError
from models.risk.explaining import overview as made
from models.risk.explaining.kept import file_of, read_overview, write_overview
from models.risk.explaining.overview import overview
from tests.models.risk.explaining.conftest import AS_OF, explained
from tests.models.risk.test_explain import CARDS


@pytest.fixture
def found(county, plain) -> made.Overview:
    explained(county, AS_OF, ["h00001", "h00002", "h00003"])
    return overview(county, AS_OF, plain, "existing", "3", cards=CARDS, sample=200)


def test_the_driving_features_stand_first_with_their_direction(found) -> None:
    first = found.weights.iloc[:2].set_index("feature")
    assert set(first.index) == {"income_to_standard", "self_paid"}
    assert first.loc["income_to_standard", "direction"] == -1
    assert first.loc["self_paid", "direction"] == 1
    assert first.loc["self_paid", "label_zh"] == "自付医疗费"
    often = found.weights.set_index("feature").loc["unknown_often"]
    assert 0.3 < often["unknown"] < 0.7
    assert (found.households, found.sample, found.paired) == (400, 200, 150)
    assert found.gap < 1e-6


def test_two_features_that_act_together_are_a_pair(found) -> None:
    strongest = found.pairs.iloc[0]
    assert {strongest["first"], strongest["second"]} == {"income_to_standard", "self_paid"}
    assert found.pairs["strength"].is_monotonic_decreasing
    partner = found.weights.set_index("feature")["partner"]
    assert partner["self_paid"] == "income_to_standard"


def test_points_of_features_cannot_be_put_together_into_a_family(found, county, plain) -> None:
    rows = made.watched(county, AS_OF, plain)
    rows = rows.sample(200, random_state=made.SEED)
    kept = dict(iter(found.points.groupby("feature")))
    same = [
        np.isclose(kept[name]["value"].to_numpy(), rows[name].to_numpy(), atol=1e-3).mean()
        for name in ("income_to_standard", "self_paid")
    ]
    assert max(same) < 0.1  # in the file's order, a value stands by its own household by chance
    orders = [part.index.tolist() for part in kept.values()]
    assert all(orders[0] != other for other in orders[1:])


def test_the_most_extreme_values_are_not_told(found, county, plain) -> None:
    paid = made.watched(county, AS_OF, plain)["self_paid"]
    told = found.points.loc[found.points["feature"] == "self_paid", "value"]
    assert told.max() < paid.max()


def test_the_same_answer_twice_and_from_the_file(found, county, plain) -> None:
    again = overview(county, AS_OF, plain, "existing", "3", cards=CARDS, sample=200)
    pd.testing.assert_frame_equal(again.points, found.points)
    write_overview(county, AS_OF, found)
    back = read_overview(county, AS_OF, "existing", "3")
    assert back is not None
    assert back.stability == found.stability
    for name in ("weights", "pairs"):
        pd.testing.assert_frame_equal(getattr(back, name), getattr(found, name))
    assert read_overview(county, AS_OF, "existing", "4") is None


def test_the_file_holds_no_key_of_a_household(found, county) -> None:
    write_overview(county, AS_OF, found)
    text = file_of(county, AS_OF, "existing", "3").read_text(encoding="utf-8")
    keys = pd.read_parquet(county.monthly("profile", AS_OF) / "household.parquet")["household"]
    assert not [key for key in keys if key in text]


@pytest.mark.parametrize("changed", ["profile/household", "risk/explain"])
def test_a_kept_overview_of_other_data_is_not_read(found, county, changed: str) -> None:
    write_overview(county, AS_OF, found)
    kind, name = changed.split("/")
    os.utime(county.monthly(kind, AS_OF) / f"{name}.parquet", ns=(1, 1))
    assert read_overview(county, AS_OF, "existing", "3") is None


def test_progress_ends_with_all_steps_done(county, plain) -> None:
    told: list[tuple[str, int, int]] = []
    overview(county, AS_OF, plain, "existing", "1", lambda *one: told.append(one), sample=30)
    assert told[0] == ("read", 0, 4)
    assert told[-1] == ("done", 4, 4)


def test_a_month_without_profiles_says_what_to_run(county, plain) -> None:
    with pytest.raises(RiskError, match="doudi run"):
        overview(county, AS_OF.replace(year=2030), plain, "existing", "1")
