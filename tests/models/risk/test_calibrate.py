"""From margins to probabilities."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from models.risk.calibrate import (
    Calibrator,
    calibrate,
    calibrate_by_evidence,
    cross_calibrated,
)
from models.risk.errors import RiskError


def bold(n: int, seed: int = 0):
    """Margins twice too bold and a little too high."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(-2, 1, n)
    return 2 * truth + 0.5, (rng.random(n) < expit(truth)).astype(float)


@pytest.mark.parametrize("method", ["logistic", "isotonic", "venn_abers"])
def test_calibration_undoes_bold_margins(method) -> None:
    margin, outcome = bold(20_000)
    risk = calibrate(margin, outcome, method)(margin)
    assert risk.mean() == pytest.approx(outcome.mean(), abs=0.003)
    top = margin > np.quantile(margin, 0.9)
    assert risk[top].mean() == pytest.approx(outcome[top].mean(), abs=0.02)


def test_the_method_follows_the_number_of_cases() -> None:
    assert calibrate(*bold(20_000)).method == "isotonic"
    assert calibrate(*bold(2_000)).method == "logistic"
    assert calibrate(*bold(20)).method == "none"


@pytest.mark.slow
@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    seed=st.integers(0, 10_000),
    n=st.integers(30, 400),
    method=st.sampled_from(["logistic", "isotonic"]),
)
def test_a_higher_margin_always_means_a_higher_risk(seed, n, method) -> None:
    rng = np.random.default_rng(seed)
    margin = rng.normal(0, 1 + seed % 3, n).round(1)
    outcome = (rng.random(n) < expit(rng.choice([-1, 1]) * margin)).astype(float)
    if not 0 < outcome.sum() < n:
        return
    curve = calibrate(margin, outcome, method)
    risk = curve(np.linspace(-8, 8, 200))
    assert (np.diff(risk) > 0).all()
    assert ((risk > 0) & (risk < 1)).all()


def test_a_slice_that_contradicts_the_model_never_turns_the_ranking_round() -> None:
    margin, outcome = bold(3000)
    risk = calibrate(-margin, outcome, "logistic")(np.array([-1.0, 0.0, 1.0]))
    assert (np.diff(risk) > 0).all()


def test_a_curve_survives_json() -> None:
    margin, outcome = bold(5000)
    curve = calibrate(margin, outcome, "isotonic")
    assert Calibrator.from_dict(curve.as_dict()) == curve


def test_demanding_a_curve_from_one_class_is_refused() -> None:
    with pytest.raises(RiskError, match="with and without need"):
        calibrate(np.arange(5.0), np.zeros(5), "logistic")


def test_halves_calibrate_each_other_by_household() -> None:
    margin, outcome = bold(4000)
    group = np.array([f"h{i // 2}" for i in range(4000)])
    risk = cross_calibrated(margin, outcome, group)
    assert risk.mean() == pytest.approx(outcome.mean(), abs=0.01)


def test_venn_abers_is_the_packages_at_its_knots() -> None:
    from venn_abers import VennAbers

    margin, outcome = bold(90, seed=5)
    curve = calibrate(margin, outcome, "venn_abers")
    judge, chance = VennAbers(), expit(np.sort(margin))
    known = expit(margin)
    with np.errstate(invalid="ignore", divide="ignore"):
        judge.fit(np.column_stack([1 - known, known]), outcome)
    theirs = judge.predict_proba(np.column_stack([1 - chance, chance]))[0][:, 1]
    # Between the centres of two steps ours goes on straight: no tie at the visiting capacity.
    steps = pd.Series(np.sort(margin)).groupby(np.round(theirs, 9)).mean()
    assert curve(steps.to_numpy()) == pytest.approx(steps.index.to_numpy(), abs=1e-6)
    assert (np.diff(curve(np.sort(margin))) > 0).all()


def test_every_curve_survives_json() -> None:
    margin, outcome = bold(3_000)
    for method in ("logistic", "isotonic", "venn_abers", "none"):
        curve = calibrate(margin, outcome, method)
        again = Calibrator.from_dict(json.loads(json.dumps(curve.as_dict())))
        assert again.method == method
        assert (again(margin) == curve(margin)).all()


def test_the_curve_chosen_is_never_worse_than_raw_on_households_held_out() -> None:
    rng = np.random.default_rng(2)
    margin = rng.normal(-1, 1.5, 600)
    right = (rng.random(600) < expit(margin)).astype(float)
    wrong = (rng.random(600) < expit(0.3 * margin - 1)).astype(float)
    homes, heavy = np.arange(600), rng.uniform(0.5, 2, 600)
    assert calibrate_by_evidence(margin, wrong, heavy, homes).method != "none"
    kept = calibrate_by_evidence(margin, right, heavy, homes)
    later = rng.normal(-1, 1.5, 20_000)
    assert np.abs(kept(later) - expit(later)).mean() < 0.04
