"""Random draws among households that no lane names, with known probabilities.

Two samples: the audit (below every threshold, stratified, so that recall can be known) and the
exploration (never visited or of unknown income, so that the model learns where it knows least).
Both are drawn by systematic sampling: households are ordered by stratum and by a seeded hash, each
is given its probability, and one random start decides. Every household of the pool has a chance
above zero; the same month, seed and pool give the same draw.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

import numpy as np

_LEAST, _MOST = 0.005, 0.5


@dataclass(frozen=True)
class Pool:
    """Households that may be drawn, as columns of equal length, none of them in process.

    `stratum` joins watch group, score part and never or ever visited; `expected` is the expected
    finding (NaN without a model); `unknown` marks the never visited or of unknown income.
    """

    household: np.ndarray = field(default_factory=lambda: np.array([], dtype=object))
    stratum: np.ndarray = field(default_factory=lambda: np.array([], dtype=object))
    expected: np.ndarray = field(default_factory=lambda: np.array([], dtype=float))
    unknown: np.ndarray = field(default_factory=lambda: np.array([], dtype=bool))

    def without(self, households: Collection[str]) -> Pool:
        """The pool less these households."""
        return self.only(np.array([h not in households for h in self.household], dtype=bool))

    def only(self, mask: np.ndarray) -> Pool:
        """The pool's rows under a yes/no mask."""
        columns = (self.household, self.stratum, self.expected, self.unknown)
        return Pool(*(column[mask] for column in columns))


@dataclass(frozen=True)
class Drawn:
    """One household drawn: the part of the county it stands for and its chance to be drawn."""

    household: str
    stratum: str
    inclusion: float


def audit(pool: Pool, size: float, seed: str, as_of: date) -> list[Drawn]:
    """About `size` households (floor or ceiling), more from strata where findings vary more.

    Within a stratum every household has the same chance. By Neyman's rule the chance follows the
    spread sqrt(p (1 - p)) of the findings expected there; without a model all have the same.
    """
    weight = np.ones(len(pool.household))
    for stratum in np.unique(pool.stratum.astype(str)):
        inside = pool.stratum == stratum
        expected = pool.expected[inside]
        if np.isfinite(expected).any():
            p = float(np.clip(np.nanmean(expected), _LEAST, _MOST))
            weight[inside] = np.sqrt(p * (1 - p))
    return _draw(pool, weight, size, f"{seed}/audit", as_of)


def explore(pool: Pool, size: float, seed: str, as_of: date) -> list[Drawn]:
    """About `size` households of the unknown, each with a chance as large as its expected finding.

    Without a model all have the same chance.
    """
    unknown = pool.only(pool.unknown.astype(bool))
    weight = np.where(np.isfinite(unknown.expected), unknown.expected, _LEAST)
    return _draw(unknown, np.maximum(weight, _LEAST), size, f"{seed}/explore", as_of)


def chances(weight: np.ndarray, size: float) -> np.ndarray:
    """Chances proportional to the weights that sum to `size`, none above 1."""
    size = min(float(size), float(len(weight)))
    chance = np.zeros(len(weight))
    sure = np.zeros(len(weight), dtype=bool)
    while True:
        left = size - sure.sum()
        chance = np.where(sure, 1.0, weight * (left / max(weight[~sure].sum(), 1e-12)))
        above = (chance > 1) & ~sure
        if not above.any():
            return chance
        sure |= above


def _draw(pool: Pool, weight: np.ndarray, size: float, seed: str, as_of: date) -> list[Drawn]:
    if size <= 0 or not len(pool.household):
        return []
    salt = f"{seed}/{as_of.isoformat()}"
    marks = [_hash(f"{salt}/{household}") for household in pool.household]
    order = np.lexsort((np.array(marks), pool.stratum.astype(str)))
    chance = chances(weight, size)
    picked = systematic(chance[order], _hash(salt))
    return [
        Drawn(str(pool.household[i]), str(pool.stratum[i]), float(min(1.0, chance[i])))
        for i in order[picked]
    ]


def systematic(chance: np.ndarray, start: float) -> np.ndarray:
    """Places of the rows drawn: those at which the running sum passes start, start + 1, …"""
    # Rounding keeps a sum of exact chances, such as 1, from falling a hair short.
    ends = np.round(np.cumsum(chance), 9)
    return np.flatnonzero(np.floor(ends - start) > np.floor(np.r_[0.0, ends[:-1]] - start))


def _hash(text: str) -> float:
    """A number in [0, 1) that looks random and is always the same for the text."""
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64
