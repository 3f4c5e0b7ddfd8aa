"""Numbers about one ranking: small pure functions, each for one column of the report.

`score` is any ranking (higher = more at risk), `outcome` 0/1, `month` the month of each row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from data.intervals import wilson
from models.risk.errors import RiskError

__all__ = [
    "AtCapacity",
    "Bin",
    "Capacity",
    "at_capacity",
    "auc",
    "average_precision",
    "brier",
    "expected_calibration_error",
    "reliability",
    "wilson",
]


@dataclass(frozen=True)
class Capacity:
    """How many households can be visited: `share` of each month's rows, or `count` a month."""

    share: float | None = None
    count: int | None = None

    def __post_init__(self) -> None:
        if (self.share is None) == (self.count is None):
            raise RiskError(
                "走访能力只能写占比或每月户数之一，不能都写",
                "a capacity is a share of households or a count a month, not both",
            )
        if self.share is not None and not 0 < self.share <= 1:
            raise RiskError(
                f"走访能力的占比应在 0 与 1 之间，不能是 {self.share}",
                f"a capacity share lies between 0 and 1, not {self.share}",
            )
        if self.count is not None and self.count < 1:
            raise RiskError(
                f"走访能力每月至少 1 户，不能是 {self.count}",
                f"a capacity count is at least 1, not {self.count}",
            )

    def of(self, rows: int) -> int:
        """Visits possible among `rows` households of one month."""
        if self.count is not None:
            return min(self.count, rows)
        assert self.share is not None  # noqa: S101 - the two cases above are exhaustive
        return min(rows, max(1, round(self.share * rows)))


@dataclass(frozen=True)
class AtCapacity:
    """Hits among the visited. Ties at the last place are counted at their expectation.

    `hits_low` and `hits_high` are the worst and the best order of the tied households; when they
    are far apart, the ranking leaves the choice to chance and the middle figure says little.
    """

    visits: int
    cases: int
    hits: float
    hits_low: float
    hits_high: float

    def precision(self, hits: float | None = None) -> float | None:
        """Share of visits that find need; null without visits."""
        return (self.hits if hits is None else hits) / self.visits if self.visits else None

    def recall(self) -> float | None:
        """Share of households in need that are visited; null without such households."""
        return self.hits / self.cases if self.cases else None


def at_capacity(
    score: np.ndarray, outcome: np.ndarray, capacity: Capacity, month: np.ndarray | None = None
) -> AtCapacity:
    """Visit the highest scores of each month up to capacity; pool the months."""
    totals = np.zeros(5)
    for rows in _by_month(month, len(score)):
        totals += _one_month(score[rows], outcome[rows], capacity.of(len(rows)))
    visits, cases, hits, low, high = totals
    return AtCapacity(int(visits), int(cases), float(hits), float(low), float(high))


def _by_month(month: np.ndarray | None, rows: int) -> Iterator[np.ndarray]:
    if month is None:
        yield np.arange(rows)
        return
    _, code = np.unique(month, return_inverse=True)
    for number in range(code.max() + 1 if rows else 0):
        yield np.flatnonzero(code == number)


def _one_month(score: np.ndarray, outcome: np.ndarray, visits: int) -> np.ndarray:
    if visits == 0:
        return np.array([0, outcome.sum(), 0, 0, 0], dtype=float)
    cut = -np.partition(-score, visits - 1)[visits - 1]
    above, tied = score > cut, score == cut
    places = visits - int(above.sum())
    sure, tied_cases, tied_rows = outcome[above].sum(), outcome[tied].sum(), int(tied.sum())
    expected = sure + places * tied_cases / tied_rows
    low = sure + max(0, places - (tied_rows - tied_cases))
    high = sure + min(places, tied_cases)
    return np.array([visits, outcome.sum(), expected, low, high], dtype=float)


def auc(score: np.ndarray, outcome: np.ndarray) -> float | None:
    """Chance that a household in need ranks above one that is not; null with one class only."""
    return float(roc_auc_score(outcome, score)) if _both(outcome) else None


def average_precision(score: np.ndarray, outcome: np.ndarray) -> float | None:
    """Area under precision and recall; null with one class only."""
    return float(average_precision_score(outcome, score)) if _both(outcome) else None


def brier(risk: np.ndarray, outcome: np.ndarray) -> float | None:
    """Mean squared distance of probability and outcome; null without rows."""
    return float(brier_score_loss(outcome, risk)) if _both(outcome) else None


def _both(outcome: np.ndarray) -> bool:
    return 0 < outcome.sum() < len(outcome)


@dataclass(frozen=True)
class Bin:
    """One bar of a reliability chart: predicted against observed share."""

    low: float
    high: float
    mean_risk: float
    observed: float
    n: int


def reliability(risk: np.ndarray, outcome: np.ndarray, bins: int = 10) -> list[Bin]:
    """Bins of about equal numbers of households, lowest risk first.

    Equal numbers, not equal widths: where need is rare nearly all households would share the
    first of ten equal widths. Households with the same risk always share a bin.
    """
    if len(risk) == 0:
        return []
    edges = np.unique(np.quantile(risk, np.linspace(0, 1, bins + 1)[1:-1], method="lower"))
    place = np.searchsorted(edges, risk, side="left")
    found = []
    for number in np.unique(place):
        rows = place == number
        inside = risk[rows]
        found.append(
            Bin(
                float(inside.min()),
                float(inside.max()),
                float(inside.mean()),
                float(outcome[rows].mean()),
                int(rows.sum()),
            )
        )
    return found


def expected_calibration_error(
    risk: np.ndarray, outcome: np.ndarray, bins: int = 10
) -> float | None:
    """Mean distance of predicted and observed share over `reliability` bins, weighted by n."""
    table = reliability(risk, outcome, bins)
    n = sum(b.n for b in table)
    return sum(b.n * abs(b.mean_risk - b.observed) for b in table) / n if n else None
