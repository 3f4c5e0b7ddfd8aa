"""Cut-offs proposed: for a capacity, for a recall floor, for a steady load, for the best payoff.

A cut-off is sought on the months for choosing and shown on those for reporting too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from alerts.errors import AlertsError
from alerts.laboratory.below import recall
from alerts.laboratory.curves import Asked, Point, at_cut_off, scores_at, with_cut_off
from alerts.laboratory.estimates import ASKED, Evidence
from alerts.laboratory.material import Material
from alerts.laboratory.months import Floats
from alerts.laboratory.replay import By, Replayed
from alerts.policy import Policy
from alerts.sampling import Estimate
from models.scorecard import RuleSet

STEPS = 10
LOOSEST, STRICTEST = 0.02, 0.98
FLOOR = 0.6


@dataclass(frozen=True)
class Fitted:
    """A proposed cut-off and the policy with it; `wanted` visits a month (or recall) were asked.

    `choosing` and `reporting`: what the cut-off gives on these months, in the same unit, with a
    95 % interval for recall. `visits`: visits a month on the months for reporting. `reached`:
    whether any cut-off gives what was asked.
    """

    cut_off: float
    policy: Policy
    wanted: float
    choosing: Estimate
    reporting: Estimate | None
    visits: float
    reached: bool


@dataclass(frozen=True)
class Steady:
    """The share of households that a capacity can visit, and the cut-off at it, month by month.

    A cut-off by percentile gives the same load each month; `cut_offs` says how far the figure
    behind it wanders, `median` is the one to keep.
    """

    percentile: float
    places: int
    cut_offs: tuple[float, ...]
    median: float


@dataclass(frozen=True)
class Payoff:
    """What visits cost and what found families are worth, in yuan; `per_found` None without any."""

    cost: float
    worth: float
    balance: float
    per_found: float | None


def fit_to_capacity(
    material: Material,
    rules: RuleSet,
    policy: Policy,
    evidence: Evidence,
    *,
    by: By = "both",
    asked: Asked = "existing",
) -> Fitted:
    """The loosest cut-off whose visits fit the capacity on average, open cases and cool-downs
    counted."""
    size = round(material.size / len(material.months))
    wanted = policy.slots(size)[asked]

    def load(replayed: Replayed, months: Sequence[int]) -> float:
        kept = replayed.raised.question == ASKED[asked]
        kept &= np.isin(replayed.raised.month, months)
        return float(kept.sum()) / max(1, len(months))

    def run(cut_off: float) -> Replayed:
        return at_cut_off(
            material, rules, policy, cut_off, by=by, asked=asked, chances=evidence.whole
        )

    def fits(cut_off: float) -> bool:
        return load(run(cut_off), evidence.choosing_months) <= wanted

    # Stricter cut-offs always fit; the loosest of them is sought.
    cut_off = _loosest(fits, material, by)
    replayed = run(cut_off)
    chosen, reported = (
        load(replayed, months) for months in (evidence.choosing_months, evidence.reporting_months)
    )
    return Fitted(
        cut_off,
        with_cut_off(policy, cut_off, by, asked),
        wanted,
        Estimate(chosen, chosen, chosen),
        Estimate(reported, reported, reported),
        reported,
        chosen <= wanted,
    )


def fit_to_recall(
    material: Material,
    rules: RuleSet,
    policy: Policy,
    evidence: Evidence,
    floor: float = FLOOR,
    *,
    by: By = "both",
) -> Fitted:
    """The strictest cut-off that finds at least `floor` of the families in need: fewest visits.

    Raises AlertsError where no random visit tells what the alerts miss.
    """
    known = evidence.below
    if known is None:
        raise AlertsError(
            "没有随机走访，无法按发现率定线；请先安排抽查",
            "no random visit tells what alerts miss; plan an audit sample before fitting to recall",
        )

    def run(cut_off: float) -> Replayed:
        return at_cut_off(
            material, rules, policy, cut_off, by=by, asked="existing", chances=evidence.whole
        )

    def told(replayed: Replayed, months: Sequence[int]) -> Estimate | None:
        found = recall(replayed, known, months)
        return None if found is None else found.recall

    def misses(cut_off: float) -> bool:
        found = told(run(cut_off), evidence.choosing_months)
        return found is None or found.value < floor

    # Stricter cut-offs miss more: the strictest that does not is just below the loosest that does.
    cut_off = _loosest(misses, material, by, below=True)
    replayed = run(cut_off)
    chosen = told(replayed, evidence.choosing_months)
    months = evidence.reporting_months
    inside = np.isin(replayed.raised.month, months)
    return Fitted(
        cut_off,
        with_cut_off(policy, cut_off, by, "existing"),
        floor,
        chosen or Estimate(0.0, 0.0, 1.0),
        told(replayed, months),
        float(inside.sum()) / max(1, len(months)),
        chosen is not None and chosen.value >= floor,
    )


def _loosest(
    holds: Callable[[float], bool], material: Material, by: By, below: bool = False
) -> float:
    """The loosest cut-off at which a thing holds that stricter ones keep, by halving.

    With `below` the strictest at which it does not.
    """
    low, high = LOOSEST, STRICTEST
    if by == "rules":
        low, high = scores_at(material, (0.5, 1e-6))[0], scores_at(material, (1e-9,))[0] + 1
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return round(low if below else high, 4)


def steady(material: Material, policy: Policy, *, asked: Asked = "existing") -> Steady:
    """The cut-off by percentile that fills the capacity each month, whoever waits."""
    size = round(material.size / len(material.months))
    places = policy.slots(size)[asked]
    cut_offs = []
    for month in material.months:
        values: Floats = np.nan_to_num(getattr(month, asked)[~month.in_process])
        at = min(places, len(values)) - 1
        cut_offs.append(round(float(np.partition(-values, at)[at]) * -1, 4) if at >= 0 else 0.0)
    return Steady(1 - places / max(1, size), places, tuple(cut_offs), float(np.median(cut_offs)))


def payoff(visits: float, finds: float, cost_of_visit: float, worth_of_find: float) -> Payoff:
    """Cost and worth of some visits, in yuan."""
    cost, worth = visits * cost_of_visit, finds * worth_of_find
    return Payoff(cost, worth, worth - cost, cost / finds if finds > 0 else None)


def best_payoff(points: Sequence[Point], cost_of_visit: float, worth_of_find: float) -> Point:
    """The point of a curve with the largest balance; of equals the one with fewest visits."""
    return max(
        points,
        key=lambda p: (payoff(p.visits, p.finds, cost_of_visit, worth_of_find).balance, -p.visits),
    )
