"""What the model must beat, on the same rows: logistic regression and a rank by income.

Both are sklearn pipelines over the encoded matrix, calibrated on the same later slice as the
model, so that Brier and calibration error compare like with like.
"""

from __future__ import annotations

import warnings
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import logit
from sklearn.compose import ColumnTransformer
from sklearn.exceptions import ConvergenceWarning
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from models.risk.calibrate import Calibrator, calibrate, calibrate_by_evidence
from models.risk.errors import RiskError
from models.risk.matrix import Encoder

INCOME_FEATURES = ("income_to_standard", "income_per_head_month", "income_to_average")


def _tame(values: np.ndarray) -> np.ndarray:
    # Money has a long tail that one straight line cannot follow.
    return np.sign(values) * np.log1p(np.abs(values))


def logistic_pipeline(encoder: Encoder) -> Pipeline:
    """Impute (with a flag that the value was unknown), tame, scale, one-hot; ridge logistic."""
    categories = encoder.categorical_positions
    numbers = [i for i in range(len(encoder.features)) if i not in set(categories)]
    numeric = make_pipeline(
        FunctionTransformer(_tame),
        SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True),
        StandardScaler(),
    )
    category = make_pipeline(
        SimpleImputer(strategy="constant", fill_value=-1.0, keep_empty_features=True),
        OneHotEncoder(handle_unknown="ignore", sparse_output=False, dtype=np.float32),
    )
    columns = ColumnTransformer([("n", numeric, numbers), ("c", category, categories)])
    return make_pipeline(columns, LogisticRegression(C=0.05, tol=1e-3, max_iter=1000))


def income_pipeline(encoder: Encoder, income: str) -> Pipeline:
    """The poorer the riskier: one column, unknown income counted as the middle one."""
    if income not in encoder.features:
        raise RiskError(
            f"收入对照方法需要特征“{income}”", f"the income baseline needs the feature '{income}'"
        )
    column = encoder.features.index(income)
    return make_pipeline(
        ColumnTransformer(
            [("income", SimpleImputer(strategy="median", keep_empty_features=True), [column])]
        ),
        FunctionTransformer(np.negative),
    )


@dataclass(frozen=True)
class Baseline:
    """A simple scorer: a ranking and, after calibration, a probability."""

    name: str
    pipeline: Pipeline
    encoder: Encoder
    calibrator: Calibrator

    def rank(self, frame: pd.DataFrame) -> np.ndarray:
        """Ranking score, higher = more at risk."""
        return _raw(self.pipeline, self.encoder.encode(frame))

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        """Calibrated probability."""
        return self.calibrator(self.rank(frame))

    def predict_of(self, matrix: np.ndarray) -> np.ndarray:
        """The same for an already encoded matrix."""
        return self.calibrator(_raw(self.pipeline, matrix))


def _raw(pipeline: Pipeline, matrix: np.ndarray) -> np.ndarray:
    if hasattr(pipeline, "predict_proba"):
        # Double precision first: in single precision 1 - 1e-9 is 1, whose log-odds are infinite.
        chance = np.asarray(pipeline.predict_proba(matrix)[:, 1], dtype=float)
        return logit(np.clip(chance, 1e-9, 1 - 1e-9))
    return np.asarray(pipeline.transform(matrix), dtype=float)[:, 0]


def fit_baselines(
    frame: pd.DataFrame,
    encoder: Encoder,
    *,
    train: np.ndarray,
    calibrate_on: np.ndarray,
    label: str = "label",
    income: str | None = None,
    weight: str | None = None,
    curve_weight: str | None = None,
    refit: bool = False,
    names: Collection[str] = ("logistic", "income"),
) -> list[Baseline]:
    """Logistic regression and income rank on the rows the model had.

    `income` names the income feature; None takes the first of INCOME_FEATURES that exists, and
    without one the income rank is left out. `weight`, `curve_weight` and `refit` as in
    `train.fit`: a comparison is only fair on the same rows with the same weights. `names`: which
    of the two are wanted.
    """
    known = frame[label].notna().to_numpy()
    grow, later = frame[train & known], frame[calibrate_on & known]
    pipelines = {"logistic": logistic_pipeline(encoder)} if "logistic" in names else {}
    income = income or _income(encoder.features)
    if income and "income" in names:
        pipelines["income"] = income_pipeline(encoder, income)
    found = []
    for name, pipeline in pipelines.items():
        _teach(pipeline, encoder, grow, label, weight)
        curve = _curve(pipeline, encoder, later, label, curve_weight)
        if refit:
            _teach(pipeline, encoder, pd.concat([grow, later]), label, weight)
        found.append(Baseline(name, pipeline, encoder, curve))
    return found


def _teach(
    pipeline: Pipeline, encoder: Encoder, rows: pd.DataFrame, label: str, weight: str | None
) -> None:
    last, learner = pipeline.steps[-1]
    heavy = {}
    if weight is not None and isinstance(learner, LogisticRegression):
        heavy = {f"{last}__sample_weight": rows[weight].to_numpy(float)}
    with warnings.catch_warnings():
        # Single precision may stop the solver a hair early; the ranking does not notice.
        warnings.simplefilter("ignore", ConvergenceWarning)
        pipeline.fit(encoder.encode(rows), rows[label].to_numpy(float), **heavy)


def _curve(
    pipeline: Pipeline, encoder: Encoder, later: pd.DataFrame, label: str, weight: str | None
) -> Calibrator:
    if weight is None:
        return calibrate(_raw(pipeline, encoder.encode(later)), later[label].to_numpy(float))
    rows = later[later[weight].to_numpy(float) > 0]
    margin, outcome = _raw(pipeline, encoder.encode(rows)), rows[label].to_numpy(float)
    heavy, homes = rows[weight].to_numpy(float), rows["household"].to_numpy()
    if isinstance(pipeline.steps[-1][1], LogisticRegression):
        return calibrate_by_evidence(margin, outcome, heavy, homes)
    # A rank is no log-odds: it needs a curve whatever the evidence says of the raw figures.
    return calibrate(margin, outcome)


def _income(features: Sequence[str]) -> str | None:
    return next((name for name in INCOME_FEATURES if name in features), None)
