"""What visits told about income."""

from __future__ import annotations

from features.combined import income_visited

VISITS = """
    household | happened_on | income_month | members | consumption_units
    1         | 2024-06-30  |         1000 |       2 |                 -
    1         | 2024-09-01  |         1500 |       2 |                 -
    1         | 2026-03-01  |            - |       2 |                 -
    2         | 2020-01-01  |         1300 |       2 |                 -
    3         | 2026-01-01  |         1300 |       2 |               1.8
"""


def test_the_newest_answer_within_the_window_counts(spec):
    spec(income_visited.visited_income_24m, VISITS, {1: 1500.0, 2: None, 3: 1300.0})
    spec(income_visited.visited_income_12m, VISITS, {1: None, 3: 1300.0})


def test_a_visit_without_an_answer_is_still_a_visit(spec):
    spec(income_visited.visited_24m, VISITS, {1: True, 2: False, 3: True})


def test_below_the_standard_is_judged_a_head_or_an_adult_equivalent(spec):
    spec(income_visited.visited_below_standard, VISITS, {1: False, 2: None, 3: False})
    spec(income_visited.ever_visited_below_standard, VISITS, {1: True, 2: True, 3: False})


def test_business_and_property_are_unknown_only_when_neither_was_told(spec):
    rows = """
        household | happened_on | business_income | property_income
        1         | 2026-01-01  |             300 | -
        2         | 2026-01-01  | -               | -
        """
    spec(income_visited.visited_business_24m, rows, {1: 300.0, 2: None})
