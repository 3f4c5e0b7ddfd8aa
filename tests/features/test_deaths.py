"""Deaths of members, seen from those who remain."""

from __future__ import annotations


def test_the_dead_are_counted_by_how_long_ago_they_died(profile):
    profile(
        {
            "deaths_12m": {1: 1, 2: 0},
            "deaths_24m": {1: 2, 2: 0},
            "working_age_deaths_24m": {1: 1, 2: 0},
            "spouse_died_24m": {1: True, 2: False},
            "days_since_death": {1: 30, 2: None},
        },
        population_register="""
        person | household | relation | born_month
        a      | 1         | head     | 1980-01-01
        b      | 1         | spouse   | 1981-01-01
        c      | 1         | parent   | 1940-01-01
        d      | 1         | parent   | 1940-01-01
        e      | 2         | head     | 1980-01-01
        """,
        deaths="""
        person | happened_on
        b      | 2026-05-31
        c      | 2025-01-31
        d      | 2024-01-31
        """,
    )
