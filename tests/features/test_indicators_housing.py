"""Indicators F01 to F05."""

from __future__ import annotations

import pytest

from tests.features.test_income import WORK, year_of

HOMES = "person | household | born_month | urban_rural | marital" + "".join(
    f"\np{n} | {n} | 1985-01-01 | {'urban' if n > 5 else 'rural'} | single" for n in range(1, 10)
)


def test_f01_an_unsafe_home_or_none_in_the_country(profile):
    profile(
        {
            "unsafe_housing": {
                1: "D",
                2: "none",
                3: "C",
                4: "safe",
                5: None,
                6: "safe",
            }
        },
        population_register=HOMES,
        housing="""
        household | kind      | danger_grade
        1         | own_rural | D
        2         | none      | -
        3         | own_rural | C
        4         | own_rural | B
        5         | own_rural | unrated
        6         | own_urban | D
        """,
    )


def test_f02_a_home_damaged_by_disaster_within_a_year(profile):
    profile(
        {"disaster_housing": {1: "severe", 2: "slight", 3: "none", 4: "none"}},
        population_register=HOMES,
        housing="""
        household | happened_on | kind      | disaster_damage
        1         | 2026-05-01  | own_rural | collapsed
        2         | 2026-05-01  | own_rural | slight
        3         | 2025-05-01  | own_rural | severe
        """,
    )


def test_f03_too_little_space_in_town_without_an_own_home_or_public_rental(profile):
    profile(
        {"urban_housing_shortage": {6: True, 7: False, 8: False, 9: True, 1: False}},
        population_register=HOMES,
        housing="""
        household | kind          | floor_area
        6         | market_rent   | 14
        7         | market_rent   | 15
        8         | own_urban     | 10
        9         | none          | -
        1         | market_rent   | 10
        """,
    )


@pytest.mark.slow
def test_f04_a_heavy_rent_or_public_rent_owed(profile):
    profile(
        {
            "rent_burden": {
                1: "rent",
                2: "none",
                3: "none",
                6: "arrears",
                7: "none",
                8: None,
                9: None,
            }
        },
        population_register=HOMES,
        assistance_rolls="""
        household | assistance_class | event | happened_on
        99        | dibao            | start | 2020-01-01
        """,
        employment=WORK + "".join(year_of("contribution", f"p{n}", 2000) for n in (1, 2, 3, 6, 7)),
        housing="""
        household | kind          | monthly_rent | rent_subsidy | rent_arrears_months
        1         | market_rent   | 600          | no           | -
        2         | market_rent   | 600          | yes          | -
        3         | market_rent   | 599          | no           | -
        6         | public_rental | 100          | no           | 3
        7         | own_urban     | -            | no           | -
        9         | market_rent   | 600          | no           | -
        """,
    )


def test_f05_a_home_bought_or_built_within_a_year(profile):
    profile(
        {"new_high_standard_home": {6: True, 1: False, 2: False}},
        population_register=HOMES,
        housing="""
        household | kind      | acquired_on | acquired_how
        6         | own_urban | 2026-01-01  | bought
        1         | own_rural | 2026-01-01  | renovation
        2         | own_rural | 2020-01-01  | built
        """,
    )


def test_f05_a_home_that_replaces_an_unsafe_or_destroyed_one_is_no_luxury(profile):
    profile(
        {"new_high_standard_home": {1: False, 2: False, 3: False, 4: True}},
        population_register=HOMES,
        housing="""
        household | happened_on | dwelling    | kind      | acquired_on | acquired_how | danger_grade | disaster_damage
        1         | 2024-05-01  | d1          | own_rural | 1990-01-01  | built        | D            | none
        1         | 2026-05-01  | d2          | own_rural | 2026-01-01  | built        | A            | none
        2         | 2025-07-01  | d3          | own_rural | 1990-01-01  | built        | A            | collapsed
        2         | 2026-05-01  | d3          | own_rural | 2026-02-01  | built        | A            | none
        3         | 2025-12-01  | d4          | own_urban | 2025-11-01  | resettled    | A            | none
        3         | 2026-05-01  | d4          | own_urban | 2025-11-01  | bought       | A            | none
        4         | 2022-05-01  | d5          | own_rural | 1990-01-01  | built        | C            | none
        4         | 2026-05-01  | d6          | own_rural | 2026-02-01  | built        | A            | none
        """,  # noqa: E501 (a table is read across)
    )


@pytest.mark.slow
def test_b08_a_second_home_with_more_than_three_times_the_least_space(profile):
    profile(
        # one person each and a line of 15 m2: more than 45 m2 in two own homes
        {"several_homes": {1: "second_home", 2: "none", 3: "none", 4: "none"}},
        population_register=HOMES,
        housing="""
        household | dwelling    | kind        | floor_area
        1         | d1          | own_rural   | 23
        1         | d2          | own_urban   | 23
        2         | d3          | own_rural   | 20
        2         | d4          | own_urban   | 25
        3         | d5          | own_rural   | 200
        3         | d6          | market_rent | 200
        """,
    )
    profile({"several_homes": {1: None}}, population_register=HOMES)


@pytest.mark.slow
def test_homes_are_unknown_without_the_housing_feed(profile):
    profile(
        {
            "unsafe_housing": {1: None},
            "disaster_housing": {1: None},
            "rent_burden": {1: None},
            "new_high_standard_home": {1: None},
        },
        population_register=HOMES,
    )
