"""Stored months as matrices: which indicator gave which household how many points.

An indicator that can give points above zero is judged on its raising side: it *fires* where it
raised the household's score. One that can only take points off fires where it lowered the score.
What it gave on its other side (such as -3 for a light medical burden) is not firing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from scipy import sparse

from models.scorecard.rules import RuleSet

# Columns of a month's households; `household` is the key, one row each.
COLUMNS = ["household", "township", "n_members", "watched", "in_process", "rule_score"]
RAISES, LOWERS = 1, -1
# The bars an indicator may carry a household across: the watch list, and the first visit order.
BANDS = ("blue", "yellow")


@dataclass(frozen=True)
class Month:
    """One month as it was scored.

    `points` has a row per household and a column per indicator of `ids`: its share of the
    household's mean, before the caps of categories.
    """

    as_of: date
    households: pd.DataFrame
    points: sparse.csr_array
    ids: tuple[str, ...]

    @classmethod
    def of(
        cls, as_of: date, households: pd.DataFrame, parts: pd.DataFrame, rules: RuleSet
    ) -> Month:
        """From the month's households (COLUMNS) and its parts: row, indicator, contribution.

        `row` is the position in `households`. Caps and indicators not in `rules` are left out.
        """
        ids = tuple(rules.indicators)
        column = pd.Index(ids).get_indexer(pd.Index(parts["indicator"]))
        known = column >= 0
        cells = (parts["row"].to_numpy()[known], column[known])
        given = parts["contribution"].to_numpy(dtype=float)[known]
        shape = (len(households), len(ids))
        matrix = sparse.coo_array((given, cells), shape=shape).tocsr()
        return cls(as_of, households.reset_index(drop=True), matrix, ids)


@dataclass(frozen=True)
class Flags:
    """One month's yes or no per household and indicator, as matrices like `Month.points`.

    `fired`: the indicator fired. `across[band]`: without its points the household would stand on
    the other side of the band's bar (below it where the indicator raises, above where it lowers).
    """

    fired: sparse.csr_array
    across: Mapping[str, sparse.csr_array]


def sides(rules: RuleSet) -> dict[str, int]:
    """RAISES for an indicator that can give points above zero, else LOWERS."""
    return {
        i.id: RAISES if max(tier.points for tier in i.tiers) > 0 else LOWERS
        for i in rules.indicators.values()
    }


def flags(month: Month, rules: RuleSet) -> Flags:
    """What fired in the month, and what it moved across today's bars."""
    cells = month.points.tocoo()
    rows, columns = cells.coords
    side = np.array([sides(rules)[i] for i in month.ids])[columns]
    firing = cells.data * side > 0
    score = month.households["rule_score"].to_numpy(dtype=float)[rows]
    without = score - effects(month, rules)
    across = {}
    for band in BANDS:
        bar = float(getattr(rules.bars, band))
        moved = firing & ((score >= bar) != (without >= bar))
        across[band] = _matrix(month, rows[moved], columns[moved])
    return Flags(_matrix(month, rows[firing], columns[firing]), across)


def effects(month: Month, rules: RuleSet) -> np.ndarray:
    """By how much the score would fall without each cell of `points` (in the order of `tocoo`).

    Less than the cell itself where its category stands at its upper limit.
    """
    cells = month.points.tocoo()
    rows, columns = cells.coords
    effect = cells.data.astype(float).copy()
    category = np.array([i[0] for i in month.ids])[columns]
    for name, cap in rules.caps.items():
        own = category == name
        total = np.bincount(rows[own], weights=cells.data[own], minlength=len(month.households))
        before = total[rows[own]]
        effect[own] = np.minimum(cap, before) - np.minimum(cap, before - cells.data[own])
    return effect


def _matrix(month: Month, rows: np.ndarray, columns: np.ndarray) -> sparse.csr_array:
    ones = np.ones(len(rows), dtype=np.int32)
    return sparse.coo_array((ones, (rows, columns)), shape=month.points.shape).tocsr()


def numbered(months: Sequence[Month]) -> list[np.ndarray]:
    """One number per household, the same in every month: for counting households once."""
    keys = [month.households["household"].to_numpy(dtype=object) for month in months]
    numbers, _ = pd.factorize(np.concatenate(keys)) if keys else (np.empty(0, int), None)
    return np.split(numbers, np.cumsum([len(key) for key in keys])[:-1])
