"""Shares of weighted visits with their intervals, and the difference of two of them.

A share is Σ part ÷ Σ whole over rows. Its variance is that of a ratio, linearised, with the rows
of one household as one cluster; the number of independent visits that would say as much
(`effective`) then gives Wilson's interval. Everything is 95 %. A cluster is a small whole number.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.stats import norm

from data.intervals import Z95, wilson


@dataclass(frozen=True)
class Rate:
    """A figure with its 95 % interval and the `n` visits or households behind it.

    A share has its `effective` size, another figure (a gap) its standard `error`. All are None
    where nothing was seen.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    effective: float | None = None
    error: float | None = None


NOTHING = Rate(None, None, None, 0)


@dataclass(frozen=True)
class Difference:
    """One figure minus another with its 95 % interval, and the p-value of no difference."""

    value: float
    low: float
    high: float
    p: float


def share(part: np.ndarray, whole: np.ndarray, cluster: np.ndarray, n: int) -> Rate:
    """Σ part ÷ Σ whole, cut to [0, 1], with its interval; nothing where Σ whole is not above 0."""
    total = float(whole.sum())
    if total <= 0 or n == 0:
        return Rate(None, None, None, n)
    value = min(1.0, max(0.0, float(part.sum()) / total))
    effective = _effective(part, whole, cluster, value)
    low, high = wilson(value * effective, effective)
    return Rate(value, low, high, n, effective)


def _effective(part: np.ndarray, whole: np.ndarray, cluster: np.ndarray, value: float) -> float:
    """Independent visits that would say as much; Kish's size where all or none are hits."""
    sizes = np.bincount(cluster, weights=whole)
    count = float(np.count_nonzero(np.bincount(cluster, weights=(whole != 0).astype(float))))
    kish = float(sizes.sum() ** 2 / (sizes**2).sum())
    spread = np.bincount(cluster, weights=part - value * whole)
    variance = float((spread**2).sum()) / float(whole.sum()) ** 2
    if not 0 < value < 1 or variance <= 0:
        return min(kish, count)
    return min(count, value * (1 - value) / variance)


def mean(values: np.ndarray, weight: np.ndarray, cluster: np.ndarray, n: int) -> Rate:
    """Weighted mean with a normal interval; rows of one household are one cluster."""
    total = float(weight.sum())
    if total <= 0 or n == 0:
        return Rate(None, None, None, n)
    value = float((weight * values).sum() / total)
    spread = np.bincount(cluster, weights=weight * (values - value))
    error = sqrt(float((spread**2).sum())) / total
    return Rate(value, value - Z95 * error, value + Z95 * error, n, error=error)


def difference(one: Rate, other: Rate) -> Difference | None:
    """`one` minus `other`: shares by their effective sizes, other figures by their errors.

    Shares: Newcombe's interval from the two of Wilson, and the score test with the pooled share.
    None where one of the two is unknown, or neither varies.
    """
    if one.value is None or other.value is None:
        return None
    if one.effective is None or other.effective is None:
        return _by_errors(one, other)
    pooled = one.value * one.effective + other.value * other.effective
    pooled /= one.effective + other.effective
    spread = sqrt(pooled * (1 - pooled) * (1 / one.effective + 1 / other.effective))
    if spread <= 0:
        return None
    gap = one.value - other.value
    a, b = _ends(one), _ends(other)
    down = sqrt((one.value - a[0]) ** 2 + (b[1] - other.value) ** 2)
    up = sqrt((a[1] - one.value) ** 2 + (other.value - b[0]) ** 2)
    return Difference(gap, gap - down, gap + up, float(2 * norm.sf(abs(gap) / spread)))


def _by_errors(one: Rate, other: Rate) -> Difference | None:
    spread = sqrt((one.error or 0.0) ** 2 + (other.error or 0.0) ** 2)
    if spread <= 0 or one.value is None or other.value is None:
        return None
    gap = one.value - other.value
    p = float(2 * norm.sf(abs(gap) / spread))
    return Difference(gap, gap - Z95 * spread, gap + Z95 * spread, p)


def _ends(rate: Rate) -> tuple[float, float]:
    return (rate.low or 0.0), (1.0 if rate.high is None else rate.high)
