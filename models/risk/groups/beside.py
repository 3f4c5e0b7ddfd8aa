"""Groups of which a challenger finds less than the champion, on the same later months.

Both pick from the same households, as many a month. Of the need that later visits found in a
group, each had picked a share; the difference is paired: families are drawn, and each draw counts
for both. No group is compared with another one: that some families are harder to find says nothing
of a challenger, and would block every model. Some thirty groups are compared at once, so p-values
are adjusted as in `naming`; a small group is neither tested nor named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control, norm

from models.risk import compare
from models.risk.groups.members import cells
from models.risk.groups.naming import ALPHA, FEW_FINDS, MEASURES, SMALL


@dataclass(frozen=True)
class Beside:
    """The share of a group's need that the challenger picked, minus the champion's.

    `low` and `high` are the paired 95 % interval, `n` the later visits that judge both, `hits` the
    finds among them, `p` that of no difference, `adjusted` among all groups.
    """

    dimension: str
    group: str
    n: int
    hits: int
    own: float
    champion: float
    difference: float
    low: float
    high: float
    p: float
    adjusted: float = 1.0
    worse: bool = False


def beside_champion(part: pd.DataFrame, members: pd.DataFrame, slots: int) -> list[Beside]:
    """Every single group that is not small, in the order of the definitions.

    `part`: household, as_of, label (null: nobody looked), weight and the scores `model` and
    `champion`; `members` as from `members.joined`, row by row the same.
    """
    month = pd.factorize(part["as_of"], sort=True)[0]
    shares = [
        compare.picked(part[name].to_numpy(float), month, slots) for name in ("model", "champion")
    ]
    weight, y = part["weight"].to_numpy(float), part["label"].to_numpy(float)
    seen = ~np.isnan(y) & (weight > 0)
    need = np.where(seen, weight * np.nan_to_num(y), 0.0)
    finds = np.flatnonzero(need > 0)
    families = pd.factorize(part["household"].to_numpy()[finds])[0]
    count = int(families.max()) + 1 if len(finds) else 0
    draws = np.random.default_rng(compare.SEED).poisson(1.0, (compare.DRAWS, count))
    found = []
    for cell in cells(members):
        n, inside = int((seen & cell.mask).sum()), cell.mask[finds]
        if cell.crossed or n < SMALL or inside.sum() < FEW_FINDS:
            continue
        rows = finds[inside]
        told = _paired(need[rows], [s[rows] for s in shares], families[inside], draws)
        found.append(Beside(cell.dimension, cell.group, n, len(rows), *told))
    return _named(found)


def _paired(
    need: np.ndarray, shares: Sequence[np.ndarray], family: np.ndarray, draws: np.ndarray
) -> tuple[float, float, float, float, float, float]:
    """own, champion, difference, low, high, p."""
    own, other = (float((need * share).sum() / need.sum()) for share in shares)
    size = draws.shape[1]
    gap = np.bincount(family, need * (shares[0] - shares[1]), minlength=size)
    whole = np.bincount(family, need, minlength=size)
    among = np.flatnonzero(whole)
    with np.errstate(invalid="ignore", divide="ignore"):
        drawn = (draws[:, among] @ gap[among]) / (draws[:, among] @ whole[among])
    low, high = np.nanquantile(drawn, [0.025, 0.975])
    spread = float(np.nanstd(drawn))
    p = float(2 * norm.sf(abs(own - other) / spread)) if spread > 0 else 1.0
    return own, other, own - other, float(low), float(high), p


def _named(rows: Sequence[Beside]) -> list[Beside]:
    if not rows:
        return []
    least = MEASURES["recall"].least
    adjusted = false_discovery_control([one.p for one in rows], method="bh")
    return [
        replace(
            one,
            adjusted=float(p),
            worse=bool(one.high < 0 and one.difference <= -least and p < ALPHA),
        )
        for one, p in zip(rows, adjusted, strict=True)
    ]
