"""Parameters are sought inside the training side; the default stays unless clearly beaten."""

from __future__ import annotations

import time

import numpy as np
import pytest

from core.home import add_months
from models.risk.rolling import tuning
from tests.models.risk.conftest import FEATURES, month
from tests.models.risk.rolling.conftest import HORIZON


@pytest.fixture(scope="module")
def taught(people):
    return people[people["as_of"] <= month(9)].reset_index(drop=True)


def test_inner_folds_are_a_horizon_apart_with_households_on_one_side(taught) -> None:
    pairs = tuning.inner_time_folds(taught, HORIZON)
    assert len(pairs) == 2
    for grow, stop in pairs:
        old, new = taught[grow], taught[stop]
        assert add_months(max(old["as_of"]), HORIZON) <= min(new["as_of"])
        assert not set(old["household"]) & set(new["household"])


def losses(monkeypatch, default: float, best: float) -> None:
    def found(rows, features, params, pairs, **more):
        return default if "num_leaves" not in params else best

    monkeypatch.setattr(tuning, "mean_loss", found)
    monkeypatch.setattr(tuning, "MAX_TRIALS", 5)


def test_the_default_is_tried_first_and_stays_when_the_gain_may_be_luck(
    taught, monkeypatch
) -> None:
    losses(monkeypatch, 0.3, 0.3 * (1 - tuning.MARGIN / 2))
    kept = tuning.tune(taught, FEATURES, {"max_bin": 63}, closes=HORIZON, seconds=60)
    assert not kept.changed
    assert kept.params == {"max_bin": 63}
    assert kept.trials == 5
    assert kept.best_loss < kept.default_loss == 0.3


def test_a_clear_gain_replaces_the_default(taught, monkeypatch) -> None:
    losses(monkeypatch, 0.3, 0.2)
    found = tuning.tune(taught, FEATURES, {"max_bin": 63}, closes=HORIZON, seconds=60)
    assert found.changed
    assert found.params["max_bin"] == 63
    assert "num_leaves" in found.params


def test_the_search_repeats(taught, monkeypatch) -> None:
    losses(monkeypatch, 0.3, 0.2)
    pair = [tuning.tune(taught, FEATURES, {}, closes=HORIZON, seconds=60) for _ in range(2)]
    assert pair[0].params == pair[1].params


def test_another_seed_tries_others_and_each_trial_is_told(taught, monkeypatch) -> None:
    losses(monkeypatch, 0.3, 0.2)
    told: list[int] = []
    first = tuning.tune(taught, FEATURES, {}, closes=HORIZON, seconds=60, begins=told.append)
    assert told == [1, 2, 3, 4, 5]
    other = tuning.tune(taught, FEATURES, {}, closes=HORIZON, seconds=60, seed=8, trials=3)
    assert other.trials == 3
    assert other.tried[1]["params"] != first.tried[1]["params"]
    assert (first.ended, other.ended) == ("trials", "trials")


def test_a_search_that_the_clock_ended_says_so(taught, monkeypatch) -> None:
    losses(monkeypatch, 0.3, 0.2)
    slow = {"closes": HORIZON, "begins": lambda _: time.sleep(0.2)}
    found = tuning.tune(taught, FEATURES, {}, seconds=0.1, **slow)
    assert (found.trials, found.ended, found.changed) == (1, "time", False)
    assert found.seconds >= 0.2
    none = tuning.tune(taught, FEATURES, {"max_bin": 63}, closes=HORIZON, seconds=1e-9)
    assert none.params == {"max_bin": 63}


@pytest.mark.slow
def test_a_worthless_default_is_replaced_on_real_rows(taught) -> None:
    poor = {"num_leaves": 2, "min_data_in_leaf": 900, "learning_rate": 0.3, "lambda_l2": 900.0}
    found = tuning.tune(taught, FEATURES, poor, closes=HORIZON, seconds=4)
    assert found.changed
    assert found.best_loss < found.default_loss
    assert np.isfinite(found.best_loss)


def test_no_seconds_no_search(taught) -> None:
    assert tuning.tune(taught, FEATURES, {}, closes=HORIZON, seconds=0).trials == 0
