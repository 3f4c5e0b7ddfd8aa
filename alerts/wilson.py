"""The published figure that ours stands beside, with its own interval."""

from __future__ import annotations

from dataclasses import dataclass

from core.words import Bilingual
from data.intervals import Z95, wilson

__all__ = ["XIAOCHANG", "Z95", "Reference", "wilson"]


@dataclass(frozen=True)
class Reference(Bilingual):
    """A published precision with its own interval."""

    zh: str
    en: str
    successes: int
    n: int

    @property
    def precision(self) -> float:
        """Share, 0..1."""
        return self.successes / self.n

    @property
    def interval(self) -> tuple[float | None, float | None]:
        """Wilson 95 % interval."""
        return wilson(self.successes, self.n)


# 404 acts of help (117 education, 111 medical, 63 jobs, 99 emergency, 14 charity) over 687 alerts
# in two batches. It divides acts by alerts, and a family can receive several acts, so it is not
# the same measure as ours: a line to look at, not a target to claim.
XIAOCHANG = Reference(
    "孝昌公布值（救助人次 ÷ 预警条数，口径不同）",
    "Published by Xiaochang (acts of help ÷ alerts, another definition)",
    404,
    687,
)
