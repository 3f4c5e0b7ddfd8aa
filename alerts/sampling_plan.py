"""How many audit visits a year make the interval of recall as narrow as wanted.

Audit visits narrow the doubt about how many families were missed; what remains of today's interval
(false findings, how long needs last, families not reached) stays as it is. Where finds are rare
almost every visit ends with nothing, so drawing by score pays: strata in which finds are likelier
get more of the visits (Neyman 1934: number of households × spread of a visit's result). A second
visit by another worker to each family found in need pays as well, since what two visits find is
seldom false.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil, exp, log, sqrt

from alerts.sampling import Estimate
from alerts.wilson import Z95

WIDTHS = (0.4, 0.3, 0.28, 0.2, 0.1)
VISITS = (300, 600, 1200, 1800, 2400, 3600)
_WIDEST, _STEPS = 100.0, 200


@dataclass(frozen=True)
class Stratum:
    """Households with a score `above`..`up_to` (None: no score stored), `by` risk or rule_score.

    `missed`: share in unmet need without an alert. `exposed`: share at which a visit could find a
    need that is not there. `share`: part of the visits it gets when they are drawn by score.
    """

    by: str
    above: float | None
    up_to: float | None
    households: float
    missed: float
    exposed: float
    share: float = 0.0


@dataclass(frozen=True)
class Wanted:
    """Visits with a result a year for one width, by way of drawing; null: no number is enough."""

    width: float
    simple: int | None
    by_score: int | None
    by_score_checked_twice: int | None


@dataclass(frozen=True)
class Reached:
    """Width of the interval that a number of visits a year gives, by way of drawing."""

    visits: int
    simple: float
    by_score: float
    by_score_checked_twice: float


@dataclass(frozen=True)
class Plan:
    """Widths and visits for the county at hand, about its present recall.

    `narrowest`: the width that would remain with any number of audit visits.
    """

    recall: float
    width_today: float
    visits_today: int
    narrowest: float
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


def width_of(visits: float, recall: float, missed: float, spread: float, other: float = 0) -> float:
    """Width of the 95 % interval of recall from `visits` a year.

    `missed`: families in need on a day without an alert; `spread`: see `spread_simple`; `other`:
    standard deviation of the log odds of recall that audit visits do not narrow. The interval is
    taken on the log odds, where it is even, so it stays within 0..1.
    """
    return _width(sqrt(spread / visits / missed**2 + other**2), recall)


def visits_for_width(
    width: float, recall: float, missed: float, spread: float, other: float = 0
) -> int | None:
    """Visits with a result a year that make the interval no wider than `width`.

    None where `other` alone is wider than that. Raises ValueError unless 0 < width < 1,
    0 < recall < 1 and missed > 0.
    """
    if not 0 < width < 1 or not 0 < recall < 1 or missed <= 0:
        raise ValueError("width and recall lie between 0 and 1, and some families must be missed")
    if _width(other, recall) >= width:
        return None
    low, high = other, _WIDEST
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if _width(middle, recall) > width else (middle, high)
    return ceil(spread / missed**2 / (low**2 - other**2))


def unexplained(
    low: float, high: float, recall: float, missed: float, spread: float, visits: int
) -> float:
    """The `other` of `width_of`: what of today's interval the number of visits does not explain.

    It holds the doubt about false findings, how long needs last, and families not reached.
    """
    edge = 1e-6
    odds = [log(p / (1 - p)) for p in (max(edge, low), min(1 - edge, high))]
    today = (odds[1] - odds[0]) / (2 * Z95)
    return sqrt(max(0.0, today**2 - spread / visits / missed**2))


def planned(
    strata: Sequence[Stratum],
    recall: Estimate,
    missed: Estimate,
    false: float,
    visits_today: int,
    widths: Sequence[float] = WIDTHS,
) -> Plan | None:
    """The table of widths and visits; None where there is nothing to find, or no stratum.

    `missed`: families in need on a day without an alert, to which the strata are scaled. Where the
    best guess is nobody (or everybody), the middle of the interval is planned for instead.
    """
    middle, stock = _between(recall), missed.value or missed.high / 2
    total = sum(s.households * s.missed for s in strata)
    if not 0 < middle < 1 or stock <= 0 or total <= 0:
        return None
    scaled = [replace(s, missed=min(1.0, s.missed * stock / total)) for s in strata]
    # Two visits agree on a need that is not there as seldom as the square of one.
    spreads = (
        spread_simple(scaled, false),
        spread_by_score(scaled, false),
        spread_by_score(scaled, false**2),
    )
    other = unexplained(recall.low, recall.high, middle, stock, spreads[0], visits_today)
    shares = neyman(scaled, false)
    fixed = (middle, stock)
    return Plan(
        middle,
        recall.high - recall.low,
        visits_today,
        _width(other, middle),
        tuple(replace(s, share=share) for s, share in zip(scaled, shares, strict=True)),
        tuple(Wanted(w, *(visits_for_width(w, *fixed, v, other) for v in spreads)) for w in widths),
        tuple(Reached(n, *(width_of(n, *fixed, v, other) for v in spreads)) for n in VISITS),
    )


def _between(recall: Estimate) -> float:
    """The best guess, or the middle of the interval where that is nought or one."""
    return recall.value if 0 < recall.value < 1 else (recall.low + recall.high) / 2


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
