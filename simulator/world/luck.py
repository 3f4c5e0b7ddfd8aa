"""Luck that belongs to a household or a person and a month, not to a place in a queue.

Every draw is a hash of the world's seed, the month, the subject, the number of the draw within the
subject, and the key of who draws. What happens to one family, help included, therefore never moves
another family's dice: two lives of one county differ only where something reached them.

The hash is the finaliser of splitmix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom
number generators"), which gives 53 good bits; other distributions follow by inversion.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from scipy.special import gammaincinv, ndtri, pdtr

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15
_FIRST, _SECOND = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
_MANY = 200  # no Poisson draw of this world comes near


def _mix(value: int) -> int:
    """splitmix64's finaliser of one whole number."""
    value &= _MASK
    value = ((value ^ (value >> 30)) * _FIRST) & _MASK
    value = ((value ^ (value >> 27)) * _SECOND) & _MASK
    return value ^ (value >> 31)


def _mix_all(values: np.ndarray) -> np.ndarray:
    """The same for an array of unsigned 64-bit numbers, changed in place."""
    values ^= values >> np.uint64(30)
    values *= np.uint64(_FIRST)
    values ^= values >> np.uint64(27)
    values *= np.uint64(_SECOND)
    values ^= values >> np.uint64(31)
    return values


class Luck:
    """Draws of one subject in one month. Each call is another draw; `keys` say who draws.

    `keys` are whole numbers (any shape); results have their shape. Parameters may be numbers or
    arrays that broadcast against `keys`. The same seed, month, subject, call and key give the
    same value, whoever else draws.
    """

    def __init__(self, seed: int, month: int, subject: str) -> None:
        state = _mix(seed + _GOLDEN)
        state = _mix(state ^ _mix(month * _GOLDEN))
        self._base = _mix(state ^ _mix(zlib.crc32(subject.encode()) + _GOLDEN))
        self._draws = 0

    def random(self, keys: np.ndarray) -> np.ndarray:
        """Uniform in the open interval from 0 to 1."""
        self._draws += 1
        base = np.uint64(_mix(self._base + self._draws * _GOLDEN))
        x = np.asarray(keys).astype(np.uint64) * np.uint64(_GOLDEN)
        x += base
        _mix_all(x)
        return ((x >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53

    def uniform(
        self, keys: np.ndarray, low: float | np.ndarray, high: float | np.ndarray
    ) -> np.ndarray:
        """Uniform between `low` and `high`."""
        return low + (high - low) * self.random(keys)

    def integers(
        self, keys: np.ndarray, low: int | np.ndarray, high: int | np.ndarray
    ) -> np.ndarray:
        """Whole numbers from `low` to `high` - 1."""
        return (low + np.floor(self.random(keys) * (np.asarray(high) - low))).astype(np.int64)

    def normal(
        self, keys: np.ndarray, mean: float | np.ndarray = 0.0, spread: float | np.ndarray = 1.0
    ) -> np.ndarray:
        """Normal with this mean and standard deviation."""
        return mean + spread * ndtri(self.random(keys))

    def lognormal(
        self, keys: np.ndarray, mean: float | np.ndarray, spread: float | np.ndarray
    ) -> np.ndarray:
        """Exponential of a normal draw; `mean` and `spread` are of the logarithm."""
        return np.exp(self.normal(keys, mean, spread))

    def choice(
        self, keys: np.ndarray, options: Sequence[int], p: Sequence[float] | None = None
    ) -> np.ndarray:
        """One of `options`, with shares `p` (equal shares when left out)."""
        shares = np.full(len(options), 1 / len(options)) if p is None else np.asarray(p, float)
        bounds = np.cumsum(shares / shares.sum())[:-1]
        return np.asarray(options)[np.searchsorted(bounds, self.random(keys), side="right")]

    def poisson(self, keys: np.ndarray, mean: np.ndarray) -> np.ndarray:
        """Counts with this mean; `mean` takes few different values, all well below 200."""
        dice, mean = self.random(keys), np.broadcast_to(mean, np.shape(keys))
        counts = np.zeros(np.shape(keys), np.int64)
        for value in np.unique(mean):
            here = mean == value
            counts[here] = np.searchsorted(pdtr(np.arange(_MANY), value), dice[here])
        return counts

    def geometric(self, keys: np.ndarray, p: float | np.ndarray) -> np.ndarray:
        """Number of trials up to the first success, from 1."""
        trials = np.ceil(np.log1p(-self.random(keys)) / np.log1p(-np.asarray(p)))
        return np.maximum(trials, 1).astype(np.int64)

    def gamma(self, keys: np.ndarray, shape: float, scale: float | np.ndarray) -> np.ndarray:
        """Gamma with this shape and scale."""
        return scale * gammaincinv(shape, self.random(keys))
