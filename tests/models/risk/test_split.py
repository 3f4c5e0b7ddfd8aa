"""Months by what was known when."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.home import add_months
from models.risk.errors import RiskError
from models.risk.split import split_months


def months(first: date, count: int) -> list[date]:
    return [add_months(first, i) for i in range(count)]


def test_the_demo_county_trains_calibrates_and_tests_as_designed() -> None:
    split = split_months(
        months(date(2023, 12, 31), 31), 6, date(2025, 6, 30), closed_by=date(2026, 6, 30)
    )
    assert split.train == tuple(months(date(2023, 12, 31), 6))  # 2023-12 .. 2024-05
    assert split.calibrate == (date(2024, 11, 30), date(2024, 12, 31))
    assert split.test == tuple(months(date(2025, 6, 30), 7))  # 2025-06 .. 2025-12


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    numbers=st.sets(st.integers(0, 60), min_size=1, max_size=40),
    horizon=st.integers(1, 12),
    known=st.integers(0, 60),
    closed=st.integers(0, 72),
    calibration=st.integers(1, 4),
)
def test_no_label_reaches_into_the_months_it_is_judged_on(
    numbers, horizon, known, closed, calibration
) -> None:
    first = date(2020, 1, 31)
    known_by, closed_by = add_months(first, known), add_months(first, closed)
    try:
        split = split_months(
            [add_months(first, i) for i in numbers],
            horizon,
            known_by,
            closed_by=closed_by,
            calibration_months=calibration,
        )
    except RiskError:
        return
    assert split.train
    assert split.calibrate
    assert max(add_months(m, horizon) for m in split.train) <= min(split.calibrate)
    assert max(add_months(m, horizon) for m in split.calibrate) <= known_by
    assert all(m >= known_by for m in split.test)
    assert all(add_months(m, horizon) <= split.closed_by for m in split.test)
    roles = [*split.train, *split.calibrate, *split.test]
    assert len(roles) == len(set(roles))


def test_too_little_history_is_refused_with_the_month_that_is_enough() -> None:
    short = months(date(2025, 1, 31), 8)
    with pytest.raises(RiskError, match="train on 2026-02-28 or later"):
        split_months(short, 6, date(2025, 8, 31))
    # 2025-01 + 2 x 6 + 1 month: and then it works.
    split = split_months(months(date(2025, 1, 31), 14), 6, date(2026, 2, 28))
    assert split.train == (date(2025, 1, 31),)
    assert split.test == ()


def test_no_months_at_all_asks_for_files() -> None:
    with pytest.raises(RiskError, match="ingest department files first"):
        split_months([], 6, date(2025, 8, 31))


def test_the_picture_says_how_long_each_label_is_watched() -> None:
    split = split_months(months(date(2024, 1, 31), 20), 3, date(2025, 1, 31))
    spans = split.as_dict()["spans"]
    assert spans[0] == {"month": "2024-01-31", "role": "train", "label_until": "2024-04-30"}
    assert {s["role"] for s in spans} == {"train", "calibrate"}
