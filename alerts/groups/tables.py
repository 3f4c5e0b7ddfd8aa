"""Alerts, random visits and households of twelve months, each with the groups of its rows.

A household belongs to the groups that its profile told before the alert or the visit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from alerts.coming import recorded_needs, ripe
from alerts.errors import AlertsError
from alerts.facts import alert_facts
from alerts.recall import classed, control_group, needs_ending
from alerts.sampling_material import AUDIT, Material, gathered
from alerts.states import Question
from core.home import Home, add_months, month_end
from models.risk.groups.members import CROSS, Cell, joined, read_members
from models.risk.rows import Question as Asked


@dataclass(frozen=True)
class Tables:
    """What a ruler of alerts is laid on.

    `alerts`: those that ask the question (household, raised_on, concluded, confirmed). `named`:
    every alert of the period, whatever it asks (household, source, verified, needy), as recall
    counts them. `random`: see `alerts.sampling_material.Material`, with `kind`, `counted`, `risk`
    (stored the month before) and `place` (number of the household); both empty where nobody was
    drawn. `homes`: every household of the month before the period, whether it was `alerted`.
    """

    alerts: pd.DataFrame
    alerts_in: pd.DataFrame
    named: pd.DataFrame
    named_in: pd.DataFrame
    random: pd.DataFrame
    random_in: pd.DataFrame
    homes: pd.DataFrame
    homes_in: pd.DataFrame


@dataclass(frozen=True)
class Sampled:
    """What the recall of any group shares: the county's material, false finds, length of needs."""

    material: Material
    control: tuple[int, int] | None
    rates: Any

    @property
    def false(self) -> float | None:
        """Share of well-off families at whom a visit finds a need; None where not known."""
        return None if self.control is None else self.control[0] / self.control[1]


def sampled_of(
    home: Home, session: Session, since: date, until: date, missing: dict[str, str]
) -> Sampled | None:
    """The random visits of the period as known at its end; None where there were none."""
    try:
        material = gathered(home, session, since, until, until)
    except AlertsError as nothing:
        missing["random_visits"] = nothing.text("en")
        return None
    false, control = control_group(material.delivered, material.random)
    rates, _ = needs_ending(material, known=false is not None)
    return Sampled(material, None if false is None else (false, control), rates)


def facts_of(
    home: Home, session: Session, question: Asked, since: date, until: date
) -> pd.DataFrame:
    """The alerts that ask a question, as known at the end; those of the audit lane left out."""
    facts = alert_facts(session, since, until, until)
    facts = facts[facts["source"] != AUDIT]
    if question == "coming":
        facts = ripe(facts, recorded_needs(session, home, until), until)
    else:
        facts = facts[facts["question"] != Question.COMING.value]
    return facts.reset_index(drop=True)


def tables_of(home: Home, facts: pd.DataFrame, sampled: Sampled | None, since: date) -> Tables:
    """The tables of the alerts `facts`; without `sampled` nothing is told of recall."""
    homes_in = at_the_start(home, since)
    homes = pd.DataFrame({"alerted": homes_in.index.isin(facts["household"])}, homes_in.index)
    named = random = pd.DataFrame({"household": pd.Series(dtype=str)})
    before = pd.Series(dtype=object)
    if sampled is not None:
        named, random = sampled.material.alerts, _random(sampled)
        months = [add_months(month_end(text), -1) for text in random["month"]]
        before = pd.Series(months, random.index, dtype=object)
    return Tables(
        facts,
        joined(home, facts["household"], raised_in(facts)),
        named,
        joined(home, named["household"], raised_in(named)),
        random,
        joined(home, random["household"], before),
        homes,
        homes_in,
    )


def at_the_start(home: Home, since: date) -> pd.DataFrame:
    """Groups of every household of the month before the period.

    At its end an alert would have made its household one that was visited before.
    """
    return read_members(home, add_months(month_end(since), -1))


def raised_in(alerts: pd.DataFrame) -> pd.Series:
    """The month end of the raising of each alert."""
    if "raised_on" not in alerts.columns:
        return pd.Series(dtype=object)
    days = [month_end(pd.Timestamp(day).date()) for day in alerts["raised_on"]]
    return pd.Series(days, alerts.index, dtype=object)


def _random(sampled: Sampled) -> pd.DataFrame:
    """The random visits with `kind` (see `alerts.recall.classed`), `counted` finds and `risk`."""
    material = sampled.material
    random = classed(material.random, material.alerts)
    corrected = sampled.control is not None
    risk = material.risks.loc[material.risks["random"].astype(bool), "risk"].to_numpy(float)
    return random.assign(
        counted=random["found"] & ~(random["well_off"] & corrected),
        risk=risk,
        place=pd.factorize(random["household"])[0],
    )


def rows_of(cell: Cell, members: pd.DataFrame) -> np.ndarray:
    """The rows of a cell in another table."""
    names = zip(cell.dimension.split(CROSS), cell.group.split(CROSS), strict=True)
    mask = np.ones(len(members), bool)
    for dimension, group in names:
        mask &= members[dimension].to_numpy(object) == group
    return mask
