"""shap's own walk of the trees: the same values as LightGBM's, and they add up."""

from __future__ import annotations

import lightgbm as lgb
import numpy as np
import pytest

from models.risk.errors import RiskError
from models.risk.explaining.shapley import TOLERANCE, Explainer


def test_values_of_shap_equal_those_of_lightgbm(frame, plain) -> None:
    some = frame.head(60)
    found = Explainer(plain).values(plain.encoder.encode(some))
    theirs = plain.contributions(some)
    assert np.abs(found.values - theirs[:, :-1]).max() < TOLERANCE
    assert abs(found.base - theirs[0, -1]) < TOLERANCE
    assert np.abs(found.values).max() > 0.1  # not nothing against nothing


def test_shap_walks_the_trees_itself(frame, plain, monkeypatch) -> None:
    matrix, asked = plain.encoder.encode(frame.head(5)), []
    real = lgb.Booster.predict

    def watch(self, *args, **named):
        asked.append(named.get("pred_contrib", False))
        return real(self, *args, **named)

    monkeypatch.setattr(lgb.Booster, "predict", watch)
    Explainer(plain).values(matrix)
    assert asked  # the margin, to check the sum
    assert not any(asked)


def test_base_and_values_are_the_margin_or_refused(frame, plain, monkeypatch) -> None:
    matrix = plain.encoder.encode(frame.head(40))
    found = Explainer(plain).values(matrix)
    assert np.allclose(found.values.sum(axis=1) + found.base, plain.margin_of(matrix), atol=1e-9)
    assert found.gap < TOLERANCE
    monkeypatch.setattr(type(plain), "margin_of", lambda self, m: np.zeros(len(m)))
    with pytest.raises(RiskError, match="does not add up"):
        Explainer(plain).values(matrix)


def test_interactions_of_a_feature_sum_to_its_value(frame, plain) -> None:
    matrix = plain.encoder.encode(frame.head(20))
    explainer = Explainer(plain)
    squares = explainer.interactions(matrix)
    assert squares.shape == (20, 4, 4)
    assert np.allclose(squares.sum(axis=2), explainer.values(matrix).values, atol=TOLERANCE)
    assert np.allclose(squares, squares.transpose(0, 2, 1), atol=1e-9)


def test_a_model_with_categories_keeps_lightgbm_s_answer_and_has_no_interactions(
    frame, fitted
) -> None:
    explainer, some = Explainer(fitted), frame.head(30)
    matrix = fitted.encoder.encode(some)
    assert not explainer.walks
    assert np.allclose(explainer.values(matrix).values, fitted.contributions(some)[:, :-1])
    with pytest.raises(RiskError, match="categories"):
        explainer.interactions(matrix)
