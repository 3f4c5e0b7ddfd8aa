"""An honest interval for a share, and the published figure that ours stands beside."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

Z95 = 1.959963984540054  # 97.5 % point of the normal distribution


def wilson(successes: float, n: float, z: float = Z95) -> tuple[float | None, float | None]:
    """Wilson score interval (E. B. Wilson, JASA 1927) of successes / n, 95 % by default.

    Both may be fractions: an effective sample size seldom is a whole number.
    (None, None) without observations: nothing is known, which is not zero.
    """
    if n <= 0:
        return None, None
    share, spread = successes / n, z * z / n
    centre = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * sqrt(share * (1 - share) / n + spread / (4 * n))
    return max(0.0, centre - half), min(1.0, centre + half)


@dataclass(frozen=True)
class Reference:
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
