"""A home with several counties uses each county's own standards, and a township its own."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from data.standards import Dated, Standards
from features import profile as profiles
from tests.features.tables import TableFeeds

AS_OF = date(2026, 6, 30)
EARLY, RISE = date(2020, 1, 1), date(2026, 1, 1)
# (region, S before 2026, S from 2026 on)
FIGURES = {"990321": (600, 700), "990322": (400, 500), "990322101": (440, 550)}
REGISTER = """
person | household | township_code | village_code
a      | 1         | 990321101     | 990321101001
b      | 2         | 990322101     | 990322101001
c      | 3         | 990322102     | 990322102001
"""
VISITS = """
household | happened_on | income_month | members
1         | 2025-06-10  | 300 | 1
2         | 2025-06-10  | 300 | 1
3         | 2025-06-10  | 300 | 1
"""


def standards(figures: dict[str, tuple[float, float]]) -> Standards:
    return Standards(
        {
            (region, side, "S"): (Dated(EARLY, old, ""), Dated(RISE, new, ""))
            for region, (old, new) in figures.items()
            for side in ("urban", "rural")
        }
    )


def homes(region: str, found: Standards) -> dict[str, dict[str, Any]]:
    built = profiles.assemble_profile(
        TableFeeds(population_register=REGISTER, home_visits=VISITS),
        AS_OF,
        region,
        profiles.standards_on(found, region, AS_OF),
        profiles.standards_history(found, region),
        only=["visit_income_ratio"],
        parts=found.within(region),
    )
    rows = built.household.to_pyarrow().to_pylist()
    return {row["household"]: row for row in rows}


@pytest.fixture(scope="module")
def prefecture() -> dict[str, dict[str, Any]]:
    """Two counties of one prefecture, one of their townships with figures of its own."""
    return homes("9903", standards(FIGURES))


def test_each_household_has_the_standards_of_the_nearest_region(prefecture) -> None:
    assert {h: row["S"] for h, row in prefecture.items()} == {"1": 700, "2": 550, "3": 500}


def test_each_household_names_its_own_county(prefecture) -> None:
    counties = {h: row["county_code"] for h, row in prefecture.items()}
    assert counties == {"1": "990321", "2": "990322", "3": "990322"}


def test_an_old_visit_is_measured_by_the_standard_of_its_place_and_day(prefecture) -> None:
    ratios = {h: row["visit_income_ratio"] for h, row in prefecture.items()}
    assert ratios == {"1": 300 / 600, "2": pytest.approx(300 / 440), "3": 300 / 400}


def test_a_single_county_needs_no_places(prefecture) -> None:
    found = standards({"990321": (600, 700)})
    assert found.within("990321") == []
    alone = homes("990321", found)
    assert alone["1"]["S"] == 700
    assert alone["1"]["visit_income_ratio"] == 0.5
    assert alone["1"]["county_code"] == "990321"


def test_a_region_without_any_figure_has_none() -> None:
    found = standards({"990322": (400, 500)})
    assert homes("9903", found)["1"]["S"] is None
