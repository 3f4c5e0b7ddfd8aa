"""One table: every scorer on the same rows, by population.

All scorers of a table see exactly the same households and months; a row says how many.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from models.risk import measures
from models.risk.errors import RiskError
from models.risk.measures import Capacity

POPULATIONS = ("all", "entry", "return", "new_entry")
TOP5 = Capacity(share=0.05)


def population_masks(population: pd.Series) -> dict[str, np.ndarray]:
    """Rows of each reported population from the profile's `population` column.

    entry = return + new_entry: everybody who stands outside assistance now. Households on a roll
    appear in 'all' only. Whatever else an external dataset calls its populations stands by itself.
    """
    values = population.astype("object").to_numpy()
    back, new = values == "return", values == "new_entry"
    others = sorted(set(map(str, values)) - {"all", "return", "new_entry", "on_roll"})
    return {"all": np.ones(len(values), bool), "entry": back | new, "return": back,
            "new_entry": new, **{name: values == name for name in others}}  # fmt: skip


def present_masks(population: pd.Series) -> dict[str, np.ndarray]:
    """The populations that have rows, each set of rows once: nobody reads an empty line."""
    found: dict[str, np.ndarray] = {}
    for name, mask in population_masks(population).items():
        same = any(np.array_equal(mask, known) for known in found.values())
        if name == "all" or (mask.any() and not same):
            found[name] = mask
    return found


def evaluate(
    outcome: np.ndarray,
    scores: Mapping[str, np.ndarray],
    populations: Mapping[str, np.ndarray],
    *,
    capacity: Capacity = TOP5,
    month: np.ndarray | None = None,
    probabilities: Collection[str] = ("model",),
    n_train: Mapping[str, int] | None = None,
) -> list[dict[str, Any]]:
    """Rows of the table, one for each population and scorer.

    `outcome` 0/1 and `scores[scorer]` (higher = more at risk, no nulls) have one entry per test
    row; `populations[name]` are boolean masks. Capacity applies within each population and, when
    `month` is given, within each month. Brier and calibration error only for scorers named in
    `probabilities`. `n_train` counts training rows by population.

    Each row: population, scorer, n_train, n_test, n_cases, prevalence, auc, ap, k (visits),
    precision_at_k, recall_at_k, precision_low/high (Wilson 95 %), tie_low/high (worst and best
    order of ties at the cut), lift, brier, ece. A figure that cannot be computed is None.
    """
    outcome = np.asarray(outcome, dtype=float)
    if np.isnan(outcome).any():
        raise RiskError(
            "评价需要已知结果；请去掉标签未知的行",
            "evaluation needs known outcomes; drop the rows whose label is unknown",
        )
    for name, score in scores.items():
        if len(score) != len(outcome) or np.isnan(np.asarray(score, float)).any():
            raise RiskError(
                f"评分方法“{name}”须对每个测试行给出一个数",
                f"scorer '{name}' must give one number for each of the test rows",
            )
    rows = []
    for population, mask in populations.items():
        for scorer, score in scores.items():
            inside = month[mask] if month is not None else None
            row = _row(np.asarray(score, float)[mask], outcome[mask], capacity, inside,
                       scorer in probabilities)  # fmt: skip
            trained = (n_train or {}).get(population)
            rows.append({"population": population, "scorer": scorer, "n_train": trained, **row})
    return rows


def _row(
    score: np.ndarray,
    outcome: np.ndarray,
    capacity: Capacity,
    month: np.ndarray | None,
    is_probability: bool,
) -> dict[str, Any]:
    n = len(outcome)
    top = measures.at_capacity(score, outcome, capacity, month)
    low, high = measures.wilson(top.hits, top.visits)
    prevalence = float(outcome.mean()) if n else None
    precision = top.precision()
    return {
        "n_test": n,
        "n_cases": int(outcome.sum()),
        "prevalence": prevalence,
        "auc": measures.auc(score, outcome),
        "ap": measures.average_precision(score, outcome),
        "k": top.visits,
        "precision_at_k": precision,
        "recall_at_k": top.recall(),
        "precision_low": low,
        "precision_high": high,
        "tie_low": top.precision(top.hits_low),
        "tie_high": top.precision(top.hits_high),
        "lift": precision / prevalence if precision is not None and prevalence else None,
        "brier": measures.brier(score, outcome) if is_probability else None,
        "ece": measures.expected_calibration_error(score, outcome) if is_probability else None,
    }


def reliability_rows(
    outcome: np.ndarray, risks: Mapping[str, np.ndarray], bins: int = 10
) -> list[dict[str, Any]]:
    """Reliability tables of several scorers that give probabilities.

    Rows: scorer, bin_low, bin_high, mean_risk, observed, n, observed_low/high (Wilson 95 %).
    """
    rows = []
    for scorer, risk in risks.items():
        for bar in measures.reliability(np.asarray(risk, float), np.asarray(outcome, float), bins):
            content = asdict(bar)
            content["bin_low"], content["bin_high"] = content.pop("low"), content.pop("high")
            low, high = measures.wilson(bar.observed * bar.n, bar.n)
            rows.append({"scorer": scorer, **content, "observed_low": low, "observed_high": high})
    return rows
