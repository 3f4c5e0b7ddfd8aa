"""What equal recall would cost: visits a month more, and the precision that is left.

The group's own cut-off moves down, through its families of all months by falling risk, until as
large a share of its families in need is picked as among everybody else. The places are added;
nobody else loses one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from models.risk.groups.cutoff import Picks, precision, recall
from models.risk.groups.members import cells
from models.risk.groups.naming import SMALL
from models.risk.groups.rates import share

DRAWS, SEED = 300, 11


@dataclass(frozen=True)
class Equal:
    """One group brought to the recall of everybody else.

    `more` visits a month with its 95 % interval (households redrawn, the aim kept); `cutoff` is
    the risk down to which the group would be visited, `before` and `after` the precision of all
    picks with its interval and n, `added` that of the added ones alone.
    """

    dimension: str
    group: str
    recall: float
    aim: float
    n: int
    visits: float
    more: float
    more_low: float
    more_high: float
    cutoff: float | None
    before: float | None
    after: float | None
    after_low: float | None
    after_high: float | None
    after_n: int
    added: float | None
    added_low: float | None
    added_high: float | None
    added_n: int


def equalised(rows: Picks) -> list[Equal]:
    """The cost for each single group, not small, that is found less often than all others."""
    found = []
    for cell in cells(rows.members):
        own, rest = recall(rows.of(cell.mask)), recall(rows.of(~cell.mask))
        if cell.crossed or own.n < SMALL or own.value is None or rest.value is None:
            continue
        if own.value < rest.value:
            found.append(_one(rows, cell.dimension, cell.group, cell.mask, own.value, rest.value))
    return sorted(found, key=lambda one: one.recall - one.aim)


def _one(
    rows: Picks, dimension: str, group: str, mask: np.ndarray, now: float, aim: float
) -> Equal:
    order = np.flatnonzero(mask & (rows.pick < 1))
    order = order[np.argsort(-rows.risk[order], kind="stable")]
    taken = _needed(rows, mask, order, aim)
    low, high = _interval(rows, mask, order, aim)
    pick = rows.pick.copy()
    pick[order[:taken]] = 1.0
    after = precision(replace(rows, pick=pick))
    added = replace(rows, pick=pick - rows.pick)
    looked = added.weight * added.pick
    own = share(looked * added.found, looked, added.household, int((looked > 0).sum()))
    more = float((pick - rows.pick).sum())
    return Equal(
        dimension, group, now, aim, recall(rows.of(mask)).n,
        float(rows.pick.sum()) / rows.months, more / rows.months,
        min(more, low) / rows.months, max(more, high) / rows.months,
        float(rows.risk[order[taken - 1]]) if taken else None,
        precision(rows).value, after.value, after.low, after.high, after.n,
        own.value, own.low, own.high, own.n,
    )  # fmt: skip


def _needed(rows: Picks, mask: np.ndarray, order: np.ndarray, aim: float) -> int:
    """How many of the rows in order must be added; all of them where that is not enough."""
    lacking = float((rows.need * (aim - rows.pick))[mask].sum())
    if lacking <= 0:
        return 0
    gained = np.cumsum((rows.need * (1 - rows.pick))[order])
    enough = np.flatnonzero(gained >= lacking - 1e-12)
    return int(enough[0]) + 1 if len(enough) else len(order)


def _interval(rows: Picks, mask: np.ndarray, order: np.ndarray, aim: float) -> tuple[float, float]:
    """Added places when the group's households are drawn again (Poisson weights)."""
    rng = np.random.default_rng(SEED)
    size = int(rows.household.max()) + 1
    need, space = rows.need, np.cumsum((1 - rows.pick)[order])
    # Rows that nobody visited take places, and say nothing of need.
    told, seen = np.flatnonzero(need[order] != 0), np.flatnonzero(mask & (need != 0))
    gain = (need * (1 - rows.pick))[order][told]
    lack = (need * (aim - rows.pick))[seen]
    found = []
    for _ in range(DRAWS):
        drawn = rng.poisson(1.0, size)
        lacking = float((lack * drawn[rows.household[seen]]).sum())
        gained = np.cumsum(gain * drawn[rows.household[order][told]])
        enough = np.flatnonzero(gained >= lacking - 1e-12)
        places = space[told[enough[0]]] if len(enough) else space[-1]
        found.append(places if lacking > 0 and len(space) else 0.0)
    low, high = np.quantile(found, [0.025, 0.975])
    return float(low), float(high)
