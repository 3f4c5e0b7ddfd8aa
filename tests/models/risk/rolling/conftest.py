"""Small invented tables for the rolling test."""

from __future__ import annotations

import pandas as pd
import pytest

from models.risk.rolling import Table, Way, read_table
from tests.models.risk.conftest import FEATURES, households

QUICK = Way(params={"learning_rate": 0.2, "min_data_in_leaf": 20}, seeds=(1,))
HORIZON = 2


def table_of(frame: pd.DataFrame, **more) -> Table:
    features = more.pop("features", FEATURES)
    return read_table(
        frame, time="as_of", label="label", group="household", population="population",
        horizon=HORIZON, features=features, income="income_to_standard", **more,
    )  # fmt: skip


@pytest.fixture(scope="session")
def people() -> pd.DataFrame:
    return households(n=300, months=14, seed=5)
