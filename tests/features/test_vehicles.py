"""Vehicles count once, while they are in use, and only those that local rules count."""

from __future__ import annotations

from data.feeds.vehicles import features as vehicles

FLEET = """
    person | asset | kind       | use     | registered_on | value  | state       | happened_on
    1      | p1    | car        | private | 2020-01-01    |  60000 | normal      | 2020-01-01
    1      | p2    | truck      | trade   | 2026-02-01    |      - | normal      | 2026-02-01
    2      | p3    | car        | private | 2019-01-01    |  90000 | normal      | 2019-01-01
    2      | p3    | car        | private | 2019-01-01    |  90000 | transferred | 2025-05-01
    3      | p4    | motorcycle | private | 2022-01-01    |   6000 | normal      | 2022-01-01
    3      | p5    | tractor    | farm    | 2021-01-01    |  30000 | normal      | 2021-01-01
    4      | p6    | car        | private | 2015-01-01    |  50000 | scrapped    | 2026-01-01
    4      | p6    | car        | private | 2015-01-01    |  50000 | normal      | 2015-01-01
"""


def test_a_sold_or_scrapped_car_is_gone(spec):
    spec(vehicles.n_vehicles, FLEET, {1: 2, 2: 0, 3: 0, 4: 0, 9: 0})


def test_motorcycles_and_farm_machines_are_counted_apart(spec):
    spec(vehicles.n_light_vehicles, FLEET, {1: 0, 3: 1})
    spec(vehicles.n_tractors, FLEET, {1: 0, 3: 1})
    spec(vehicles.n_earning_vehicles, FLEET, {1: 1, 3: 0})


def test_a_missing_price_is_no_price(spec):
    spec(vehicles.dearest_vehicle, FLEET, {1: 60000.0, 2: None, 3: None, 9: None})
    spec(vehicles.n_unpriced_vehicles, FLEET, {1: 1, 2: 0})


def test_a_car_that_husband_sells_to_wife_is_still_one(spec):
    spec(
        vehicles.n_vehicles,
        """
        person | asset | kind | registered_on | state       | happened_on
        1      | p1    | car  | 2020-01-01    | transferred | 2026-03-01
        1      | p1    | car  | 2020-01-01    | normal      | 2020-01-01
        """,
        {1: 0},
    )


def test_a_vehicle_bought_within_a_year_is_new(profile):
    profile(
        {"vehicle_bought_12m": {1: True, 2: False, 3: False}},
        population_register="""
        person | household
        1      | 1
        2      | 2
        3      | 3
        """,
        vehicles=FLEET,
    )
