"""Titles: a flat in two registers is one flat, joint owners of a household hold one home."""

from __future__ import annotations

from data.feeds.real_estate import features as titles

HOMES = """
    person | asset | source     | use        | area  | value  | shared | state   | happened_on
    1      | t1    | sales_file | home       |  98.4 | 400000 | sole   | current | 2026-01-10
    1      | t2    | register   | home       |  98.4 | 400000 | sole   | current | 2026-05-10
    2      | t3    | register   | rural_home | 120.0 |      - | sole   | current | 2018-01-10
    2      | t4    | register   | shop       |  40.0 | 300000 | shares | current | 2019-01-10
    3      | t5    | register   | home       |  80.0 |      - | sole   | current | 2018-01-10
    3      | t5    | register   | home       |  80.0 |      - | sole   | former  | 2024-01-10
"""


def test_a_flat_in_the_sales_file_and_the_register_is_one(spec):
    spec(titles.n_titled_homes, HOMES, {1: 1, 2: 1, 3: 0, 9: 0})
    spec(titles.titled_area, HOMES, {1: 98.4, 2: 120.0, 3: 0.0, 9: 0.0})
    spec(titles.n_town_homes, HOMES, {1: 1, 2: 0, 3: 0})


def test_a_shop_is_no_home(spec):
    spec(titles.n_shops, HOMES, {1: 0, 2: 1, 3: 0})
    spec(titles.owns_in_shares, HOMES, {1: False, 2: True, 9: False})


def test_a_title_given_up_is_gone(spec):
    spec(titles.dearest_title, HOMES, {1: 400000.0, 2: 300000.0, 3: None})
    spec(titles.days_since_town_home, HOMES, {1: 51, 2: None, 3: None})


SOLD = """
    person | asset | source     | use        | area  | value  | state   | happened_on
    1      | t1    | sales_file | home       |  96.8 | 554000 | current | 2016-05-09
    1      | t2    | register   | home       |  96.8 | 554000 | current | 2017-09-11
    1      | t2    | register   | home       |  96.8 | 554000 | former  | 2024-09-01
    1      | t3    | register   | rural_home |  99.4 |  93400 | current | 1978-04-18
    2      | t4    | sales_file | home       |  80.0 | 300000 | current | 2026-05-09
    2      | t5    | register   | parking    |  12.5 |  50000 | current | 2019-01-10
    2      | t6    | register   | parking    |  12.5 |  50000 | current | 2019-01-10
"""


def test_a_flat_that_was_sold_is_gone_though_its_sales_contract_stays_on_file(spec):
    spec(titles.n_titled_homes, SOLD, {1: 1, 2: 1})
    spec(titles.n_town_homes, SOLD, {1: 0, 2: 1})
    spec(titles.titled_area, SOLD, {1: 99.4, 2: 80.0})
    spec(titles.dearest_title, SOLD, {1: 93400.0, 2: 300000.0})


def test_two_parking_places_of_one_size_are_two(spec):
    spec(titles.n_parking_places, SOLD, {1: 0, 2: 2})


def test_joint_owners_of_one_household_hold_one_home(profile):
    profile(
        {"n_titled_homes": {1: 1}, "titled_area": {1: 90.0}},
        population_register="""
        person | household
        a      | 1
        b      | 1
        """,
        real_estate="""
        person | asset | source   | use  | area | shared | state   | happened_on
        a      | t1    | register | home | 90   | joint  | current | 2020-01-10
        b      | t1    | register | home | 90   | joint  | current | 2020-01-10
        """,
    )
