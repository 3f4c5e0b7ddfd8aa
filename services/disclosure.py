"""Counts that leave the house: small cells are hidden, the others coarsened.

A count of 1 to 7 can name a family to its neighbours. Hiding it alone does not help: next month's
table, or a total less its other parts, gives it back. So every other count is given to the nearest
five, and a difference of two published counts tells the true one only within four. (The threshold
and the step are those that statistical offices of health services use: suppress up to 7, round to
5.)
"""

from __future__ import annotations

SMALLEST, STEP = 8, 5


def is_small(count: float | None) -> bool:
    """Whether a count must not be told: from 1 to 7."""
    return count is not None and count == count and 0 < abs(count) < SMALLEST


def coarse(count: float) -> int:
    """The nearest multiple of five; only for counts that are not small."""
    return int(STEP * round(abs(count) / STEP)) * (1 if count >= 0 else -1)


def tells(part: float, whole: float) -> bool:
    """Whether the share of a part in a whole may be told: neither it nor the rest is small."""
    return not (is_small(part) or is_small(whole - part) or is_small(whole))
