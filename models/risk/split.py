"""Split months by what was known when: train, gap, calibrate, gap, test.

    train ──horizon──▶ calibrate ──horizon──▶ known_by ≤ test ──horizon──▶ closed_by

A label of month m looks at (m, m + horizon]. Every label used for training is closed when the
calibration months begin, and every label used before the test is closed when the test begins.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from core.home import add_months
from models.risk.errors import RiskError

CALIBRATION_MONTHS = 2


@dataclass(frozen=True)
class TimeSplit:
    """Months (month ends) by role; `horizon` in months; dates of what was known."""

    horizon: int
    known_by: date
    closed_by: date
    train: tuple[date, ...]
    calibrate: tuple[date, ...]
    test: tuple[date, ...]

    @property
    def months(self) -> tuple[date, ...]:
        """All months in use, oldest first."""
        return (*self.train, *self.calibrate, *self.test)

    def mask(self, as_of: pd.Series, role: str) -> np.ndarray:
        """Rows whose month plays `role` ('train', 'calibrate' or 'test')."""
        return as_of.isin(getattr(self, role)).to_numpy()

    def as_dict(self) -> dict[str, Any]:
        """JSON form, with one span a month for a picture of time.

        A span has month, role, label_until: features are known at `month`, the label is watched
        from there to `label_until`.
        """
        roles = ("train", "calibrate", "test")
        return {
            "horizon": self.horizon,
            "known_by": self.known_by.isoformat(),
            "closed_by": self.closed_by.isoformat(),
            **{role: [m.isoformat() for m in getattr(self, role)] for role in roles},
            "spans": [
                {
                    "month": month.isoformat(),
                    "role": role,
                    "label_until": add_months(month, self.horizon).isoformat(),
                }
                for role in roles
                for month in getattr(self, role)
            ],
        }


def split_months(
    months: Iterable[date],
    horizon: int,
    known_by: date,
    *,
    closed_by: date | None = None,
    calibration_months: int = CALIBRATION_MONTHS,
) -> TimeSplit:
    """Give each month its role.

    calibrate: the last `calibration_months` whose label closed by `known_by`; train: months at
    least one horizon before the first of them; test: months from `known_by` on whose label closed
    by `closed_by` (default: `known_by`, so there is no test yet). Months in between are the gap.
    Raises RiskError when nothing is left to train on, saying which month would be enough.
    """
    if horizon < 1 or calibration_months < 1:
        raise RiskError(
            "预测期和校准都至少要一个月",
            "the horizon and the calibration need at least one month each",
        )
    ordered = sorted(set(months))
    closed_by = max(closed_by or known_by, known_by)
    closed = [m for m in ordered if add_months(m, horizon) <= known_by]
    calibrate = tuple(closed[-calibration_months:])
    train = tuple(m for m in closed if calibrate and add_months(m, horizon) <= calibrate[0])
    if not train:
        raise _too_short(ordered, horizon, known_by, calibration_months)
    test = tuple(m for m in ordered if m >= known_by and add_months(m, horizon) <= closed_by)
    return TimeSplit(horizon, known_by, closed_by, train, calibrate, test)


def _too_short(
    months: list[date], horizon: int, known_by: date, calibration_months: int
) -> RiskError:
    if not months:
        return RiskError(
            "没有可学习的月份；请先导入部门文件",
            "there is no month to learn from; ingest department files first",
        )
    enough = add_months(months[0], 2 * horizon + calibration_months - 1)
    return RiskError(
        f"到 {known_by} 为止历史太短，不能训练：画像始于 {months[0]}，预测期 {horizon} 个月，"
        f"请训练到 {enough} 或更晚，或把画像提前",
        f"too little history to train by {known_by}: with profiles from {months[0]} and a horizon "
        f"of {horizon} months, train on {enough} or later, or begin the profiles earlier",
    )
