"""School rolls and student aid."""

from __future__ import annotations

import pytest

from data.feeds.school_rolls import features as schooling
from features.engine import registry

ROLLS = """
    person | happened_on | stage      | status    | annual_fee | aid_item | aid_amount | boarding
    1      | 2026-03-10  | senior     | enrolled  |       2000 | grant    |       1150 | yes
    2      | 2025-09-10  | university | enrolled  |       6000 | none     |          - | yes
    2      | 2026-06-10  | university | graduated |          - | none     |          - | no
    3      | 2026-03-10  | primary    | suspended |        100 | none     |          - | no
    4      | 2025-09-10  | junior     | enrolled  |        200 | none     |          - | no
    4      | 2026-05-10  | junior     | dropped   |        200 | none     |          - | no
    5      | 2025-03-10  | primary    | enrolled  |        200 | none     |          - | no
"""


def test_a_suspended_pupil_is_still_enrolled_and_a_graduate_is_not(spec):
    expected = {1: True, 2: False, 3: True, 4: False, 5: False, 6: False}
    spec(schooling.enrolled, ROLLS, expected)


def test_a_roll_older_than_a_term_and_a_bit_is_out_of_date(spec):
    spec(schooling.school_stage, ROLLS, {1: "senior", 2: None, 3: "primary", 5: None})
    spec(schooling.last_stage, ROLLS, {2: "university", 5: "primary"})


def test_fees_count_while_enrolled(spec):
    spec(schooling.school_fee, ROLLS, {1: 2000.0, 2: 0.0, 3: 100.0, 4: 0.0, 6: 0.0})


def test_aid_of_the_term_is_seen(spec):
    spec(registry().features["student_aid"], ROLLS, {1: True, 2: False, 6: False})


@pytest.mark.slow
def test_pupils_of_a_household_are_counted_by_stage(profile):
    profile(
        {
            "n_students": {1: 2},
            "n_senior_students": {1: 1},
            "n_tertiary_students": {1: 0},
            "n_compulsory_students": {1: 1},
            "n_boarders": {1: 1},
            "education_cost_year": {1: 2100.0},
            "highest_school_fee": {1: 2000.0},
            "any_student_aid": {1: True},
            "n_left_school_12m": {1: 2},
        },
        population_register="""
        person | household
        1      | 1
        2      | 1
        3      | 1
        4      | 1
        """,
        school_rolls=ROLLS,
    )
