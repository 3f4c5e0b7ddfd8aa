"""The risk cut-off by group: whom the model alone would pick at the lane's visits a month.

The rows are later months scored by the model (see `models.risk.scored`), none of which taught it;
the picks are the highest risks of the lane (at risk, not in process). What later visits found
judges them, each visit weighing the inverse chance of having been made. Visits to alerts went
where a model sent them, so they count for precision only; recall, false alarms and calibration
rest on rounds, surveys and audits.

Some finds are false. Where `false` (the share of well-off families at whom a visit finds a need)
is known, it is taken out of recall on both sides, part and whole (Rogan and Gladen 1978): without
that a group in which need is rare would seem to be missed. Its own uncertainty is left out; it is
measured on hundreds of visits or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from models.risk import compare
from models.risk.groups.members import Cell, cells
from models.risk.groups.naming import Figure, figure
from models.risk.groups.rates import Rate, mean, share

MODEL = "model"


@dataclass(frozen=True)
class Picks:
    """Households and months of the lane, one place each.

    `pick`: share of the row that is picked (ties share the last places). `found` is what a visit
    found (0 where nobody looked), `weight` that visit's inverse chance (0: nobody looked), `free`
    the same without visits to alerts. `risk` is what the model promised.
    """

    household: np.ndarray
    month: np.ndarray
    pick: np.ndarray
    found: np.ndarray
    weight: np.ndarray
    free: np.ndarray
    risk: np.ndarray
    members: pd.DataFrame
    false: float = 0.0

    def __len__(self) -> int:
        return len(self.pick)

    @property
    def months(self) -> int:
        """Number of months."""
        return max(1, len(np.unique(self.month)))

    def of(self, mask: np.ndarray) -> Picks:
        """The rows of a mask, without their groups."""
        names = ("household", "month", "pick", "found", "weight", "free", "risk")
        parts = {name: getattr(self, name)[mask] for name in names}
        return replace(self, members=pd.DataFrame(), **parts)

    @property
    def need(self) -> np.ndarray:
        """What each row adds to the families in need, false finds taken out."""
        return self.free * (self.found - self.false) / (1 - self.false)


def picks(
    rows: pd.DataFrame, members: pd.DataFrame, slots: int, false: float | None, outcome: str
) -> Picks:
    """The lane's rows; `outcome` is 'label' (what visits found) or 'truth' (everybody known).

    `rows` has household, as_of, label, reason, weight, truth and the model's probability; only
    rows of the lane. `members` holds the groups of the same rows.
    """
    month = pd.factorize(rows["as_of"], sort=True)[0]
    risk = rows[MODEL].to_numpy(float)
    known = rows[outcome].notna().to_numpy()
    weight = rows["weight"].to_numpy(float) if outcome == "label" else np.ones(len(rows))
    weight = np.where(known, weight, 0.0)
    sent = (rows["reason"] == "alert").to_numpy() & (outcome == "label")
    return Picks(
        pd.factorize(rows["household"])[0],
        month,
        compare.picked(risk, month, slots),
        rows[outcome].fillna(0).to_numpy(float),
        weight,
        np.where(sent, 0.0, weight),
        risk,
        members,
        (false or 0.0) if outcome == "label" else 0.0,
    )


def figures(ruler: str, rows: Picks) -> Iterator[Figure]:
    """Every measure of every group and crossing beside everybody else."""
    for cell in cells(rows.members):
        yield from _of_cell(ruler, cell, rows.of(cell.mask), rows.of(~cell.mask))


def _of_cell(ruler: str, cell: Cell, own: Picks, rest: Picks) -> Iterator[Figure]:
    about = (cell.dimension, cell.group, cell.crossed)
    finds = int(((own.free > 0) & (own.found > 0)).sum())
    yield figure(ruler, "alerted", about, (alerted(own), alerted(rest)))
    seen = int(((own.weight > 0) & (own.pick > 0) & (own.found > 0)).sum())
    yield figure(ruler, "precision", about, (precision(own), precision(rest)), seen)
    found, others = recall(own), recall(rest)
    yield figure(ruler, "recall", about, (found, others), finds)
    yield figure(ruler, "missed", about, (missed(found), missed(others)), finds)
    yield figure(ruler, "false_alarm", about, (false_alarm(own), false_alarm(rest)))
    yield figure(ruler, "gap", about, (gap(own), gap(rest)), finds)


def alerted(rows: Picks) -> Rate:
    """Share of household-months picked; n counts household-months."""
    return share(rows.pick, np.ones(len(rows)), rows.household, len(rows))


def precision(rows: Picks) -> Rate:
    """Weighted share in need among the picks that a visit saw; n counts those."""
    looked = rows.weight * rows.pick
    return share(looked * rows.found, looked, rows.household, int((looked > 0).sum()))


def recall(rows: Picks) -> Rate:
    """Picked share of the families in need, false finds taken out; n counts visits."""
    return share(rows.need * rows.pick, rows.need, rows.household, int((rows.free > 0).sum()))


def missed(found: Rate) -> Rate:
    """The miss rate that goes with a recall."""
    if found.value is None or found.low is None or found.high is None:
        return found
    return replace(found, value=1 - found.value, low=1 - found.high, high=1 - found.low)


def false_alarm(rows: Picks) -> Rate:
    """Picked share of the families at whom a visit found no need; n counts those visits."""
    without = rows.free * (1 - rows.found)
    return share(without * rows.pick, without, rows.household, int((without > 0).sum()))


def gap(rows: Picks) -> Rate:
    """Share in which visits found need minus the mean promised probability; n counts visits."""
    looked = rows.free > 0
    return mean(rows.found - rows.risk, rows.free, rows.household, int(looked.sum()))


def calibration(rows: Picks, sloped: bool = True) -> dict[str, float | None]:
    """promised, found, and the slope where 30 finds and 30 others were seen (else null).

    Without `sloped` no slope is fitted.
    """
    looked = rows.free > 0
    risk, found, weight = (a[looked] for a in (rows.risk, rows.found, rows.free))
    if not looked.any():
        return {"promised": None, "found": None, "slope": None}
    slope = compare.calibration_of(risk, found, weight)["slope"] if sloped else None
    return {
        "promised": float(np.average(risk, weights=weight)),
        "found": float(np.average(found, weights=weight)),
        "slope": slope,
    }
