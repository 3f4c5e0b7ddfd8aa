"""An invented county whose households a small model explains, without MLflow."""

from __future__ import annotations

from datetime import timedelta

import lightgbm as lgb
import numpy as np
import pandas as pd
import pytest

from models.risk import registry
from models.risk.calibrate import Calibrator
from models.risk.fitted import FittedRisk
from models.risk.matrix import Encoder
from models.risk.score import write_parquet
from services.cache import forget_all
from tests.dashboard.factory import Made

FEATURES = ("income_to_standard", "rigid_ratio", "n_members")
VERSION = "1"


def small_model() -> FittedRisk:
    """More income lowers the risk, more rigid spending raises it, most where income is low."""
    draw = np.random.default_rng(4)
    matrix = np.column_stack([draw.uniform(0.2, 4, 900), draw.uniform(0, 1, 900),
                              draw.integers(1, 5, 900)])  # fmt: skip
    need = (matrix[:, 0] < 1.5) & (matrix[:, 1] > 0.4)
    data = lgb.Dataset(matrix, need.astype(float))
    params = {"objective": "binary", "num_leaves": 8, "verbose": -1, "num_threads": 1,
              "monotone_constraints": [-1, 1, 0]}  # fmt: skip
    booster = lgb.train(params, data, num_boost_round=12)
    return FittedRisk((booster,), Calibrator("logistic", 1.0, 0.0), Encoder(FEATURES))


def with_model(made: Made, monkeypatch: pytest.MonkeyPatch) -> FittedRisk:
    """Give the county's profiles the model's features, visits to everybody, and the version."""
    fitted = small_model()
    for month in made.home.months("profile"):
        path = made.home.monthly("profile", month) / "household.parquet"
        rows, draw = pd.read_parquet(path), np.random.default_rng(month.toordinal())
        rows["income_to_standard"] = draw.uniform(0.2, 4, len(rows))
        rows["rigid_ratio"] = draw.uniform(0, 0.52, len(rows))
        poor = rows["household"] == made.alerted
        rows.loc[poor, ["income_to_standard", "rigid_ratio"]] = 0.5, 0.9
        write_parquet(rows, path)
    _visits(made)
    _version(made, fitted, monkeypatch)
    forget_all()
    return fitted


def _visits(made: Made) -> None:
    """Random visits to every household ten days after each of the first months."""
    parts = []
    for month in made.home.months("profile")[:-1]:
        rows = pd.read_parquet(made.home.monthly("profile", month) / "household.parquet")
        day = month + timedelta(days=10)
        found = (rows["income_to_standard"] < 1.5) & (rows["rigid_ratio"] > 0.4)
        parts.append(
            pd.DataFrame({"household": rows["household"], "visited_on": day, "known_on": day,
                          "found": found, "source": "audit", "stratum": "all", "inclusion": 1.0})
        )  # fmt: skip
    write_parquet(pd.concat(parts), made.home.outcomes / "findings.parquet")


def _version(made: Made, fitted: FittedRisk, monkeypatch: pytest.MonkeyPatch) -> None:
    made.home.mlruns.mkdir(parents=True, exist_ok=True)
    (made.home.mlruns / "mlflow.db").touch()

    def ours(home, question) -> bool:
        return home.root == made.home.root and question == "existing"

    monkeypatch.setattr(
        registry, "versions", lambda home, q=None: [VERSION] if ours(home, q) else []
    )
    monkeypatch.setattr(
        registry, "alias", lambda home, name, q=None: VERSION if ours(home, q) else None
    )
    monkeypatch.setattr(registry, "load", lambda home, which, question=None: (fitted, which))
