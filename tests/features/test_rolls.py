"""Assistance given, ended, refused."""

from __future__ import annotations

from data.feeds.assistance_rolls import features as rolls
from features.engine import registry


def feature(name):
    return registry().features[name]


HISTORY = """
    household | assistance_class | event   | happened_on | monthly_amount | end_reason
    1         | dibao            | start   | 2024-01-10  |            500 | -
    2         | dibao            | start   | 2023-01-10  |            400 | -
    2         | dibao            | end     | 2025-03-10  |              - | income_up
    3         | dibao            | start   | 2022-01-10  |            400 | -
    3         | dibao            | end     | 2023-05-10  |              - | expired
    3         | edge             | start   | 2023-06-10  |              - | -
    4         | dibao            | refused | 2024-06-30  |              - | -
    5         | dibao            | refused | 2024-07-01  |              - | -
    6         | dibao            | start   | 2024-02-10  |            300 | -
    6         | dibao            | end     | 2025-02-10  |              - | income_up
    6         | dibao            | start   | 2025-09-10  |            350 | -
"""


def test_a_class_is_held_while_its_newest_event_is_a_start(spec):
    spec(feature("on_dibao"), HISTORY, {1: True, 2: False, 3: False, 4: False, 6: True, 9: False})
    spec(feature("on_edge"), HISTORY, {1: False, 3: True})


def test_a_renewal_that_ends_and_starts_on_one_day_goes_on(spec):
    rows = """
        household | assistance_class | event | happened_on
        1         | dibao            | start | 2024-01-10
        1         | dibao            | start | 2025-01-10
        1         | dibao            | end   | 2025-01-10
        """
    spec(feature("on_dibao"), rows, {1: True, 2: False})


def test_leaving_dibao_is_remembered_for_24_months(spec):
    spec(rolls.ended_dibao_tekun_24m, HISTORY, {1: False, 2: True, 3: False, 6: True})
    spec(rolls.ever_left_roll, HISTORY, {1: False, 2: True, 3: True, 6: True})
    spec(rolls.left_for_income_24m, HISTORY, {2: True, 3: False})


def test_a_refusal_is_remembered_for_24_months(spec):
    spec(rolls.refused_24m, HISTORY, {4: False, 5: True, 1: False})


def test_the_newest_amount_is_that_of_the_newest_start(spec):
    spec(rolls.latest_roll_amount, HISTORY, {1: 500.0, 6: 350.0, 4: None})


def test_emergency_grants_are_counted_and_summed_over_a_year(spec):
    rows = """
        household | assistance_class | event | happened_on | monthly_amount
        1         | emergency        | grant | 2025-06-30  |           1000
        1         | emergency        | grant | 2025-08-01  |           2000
        1         | emergency        | grant | 2026-06-01  |            500
        """
    spec(feature("emergency_grants_12m"), rows, {1: 2, 2: 0})
    spec(feature("emergency_grants_24m"), rows, {1: 3, 2: 0})
    spec(rolls.emergency_amount_12m, rows, {1: 2500.0, 2: 0.0})


def test_without_rolls_nobody_is_known_to_be_off_them(spec):
    spec(feature("on_dibao"), None, {1: None})
