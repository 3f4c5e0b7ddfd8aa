"""What each tested month says by itself: a trend that a pooled figure hides."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from models.risk import compare

KEPT = ("n_test", "n_cases", "prevalence", "k", "n_seen", "precision_at_k", "precision_low",
        "precision_high", "recall_at_k", "ap", "auc", "brier", "ece")  # fmt: skip


def month_rows(judged: pd.DataFrame, lane: np.ndarray, slots: int) -> list[dict[str, Any]]:
    """The model at the lane's visits, one row a month: month (ISO), n_seen, precision, …

    `lane` masks the rows of `judged` that the lane picks from (see `scored.populations`).
    """
    rows, part = [], judged[lane]
    for month, here in part.groupby("as_of", sort=True):
        whole = {"all": np.ones(len(here), bool)}
        (row,) = compare.scorer_rows(here, ["model"], whole, slots, {}, ["model"])
        rows.append({"month": str(month)[:10], **{name: row[name] for name in KEPT}})
    return rows
