"""A home with several counties uses each county's own standards, and a township its own."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from data.region_table import Entry, RegionTable
from data.standards import Dated, Standards
from features import profile as profiles
from features.population import Where
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
4         | 2025-06-10  | 300 | 1
"""


def standards(figures: dict[str, tuple[float, float]]) -> Standards:
    return Standards(
        {
            (region, side, "S"): (Dated(EARLY, old, ""), Dated(RISE, new, ""))
            for region, (old, new) in figures.items()
            for side in ("urban", "rural")
        }
    )


def homes(
    region: str, found: Standards, register: str = REGISTER, where: Where | None = None
) -> dict[str, dict[str, Any]]:
    built = profiles.assemble_profile(
        TableFeeds(population_register=register, home_visits=VISITS),
        AS_OF,
        region,
        profiles.standards_on(found, region, AS_OF),
        profiles.standards_history(found, region),
        only=["visit_income_ratio"],
        parts=found.elsewhere(region),
        where=where,
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


@pytest.mark.slow
def test_a_single_county_needs_no_places(prefecture) -> None:
    found = standards({"990321": (600, 700)})
    assert found.elsewhere("990321") == []
    alone = homes("990321", found)
    assert alone["1"]["S"] == 700
    assert alone["1"]["visit_income_ratio"] == 0.5
    assert alone["1"]["county_code"] == "990321"


@pytest.mark.slow
def test_a_region_without_any_figure_has_none() -> None:
    found = standards({"990322": (400, 500)})
    assert homes("9903", found)["1"]["S"] is None


BESIDE = {"990321": (600, 700), "990322": (400, 500)}
THREE = """
person | household | township_code | village_code
a      | 1         | 990321101     | 990321101001
b      | 2         | 990322101     | 990322101001
c      | 3         | 990323101     | 990323101001
d      | 4         | -             | -
"""


@pytest.mark.slow
def test_two_counties_in_one_home_have_each_its_own_standards() -> None:
    """The home is named after one of them; the third has none and gets nobody else's."""
    beside = homes("990321", standards(BESIDE), register=THREE)
    assert {h: row["S"] for h, row in beside.items()} == {"1": 700, "2": 500, "3": None, "4": None}
    assert {h: row["county_code"] for h, row in beside.items()} == {
        "1": "990321", "2": "990322", "3": "990323", "4": None,
    }  # fmt: skip
    # 300 yuan a head on 2025-06-10, by the S of each county on that day.
    assert {h: row["visit_income_ratio"] for h, row in beside.items()} == {
        "1": 300 / 600, "2": 300 / 400, "3": None, "4": None,
    }  # fmt: skip


def test_a_county_without_figures_is_never_given_the_homes_own() -> None:
    alone = homes("990321", standards({"990321": (600, 700)}), register=THREE)
    # Nothing but 990321 is known of, so the household without a place lies in it.
    assert {h: row["S"] for h, row in alone.items()} == {"1": 700, "2": None, "3": None, "4": 700}


@pytest.mark.slow
def test_a_city_wide_figure_holds_in_every_county_of_it() -> None:
    found = homes("990321", standards({"9903": (300, 350), "990321": (600, 700)}), register=THREE)
    assert {h: row["S"] for h, row in found.items()} == {"1": 700, "2": 350, "3": 350, "4": 700}


@pytest.mark.slow
def test_after_a_merger_a_household_lives_in_the_place_of_the_month() -> None:
    moves = {"990322101": "990321102", "990322101001": "990321102009", "990323101": None,
             "990323101001": "990321103001"}  # fmt: skip
    found = standards(BESIDE)
    where = Where("990321", ("990322",), False, moves)
    after = homes("990321", found, register=THREE, where=where)
    assert (after["2"]["township_code"], after["2"]["village_code"]) == (
        "990321102",
        "990321102009",
    )
    assert after["2"]["S"] == 700
    # The township was split; the village says where the family is now.
    assert after["3"]["township_code"] == "990321103"


def test_old_days_of_a_county_with_a_new_code_have_the_figures_of_its_old_one() -> None:
    table = RegionTable(
        [
            Entry("990322", "清县", valid_to=RISE, became=("990305",)),
            Entry("990305", "清区", valid_from=RISE),
        ]
    )
    found = Standards(
        {
            ("990322", "rural", "S"): (Dated(EARLY, 400, ""),),
            ("990305", "rural", "S"): (Dated(RISE, 450, ""),),
        }
    )
    rows = profiles.standards_history(found, "990305", table).to_pyarrow().to_pylist()
    told = {(r["county_code"], r["since"]): r["S"] for r in rows if r["urban_rural"] == "rural"}
    assert told["990305", EARLY] == 400
    assert told["990305", RISE] == 450
