"""The members met at home visits, one by one and added up. S is 700."""

from __future__ import annotations

import pytest

from features.engine import registry


def feature(name):
    return registry().features[name]


MET = """
    person | happened_on | activity   | job_kind | job_insured | main_income | total_income
    1      | 2026-02-15  | employed   | employee | yes         |        1400 |         1400
    1      | 2026-05-15  | unemployed | -        | -           |           0 |            0
    2      | 2026-05-15  | employed   | employee | no          |         700 |          700
    3      | 2026-05-15  | -          | -        | -           |           - |            -
"""


def test_who_lost_the_job_is_known_to_have_none_now(spec):
    spec(feature("met_insured_job"), MET, {1: False, 2: False, 3: None, 4: None})
    spec(feature("met_insured_job_before"), MET, {1: True, 2: None})
    spec(feature("met_jobless"), MET, {1: True, 2: False, 3: None})


def test_pay_is_over_the_standard_and_zero_without_the_job(spec):
    spec(feature("met_job_pay"), MET, {1: 0.0, 2: 1.0, 3: None})
    spec(feature("met_insured_pay_before"), MET, {1: 2.0, 2: None})
    spec(feature("met_uninsured_pay"), MET, {1: 0.0, 2: 1.0})


def test_attainment_stands_for_years_at_school(spec):
    rows = """
        person | happened_on | schooling
        1      | 2026-05-15  | none
        2      | 2026-05-15  | junior
        3      | 2026-05-15  | tertiary
        4      | 2026-05-15  | -
        """
    spec(feature("met_schooling"), rows, {1: 0.0, 2: 9.0, 3: 16.5, 4: None})


FAMILY = """
    person | household | relation | born_month
    a      | 1         | head     | 1980-01-01
    b      | 1         | spouse   | 1982-01-01
    c      | 1         | child    | 2016-01-01
    d      | 2         | head     | 1980-01-01
"""
MEMBERS = """
    person | happened_on | activity | job_kind | job_insured | main_income | pension_income
    a      | 2026-05-15  | employed | employee | yes         |        1400 |              0
    b      | 2026-05-15  | inactive | -        | -           |           - |            350
    c      | 2026-05-15  | child    | -        | -           |           - |              -
"""
TOLD = """
    person | happened_on | activity | health_cover | attends_school | schooling
    a      | 2026-05-15  | employed | yes          | no             | senior
    b      | 2026-05-15  | inactive | no           | no             | primary
    c      | 2026-05-15  | child    | no           | no             | primary_part
"""
VISIT = """
    household | happened_on | income_month | members | consumption_units
    1         | 2026-05-15  |         1750 |       3 |               2.5
"""


@pytest.mark.slow
def test_a_household_adds_up_its_members_and_stays_unknown_when_nobody_was_met(profile):
    profile(
        {
            "n_met_working": {1: 1, 2: None},
            "n_met_insured_job": {1: 1, 2: None},
            "head_insured_job": {1: True, 2: None},
            "spouse_working": {1: False, 2: None},
            "mouths_per_worker": {1: 3.0, 2: None},
            "stable_income_ratio": {1: (2.0 + 0.5) / 2.5, 2: None},
        },
        population_register=FAMILY,
        home_visit_members=MEMBERS,
        home_visits=VISIT,
    )


@pytest.mark.slow
def test_schooling_and_cover_of_those_met(profile):
    profile(
        {
            "n_met_uncovered": {1: 2, 2: None},
            "uncovered_share": {1: 2 / 3, 2: None},
            "n_met_out_of_school": {1: 1, 2: 0},
            "schooling_best": {1: 12.0, 2: None},
            "schooling_mean": {1: 9.0, 2: None},
        },
        population_register=FAMILY,
        home_visit_members=TOLD,
    )
