"""How good a ranking is at the visits that a lane really had; households tied at the last place
share it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulator.study.reading import Record

# Lanes that rank the whole county; an event or an audit visit is not theirs to choose.
_RANKING = ("rule", "risk", "explore")


def visits_of(record: Record, month: int, question: str) -> int:
    """Alerts that answered the question in the month's run, from lanes that rank.

    Alerts of before the two questions: the coming was the model's lane, the existing it and the
    rules'.
    """
    alerts = record.alerts[record.alerts["month"] == month]
    if record.alerts["question"].isna().all():
        lanes = ("risk",) if question == "coming" else _RANKING
        return int(alerts["source"].isin(lanes).sum())
    asked = alerts["question"] == question
    return int((asked & alerts["source"].isin(_RANKING)).sum())


def top_hits(score: np.ndarray, value: np.ndarray, visits: int) -> float:
    """Expected sum of `value` over the `visits` highest scores, ties at the cut shared evenly.

    `value` is 0/1 or a probability. All rows count when there are fewer than `visits`.
    """
    return Ranking.of(score, value).hits(np.ones(len(score)), visits)


@dataclass(frozen=True)
class Ranking:
    """Rows sorted from the highest score, with the places where groups of equal scores begin."""

    order: np.ndarray
    starts: np.ndarray
    value: np.ndarray

    @classmethod
    def of(cls, score: np.ndarray, value: np.ndarray) -> Ranking:
        """Sort once; `hits` can then be asked for many weightings."""
        order = np.argsort(-score, kind="stable")
        ranked = score[order]
        begins = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]]) if len(order) else order
        return cls(order, begins, np.asarray(value, float)[order])

    def hits(self, weight: np.ndarray, visits: float) -> float:
        """Sum of values in the first `visits` places when row i stands `weight[i]` times."""
        return float(self.hits_at(weight, [visits])[0])

    def hits_at(self, weight: np.ndarray, visits: Sequence[float]) -> np.ndarray:
        """`hits` for several numbers of visits; the rows are counted once."""
        if not len(self.order):
            return np.zeros(len(visits))
        times = weight[self.order]
        size = np.add.reduceat(times, self.starts)
        gain = np.add.reduceat(times * self.value, self.starts)
        before = np.cumsum(size) - size
        taken = np.clip(np.asarray(visits, float)[:, None] - before, 0, size)
        share = np.divide(taken, size, out=np.zeros_like(taken), where=size > 0)
        return share @ gain
