"""What lies below the line: recall of a trial, from random visits (`alerts.recall`).

The random visits of the months are weighted by how they were drawn. A family that one of them
found in need was found by the trial when the trial would have alerted it in time, and missed
otherwise.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from alerts.laboratory.links import outcomes
from alerts.laboratory.material import Material
from alerts.laboratory.months import Floats
from alerts.laboratory.record import SOURCES, numbers
from alerts.laboratory.replay import Raised, Replayed
from alerts.recall import classed, control_group, drawn_kind, lanes_of, needs_ending
from alerts.sampling import Estimate, Evidence, estimate
from alerts.sampling_material import Material as Sampled
from models.scorecard.fitting import FOLLOW_DAYS

_NAMES = pd.Index([source.value for source in SOURCES])


@dataclass(frozen=True)
class Below:
    """The random visits of a material, prepared once for many trials; households
    are numbers. `control` is (false
    findings, visits) of well-off families, None where they are too few."""

    sampled: Sampled
    control: tuple[int, int] | None
    rates: Any


@dataclass(frozen=True)
class Recall:
    """Families found and missed by a trial in its months, with 95 % intervals.

    `n_visits`: random visits behind it, `n_finds` of them found a need.
    """

    recall: Estimate
    found: Estimate
    missed: Estimate
    n_visits: int
    n_finds: int


def below(material: Material) -> Below | None:
    """The random visits of the months; None where there were none."""
    sampled = material.record.sampled
    if sampled is None:
        return None
    false, control = control_group(sampled.delivered, sampled.random)
    rates, _ = needs_ending(sampled, known=false is not None)
    # Numbers are matched faster than names; a family of other months keeps a number of its own.
    number = numbers(pd.Index(material.households), sampled.random["household"])
    number = np.where(number < 0, -1 - np.arange(len(number)), number)
    sampled = replace(sampled, random=sampled.random.assign(household=number))
    return Below(sampled, None if false is None else (false, control), rates)


def recall(
    replayed: Replayed,
    known: Below,
    months: Collection[int] | None = None,
    alerts: pd.DataFrame | None = None,
) -> Recall | None:
    """Recall of a trial over some months (places; default: all); None without a random visit.

    `alerts`: the trial's alerts as `as_alerts` gives them, where that was done before.
    """
    material = replayed.material
    wanted = sorted(range(len(material.months)) if months is None else months)
    texts = [f"{material.months[m].as_of:%Y-%m}" for m in wanted]
    random = known.sampled.random
    random = random[random["month"].isin(texts)].reset_index(drop=True)
    if random.empty:
        return None
    if alerts is None:
        found = outcomes(material, replayed.raised, FOLLOW_DAYS)
        alerts = as_alerts(material, replayed.raised, found)
    random = classed(random, alerts)
    corrected = known.control is not None
    counted = random["found"] & ~(random["well_off"] & corrected)
    inside = alerts[np.isin(replayed.raised.month, wanted)]
    result = estimate(
        Evidence(
            known.sampled.households,
            len(wanted),
            lanes_of(inside),
            drawn_kind(random, counted, "missed", corrected),
            drawn_kind(random, counted, "later", corrected),
            known.control,
            known.rates,
        )
    )
    finds = int(random["found"].sum())
    return Recall(result.recall, result.found, result.missed, len(random), finds)


def as_alerts(material: Material, raised: Raised, found: Floats) -> pd.DataFrame:
    """The alerts of a trial in the form in which recall reads alerts; households as numbers.

    `found`: what a visit found at each, NaN where nobody went.
    """
    ends = np.array([month.as_of for month in material.months], "datetime64[s]")
    return pd.DataFrame(
        {
            "household": raised.household,
            "raised_on": ends[raised.month],
            "source": pd.Categorical.from_codes(raised.source, _NAMES),
            "verified": ~np.isnan(found),
            "needy": found == 1,
        }
    )
