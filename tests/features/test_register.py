"""Household composition."""

from __future__ import annotations

import pytest

FAMILY = """
    person | household | relation   | born_month | marital  | sex    | change_type
    a      | 1         | head       | 1975-01-01 | widowed  | female | on_register
    b      | 1         | child      | 2012-01-01 | single   | male   | on_register
    c      | 1         | parent     | 1944-01-01 | widowed  | female | on_register
    d      | 2         | head       | 1950-01-01 | married  | male   | on_register
    e      | 2         | grandchild | 2021-08-01 | single   | female | moved_in
    f      | 3         | head       | 1955-01-01 | single   | male   | on_register
"""


@pytest.mark.slow
def test_a_household_is_described_by_its_members(profile):
    profile(
        {
            "n_minors": {1: 1, 2: 1, 3: 0},
            "n_under_six": {1: 0, 2: 1, 3: 0},
            "n_elders": {1: 1, 2: 1, 3: 1},
            "n_very_old": {1: 1, 2: 0, 3: 0},
            "n_working_age": {1: 1, 2: 0, 3: 0},
            "oldest_age": {1: 82, 2: 76, 3: 71},
            "youngest_age": {1: 14, 2: 4, 3: 71},
            "head_is_woman": {1: True, 2: False, 3: False},
            "head_has_partner": {1: False, 2: False, 3: False},
            "any_without_partner": {1: True, 2: False, 3: False},
            "n_generations": {1: 3, 2: 2, 3: 1},
            "dependency_share": {1: 2 / 3, 2: 1.0, 3: 1.0},
            "elder_alone": {1: False, 2: False, 3: True},
            "skipped_generation": {1: False, 2: True, 3: False},
        },
        population_register=FAMILY,
    )


@pytest.mark.slow
def test_moving_in_within_the_year_is_a_change_of_the_household(profile):
    profile(
        {"household_changes_12m": {1: 0, 2: 1}},
        population_register="""
        person | household | change_type | happened_on
        a      | 1         | moved_in    | 2025-06-30
        b      | 2         | moved_in    | 2025-07-01
        """,
    )
