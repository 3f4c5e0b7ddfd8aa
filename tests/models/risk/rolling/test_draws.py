"""Figures over draws of households, held against sklearn's."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from sklearn.metrics import average_precision_score, roc_auc_score

from models.risk.rolling.choice import regret
from models.risk.rolling.draws import Draws, calibration_slope, ranking, span


@pytest.fixture(scope="module")
def drawn():
    rng = np.random.default_rng(4)
    n = 600
    score = rng.normal(size=n).round(1)
    y = (rng.random(n) < expit(score - 1)).astype(float)
    home = pd.Series(np.repeat(np.arange(n // 3), 3).astype(str))
    return score, y, Draws.of(home, rng.uniform(0.2, 3, n), draws=60)


def test_ranking_figures_are_sklearns_with_ties_and_weights(drawn) -> None:
    score, y, draws = drawn
    auc, average = ranking(score, y, draws)
    for number in (0, 7, 31):
        heavy = draws.weight[number].astype(float)
        assert auc[number] == pytest.approx(roc_auc_score(y, score, sample_weight=heavy), abs=1e-6)
        wanted = average_precision_score(y, score, sample_weight=heavy)
        assert average[number] == pytest.approx(wanted, abs=1e-6)


def test_a_familys_months_are_drawn_together(drawn) -> None:
    draws = drawn[2]
    times = draws.weight[1:] / draws.weight[0]
    assert np.allclose(times[:, 0::3], times[:, 1::3], atol=1e-5)
    assert not np.allclose(times[:, 0], times[:, 3], atol=1e-5)


def test_the_slope_undoes_boldness(drawn) -> None:
    score, y, draws = drawn
    right, bold = (span(calibration_slope(expit(f * (score - 1)), y, draws)) for f in (1.0, 2.0))
    assert right[1] < 1.0 < right[2]
    assert bold[0] == pytest.approx(right[0] / 2, rel=0.01)
    assert bold[2] < 1.0


def test_regret_is_what_the_choice_by_earlier_folds_cost() -> None:
    folds = [{"a": 0.5, "b": 0.4, "c": 0.9}, {"a": 0.3, "b": 0.6, "c": 0.9}, {"a": 0.5, "b": 0.5}]
    found = regret(folds, "ap", ["a", "b"])
    assert found[0]["chosen"] == "a"
    assert found[0]["best"] == "b"
    assert found[0]["regret"] == pytest.approx(0.3)
    # b did better on average over the two folds before the third.
    assert found[1]["chosen"] == "b"
    assert found[1]["regret"] == 0
