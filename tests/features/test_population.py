"""Who is there on a date."""

from __future__ import annotations

import pytest

from features.engine import FeatureError


def test_the_newest_register_row_says_where_a_person_lives(profile):
    profile(
        {"n_adults": {1: 1, 2: 2}},
        population_register="""
        person | household | happened_on | change_type
        a      | 1         | 2020-01-01  | on_register
        b      | 1         | 2020-01-01  | on_register
        c      | 2         | 2020-01-01  | on_register
        b      | 2         | 2026-03-01  | changed
        """,
    )


def test_a_move_not_yet_known_has_not_happened(profile):
    profile(
        {"n_adults": {1: 2}},
        population_register="""
        person | household | happened_on | known_on   | change_type
        a      | 1         | 2020-01-01  | 2020-01-28 | on_register
        b      | 1         | 2020-01-01  | 2020-01-28 | on_register
        b      | 2         | 2026-06-01  | 2026-07-28 | changed
        """,
    )


@pytest.mark.slow
def test_moved_out_cancelled_and_dead_people_are_no_members(profile):
    profile(
        {"n_adults": {1: 1}, "deaths_24m": {1: 2}},
        population_register="""
        person | household | happened_on | change_type
        a      | 1         | 2020-01-01  | on_register
        b      | 1         | 2026-01-01  | moved_out
        c      | 1         | 2026-01-01  | death_cancelled
        d      | 1         | 2020-01-01  | on_register
        e      | 1         | 2023-01-01  | death_cancelled
        """,
        deaths="""
        person | happened_on
        d      | 2026-02-01
        """,
    )


def test_a_death_reported_after_the_month_end_is_not_known(profile):
    profile(
        {"n_adults": {1: 2}},
        population_register="""
        person | household
        a      | 1
        d      | 1
        """,
        deaths="""
        person | happened_on | known_on
        d      | 2026-06-02  | 2026-07-28
        """,
    )


def test_who_moves_back_in_is_a_member_again(profile):
    profile(
        {"n_adults": {1: 1}},
        population_register="""
        person | household | happened_on | change_type
        a      | 1         | 2025-01-01  | moved_out
        a      | 1         | 2026-01-01  | moved_in
        """,
    )


def test_age_counts_whole_years_from_the_month_of_birth(profile):
    profile(
        {"oldest_age": {1: 18, 2: 17}},
        population_register="""
        person | household | born_month
        a      | 1         | 2008-06-01
        b      | 2         | 2008-07-01
        """,
    )


def test_without_a_head_the_oldest_member_stands_for_the_household(profile):
    profile(
        {"is_rural": {1: True, 2: False}},
        population_register="""
        person | household | relation | born_month | urban_rural
        a      | 1         | child    | 1970-01-01 | rural
        b      | 1         | child    | 1980-01-01 | urban
        c      | 2         | parent   | 1940-01-01 | rural
        d      | 2         | head     | 1970-01-01 | urban
        """,
    )


def test_without_a_register_there_is_no_profile(profile):
    with pytest.raises(FeatureError, match="no population register known by 2026-06-30"):
        profile({"n_adults": {}})
