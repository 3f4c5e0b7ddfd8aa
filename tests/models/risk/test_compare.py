"""Precision at the visits the lane has, from what later visits found of the picks."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from models.risk import compare

JULY, AUGUST = date(2025, 7, 31), date(2025, 8, 31)


def scored(**columns) -> pd.DataFrame:
    size = len(next(iter(columns.values())))
    base = {
        "household": [f"h{i}" for i in range(size)],
        "as_of": [JULY] * size,
        "reason": ["round"] * size,
        "weight": [1.0] * size,
        "label": [np.nan] * size,
        "truth": [np.nan] * size,
    }
    return pd.DataFrame({**base, **columns})


def test_ties_share_the_last_places_in_every_month() -> None:
    month = np.array([0, 0, 0, 0, 1, 1])
    share = compare.picked(np.array([9, 5, 5, 1, 3, 2]), month, slots=2)
    # 9 is sure, two fives share one place; the second month has two rows for two places.
    assert share.tolist() == [1, 0.5, 0.5, 0, 1, 1]


def test_precision_weighs_the_picks_that_were_seen_and_only_those() -> None:
    part = scored(
        model=[0.9, 0.8, 0.7, 0.1],
        label=[1, 0, np.nan, 0],
        weight=[3.0, 1.0, 0.0, 1.0],
        reason=["round", "survey", None, "round"],
    )
    (row,) = compare.scorer_rows(
        part, ["model"], {"all": np.ones(4, bool)}, 3, {"all": 50}, ["model"]
    )
    assert row["k"] == 3
    assert row["n_seen"] == 2
    assert row["precision_at_k"] == pytest.approx(3 / 4)  # weights 3 (found) and 1 (not)
    assert row["recall_at_k"] == 1.0
    assert row["prevalence"] == pytest.approx(3 / 5)
    assert (row["precision_random"], row["n_random"]) == (0.0, 1)
    assert row["n_train"] == 50


def test_the_interval_knows_how_few_equal_visits_uneven_weights_are_worth() -> None:
    even = scored(model=np.arange(20.0), label=[1, 0] * 10)
    uneven = scored(model=np.arange(20.0), label=[1, 0] * 10, weight=[5.0, 5.0] + [0.2] * 18)
    wide = []
    for part in (even, uneven):
        (row,) = compare.scorer_rows(part, ["model"], {"all": np.ones(20, bool)}, 20, {}, [])
        wide.append(row["precision_high"] - row["precision_low"])
    assert wide[1] > 1.5 * wide[0]


def test_a_better_ranking_is_better_beyond_doubt_and_equals_are_not() -> None:
    rng = np.random.default_rng(1)
    label = (rng.random(400) < 0.3).astype(float)
    part = scored(good=label + rng.random(400), poor=rng.random(400), label=label)
    gap = compare.difference(part, "good", "poor", slots=100)
    assert gap["low"] > 0.3
    same = compare.difference(part, "poor", "poor", slots=100)
    assert (same["difference"], same["low"], same["high"]) == (0, 0, 0)


def test_a_visit_to_an_alert_speaks_for_no_model() -> None:
    # The model in use chose the first two families and both were visited as alerts; the other's
    # two were met on rounds alone.
    part = scored(
        in_use=[0.9, 0.8, 0.1, 0.2],
        other=[0.1, 0.2, 0.9, 0.8],
        label=[1, 1, 1, 0],
        reason=["alert", "alert", "round", "round"],
    )
    assert compare.difference(part, "in_use", "other", slots=2)["difference"] == 0.5
    fair = compare.unchosen(part)
    assert fair["label"].isna().tolist() == [True, True, False, False]
    assert compare.difference(fair, "in_use", "other", slots=2)["difference"] is None


def test_the_bootstrap_draws_households_not_rows() -> None:
    label = np.tile([1.0, 0, 1, 0, 1, 0, 0, 0, 1, 0], 2)
    once = {"first": np.tile(np.arange(10.0), 2), "second": -np.tile(np.arange(10.0), 2)}
    months = [JULY] * 10 + [AUGUST] * 10
    apart = scored(label=label, as_of=months, **once)
    same = scored(label=label, as_of=months, household=[f"h{i % 10}" for i in range(20)], **once)
    wide = [compare.difference(part, "first", "second", slots=4) for part in (apart, same)]
    # The same ten families seen twice tell less than twenty families.
    assert wide[1]["high"] - wide[1]["low"] > 1.2 * (wide[0]["high"] - wide[0]["low"])


def test_nobody_seen_is_no_comparison() -> None:
    part = scored(first=[1.0, 2.0], second=[2.0, 1.0])
    assert compare.difference(part, "first", "second", slots=1)["difference"] is None
    assert compare.promise(part, "first", slots=1)["found"] is None


def test_a_promise_is_the_mean_probability_of_the_picks_that_were_seen() -> None:
    part = scored(model=[0.9, 0.7, 0.5, 0.1], label=[1, 0, np.nan, 1], weight=[1, 1, 0, 1])
    kept = compare.promise(part, "model", slots=3)
    assert kept["promised"] == pytest.approx(0.8)
    assert kept["found"] == pytest.approx(0.5)
    assert kept["gap"] == pytest.approx(0.3)


def test_calibration_recognises_a_model_that_is_too_bold() -> None:
    rng = np.random.default_rng(2)
    margin = rng.normal(0, 1.5, 4000)
    outcome = (rng.random(4000) < 1 / (1 + np.exp(-margin))).astype(float)
    honest = compare.calibration_of(1 / (1 + np.exp(-margin)), outcome, np.ones(4000))
    bold = compare.calibration_of(1 / (1 + np.exp(-3 * margin)), outcome, np.ones(4000))
    assert honest["slope"] == pytest.approx(1, abs=0.1)
    assert honest["ece"] < 0.03
    assert bold["slope"] == pytest.approx(1 / 3, abs=0.05)
    few = compare.calibration_of(np.array([0.5] * 20), np.array([1.0] * 20), np.ones(20))
    assert few == {"slope": None, "ece": None}
