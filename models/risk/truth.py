"""Against the truth of a synthetic county: what no bureau can measure.

Only for evaluation, only where county.yaml says synthetic. The truth file is keyed by household
number; a function that turns such a number into the lake's pseudonym is passed in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from core.home import Home, add_months, month_end
from models.risk.errors import RiskError

HouseholdOf = Callable[[str], str]


def unmet_months(home: Home, household_of: HouseholdOf) -> pd.DataFrame:
    """Rows (household, month) in which a synthetic household had an unmet need.

    Raises RiskError for a county that is not synthetic or has no truth file.
    """
    path = home.truth / "need.parquet"
    if not home.county.get("synthetic") or not path.exists():
        raise RiskError(
            "只有模拟的县才有可比较的真实情况",
            "only a simulated county has a truth to compare with",
        )
    table = pq.read_table(
        path,
        columns=["household_no", "month"],
        filters=[("unmet", "==", True)],
        partitioning=None,
    ).to_pandas()
    numbers = {no: household_of(str(no)) for no in table["household_no"].unique()}
    months = {m: _month(m) for m in table["month"].unique()}
    return pd.DataFrame(
        {
            "household": table["household_no"].map(numbers),
            "month": table["month"].astype("object").map(months),
        }
    )


def _month(value: Any) -> Any:
    return month_end(value) if isinstance(value, str) else month_end(pd.Timestamp(value).date())


def true_outcome(frame: pd.DataFrame, unmet: pd.DataFrame, horizon: int) -> np.ndarray:
    """1 where the household has an unmet need in any month of (as_of, as_of + horizon]."""
    outcome = np.zeros(len(frame))
    for as_of in frame["as_of"].unique():
        rows = np.flatnonzero((frame["as_of"] == as_of).to_numpy())
        until = add_months(as_of, horizon)
        inside = unmet[(unmet["month"] > as_of) & (unmet["month"] <= until)]
        found = frame["household"].iloc[rows].isin(set(inside["household"]))
        outcome[rows] = found.to_numpy()
    return outcome
