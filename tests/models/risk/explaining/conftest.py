"""A model of numbers only, and a month of households on disk, for tests of explanations."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import lightgbm as lgb
import pandas as pd
import pytest
import yaml

from core.home import Home
from models.risk.fitted import FittedRisk
from models.risk.score import write_parquet
from models.risk.train import fit
from tests.models.risk.conftest import month

NUMBERS = ["income_to_standard", "self_paid", "n_members", "unknown_often"]
AS_OF = month(7)


@pytest.fixture(scope="session")
def plain(frame: pd.DataFrame, masks: dict) -> FittedRisk:
    """shap itself can walk this model: no feature is a category. Its trees split more than once,
    so that features act together."""
    fitted = fit(frame, NUMBERS, **masks, seeds=(1, 2), rounds=40)
    rows = frame[masks["train"]]
    matrix, params = fitted.encoder.encode(rows), {"objective": "binary", "verbose": -1}
    params |= {"num_leaves": 8, "monotone_constraints": [-1, 1, 0, 0], "num_threads": 1}
    boosters = tuple(
        lgb.train({**params, "seed": seed, "bagging_fraction": 0.7, "bagging_freq": 1},
                  lgb.Dataset(matrix, rows["label"]), num_boost_round=30)
        for seed in (1, 2)
    )  # fmt: skip
    return replace(fitted, boosters=boosters)


@pytest.fixture
def county(tmp_path: Path, frame: pd.DataFrame) -> Home:
    """The profiles of every month of the invented households."""
    home = Home(tmp_path)
    home.data.mkdir(parents=True)
    home.county_file.write_text(yaml.safe_dump({"horizon_months": 3}), encoding="utf-8")
    for number in range(8):
        rows = frame[frame["as_of"] == month(number)].drop(columns="label")
        write_parquet(rows, home.monthly("profile", month(number)) / "household.parquet")
    return home


def explained(home: Home, as_of: date, households: list[str], question: str = "existing") -> None:
    """An explanation of these households, as a monthly run leaves it."""
    rows = pd.DataFrame({"household": households, "question": question, "feature": "self_paid"})
    write_parquet(rows, home.monthly("risk", as_of) / "explain.parquet")
