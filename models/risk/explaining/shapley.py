"""SHAP values and interactions by shap's TreeExplainer, averaged over a model's boosters.

shap hands LightGBM's own answer (pred_contrib) on as its values; here it is told to walk the trees
itself, so that the two stand as independent answers to one question. They agree within TOLERANCE.
Splits on categories shap misreads: a model that has them keeps the answer handed on.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import lightgbm as lgb
import numpy as np

from models.risk.errors import RiskError
from models.risk.explain import TOLERANCE, check_additivity
from models.risk.fitted import FittedRisk


@dataclass(frozen=True)
class Shapley:
    """SHAP values in log-odds, shape (rows, features), and the base they are counted from.

    `gap` is the largest difference between base + values and the margin, over all rows.
    """

    values: np.ndarray
    base: float
    gap: float


class Explainer:
    """shap's TreeExplainer of every booster of a model."""

    def __init__(self, fitted: FittedRisk) -> None:
        """Parse the boosters' trees; a tenth of a second each."""
        self.fitted = fitted

    @cached_property
    def _each(self) -> list[Any]:
        return [_explainer(booster, walks=self.walks) for booster in self.fitted.boosters]

    def values(self, matrix: np.ndarray) -> Shapley:
        """SHAP values of an encoded matrix.

        Raises RiskError when base + values differ from the margin by more than TOLERANCE.
        """
        total = np.zeros(matrix.shape)
        for one in self._each:
            total += _walked(one, matrix)
        values = total / len(self._each)
        base = float(np.mean([np.ravel(one.expected_value)[-1] for one in self._each]))
        margin = self.fitted.margin_of(matrix)
        check_additivity(np.column_stack([values, np.full(len(values), base)]), margin)
        gap = np.abs(values.sum(axis=1) + base - margin)
        return Shapley(values, base, float(gap.max()) if len(gap) else 0.0)

    def interactions(self, matrix: np.ndarray) -> np.ndarray:
        """SHAP interaction values, shape (rows, features, features), in log-odds.

        A row of the square sums to the feature's SHAP value; off the diagonal stands half of what
        two features do together. Raises RiskError for a model with splits on categories, which
        shap cannot take apart.
        """
        if not self.walks:
            raise RiskError(
                "含类别特征的模型算不出交互作用",
                "interactions cannot be computed for a model with categories",
            )
        total = np.zeros((*matrix.shape, matrix.shape[1]))
        for one in self._each:
            with _quiet():
                total += one.shap_interaction_values(matrix)
        return total / len(self._each)

    @property
    def walks(self) -> bool:
        """Whether shap can read the trees itself: they split on numbers only."""
        return not self.fitted.encoder.levels


def _explainer(booster: lgb.Booster, *, walks: bool) -> Any:
    with _quiet():
        import shap  # takes seconds to import: only who explains a version waits for it

        explainer = shap.TreeExplainer(booster)
    if walks:
        explainer.model.model_type = "internal"
    return explainer


def _walked(explainer: Any, matrix: np.ndarray) -> np.ndarray:
    """Values of one booster; of two classes shap may give both, the second is the need."""
    with _quiet():
        found = explainer.shap_values(matrix)
    return np.asarray(found[-1] if isinstance(found, list) else found)


def _quiet() -> warnings.catch_warnings[None]:
    """shap warns of a form of its answer that both callers here read."""
    return warnings.catch_warnings(action="ignore")


__all__ = ["TOLERANCE", "Explainer", "Shapley"]
