"""The curve behind the advice: multipliers of today's points, never negative, drawn towards one.

minimise  sum of w (log(1 + e^margin) - need margin) + sum of ((m - centre) / pull)^2 / 2
with      margin = a + slope x sum of m x points,  m >= 0

by Newton steps, each a non-negative least-squares problem, on sparse points: a household has four
or five of the ninety columns. `pull` is how far a multiplier is thought to lie from one before any
visit is seen; it is chosen on households left out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse
from scipy.linalg import cholesky, solve_triangular
from scipy.optimize import nnls
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

PULLS = (0.125, 0.25, 0.5, 1.0)
FOLDS = 5
STEPS, STILL = 15, 0.01  # multipliers are told to a tenth of a point
FLOOR = -50.0  # log-odds below every intercept: makes the intercept a number that is not negative


@dataclass(frozen=True)
class Rows:
    """What teaches, a row a visit: points by column, need found, weight, household, month."""

    given: sparse.csr_array
    need: np.ndarray
    weight: np.ndarray
    household: np.ndarray
    month: np.ndarray

    def taken(self, which: np.ndarray) -> Rows:
        """The rows of a mask, their weights made to have mean 1 again."""
        kept = Rows(*(getattr(self, name)[which] for name in self.__dataclass_fields__))
        return replace(kept, weight=kept.weight / kept.weight.mean())


@dataclass(frozen=True)
class Curve:
    """A fitted curve: intercept, log-odds per point, multipliers by column."""

    intercept: float
    slope: float
    multipliers: np.ndarray

    def margin(self, rows: Rows) -> np.ndarray:
        """Log-odds of need by row."""
        return np.asarray(self.intercept + self.slope * (rows.given @ self.multipliers))


def fit(
    rows: Rows, pull: float, centre: np.ndarray | None = None, start: Curve | None = None
) -> Curve:
    """The best curve; `centre` is what multipliers are drawn to (1), `start` a curve near it."""
    width = rows.given.shape[1]
    centre = np.ones(width) if centre is None else centre
    begin = plain(rows) if start is None else start
    ones = sparse.csr_array(np.ones((rows.given.shape[0], 1)))
    units = sparse.hstack([ones, rows.given * begin.slope]).tocsr()
    values = np.concatenate([[begin.intercept], begin.multipliers])
    for _ in range(STEPS):
        after = _step(units, rows, pull, centre, values)
        moved, values = float(np.abs(after - values).max()), after
        if moved < STILL:
            break
    return Curve(float(values[0]), begin.slope, values[1:])


def _step(
    units: sparse.csr_array, rows: Rows, pull: float, centre: np.ndarray, values: np.ndarray
) -> np.ndarray:
    """One Newton step under the bounds, shortened until the loss does not rise."""
    margin = units @ values
    share = expit(margin)
    slope = units.T @ (rows.weight * (share - rows.need))
    bend = (units.T @ (units * (rows.weight * share * (1 - share))[:, None])).toarray()
    slope[1:] += (values[1:] - centre) / pull**2
    bend[np.diag_indices_from(bend)] += np.concatenate([[1e-6], np.full(len(centre), pull**-2)])
    root = cholesky(bend)
    lowest = np.concatenate([[FLOOR], np.zeros(len(centre))])
    aim = root @ (values - lowest) - solve_triangular(root, slope, trans="T")
    step = nnls(root, aim)[0] + lowest - values
    before = _loss(units, rows, pull, centre, values)
    for _ in range(10):
        if _loss(units, rows, pull, centre, values + step) <= before:
            break
        step = step / 2
    return np.asarray(values + step)


def _loss(
    units: sparse.csr_array, rows: Rows, pull: float, centre: np.ndarray, values: np.ndarray
) -> float:
    away = (values[1:] - centre) / pull
    return log_loss(rows, units @ values) + float(away @ away) / 2


def log_loss(rows: Rows, margin: np.ndarray) -> float:
    """Weighted sum of the log loss."""
    return float(rows.weight @ (np.logaddexp(0, margin) - rows.need * margin))


def plain(rows: Rows) -> Curve:
    """Today's points as they are: intercept and slope alone."""
    total = np.asarray(rows.given.sum(axis=1)).reshape(-1, 1) / 100  # keeps the solver well scaled
    found = LogisticRegression(C=1e6).fit(total, rows.need, sample_weight=rows.weight)
    slope = max(float(found.coef_[0][0]) / 100, 1e-4)
    return Curve(float(found.intercept_[0]), slope, np.ones(rows.given.shape[1]))


def best_pull(rows: Rows) -> float:
    """The pull with the least loss on households left out, in turn."""
    fold = rows.household % FOLDS
    lost = dict.fromkeys(PULLS, 0.0)
    for number in range(FOLDS):
        taught, left_out = rows.taken(fold != number), rows.taken(fold == number)
        begin = plain(taught)
        for pull in PULLS:
            lost[pull] += log_loss(left_out, fit(taught, pull, start=begin).margin(left_out))
    return min(lost, key=lambda pull: lost[pull])
