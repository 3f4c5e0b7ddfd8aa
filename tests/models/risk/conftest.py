"""Small invented households for the risk model's tests."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.home import Home, add_months
from models.risk.tracking import open_client
from models.risk.train import fit

FEATURES = ["income_to_standard", "self_paid", "n_members", "unknown_often", "heating"]
FIRST = date(2024, 1, 31)


def month(number: int) -> date:
    return add_months(FIRST, number)


def households(n: int = 400, months: int = 8, seed: int = 3) -> pd.DataFrame:
    """`n` households over `months`; poor, costly households come into need more often."""
    rng = np.random.default_rng(seed)
    rows = n * months
    lasting = np.tile(rng.normal(size=n), months)
    income = np.exp(0.4 * lasting + 0.3 * rng.normal(size=rows)) * 1.5
    paid = rng.exponential(0.5, size=rows)
    odds = -1.5 - 2.5 * np.log(income) + 1.2 * paid
    often = np.where(rng.random(rows) < 0.5, np.nan, rng.normal(size=rows))
    return pd.DataFrame(
        {
            "household": np.tile([f"h{i:05d}" for i in range(n)], months),
            "as_of": np.repeat([month(i) for i in range(months)], n),
            "population": np.tile(rng.choice(["return", "new_entry", "on_roll"], n), months),
            "at_risk": True,
            "income_to_standard": income.astype("float32"),
            "self_paid": paid.astype("float32"),
            "n_members": rng.integers(1, 6, rows).astype("float32"),
            "unknown_often": often.astype("float32"),
            "heating": rng.choice(["coal", "gas", None], rows),
            "label": (rng.random(rows) < 1 / (1 + np.exp(-odds))).astype(float),
        }
    )


@pytest.fixture(scope="session")
def frame() -> pd.DataFrame:
    return households()


@pytest.fixture(scope="session")
def masks(frame):
    late = (frame["as_of"] >= month(6)).to_numpy()
    return {"train": ~late, "calibrate_on": late}


@pytest.fixture(scope="session")
def fitted(frame, masks):
    directions = {"income_to_standard": -1, "self_paid": 1}
    return fit(frame, FEATURES, **masks, monotone=directions, seeds=(1, 2), rounds=40)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory) -> Path:
    """One MLflow database, migrated once; tests copy it (a migration takes seconds)."""
    home = Home(tmp_path_factory.mktemp("mlflow"))
    open_client(home)
    return home.mlruns / "mlflow.db"


@pytest.fixture
def home(tmp_path, migrated, monkeypatch) -> Home:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    home = Home(tmp_path / "home")
    home.mlruns.mkdir(parents=True)
    shutil.copy(migrated, home.mlruns / "mlflow.db")
    return home
