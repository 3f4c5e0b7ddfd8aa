"""B06, B07, B08, B09, F05 and G04 as officials would read them; S is 700 yuan here."""

from __future__ import annotations

import pytest

PEOPLE = """
    person | household
    1      | 1
    2      | 2
    3      | 3
    4      | 4
    5      | 5
    6      | 6
"""
FLEET = """
    person | asset | kind  | use     | registered_on | value  | state  | happened_on
    1      | v1    | van   | trade   | 2020-01-01    |  90000 | normal | 2020-01-01
    2      | v2    | car   | private | 2020-01-01    |  28000 | normal | 2020-01-01
    3      | v3    | car   | private | 2020-01-01    |  28001 | normal | 2020-01-01
    4      | v4    | car   | private | 2020-01-01    |  70001 | normal | 2020-01-01
    5      | v5    | car   | private | 2020-01-01    |      - | normal | 2020-01-01
    6      | v6    | truck | trade   | 2020-01-01    |  20000 | normal | 2020-01-01
    6      | v7    | car   | private | 2020-01-01    |  10000 | normal | 2020-01-01
"""


def test_b07_from_a_livelihood_to_a_costly_car(profile):
    profile(
        {
            "vehicle_class": {
                1: "livelihood",
                2: "modest",
                3: "middling",
                4: "costly",
                5: None,
                6: "costly",
            }
        },
        population_register=PEOPLE,
        vehicles=FLEET,
    )


def test_b07_a_car_of_this_year_is_costly_whatever_its_price(profile):
    profile(
        {"vehicle_class": {1: "costly", 2: "none"}},
        population_register=PEOPLE,
        vehicles="""
        person | asset | kind | use     | registered_on | value | state  | happened_on
        1      | v1    | car  | private | 2026-01-01    |  9000 | normal | 2026-01-01
        """,
    )


def test_b08_a_shop_or_two_homes_with_much_space(profile):
    profile(
        {"several_homes": {1: "shop", 2: "second_home", 3: "none", 4: "none"}},
        population_register=PEOPLE,
        real_estate="""
        person | asset | source   | use  | area | state   | happened_on
        1      | t1    | register | shop |   30 | current | 2018-01-01
        2      | t2    | register | home |   90 | current | 2018-01-01
        2      | t3    | register | home |   70 | current | 2018-01-01
        3      | t4    | register | home |   20 | current | 2018-01-01
        3      | t5    | register | home |   24 | current | 2018-01-01
        """,
    )


def test_b09_a_company_a_stall_and_a_dead_firm(profile):
    profile(
        {"own_business": {1: "company", 2: "self_employed", 3: "none", 4: "none"}},
        population_register=PEOPLE,
        firms="""
        person | asset | kind    | role        | capital | state   | happened_on
        1      | f1    | company | shareholder |  100000 | active  | 2020-01-01
        2      | f2    | sole    | operator    |   10000 | active  | 2020-01-01
        3      | f3    | company | legal_rep   |  900000 | revoked | 2020-01-01
        """,
    )


def test_f05_a_town_flat_of_this_year_unless_it_replaces_a_lost_home(profile):
    profile(
        {"new_high_standard_home": {1: True, 2: False, 3: False}},
        population_register=PEOPLE,
        real_estate="""
        person | asset | source   | use  | area | state   | happened_on
        1      | t1    | register | home |   98 | current | 2026-01-05
        2      | t2    | register | home |   98 | current | 2019-01-05
        3      | t3    | register | home |   98 | current | 2026-01-05
        """,
        housing="""
        household | happened_on | kind      | acquired_on | acquired_how
        1         | 2020-01-01  | own_urban | 2019-01-01  | bought
        3         | 2026-01-01  | own_urban | 2025-12-01  | resettled
        """,
    )


NOTHING = {
    "real_estate": """
        person | asset | source   | use        | area | state   | happened_on
        1      | t1    | register | rural_home |   90 | current | 2018-01-05
    """,
    "firms": """
        person | asset | kind | role     | capital | state  | happened_on
        6      | f1    | sole | operator |   10000 | active | 2018-01-05
    """,
    "housing": """
        household | happened_on | kind      | floor_area
        1         | 2020-01-01  | own_rural | 90
        2         | 2020-01-01  | own_rural | 90
    """,
}


@pytest.mark.slow
def test_g04_says_within_only_where_every_asset_is_known(profile):
    profile(
        {"assets_over_limit": {1: False, 2: None, 3: True, 4: True}},
        population_register=PEOPLE,
        vehicles="""
        person | asset | kind | use     | registered_on | value | state  | happened_on
        4      | v4    | car  | private | 2020-01-01    | 56001 | normal | 2020-01-01
        """,
        financial_assets="""
        person | asset | institution | kind    | role   | amount | happened_on
        1      | x1    | bank        | deposit | holder |  16800 | 2026-03-31
        3      | x3    | bank        | deposit | holder |  16801 | 2026-03-31
        4      | x4    | bank        | deposit | holder |      1 | 2026-03-31
        """,
        **NOTHING,
    )


def test_g04_without_limits_of_the_region_is_unknown(profile):
    profile(
        {"assets_over_limit": {1: None}},
        lines={"fin_limit": None},
        population_register=PEOPLE,
        vehicles=FLEET,
        financial_assets="""
        person | asset | institution | kind    | role   | amount | happened_on
        1      | x1    | bank        | deposit | holder |    800 | 2026-03-31
        """,
        **NOTHING,
    )
