"""The time that a training may take, looked at between its steps."""

from __future__ import annotations

import time

from models.risk.errors import RiskError


class BudgetSpent(RiskError):
    """The time given to a training is over."""


class Budget:
    """Raises BudgetSpent at the first step after `minutes` (None: no limit) since it was made."""

    def __init__(self, minutes: float | None) -> None:
        self.minutes, self._begun = minutes, time.monotonic()

    def __call__(self) -> None:
        """Look at the clock."""
        if self.minutes is None or time.monotonic() - self._begun <= self.minutes * 60:
            return
        raise BudgetSpent(
            f"规定的 {self.minutes:g} 分钟已用完，未登记任何结果；请增加时间或少选候选模型",
            f"the {self.minutes:g} minute(s) given are over and nothing was registered: give more "
            "time, or fewer questions and candidates",
        )
