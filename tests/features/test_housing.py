"""Where the household lives."""

from __future__ import annotations

from data.feeds.housing import features as housing

HOMES = """
    household | happened_on | kind          | danger_grade | floor_area | rooms | disaster_damage
    1         | 2023-07-01  | own_rural     | C            |        120 |     4 | none
    1         | 2025-08-01  | own_rural     | D            |        120 |     4 | severe
    2         | 2023-07-01  | public_rental | unrated      |         30 |     1 | none
    5         | 2025-01-01  | own_rural     | A            |        100 |     3 | slight
"""
RENTS = """
    household | happened_on | kind          | monthly_rent | rent_subsidy | rent_arrears_months
    1         | 2023-07-01  | own_rural     |            - | no           |                   -
    2         | 2023-07-01  | public_rental |          200 | yes          |                   4
"""
BOUGHT = """
    household | happened_on | kind      | acquired_on | acquired_how
    1         | 2023-07-01  | own_rural | 1990-01-01  | built
    3         | 2026-01-01  | own_urban | 2026-01-01  | bought
    4         | 2026-01-01  | own_rural | 2025-12-01  | renovation
    5         | 2026-01-01  | own_urban | 2025-12-01  | resettled
"""


def test_the_newest_record_grades_the_home(spec):
    spec(housing.danger_grade, HOMES, {1: "D", 2: "unrated", 5: "A", 9: None})
    spec(housing.home_kind, HOMES, {1: "own_rural", 2: "public_rental", 9: None})


def test_rent_and_arrears_hold_until_a_newer_record(spec):
    spec(housing.monthly_rent, RENTS, {1: 0.0, 2: 200.0, 9: 0.0})
    spec(housing.rent_arrears_months, RENTS, {2: 4, 1: 0})
    spec(housing.rent_subsidy, RENTS, {2: True, 1: False})


def test_disaster_damage_counts_for_a_year(spec):
    spec(housing.disaster_damage_12m, HOMES, {1: "severe", 5: "none", 9: "none"})


def test_rebuilding_an_unsafe_home_or_resettling_is_no_purchase(spec):
    spec(housing.bought_or_built_12m, BOUGHT, {1: False, 3: True, 4: False, 5: False, 9: False})


def test_space_is_shared_by_the_members(profile):
    profile(
        {
            "floor_area_per_head": {1: 60.0, 2: 30.0},
            "members_per_room": {1: 0.5, 2: 1.0},
            "owns_home": {1: True, 2: False},
            "rents_home": {1: False, 2: True},
            "danger_level": {1: 4, 2: None},
            "disaster_level": {1: 2, 2: 0},
        },
        population_register="""
        person | household
        a      | 1
        b      | 1
        c      | 2
        """,
        housing=HOMES,
    )
