"""Which indicators fire together, and what each adds alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from alerts.laboratory.overlap import Overlap, overlap
from alerts.laboratory.sheets import Sheet, Sheets
from tests.alerts.laboratory import past
from tests.alerts.laboratory.past import Family, material

IDS = ("B01", "C01", "C02", "G01")
# Household: points by indicator.
POINTS = {
    0: {"B01": 50},
    1: {"B01": 30, "C01": 20},
    2: {"C01": 20, "C02": 35},
    3: {"C02": 10, "G01": -20},
}


def found(bar: float = 40, caps: dict[str, float] | None = None, months: int = 1) -> Overlap:
    rows = [(h, IDS.index(id), p) for h, given in POINTS.items() for id, p in given.items()]
    columns = list(zip(*rows, strict=True))
    sheet = Sheet(np.array(columns[0]), np.array(columns[1]), np.array(columns[2], float))
    pasts = material(*[[Family(n) for n in POINTS]] * months)
    rules = replace(past.rules(), caps=caps or {})
    return overlap(pasts, Sheets(IDS, (sheet,) * months), rules, bar)


def of(result: Overlap, id: str) -> tuple[int, ...]:
    (one,) = [a for a in result.alone if a.indicator == id]
    return one.fires, one.households, one.alone, one.named, one.needed


def test_pairs_tell_how_often_two_fire_together() -> None:
    pairs = {(p.first, p.second): (p.together, p.share) for p in found().pairs}
    assert pairs == {
        ("B01", "C01"): (1, pytest.approx(1 / 3)),
        ("C01", "C02"): (1, pytest.approx(1 / 3)),
    }


def test_what_an_indicator_adds_that_no_other_says() -> None:
    result = found()
    # Of B01's two households both are named; the first, and the second, would not be without it.
    assert of(result, "B01") == (2, 2, 1, 2, 2)
    # Household 2 reaches 55; without C01 35.
    assert of(result, "C01") == (2, 2, 0, 2, 2)
    assert of(found(bar=30), "C01") == (2, 2, 0, 2, 0)


def test_points_against_need_are_no_voice() -> None:
    assert [a.indicator for a in found().alone] == ["B01", "C01", "C02"]
    # Alone in its voice, though G01 takes points away; and far from the bar.
    assert of(found(), "C02") == (2, 2, 1, 1, 1)


def test_beyond_a_cap_an_indicator_adds_nothing() -> None:
    # C is capped at 20: household 2 has 20, with or without one of the two.
    result = found(bar=20, caps={"C": 20})
    assert of(result, "C01") == (2, 2, 0, 2, 0)
    assert of(result, "C02") == (2, 2, 1, 1, 0)


def test_months_are_added_and_households_counted_once() -> None:
    result = found(months=3)
    assert of(result, "B01") == (6, 2, 3, 6, 6)
    assert result.household_months == 12
