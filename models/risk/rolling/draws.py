"""Figures of a ranking over many draws of households at once.

The bootstrap draws households, not rows: a family's months come together, and one draw counts for
every candidate, so that differences are paired. A draw gives each household a weight (Poisson with
mean 1); a figure is then a weighted one. The first row of `Draws.weight` is nobody's draw but the
data as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, logit

DRAWS = 300
SEED = 7
LEVEL = 0.95


@dataclass(frozen=True)
class Draws:
    """Weight of each judged row in each draw, shape (draws + 1, rows); row 0 is the data."""

    weight: np.ndarray

    @classmethod
    def of(cls, household: pd.Series, weight: np.ndarray, draws: int = DRAWS) -> Draws:
        """Draws over the households of the judged rows, each row with its own weight."""
        code, names = pd.factorize(household.to_numpy())
        rng = np.random.default_rng(SEED)
        times = rng.poisson(1.0, size=(draws, len(names))).astype(np.float32)
        drawn = times[:, code] * weight.astype(np.float32)
        return cls(np.vstack([weight.astype(np.float32), drawn]))

    def part(self, rows: np.ndarray) -> Draws:
        """The same draws over fewer rows."""
        return Draws(self.weight[:, rows])

    def mean(self, values: np.ndarray, counted: np.ndarray | None = None) -> np.ndarray:
        """Weighted mean of `values`, one per draw; `counted` is a further weight per row."""
        share = np.ones(len(values)) if counted is None else counted
        with np.errstate(invalid="ignore", divide="ignore"):
            return (self.weight @ (share * values)) / (self.weight @ share)


def span(found: np.ndarray) -> tuple[float | None, float | None, float | None]:
    """The figure and its 95 % interval; null where it cannot be computed."""
    value, rest = float(found[0]), found[1:]
    if not np.isfinite(value):
        return None, None, None
    rest = rest[np.isfinite(rest)]
    if len(rest) < 20:
        return value, None, None
    low, high = np.quantile(rest, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return value, float(low), float(high)


def ranking(score: np.ndarray, outcome: np.ndarray, draws: Draws) -> tuple[np.ndarray, np.ndarray]:
    """Weighted AUC and average precision, one of each per draw; ties count as sklearn does."""
    if len(score) == 0:
        nothing = np.full(len(draws.weight), np.nan)
        return nothing, nothing
    order = np.argsort(-score, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(score[order]) != 0])
    heavy = draws.weight[:, order].astype(np.float64)
    case = np.add.reduceat(heavy * outcome[order], starts, axis=1)
    every = np.add.reduceat(heavy, starts, axis=1)
    cases, rows = np.cumsum(case, axis=1), np.cumsum(every, axis=1)
    others = every - case
    with np.errstate(invalid="ignore", divide="ignore"):
        above = cases - case / 2
        auc = (above * others).sum(axis=1) / (cases[:, -1] * others.sum(axis=1))
        share = np.where(rows > 0, cases / rows, 0.0)
        average = (share * case).sum(axis=1) / cases[:, -1]
    return auc, average


def calibration_slope(risk: np.ndarray, outcome: np.ndarray, draws: Draws) -> np.ndarray:
    """Slope of a logistic fit of the outcome on the promised log-odds, one per draw.

    1 is right, below 1 too bold, above too timid. Newton's steps, all draws at once.
    """
    x = logit(np.clip(risk, 1e-6, 1 - 1e-6))
    heavy = draws.weight[:101].astype(np.float64)
    level, slope = np.zeros(len(heavy)), np.ones(len(heavy))
    with np.errstate(all="ignore"):
        for _ in range(12):
            p = expit(np.clip(level[:, None] + slope[:, None] * x, -30, 30))
            error, curve = heavy * (outcome - p), heavy * p * (1 - p)
            g0, g1 = error.sum(axis=1), error @ x
            h00, h01, h11 = curve.sum(axis=1), curve @ x, curve @ (x * x)
            size = h00 * h11 - h01 * h01
            level = level + (h11 * g0 - h01 * g1) / size
            slope = slope + (h00 * g1 - h01 * g0) / size
    return slope
