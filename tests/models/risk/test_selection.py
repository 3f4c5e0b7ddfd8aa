"""How a visit came about, as a weight."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.risk.calibrate import calibrate_by_evidence
from models.risk.selection import CLIP, learn_propensity, scheme_weights


@pytest.fixture(scope="module")
def county() -> pd.DataFrame:
    """8,000 households: those on a list (a third) are visited four times as often; they are also
    in need more often. Need itself does not bring a visit."""
    rng = np.random.default_rng(4)
    listed = rng.random(8000) < 1 / 3
    need = rng.random(8000) < np.where(listed, 0.30, 0.05)
    seen = rng.random(8000) < np.where(listed, 0.40, 0.10)
    return pd.DataFrame(
        {"listed": listed.astype("float32"), "noise": rng.normal(size=8000).astype("float32"),
         "need": need.astype(float), "seen": seen}
    )  # fmt: skip


def test_weighted_visits_speak_for_the_county_and_raw_ones_for_the_list(county) -> None:
    propensity = learn_propensity(county, ["listed", "noise"], county["seen"].to_numpy())
    visits = county[county["seen"]]
    weight = propensity.weight(visits.assign(reason="round"))
    truth = county["need"].mean()  # about 1/3 · .30 + 2/3 · .05 = .133
    assert visits["need"].mean() > truth + 0.05
    assert np.average(visits["need"], weights=weight) == pytest.approx(truth, abs=0.02)
    assert weight.min() >= 1 / CLIP
    assert weight.max() <= CLIP


def test_who_asked_weighs_nothing_and_a_known_lot_is_not_estimated_below(county) -> None:
    propensity = learn_propensity(county, ["listed", "noise"], county["seen"].to_numpy())
    rows = county[county["listed"] == 0].head(3)
    rows = rows.assign(reason=["application", "audit", "round"], inclusion=[np.nan, 0.8, np.nan])
    weight = propensity.weight(rows)
    assert weight[0] == 0
    assert weight[1] == pytest.approx(propensity.mean / 0.8)
    assert weight[2] > 1  # seldom visited: it stands for more than itself


def test_the_schemes_differ_in_what_an_application_counts() -> None:
    rows = pd.DataFrame({"reason": ["application", "round"], "curve_weight": [0.0, 2.5]})
    found = {name: scheme_weights(rows, name).tolist() for name in ("every", "unasked", "inverse")}
    assert found == {"every": [1, 1], "unasked": [0, 1], "inverse": [0, 2.5]}


def test_a_curve_must_be_better_than_the_raw_margin_on_other_households() -> None:
    rng = np.random.default_rng(5)
    margin = rng.normal(-2, 1.2, 3000)
    outcome = (rng.random(3000) < 1 / (1 + np.exp(-margin))).astype(float)
    homes = np.array([f"h{i}" for i in range(3000)])
    bold = calibrate_by_evidence(2.5 * margin, outcome, np.ones(3000), homes)
    assert bold.method != "none"
    assert bold.slope == pytest.approx(0.4, abs=0.05)
    few = calibrate_by_evidence(margin[:60], outcome[:60], np.ones(60), homes[:60])
    assert few.method == "none"  # a handful of cases cannot earn a curve
