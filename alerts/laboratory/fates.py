"""What becomes of an alert that was never raised: how long its case lasts, how it ends.

A counterfactual alert has no outcome on record. Where the record holds an alert of the same
household and month, that alert's end is taken. Otherwise the end is drawn from the record: found
or not with the probability that the finding curve gives, then a case of that kind among the
recorded ones tells how many months it stays open and how long the cool-down lasts. The draw
depends on household and month only, so two trials that raise the same alert see the same end, and
their difference is no chance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alerts.laboratory.months import Bools, Floats, Ints
from alerts.laboratory.record import OUTCOMES, STILL_OPEN, Alerts
from alerts.policy import Policy
from alerts.states import Outcome

# Share of alerts whose visit settles what is true, before the record can tell.
REACHED = 0.95
# Cases that stand in for a kind of end of which the record holds none: (months open, outcome).
_DEFAULT = {
    "found": (3, Outcome.CONFIRMED.value),
    "nothing": (1, Outcome.FALSE_ALARM.value),
    "unreached": (3, ""),
}
# Younger alerts may still be waiting for their visit.
RIPE_MONTHS = 3


@dataclass(frozen=True)
class Ends:
    """Ends of cases, one row each: months open, place in OUTCOMES."""

    months: Ints
    outcome: Ints


@dataclass(frozen=True)
class Fates:
    """Recorded ends by kind; `reached`: visits settled, of `raised` alerts old enough."""

    found: Ends
    nothing: Ends
    unreached: Ends
    reached: int
    raised: int

    @property
    def reach(self) -> float:
        """Probability that an alert's visit settles what is true."""
        return self.reached / self.raised if self.raised else REACHED


def fates(alerts: Alerts, now: int) -> Fates:
    """The ends of alerts on record; `now` is the newest month, as counted there."""
    ripe = alerts.month <= now - RIPE_MONTHS
    closed = alerts.closed < STILL_OPEN
    return Fates(
        _ends(alerts, closed & alerts.found, "found"),
        _ends(alerts, closed & alerts.verified & ~alerts.found, "nothing"),
        _ends(alerts, closed & ~alerts.verified, "unreached"),
        int((alerts.verified & ripe).sum()),
        int(ripe.sum()),
    )


def _ends(alerts: Alerts, mask: Bools, kind: str) -> Ends:
    if not mask.any():
        months, outcome = _DEFAULT[kind]
        return Ends(np.array([months], np.int16), np.array([OUTCOMES.index(outcome)], np.int16))
    return Ends(np.maximum(1, alerts.closed - alerts.month)[mask], alerts.outcome[mask])


def cool_downs(policy: Policy) -> Ints:
    """Months of cool-down by place in OUTCOMES."""
    return np.array([policy.cool_down(outcome or None) for outcome in OUTCOMES], np.int16)


def drawn(household: Ints, month: int, turn: int) -> Floats:
    """A number in [0, 1) per household that looks random and depends on nothing else.

    The finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
    """
    salt = np.uint64((month * 8 + turn + 1) * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF)
    z = household.astype(np.uint64) * np.uint64(0xD1B54A32D192ED03) + salt
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    found: Floats = ((z ^ (z >> np.uint64(31))) >> np.uint64(11)).astype(np.float64) / 2.0**53
    return found


def ended(fates: Fates, household: Ints, month: int, chance: Floats) -> tuple[Ints, Ints, Bools]:
    """Drawn ends of alerts of one month: months open, place in OUTCOMES, need found."""
    unreached = drawn(household, month, 0) >= fates.reach
    found = ~unreached & (drawn(household, month, 1) < chance)
    turn = drawn(household, month, 2)
    months, outcome = np.empty(len(household), np.int16), np.empty(len(household), np.int16)
    kinds = ((unreached, fates.unreached), (found, fates.found))
    for mask, ends in (*kinds, (~unreached & ~found, fates.nothing)):
        place = (turn[mask] * len(ends.months)).astype(int)
        months[mask], outcome[mask] = ends.months[place], ends.outcome[place]
    return months, outcome, found
