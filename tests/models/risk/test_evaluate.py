"""The table that sets scorers side by side."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.risk import baselines
from models.risk.baselines import fit_baselines
from models.risk.errors import RiskError
from models.risk.evaluate import evaluate, population_masks, reliability_rows
from models.risk.measures import Capacity


def test_every_scorer_sees_the_same_rows_of_each_population() -> None:
    rng = np.random.default_rng(0)
    outcome = (rng.random(200) < 0.3).astype(float)
    population = pd.Series(rng.choice(["return", "new_entry", "on_roll"], 200))
    scores = {"model": rng.random(200), "scorecard": rng.integers(0, 3, 200).astype(float)}
    rows = evaluate(outcome, scores, population_masks(population), n_train={"all": 900})
    table = {(r["population"], r["scorer"]): r for r in rows}
    assert len(rows) == 4 * 2
    for name in ("all", "entry", "return", "new_entry"):
        assert table[name, "model"]["n_test"] == table[name, "scorecard"]["n_test"]
        assert table[name, "model"]["n_cases"] == table[name, "scorecard"]["n_cases"]
    both = table["return", "model"]["n_test"] + table["new_entry", "model"]["n_test"]
    assert table["entry", "model"]["n_test"] == both
    assert table["all", "model"]["n_train"] == 900
    # The scorecard is no probability: it has no Brier score, and its ties show.
    assert table["all", "scorecard"]["brier"] is None
    assert table["all", "model"]["brier"] is not None
    card = table["all", "scorecard"]
    assert card["tie_low"] < card["precision_at_k"] < card["tie_high"]


def test_an_empty_population_has_rows_without_figures() -> None:
    masks = {"return": np.zeros(4, bool)}
    (row,) = evaluate(np.array([0, 1, 0, 1.0]), {"model": np.arange(4.0)}, masks)
    assert row["n_test"] == 0
    assert row["auc"] is None
    assert row["precision_at_k"] is None


def test_a_null_score_or_label_is_refused() -> None:
    everyone = {"all": np.ones(2, bool)}
    with pytest.raises(RiskError, match="scorer 'model'"):
        evaluate(np.array([0, 1.0]), {"model": np.array([np.nan, 1])}, everyone)
    with pytest.raises(RiskError, match="known outcomes"):
        evaluate(np.array([np.nan, 1.0]), {"model": np.array([0, 1.0])}, everyone)


def test_reliability_rows_carry_their_interval() -> None:
    rng = np.random.default_rng(0)
    risk = rng.random(500)
    outcome = (rng.random(500) < risk).astype(float)
    rows = reliability_rows(outcome, {"model": risk})
    assert sum(r["n"] for r in rows) == 500
    assert all(r["observed_low"] <= r["observed"] <= r["observed_high"] for r in rows)
    assert all(r["bin_low"] <= r["mean_risk"] <= r["bin_high"] for r in rows)


def test_baselines_see_what_the_model_sees(frame, masks, fitted) -> None:
    found = {b.name: b for b in fit_baselines(frame, fitted.encoder, **masks)}
    assert set(found) == {"logistic", "income"}
    late = frame[masks["calibrate_on"]]
    outcome, everyone = late["label"].to_numpy(), {"all": np.ones(len(late), bool)}
    scores = {"model": fitted.predict(late), **{k: b.predict(late) for k, b in found.items()}}
    rows = evaluate(outcome, scores, everyone, capacity=Capacity(share=0.1), probabilities=scores)
    by = {r["scorer"]: r for r in rows}
    assert by["logistic"]["auc"] > by["income"]["auc"] > 0.6
    assert all(r["ece"] < 0.05 for r in rows)


def test_the_income_rank_puts_the_poorest_first(frame, masks, fitted) -> None:
    income = next(b for b in fit_baselines(frame, fitted.encoder, **masks) if b.name == "income")
    two = frame.head(2).assign(income_to_standard=[0.2, 5.0])
    low, high = income.predict(two)
    assert low > high


def test_a_certain_baseline_keeps_finite_log_odds() -> None:
    class Certain:
        def predict_proba(self, matrix: np.ndarray) -> np.ndarray:
            return np.array([[0.0, 1.0], [1.0, 0.0]], dtype=np.float32)

    margins = baselines._raw(Certain(), np.zeros((2, 1), np.float32))
    assert np.isfinite(margins).all()
    assert margins[0] > 0 > margins[1]


def test_an_income_baseline_without_income_is_left_out_or_refused(frame, masks, fitted) -> None:
    with pytest.raises(RiskError, match="'wealth'"):
        fit_baselines(frame, fitted.encoder, **masks, income="wealth")
