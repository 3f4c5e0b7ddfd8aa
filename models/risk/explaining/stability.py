"""Whether the reasons given for a risk hold when the figures behind it change a little.

Every amount is changed by up to SHAKE either way, DRAWS times with stated seeds; columns that tell
one fact change by the same factor, as they are made of the same money. A whole number below COUNT
is a count, a level, a yes or a no: it stays. The reasons are the TOP facts that raise the risk
most, as an alert tells them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from core.home import Home
from data.intervals import Z95
from models.risk.explaining.rows import profiles
from models.risk.facts import fact_of
from models.risk.fitted import FittedRisk

SHAKE, DRAWS, TOP = 0.05, 10, 3
COUNT = 20
SEEDS = tuple(range(1, DRAWS + 1))
# On average more than one of the three reasons is replaced: told beside them on the page.
UNSTABLE = 2 / 3
# Households looked at where a month has no explained alerts of the question: the highest risks.
HIGHEST = 200


@dataclass(frozen=True)
class Stability:
    """The mean share of the strongest reasons that stay, over `n` households.

    `low`, `high`: 95 % interval of the mean. `of` is 'alerts' (explained in the month for the
    question) or 'highest' (the highest risks). `unstable` counts those below UNSTABLE; `shares`
    counts households by share kept, in tenths from 0.0-0.1 up to 0.9-1.0.
    """

    of: str
    n: int
    mean: float
    low: float
    high: float
    unstable: int
    shares: tuple[int, ...]


def alerts_stability(
    home: Home, as_of: date, fitted: FittedRisk, question: str, frame: pd.DataFrame
) -> Stability | None:
    """Stability over the month's explained alerts, else the highest risks of `frame`.

    None when there is no household at all.
    """
    rows, of = profiles(home, as_of, explained(home, as_of, question), fitted.features), "alerts"
    if rows.empty:
        order = np.argsort(-fitted.margin(frame), kind="stable")[:HIGHEST]
        rows, of = frame.iloc[order], "highest"
    if rows.empty:
        return None
    kept = shares_kept(fitted, fitted.encoder.encode(rows))
    spread = float(kept.std(ddof=1)) if len(kept) > 1 else 1.0  # one household says next to nothing
    mean, half = float(kept.mean()), Z95 * spread / float(np.sqrt(len(kept)))
    tenths = np.minimum((kept * 10).astype(int), 9)
    return Stability(
        of, len(kept), mean, max(0.0, mean - half), min(1.0, mean + half),
        int((kept < UNSTABLE).sum()), tuple(int(n) for n in np.bincount(tenths, minlength=10)),
    )  # fmt: skip


def explained(home: Home, as_of: date, question: str) -> list[str]:
    """Households explained in the month for a question: its alerts, in one order."""
    path = home.monthly("risk", as_of) / "explain.parquet"
    if not path.exists():
        return []
    # A table from before there were two questions answers for each.
    told = "question" in pq.read_schema(path).names
    rows = pq.read_table(
        path,
        columns=["household"],
        partitioning=None,
        filters=[("question", "==", question)] if told else None,
    )
    return sorted(set(rows.column("household").to_pylist()))


def shares_kept(fitted: FittedRisk, matrix: np.ndarray, seeds: Sequence[int] = SEEDS) -> np.ndarray:
    """Of each household's strongest reasons the share that stays, mean over the seeds (0..1).

    A household without any reason that raises its risk keeps all of none: 1.
    """
    facts = _facts(fitted.features)
    before = _reasons(fitted, matrix, facts)
    size = before.sum(axis=1)
    kept = np.zeros(len(matrix))
    for seed in seeds:
        after = _reasons(fitted, shaken(fitted, matrix, seed), facts)
        kept += (before & after).sum(axis=1)
    return np.where(size > 0, kept / len(seeds) / np.maximum(size, 1), 1.0)


def shaken(fitted: FittedRisk, matrix: np.ndarray, seed: int) -> np.ndarray:
    """The matrix with every amount changed by a factor drawn from 1 ± SHAKE; unknown stays."""
    draw = np.random.default_rng(seed)
    codes, facts = np.unique(_facts(fitted.features), return_inverse=True)
    factor = 1 + SHAKE * draw.uniform(-1, 1, (len(matrix), len(codes)))
    coded = np.array([name in fitted.encoder.levels for name in fitted.features])
    counted = (matrix == np.round(matrix)) & (np.abs(matrix) < COUNT)
    return np.where(coded | counted, matrix, matrix * factor[:, facts]).astype(matrix.dtype)


def _facts(features: Sequence[str]) -> np.ndarray:
    return np.array([fact_of(name) for name in features], dtype=object).astype(str)


def _reasons(fitted: FittedRisk, matrix: np.ndarray, facts: np.ndarray) -> np.ndarray:
    """Which facts are among the TOP that raise the risk, households by facts."""
    shap = fitted.contributions_of(matrix)[:, :-1]
    codes, place = np.unique(facts, return_inverse=True)
    summed = np.zeros((len(matrix), len(codes)))
    np.add.at(summed.T, place, shap.T)
    order = np.argsort(-summed, axis=1, kind="stable")[:, :TOP]
    chosen = np.zeros(summed.shape, dtype=bool)
    np.put_along_axis(chosen, order, True, axis=1)
    return chosen & (summed > 0)
