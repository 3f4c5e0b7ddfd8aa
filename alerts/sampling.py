"""What a small random sample of visits says about a whole county: shares, recall, intervals.

Pure statistics: no file, no database. A find of a random visit is either a family in unmet need or
a false finding. False findings matter more than one would think: where one family in forty is in
need and one visit in twenty-five finds a need that is not there, most finds of a random visit are
false. Their rate is measured on a control group (families whom the same visit measured as well
off) and taken out.

Recall is counted in households over a period. Found: families whose alert's own visit found a need
(each counted once, those never reached estimated from the visited of the same source), and alerted
families whom a random visit found in need later. Missed: families whom a random visit found in
need without an alert, weighted by how they were drawn. A random visit sees the need of a day; a
family that is in need for one month of the period is seen less easily than one that is in need all
year, so the stock of a day is turned into families of the period by the rate at which needs end.

Intervals are drawn from the distribution of each ingredient (beta with Jeffreys' prior on the
effective sample size, Korn and Graubard, Survey Methodology 1998), so that they also hold when a
handful of families was found, or none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alerts.wilson import wilson

Floats = NDArray[np.float64]

DRAWS = 4000
_SEED = 20261124
# A need lasts between four months and four years on average: what is believed before any family
# was visited twice.
_SLOWEST, _FASTEST = 1 / 48, 1 / 4
_JEFFREYS = 0.5


@dataclass(frozen=True)
class Share:
    """A weighted share, and the number of independent visits that would say as much."""

    share: float
    n_effective: float

    def draws(self, rng: np.random.Generator, size: int = DRAWS) -> Floats:
        """Plausible true shares."""
        hits = self.share * self.n_effective
        return rng.beta(hits + _JEFFREYS, max(0.0, self.n_effective - hits) + _JEFFREYS, size)

    def interval(self) -> tuple[float | None, float | None]:
        """Wilson 95 % interval on the effective sample; nothing where nothing was seen."""
        return wilson(self.share * self.n_effective, self.n_effective)


def weighted_share(
    hits: Sequence[bool] | Floats,
    weights: Sequence[float] | Floats,
    clusters: Sequence[str] | None = None,
) -> Share:
    """Hájek share of `hits` under `weights`; several visits to one household are one cluster.

    The effective size follows from the linearised variance between clusters. Where all or none
    are hits that variance is nought and Kish's size, (Σw)² / Σw², stands in.
    """
    y, w = np.asarray(hits, dtype=float), np.asarray(weights, dtype=float)
    total = w.sum()
    if total <= 0:
        return Share(0.0, 0.0)
    names = np.arange(len(y)) if clusters is None else np.unique(clusters, return_inverse=True)[1]
    share = float((w * y).sum() / total)
    sizes = np.bincount(names, weights=w)
    kish = float(total**2 / (sizes**2).sum())
    spread = np.bincount(names, weights=w * (y - share))
    variance = float((spread**2).sum()) / total**2
    if not 0 < share < 1 or variance <= 0:
        return Share(share, kish)
    return Share(share, min(float(len(sizes)), share * (1 - share) / variance))


@dataclass(frozen=True)
class Lane:
    """Alerted households of one source: visited with a result, found in need, not reached yet."""

    source: str
    verified: int
    found: int
    unverified: int


@dataclass(frozen=True)
class Drawn:
    """One kind of families among the random visits.

    `finds`: share of all visits that found a need at such a family. `exposed`: share of all visits
    that went to such a family and could have been a false finding.
    """

    finds: Share
    exposed: float


@dataclass(frozen=True)
class Evidence:
    """All that the estimate of recall is made from; `control` is (false findings, visits) or None.

    `households`: mean number of households in the county. `exit_rates`: plausible monthly rates at
    which needs end (see `exit_rates`). `months`: length of the period.
    """

    households: float
    months: int
    lanes: tuple[Lane, ...]
    missed: Drawn
    later: Drawn
    control: tuple[int, int] | None
    exit_rates: Floats


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Recalled:
    """Families found and missed in the period, and their share; `draws` are plausible recalls."""

    recall: Estimate
    found: Estimate
    missed: Estimate
    in_need_a_day: Estimate
    draws: Floats = field(compare=False, repr=False)


def estimate(evidence: Evidence, seed: int = _SEED) -> Recalled:
    """Recall of the period with its interval; the same evidence gives the same figures."""
    rng = np.random.default_rng(seed)
    hits, n = evidence.control or (0, 0)
    none = evidence.control is None
    false = np.zeros(DRAWS) if none else Share(hits / n, n).draws(rng)
    value = np.array([0.0 if none else hits / n])
    stay = families_per_day_in_need(evidence.exit_rates, evidence.months)
    turn = rng.choice(stay, DRAWS)
    middle = np.array([float(np.mean(stay))])
    found = np.zeros(DRAWS)
    best = np.zeros(1)
    for lane in evidence.lanes:
        rate = Share(lane.found / max(1, lane.verified), lane.verified)
        found += _of_lane(lane, rate.draws(rng), false)
        # Of a source nobody visited yet nothing is known: half, with all the doubt of it.
        centre = np.array([rate.share if lane.verified else 0.5])
        best += _of_lane(lane, centre, value)
    later, later_best = _stock(evidence, evidence.later, rng, false, value)
    missed, missed_best = _stock(evidence, evidence.missed, rng, false, value)
    # No more alerted families can turn needy than were visited and found without need.
    quiet = sum(lane.verified - lane.found for lane in evidence.lanes)
    found_all = found + np.minimum(quiet, turn * later)
    found_best = best + np.minimum(quiet, middle * later_best)
    missed_all, all_best = turn * missed, middle * missed_best
    whole = found_best + all_best
    shares = found_all / (found_all + missed_all + 1e-9)
    return Recalled(
        _summary(found_best / np.maximum(whole, 1e-9), shares),
        _summary(found_best, found_all),
        _summary(all_best, missed_all),
        _summary(missed_best, missed),
        shares,
    )


def _of_lane(lane: Lane, rate: Floats, false: Floats) -> Floats:
    """Families in need among the alerted of a source, false findings taken out."""
    visited = without_false(lane.found / max(1, lane.verified), 1.0, false) * lane.verified
    return visited + without_false(rate, 1.0, false) * lane.unverified


def without_false(finds: float | Floats, exposed: float, false: Floats) -> Floats:
    """Share in need behind a share of finds (Rogan and Gladen, 1978), never below nought.

    Needs that visits overlook are not added: they are missing alike among the found and the missed.
    """
    kept: Floats = np.maximum(0.0, (finds - false * exposed) / (1 - false))
    return kept


def _stock(
    evidence: Evidence, drawn: Drawn, rng: np.random.Generator, false: Floats, value: Floats
) -> tuple[Floats, Floats]:
    """Families in need on a day: draws, and the best figure."""
    draws = without_false(drawn.finds.draws(rng), drawn.exposed, false)
    best = without_false(drawn.finds.share, drawn.exposed, value)
    return evidence.households * draws, evidence.households * best


def _summary(best: Floats, draws: Floats) -> Estimate:
    low, high = np.quantile(draws, [0.025, 0.975])
    value = float(best[0])
    return Estimate(value, min(value, float(low)), max(value, float(high)))


def families_per_day_in_need(rates: Floats, months: int) -> Floats:
    """Families in need at some time of the period ÷ families in need on one of its days.

    In a steady state as many needs begin as end: the stock of the first month, and in each further
    month the share that is new. Families that fall in and out again are counted as new each time,
    short needs that no second visit can catch are not: the two go against each other.
    """
    grown: Floats = 1 + (months - 1) * (1 - np.exp(-np.asarray(rates, dtype=float)))
    return grown


def exit_rates(
    gaps: Sequence[float] | Floats,
    again: Sequence[bool] | NDArray[np.bool_],
    seed: int = _SEED,
    size: int = DRAWS,
) -> Floats:
    """Plausible monthly rates at which needs end, from families visited twice.

    `gaps`: months between a visit that found a need and the next one; `again`: whether that one
    found it too. The chance to find it again is a·exp(-rate·gap); `a` < 1 stands for first finds
    that were false. Without a family visited twice: the span believed beforehand, evenly by order
    of magnitude.
    """
    rates = np.geomspace(_SLOWEST, _FASTEST, 80)
    starts = np.linspace(0.2, 0.99, 60)
    gap, seen = np.asarray(gaps, dtype=float), np.asarray(again, dtype=bool)
    fit = np.zeros((len(rates), len(starts)))
    for row, rate in enumerate(rates):
        chance = starts[:, None] * np.exp(-rate * gap)[None, :]
        fit[row] = np.log(np.where(seen[None, :], chance, 1 - chance)).sum(axis=1)
    odds = np.exp(fit - fit.max()).sum(axis=1)
    rng = np.random.default_rng(seed)
    drawn: Any = rng.choice(rates, size, p=odds / odds.sum())
    result: Floats = drawn
    return result
