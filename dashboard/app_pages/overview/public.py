"""Words for papers that leave the house: they write no small count, and no count exactly."""

from __future__ import annotations

from typing import Any

from dashboard.i18n import UNKNOWN, Say
from services.disclosure import SMALLEST, coarse, is_small, tells


class PublicSay(Say):
    """Writes counts of 1 to 7 as "<8", others to the nearest five, and no change of a count."""

    def number(self, value: Any, digits: int = 0, sign: bool = False) -> str:
        """A count as it may be told; a dash for what is not known, and for every change."""
        if sign:
            return UNKNOWN
        if value is None or value != value or digits:
            return super().number(value, digits)
        return f"<{SMALLEST}" if is_small(float(value)) else super().number(coarse(float(value)))

    def may_tell(self, part: float, whole: float) -> bool:
        """Not where the part or the rest is a small count."""
        return tells(part, whole)
