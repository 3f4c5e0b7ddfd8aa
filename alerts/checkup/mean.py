"""The per-capita mean examined: whom it catches, and whom the worst-off member would.

The rule score is the mean over members. The worst-off member's score is that member's own points
and the household's points, under the same caps: one very ill person in a large family keeps them
all. Both are given the same number of visits, so whoever gains a place takes it from another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from alerts.checkup.visits import SHARE, tally
from models.scorecard.rules import RuleSet

SIZES = ("1", "2", "3", "4", "5+")
MEAN, WORST, BOTH = "mean", "worst", "both"
SIDES = (MEAN, WORST, BOTH)


@dataclass(frozen=True)
class Picked:
    """One month's households by who catches them: household, size (SIZES), side (SIDES).

    `visits` is the number each of the two was given: the households at or above the yellow bar.
    """

    as_of: date
    visits: int
    rows: pd.DataFrame


def worst_off(households: pd.DataFrame, parts: pd.DataFrame, rules: RuleSet) -> pd.Series:
    """Score of each household's worst-off member, in the order of `households`.

    `parts`: row (position in `households`), person (null for a fact of the household), category,
    points, contribution; without cap rows. A member without any part has none of their own.
    """
    caps = np.array([rules.caps.get(c, np.inf) for c in rules.categories])
    column = pd.Index(rules.categories).get_indexer(pd.Index(parts["category"]))
    known = parts.assign(column=column)[column >= 0]
    own = known["person"].notna()
    shared = np.zeros((len(households), len(caps)))
    np.add.at(
        shared,
        (known.loc[~own, "row"].to_numpy(), known.loc[~own, "column"].to_numpy()),
        known.loc[~own, "contribution"].to_numpy(dtype=float),
    )
    nobody = np.minimum(shared, caps).sum(axis=1)
    members = known[own].groupby(["row", "person"]).ngroup().to_numpy()
    if not len(members):
        return pd.Series(nobody, index=households.index)
    first = known[own].assign(member=members).drop_duplicates("member").sort_values("member")
    row = first["row"].to_numpy()
    points = shared[row]
    np.add.at(
        points, (members, known.loc[own, "column"].to_numpy()), known.loc[own, "points"].to_numpy()
    )
    score = np.minimum(points, caps).sum(axis=1)
    best = np.full(len(households), -np.inf)
    np.maximum.at(best, row, score)
    told = np.bincount(row, minlength=len(households))
    silent = told < households["n_members"].fillna(1).to_numpy()
    return pd.Series(np.where(silent, np.maximum(best, nobody), best), index=households.index)


def pick(as_of: date, households: pd.DataFrame, parts: pd.DataFrame, rules: RuleSet) -> Picked:
    """Whom mean and worst-off member would each visit, among watched households not in process.

    Both get as many visits as households stand at or above the yellow bar. Ties at the edge go to
    the one whom the other measure places higher.
    """
    scored = households.assign(worst=worst_off(households, parts, rules))
    rows = scored[scored["watched"].fillna(False) & ~scored["in_process"].fillna(False)]
    number = int((rows["rule_score"] >= rules.bars.yellow).sum())
    order = ["rule_score", "worst"]
    by_mean = set(rows.sort_values([*order, "household"], ascending=False).head(number).index)
    by_worst = set(
        rows.sort_values([*order[::-1], "household"], ascending=False).head(number).index
    )
    kept = rows.loc[sorted(by_mean | by_worst)]
    side = [
        BOTH if i in by_mean and i in by_worst else MEAN if i in by_mean else WORST
        for i in kept.index
    ]
    size = kept["n_members"].fillna(1).clip(1, 5).astype(int).map(lambda n: SIZES[n - 1])
    told = pd.DataFrame({"household": kept["household"], "size": size, "side": side})
    return Picked(as_of, number, told.reset_index(drop=True))


def compare(picked: Sequence[Picked], visits: pd.DataFrame, follow_days: int) -> pd.DataFrame:
    """Households by side and size over one or more months, with what visits found after them.

    `visits`: household, visited_on, reason, found; one speaks for a month when it lies at most
    `follow_days` after its end. Rows: side, size ('all' too), households, months (household-months)
    and SHARE. A household counts once per side and size.
    """
    rows = pd.concat([one.rows.assign(as_of=one.as_of) for one in picked], ignore_index=True)
    seen = rows.merge(visits, on="household")
    days = (pd.to_datetime(seen["visited_on"]) - pd.to_datetime(seen["as_of"])).dt.days
    seen = seen[(days > 0) & (days <= follow_days)]
    told = []
    for side in SIDES:
        for size in ("all", *SIZES):
            own, met = (f[_of(f, side, size)] for f in (rows, seen))
            counts = {"households": own["household"].nunique(), "months": len(own)}
            found = tally(met["household"].to_numpy(), met["found"].to_numpy(dtype=bool))
            told.append({"side": side, "size": size} | counts | found)
    return pd.DataFrame(told, columns=["side", "size", "households", "months", *SHARE])


def _of(rows: pd.DataFrame, side: str, size: str) -> pd.Series:
    return (rows["side"] == side) & ((rows["size"] == size) | (size == "all"))
