"""How many audit visits a year make the interval of recall as narrow as wanted.

Only what visits can narrow is counted: the doubt about how many families were missed. Where finds
are rare almost every visit ends with nothing, so drawing by score pays: strata in which finds are
likelier get more of the visits (Neyman 1934: number of households × spread of a visit's result).
A second visit by another worker to each family found in need pays as well, since what two visits
find is seldom false.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, exp, log, sqrt

from alerts.wilson import Z95

WIDTHS = (0.4, 0.3, 0.28, 0.2, 0.1)
VISITS = (300, 600, 1200, 1800, 2400, 3600)
_NARROWEST, _STEPS = 1e-6, 200


@dataclass(frozen=True)
class Stratum:
    """Households with a stored risk `above`..`up_to` (None: no risk stored).

    `missed`: share in unmet need without an alert. `exposed`: share at which a visit could find a
    need that is not there. `share`: part of the visits it gets when they are drawn by score.
    """

    above: float | None
    up_to: float | None
    households: float
    missed: float
    exposed: float
    share: float = 0.0


@dataclass(frozen=True)
class Wanted:
    """Visits with a result a year for one width of the interval, by way of drawing."""

    width: float
    simple: int
    by_score: int
    by_score_checked_twice: int


@dataclass(frozen=True)
class Reached:
    """Width of the interval that a number of visits a year gives, by way of drawing."""

    visits: int
    simple: float
    by_score: float
    by_score_checked_twice: float


@dataclass(frozen=True)
class Plan:
    """Widths and visits for the county at hand, about its present recall."""

    recall: float
    width_today: float
    visits_today: int
    strata: tuple[Stratum, ...]
    wanted: tuple[Wanted, ...]
    reached: tuple[Reached, ...]


def spread_simple(strata: Sequence[Stratum], false: float) -> float:
    """Variance of the estimated number of missed families from one visit drawn at random."""
    whole = sum(s.households for s in strata)
    finds = sum(s.households * _finds(s, false) for s in strata) / whole
    return whole**2 * finds * (1 - finds) / (1 - false) ** 2


def spread_by_score(strata: Sequence[Stratum], false: float) -> float:
    """The same per visit where the strata share the visits as Neyman would."""
    return sum(s.households * _deviation(s, false) for s in strata) ** 2 / (1 - false) ** 2


def neyman(strata: Sequence[Stratum], false: float) -> list[float]:
    """Share of the visits for each stratum; they add up to one."""
    sizes = [s.households * _deviation(s, false) for s in strata]
    return [size / sum(sizes) for size in sizes]


def width_of(visits: float, recall: float, missed: float, spread: float) -> float:
    """Width of the 95 % interval of recall from `visits` a year.

    `missed`: families in need on a day without an alert; `spread`: see `spread_simple`. The
    interval is taken on the log odds of recall, where it is even, so it stays within 0..1.
    """
    return _width(sqrt(spread / visits) / missed, recall)


def visits_for_width(width: float, recall: float, missed: float, spread: float) -> int:
    """Visits with a result a year that make the interval no wider than `width`.

    Raises ValueError unless 0 < width < 1, 0 < recall < 1 and missed > 0.
    """
    if not 0 < width < 1 or not 0 < recall < 1 or missed <= 0:
        raise ValueError("width and recall lie between 0 and 1, and some families must be missed")
    low, high = _NARROWEST, 100.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if _width(middle, recall) > width else (middle, high)
    return ceil(spread / (missed * low) ** 2)


def planned(
    strata: Sequence[Stratum],
    recall: float,
    false: float,
    width_today: float,
    visits_today: int,
    widths: Sequence[float] = WIDTHS,
) -> Plan | None:
    """The table of widths and visits; None where recall is nought or one, or nobody is missed."""
    missed = sum(s.households * s.missed for s in strata)
    if not 0 < recall < 1 or missed <= 0:
        return None
    # Two visits agree on a need that is not there as seldom as the square of one.
    spreads = (
        spread_simple(strata, false),
        spread_by_score(strata, false),
        spread_by_score(strata, false**2),
    )
    shares = neyman(strata, false)
    filled = tuple(
        Stratum(s.above, s.up_to, s.households, s.missed, s.exposed, share)
        for s, share in zip(strata, shares, strict=True)
    )
    wanted = (Wanted(w, *(visits_for_width(w, recall, missed, v) for v in spreads)) for w in widths)
    reached = (Reached(n, *(width_of(n, recall, missed, v) for v in spreads)) for n in VISITS)
    return Plan(recall, width_today, visits_today, filled, tuple(wanted), tuple(reached))


def _finds(stratum: Stratum, false: float) -> float:
    return min(1.0, stratum.missed + false * stratum.exposed)


def _deviation(stratum: Stratum, false: float) -> float:
    finds = _finds(stratum, false)
    return sqrt(finds * (1 - finds))


def _width(deviation: float, recall: float) -> float:
    odds, reach = log(recall / (1 - recall)), Z95 * deviation
    return _expit(odds + reach) - _expit(odds - reach)


def _expit(value: float) -> float:
    return 1 / (1 + exp(-value)) if value > -700 else 0.0
