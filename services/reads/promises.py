"""What activations of rules promised, beside what came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from alerts.laboratory.material import Material
from alerts.laboratory.promise import Came, came
from services.reads import rules as store
from services.reads.laboratory import bench

# A promise is judged once so large a part of its alerts has a result.
SETTLED = 0.8


@dataclass(frozen=True)
class Outcome:
    """A promise beside what came of it.

    `months` of the promised ones were run and lie before the next activation; `complete` once all
    of them were. `alerts` raised in them, `settled` of them with a result, `found` a need.
    `inside`: whether the finds lie in the promised interval; None while it is not complete.
    """

    version: int
    actor: str
    since: date
    promised: int
    months: tuple[date, ...]
    low: float
    expected: float
    high: float
    alerts: int
    settled: int
    found: int
    complete: bool
    inside: bool | None


def outcomes(home: str, as_of: date) -> list[Outcome]:
    """What became of every promise, the newest activation first."""
    begun = store.shelf(home).activations
    if not any(one.promise for one in begun):
        return []
    material = bench(home, as_of).material
    found = [
        _outcome(material, one, [later.since for later in begun if later.number > one.number])
        for one in begun
        if one.promise
    ]
    return found[::-1]


def _outcome(material: Material, one: store.Activation, later: Sequence[date]) -> Outcome:
    told = one.promise or {}
    promised, until = int(told["months"]), min(later, default=date.max)
    places = [
        place for place, month in enumerate(material.months) if one.since <= month.as_of < until
    ][:promised]
    what = came(material, places[0], places[-1] + 1) if places else Came(0, 0, 0)
    complete = len(places) == promised and what.settled >= SETTLED * what.alerts
    low, high = float(told["low"]), float(told["high"])
    return Outcome(
        one.version,
        one.actor,
        one.since,
        promised,
        tuple(material.months[place].as_of for place in places),
        low,
        float(told["expected"]),
        high,
        what.alerts,
        what.settled,
        what.found,
        complete,
        low <= what.found <= high if complete else None,
    )
