"""Small invented tables of one's own."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from models.risk.external import External
from models.risk.rolling import Way
from tests.models.risk.conftest import households

QUICK = Way(params={"learning_rate": 0.2, "min_data_in_leaf": 20}, seeds=(1,))


def people(n: int = 150, months: int = 10) -> pd.DataFrame:
    frame = households(n=n, months=months, seed=6)
    return frame.drop(columns=["at_risk", "population"])


def written(frame: pd.DataFrame, folder: Path, name: str = "own.csv", **more) -> External:
    path = folder / name
    if path.suffix == ".csv":
        frame.to_csv(path, index=False, encoding=more.pop("encoding", "utf-8"))
    else:
        frame.to_parquet(path)
    return External(path, **{"horizon": 2, "folds": 2, **more})


@pytest.fixture
def mine() -> pd.DataFrame:
    return people()
