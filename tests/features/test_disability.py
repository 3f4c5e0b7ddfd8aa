"""Disability certificates."""

from __future__ import annotations

from data.feeds.disability_certificates import features as disability
from features.engine import registry

CERTIFICATES = """
    person | happened_on | category     | grade | event     | expires_on | rehab_cost_year
    1      | 2020-01-01  | physical     |     2 | issued    | 2030-01-01 |            3000
    2      | 2020-01-01  | physical     |     3 | issued    | 2030-01-01 |               -
    3      | 2020-01-01  | mental       |     3 | issued    | 2030-01-01 |            1200
    4      | 2020-01-01  | physical     |     1 | issued    | 2030-01-01 |            1000
    4      | 2026-01-01  | physical     |     1 | cancelled | -          |               -
    5      | 2016-01-01  | vision       |     1 | issued    | 2026-01-01 |               -
    6      | 2020-01-01  | physical     |     2 | issued    | 2030-01-01 |             900
    6      | 2026-01-01  | physical     |     4 | changed   | 2036-01-01 |             600
    7      | 2020-01-01  | intellectual |     4 | issued    | 2030-01-01 |               -
"""


def test_grades_one_and_two_and_grade_three_of_the_mind_are_severe(spec):
    expected = {1: True, 2: False, 3: True, 4: False, 5: False, 6: False, 7: False, 8: False}
    spec(disability.severely_disabled, CERTIFICATES, expected)


def test_lighter_grades_count_as_other_disability(spec):
    expected = {1: False, 2: True, 3: False, 4: False, 5: False, 6: True, 7: True, 8: False}
    spec(disability.other_disabled, CERTIFICATES, expected)


def test_no_labour_capacity_follows_the_kind_and_the_grade(spec):
    spec(disability.no_labour_by_disability, CERTIFICATES, {1: True, 2: False, 3: True, 7: False})


def test_a_cancelled_or_expired_certificate_costs_and_counts_nothing(spec):
    spec(disability.rehab_cost, CERTIFICATES, {1: 3000.0, 2: 0.0, 4: 0.0, 5: 0.0, 6: 600.0})
    spec(disability.disability_grade, CERTIFICATES, {1: 2, 4: None, 5: None, 6: 4, 8: None})


def test_a_first_certificate_is_new_for_its_window(spec):
    rows = """
        person | happened_on | event
        1      | 2025-12-31  | issued
        2      | 2026-01-01  | issued
        3      | 2026-01-01  | changed
        """
    new = registry().features["new_certificate_6m"]
    spec(new, rows, {1: False, 2: True, 3: False})


def test_members_add_up_to_the_household(profile):
    profile(
        {
            "n_disabled": {1: 2},
            "n_severely_disabled": {1: 1},
            "rehab_cost_year": {1: 3000.0},
            "heaviest_grade": {1: 2},
            "n_care_subsidy_due": {1: 1},
            "n_disabled_working_age": {1: 1},
        },
        population_register="""
        person | household | born_month
        1      | 1         | 1980-01-01
        2      | 1         | 1950-01-01
        """,
        disability_certificates=CERTIFICATES,
    )


def test_a_care_subsidy_is_missing_where_the_newest_record_says_it_is_not_paid(profile):
    profile(
        {"care_subsidy_missing": {"a": True, "b": False, "c": False, "d": None}},
        population_register="""
        person | household
        a      | 1
        b      | 1
        c      | 1
        d      | 1
        """,
        disability_certificates="""
        person | category | grade | care_subsidy | happened_on
        a      | physical | 1     | no           | 2025-01-01
        b      | physical | 1     | no           | 2025-01-01
        b      | physical | 1     | yes          | 2025-06-01
        c      | physical | 4     | no           | 2025-01-01
        d      | physical | 1     | -            | 2025-01-01
        """,
    )
