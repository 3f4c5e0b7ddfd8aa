"""The alerts really raised, by group: who was alerted, found, missed, bothered in vain.

The ruler 'alerts' counts the alerts of twelve months (the audit lane's draws are none):

- precision: alerts with a confirmed unmet need ÷ alerts whose visit settled what is true, as on
  the precision page. About the coming: those whose six months have passed (`alerts.coming`);
- recall: families found ÷ families in unmet need, from the alerts' own visits and the random ones
  (survey, audit), weighted and cleared of false finds as for the whole county (`alerts.recall`);
- false alarms: families at whom a random visit found no need, and whom an alert had named in time;
- gap: share of random visits that found a need minus the probability stored the month before.

Random visits ask about need now, so for the coming only precision and the share alerted are told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.special import logit
from scipy.stats import norm

from alerts.groups.tables import Sampled, Tables, rows_of
from alerts.recall import drawn_kind, lanes_of
from alerts.sampling import Evidence, Recalled, estimate
from models.risk.groups.cutoff import missed
from models.risk.groups.members import Cell, cells
from models.risk.groups.naming import SMALL, Figure, figure
from models.risk.groups.rates import NOTHING, Difference, Rate, mean, share

ALERTS = "alerts"
YEAR = 12
_OTHERS = 20261201  # seed of everybody else: their draws must not move with the group's
# Rows of homes, of named alerts and of random visits that are one group's.
Masks = tuple[np.ndarray, np.ndarray, np.ndarray]


def figures(tables: Tables, sampled: Sampled | None) -> Iterator[Figure]:
    """Every measure of every group and crossing beside everybody else."""
    for cell in cells(tables.homes_in):
        yield from _of_cell(cell, tables, sampled)


def _of_cell(cell: Cell, tables: Tables, sampled: Sampled | None) -> Iterator[Figure]:
    """Every measure of one group beside everybody else."""
    about = (cell.dimension, cell.group, cell.crossed)
    homes = tables.homes["alerted"].to_numpy(float)
    yield figure(ALERTS, "alerted", about, [plain(homes[m]) for m in (cell.mask, ~cell.mask)])
    mine = rows_of(cell, tables.alerts_in)
    sides = [_precision(tables.alerts[m]) for m in (mine, ~mine)]
    settled = tables.alerts["concluded"].to_numpy(bool) & mine
    hits = int(tables.alerts.loc[settled, "confirmed"].sum())
    yield figure(ALERTS, "precision", about, sides, hits)
    if sampled is None:
        return
    drawn = rows_of(cell, tables.random_in)
    named = rows_of(cell, tables.named_in)
    yield from _recalls(about, tables, sampled, (cell.mask, named, drawn))
    parts = [tables.random[m] for m in (drawn, ~drawn)]
    yield figure(ALERTS, "false_alarm", about, [_false_alarm(part) for part in parts])
    finds = int(parts[0]["found"].sum())
    yield figure(ALERTS, "gap", about, [_gap(part) for part in parts], finds)


def plain(flags: np.ndarray) -> Rate:
    """Share of households that are flagged."""
    return share(flags, np.ones(len(flags)), np.arange(len(flags)), len(flags))


def _precision(alerts: pd.DataFrame) -> Rate:
    """Confirmed ÷ settled; n counts settled alerts, several of a household are one cluster."""
    kept = alerts[alerts["concluded"].astype(bool)]
    homes = pd.factorize(kept["household"])[0]
    return share(kept["confirmed"].to_numpy(float), np.ones(len(kept)), homes, len(kept))


def _false_alarm(random: pd.DataFrame) -> Rate:
    """Share alerted in time among the random visits that found no need."""
    without = random[~random["found"].astype(bool)]
    weight = without["weight"].to_numpy(float)
    hit = without["alerted"].to_numpy(float)
    return share(weight * hit, weight, without["place"].to_numpy(), len(without))


def _gap(random: pd.DataFrame) -> Rate:
    """Found minus promised over the random visits with a stored risk."""
    known = random[random["risk"].notna()]
    gap = known["found"].to_numpy(float) - known["risk"].to_numpy(float)
    return mean(gap, known["weight"].to_numpy(float), known["place"].to_numpy(), len(known))


def _recalls(
    about: tuple[str, str, bool], tables: Tables, sampled: Sampled, masks: Masks
) -> Iterator[Figure]:
    """Recall and miss rate of a group, from its alerts and its random visits."""
    homes, alerts, drawn = masks
    own = _estimate(tables, sampled, (homes, alerts, drawn), None)
    n = int(drawn.sum())
    # A small crossing is shown, and compared with nobody: half the work is saved.
    alone = about[2] and n < SMALL
    rest = None if alone else _estimate(tables, sampled, (~homes, ~alerts, ~drawn), _OTHERS)
    hits = int(tables.random.loc[drawn, "counted"].sum())
    hits += int((tables.named.loc[alerts, "needy"]).sum())
    told = _told(own, rest)
    mine, theirs = (_as_rate(one, size) for one, size in ((own, n), (rest, int((~drawn).sum()))))
    yield figure(ALERTS, "recall", about, (mine, theirs), hits, told)
    opposite = None
    if told is not None:
        opposite = Difference(-told.value, -told.high, -told.low, told.p)
    yield figure(ALERTS, "missed", about, (missed(mine), missed(theirs)), hits, opposite)


def _estimate(tables: Tables, sampled: Sampled, masks: Masks, seed: int | None) -> Recalled | None:
    """The recall of the county (`alerts.recall.judged`) among some households."""
    homes, alerts, drawn = masks
    random = tables.random[drawn]
    if not len(random) or random["weight"].sum() <= 0:
        return None
    corrected = sampled.control is not None
    counted = random["counted"].astype(bool)
    evidence = Evidence(
        sampled.material.households * float(homes.mean()),
        YEAR,
        lanes_of(tables.named[alerts]),
        drawn_kind(random, counted, "missed", corrected),
        drawn_kind(random, counted, "later", corrected),
        sampled.control,
        sampled.rates,
    )
    return estimate(evidence) if seed is None else estimate(evidence, seed)


def _as_rate(found: Recalled | None, n: int) -> Rate:
    if found is None or found.found.value + found.missed.value <= 0:
        return replace(NOTHING, n=n)
    one = found.recall
    return Rate(one.value, one.low, one.high, n)


def _told(own: Recalled | None, rest: Recalled | None) -> Difference | None:
    """The difference of two recalls from their draws; the test is on the scale of log-odds."""
    if own is None or rest is None:
        return None
    mine, theirs = (np.clip(one.draws, 1e-4, 1 - 1e-4) for one in (own, rest))
    odds = logit(mine) - logit(theirs)
    if odds.std() <= 0:
        return None
    low, high = np.quantile(mine - theirs, [0.025, 0.975])
    p = float(2 * norm.sf(abs(odds.mean()) / odds.std()))
    return Difference(own.recall.value - rest.recall.value, float(low), float(high), p)
