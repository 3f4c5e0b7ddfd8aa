"""Who is watched, who is at risk, and whether a fall would be a return."""

from __future__ import annotations

import pytest

HOMES = "person | household | born_month" + "".join(
    f"\np{n} | {n} | 1985-01-01" for n in range(1, 10)
)
EVENTS = """
    household | assistance_class | event   | happened_on
    1         | dibao            | start   | 2024-01-01
    1         | edge             | start   | 2023-01-01
    2         | edge             | start   | 2024-01-01
    3         | dibao            | start   | 2020-01-01
    3         | dibao            | end     | 2025-01-01
    4         | dibao            | start   | 2018-01-01
    4         | dibao            | end     | 2022-01-01
    5         | dibao            | refused | 2025-01-01
    6         | dibao            | start   | 2024-01-01
    6         | dibao            | end     | 2025-01-01
    6         | dibao            | start   | 2025-06-01
"""


@pytest.mark.slow
def test_the_weightiest_class_names_the_household(profile):
    profile(
        {
            "roll_class": {1: "dibao", 2: "edge", 3: None, 5: None},
            "on_dibao_tekun": {1: True, 2: False, 3: False},
            "left_roll_24m": {1: False, 3: True, 4: False, 6: False, 7: False},
            "population": {1: "on_roll", 2: "on_roll", 3: "return", 4: "return", 5: "new_entry"},
            "watched": {1: True, 2: True, 3: True, 4: False, 5: True, 7: False},
            "at_risk": {1: False, 2: True, 3: True, 4: False, 5: True, 6: False, 7: False},
        },
        population_register=HOMES,
        assistance_rolls=EVENTS,
    )


@pytest.mark.slow
def test_groups_of_other_departments_are_watched_too(profile):
    profile(
        {
            "watched": {1: True, 2: True, 3: True, 4: True, 5: False, 6: False},
            "severe_patient": {1: True, 5: False},
            "hard_up_student": {3: True, 6: False},
        },
        population_register=HOMES,
        assistance_rolls="""
        household | assistance_class | event | happened_on
        99        | dibao            | start | 2020-01-01
        """,
        medical_claims="""
        person | happened_on | self_paid
        p1     | 2026-01-01  | 5000
        p5     | 2026-01-01  | 4999
        """,
        disability_certificates="""
        person | category | grade
        p2     | mental   | 3
        """,
        school_rolls="""
        person | stage   | aid_item
        p3     | college | grant
        p6     | college | none
        """,
        employment="""
        person | record_type | happened_on
        p4     | unemployed  | 2026-01-01
        """,
    )


@pytest.mark.slow
def test_in_a_survey_without_rolls_the_visited_are_watched(profile):
    profile(
        {
            "watched": {1: True, 2: True, 3: True, 4: False},
            "at_risk": {1: True, 2: False, 3: True},
            "population": {1: "new_entry", 2: "on_roll", 3: "return", 4: "new_entry"},
        },
        population_register=HOMES,
        home_visits="""
        household | happened_on | income_month | members
        1         | 2025-12-01  | 900          | 1
        1         | 2026-03-01  | 900          | 1
        2         | 2026-03-01  | 600          | 1
        3         | 2025-12-01  | 600          | 1
        3         | 2026-03-01  | 900          | 1
        """,
    )
