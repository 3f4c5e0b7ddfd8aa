"""Which quarters of the panel learn, calibrate and test: strictly by time.

A row belongs to the quarter of a household's second interview; its label lies three quarters later.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from core.home import HomeError, add_months
from models.risk.split import TimeSplit

HORIZON = 9
QUARTER = 3
CALIBRATION_QUARTERS = 4


def quarter_end(text: str) -> date:
    """Last day of a quarter written like 2010Q1. Raises HomeError for anything else."""
    match = re.fullmatch(r"\s*(\d{4})\s*[-_ ]?[QqTt]([1-4])\s*", text)
    if not match:
        raise HomeError(f"'{text}' is not a quarter; write it like 2010Q1")
    return add_months(date(int(match[1]), int(match[2]) * QUARTER, 1), 0)


def feature_quarters(quarters: Sequence[date]) -> list[date]:
    """Quarter ends that can be a second interview with a third three quarters later."""
    there = set(quarters)
    return [
        q
        for q in sorted(there)
        if add_months(q, -QUARTER) in there and add_months(q, HORIZON) in there
    ]


def shown_quarters(quarters: Sequence[date], first_test: date) -> list[date]:
    """Quarter ends from the first test quarter on that can be a second interview."""
    there = set(quarters)
    return [q for q in sorted(there) if q >= first_test and add_months(q, -QUARTER) in there]


def time_split(pairs: Sequence[date], first_test: date) -> TimeSplit:
    """Quarters by role. Every label before the test lies in a quarter before `first_test`'s.

    The last four quarters before the gap calibrate; with fewer than eight, all of them train and
    a third of their households calibrates (see `learn`). Raises HomeError when nothing is left.
    """
    name = f"{first_test.year}Q{first_test.month // QUARTER}"
    before = [q for q in pairs if add_months(q, HORIZON) < first_test]
    test = tuple(q for q in pairs if q >= first_test)
    if not test:
        last = f"{pairs[-1].year}Q{pairs[-1].month // QUARTER}" if pairs else "none"
        raise HomeError(
            f"no quarter from {name} on has interviews one before and three after it; "
            f"the last that has is {last}"
        )
    if not before:
        raise HomeError(
            f"nothing to learn from: no quarter has its third interview before {name}; "
            "add earlier quarters or test later ones"
        )
    held = CALIBRATION_QUARTERS if len(before) >= 2 * CALIBRATION_QUARTERS else 0
    cut = len(before) - held
    return TimeSplit(
        HORIZON,
        add_months(first_test, -QUARTER),
        add_months(test[-1], HORIZON),
        tuple(before[:cut]),
        tuple(before[cut:]),
        test,
    )
