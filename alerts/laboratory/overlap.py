"""Which indicators fire together, and what each adds that no other would have said."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from alerts.laboratory.material import Material
from alerts.laboratory.months import Bools, Floats
from alerts.laboratory.sheets import Sheet, Sheets
from models.scorecard import RuleSet


@dataclass(frozen=True)
class Pair:
    """Two indicators: household-months in which both give points, and their share of those in
    which either does (Jaccard)."""

    first: str
    second: str
    together: int
    share: float


@dataclass(frozen=True)
class Alone:
    """What one indicator adds. Counts of household-months (and `households`, each once).

    `fires`: it gives points. `alone`: it is the only one that does. `needed`: the household
    reaches `bar` with it and would not without it; `named`: all that reach it and to whom it gives
    points.
    """

    indicator: str
    fires: int
    households: int
    alone: int
    named: int
    needed: int


@dataclass(frozen=True)
class Overlap:
    """Pairs, those that share most first; and every indicator that fires. `bar` in points."""

    bar: float
    household_months: int
    pairs: tuple[Pair, ...]
    alone: tuple[Alone, ...]


def overlap(material: Material, sheets: Sheets, rules: RuleSet, bar: float) -> Overlap:
    """Indicators compared over all months; `bar`: the score from which a household is named.

    `sheets` must be those of `rules` (`sheets.read_sheets`, or of a `rescoring.Rescored`).
    """
    size, width = len(material.households), len(sheets.ids)
    together = np.zeros((width, width), np.int64)
    counts = np.zeros((4, width), np.int64)
    seen = np.zeros((width, size), bool)
    for month, sheet in zip(material.months, sheets.months, strict=True):
        inside = np.zeros(size, bool)
        inside[month.household] = True
        sheet = sheet.only(inside[sheet.household])
        fired = sheet.only(sheet.points > 0)
        marks = _marks(fired, size, width)
        together += (marks.T @ marks).toarray()
        seen[fired.indicator, fired.household] = True
        counts += _counts(fired, sheet, sheets.ids, rules, bar, size)
    alone = tuple(
        Alone(id, int(counts[0, n]), int(seen[n].sum()), *map(int, counts[1:, n]))
        for n, id in enumerate(sheets.ids)
        if counts[0, n]
    )
    return Overlap(bar, material.size, _pairs(together, sheets.ids), alone)


def _marks(fired: Sheet, size: int, width: int) -> csr_matrix:
    ones = np.ones(len(fired.household), np.int64)
    return csr_matrix((ones, (fired.household, fired.indicator)), shape=(size, width))


def _counts(
    fired: Sheet, sheet: Sheet, ids: tuple[str, ...], rules: RuleSet, bar: float, size: int
) -> np.ndarray:
    """By indicator: fires, alone, named, needed."""
    score, without = _without(fired, sheet, ids, rules, size)
    voices = np.bincount(fired.household, minlength=size)[fired.household]
    named = score >= bar
    masks: list[Bools] = [np.ones(len(voices), bool), voices == 1, named, named & (without < bar)]
    width = len(ids)
    return np.array([np.bincount(fired.indicator[m], minlength=width) for m in masks])


def _without(
    fired: Sheet, sheet: Sheet, ids: tuple[str, ...], rules: RuleSet, size: int
) -> tuple[Floats, Floats]:
    """Score of each entry's household, and what it would be without the entry; caps kept."""
    letters = np.array([id[0] for id in ids] or [""])
    score, less = np.zeros(size), fired.points.copy()
    for category in np.unique(letters):
        cap = rules.caps.get(str(category), np.inf)
        mine = letters[sheet.indicator] == category
        total = np.bincount(sheet.household[mine], sheet.points[mine], size).astype(float)
        score += np.minimum(total, cap)
        own = letters[fired.indicator] == category
        whole = total[fired.household[own]]
        less[own] = np.minimum(whole, cap) - np.minimum(whole - fired.points[own], cap)
    return score[fired.household], score[fired.household] - less


def _pairs(together: np.ndarray, ids: tuple[str, ...]) -> tuple[Pair, ...]:
    fires = np.diag(together)
    found = []
    for first, second in zip(*np.nonzero(np.triu(together, 1)), strict=True):
        both = int(together[first, second])
        share = both / int(fires[first] + fires[second] - both)
        found.append(Pair(ids[first], ids[second], both, share))
    return tuple(sorted(found, key=lambda pair: (-pair.share, pair.first, pair.second)))
