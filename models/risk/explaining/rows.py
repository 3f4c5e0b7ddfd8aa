"""Households of a month as an explanation needs them: their keys and a model's features."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd
import pyarrow.parquet as pq

from core.home import Home
from models.risk.dataset import profile_file, read_profile, slim
from models.risk.errors import RiskError
from models.risk.fitted import FittedRisk


def watched(home: Home, as_of: date, fitted: FittedRisk) -> pd.DataFrame:
    """The month's households at risk with the model's features; all where nobody is at risk.

    Raises RiskError when the month has no profile or no household.
    """
    path = profile_file(home, as_of)
    frame = read_profile(path, fitted.features)
    if frame.empty:
        frame = read_profile(path, fitted.features, at_risk_only=False)
    if frame.empty:
        raise RiskError(
            f"{as_of:%Y-%m} 的画像中没有可解释的家庭",
            f"the profile of {as_of:%Y-%m} holds no household to explain",
        )
    return frame


def profiles(
    home: Home,
    as_of: date,
    households: Sequence[str],
    features: Sequence[str],
    more: Sequence[str] = (),
) -> pd.DataFrame:
    """Profiles of named households: household, the features and `more` columns.

    In the order of the file; who has no profile is left out, and a column that the file lacks too.
    Raises RiskError when the month has no profile.
    """
    path = profile_file(home, as_of)
    have = set(pq.read_schema(path).names)
    columns = [c for c in dict.fromkeys(["household", *features, *more]) if c in have]
    kept = [("household", "in", list(households) or [""])]
    table = pq.read_table(path, columns=columns, partitioning=None, filters=kept)
    return slim(table.to_pandas(), columns[1:])
