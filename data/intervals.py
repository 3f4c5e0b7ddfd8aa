"""The one interval for a share, used wherever a share is shown."""

from __future__ import annotations

from math import sqrt

Z95 = 1.959963984540054  # 97.5 % point of the normal distribution


def wilson(hits: float, n: float, z: float = Z95) -> tuple[float | None, float | None]:
    """Wilson score interval (E. B. Wilson, JASA 1927) of hits / n, 95 % by default.

    Both may be fractions: ties counted at their expectation, an effective sample size.
    (None, None) without observations: nothing is known, which is not zero.
    """
    if n <= 0:
        return None, None
    share, spread = hits / n, z * z / n
    centre = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * sqrt(share * (1 - share) / n + spread / (4 * n))
    # The ends are exactly 0 and 1 there; rounding would leave 3e-17.
    low = 0.0 if hits <= 0 else max(0.0, centre - half)
    return low, 1.0 if hits >= n else min(1.0, centre + half)
