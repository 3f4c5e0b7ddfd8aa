"""Figures of a candidate's picks, with intervals that few visits deserve."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from models.risk.measures import Capacity, wilson
from models.risk.rolling.figures import Figures, Judge


def at(hits: int, seen: int) -> Figures:
    """The picks are the first `seen` of forty households, `hits` of them in need."""
    rows = pd.DataFrame(
        {
            "household": [f"h{i}" for i in range(40)],
            "as_of": date(2026, 3, 31),
            "label": [float(i < hits) for i in range(seen)] + [0.0, 1.0] * ((40 - seen) // 2),
            "weight": 1.0,
            "score": [1.0 - i / 100 for i in range(40)],
        }
    )
    return Judge(rows).at("score", Capacity(count=seen))


def test_none_of_eight_is_not_known_to_be_nothing() -> None:
    found = at(0, 8)
    assert found["precision"] == 0.0
    assert found["precision_high"] == pytest.approx(wilson(0, 8)[1])


def test_all_of_eight_is_not_known_to_be_everything() -> None:
    assert at(8, 8)["precision_low"] == pytest.approx(wilson(8, 8)[0])


def test_between_them_households_are_drawn() -> None:
    found = at(4, 8)
    assert 0 < found["precision_low"] < 0.5 < found["precision_high"] < 1
