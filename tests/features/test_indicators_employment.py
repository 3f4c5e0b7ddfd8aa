"""Indicators E01 to E06."""

from __future__ import annotations

import pytest

from tests.features.test_income import year_of

PEOPLE = """
    person | household | born_month
    a      | 1         | 1985-01-01
    b      | 1         | 1950-01-01
    c      | 2         | 1985-01-01
    d      | 2         | 1985-01-01
    e      | 3         | 1985-01-01
    f      | 4         | 1960-01-01
"""
RECORDS = """
    person | record_type  | amount | happened_on | ended_on
    a      | unemployed   |      - | 2026-03-01  | -
    c      | unemployed   |      - | 2026-05-01  | -
    d      | unemployed   |      - | 2025-12-01  | -
    d      | benefit      |   1500 | 2026-06-01  | 2026-07-20
    e      | unemployed   |      - | 2025-12-01  | -
    e      | contribution |   2000 | 2026-06-01  | -
"""


def test_e01_unemployed_for_three_months_or_benefit_about_to_end(profile):
    profile(
        {
            "unemployed_without_income": {
                "a": "unemployed",
                "c": "none",
                "d": "benefit_ending",
                "e": "none",
            }
        },
        population_register=PEOPLE,
        employment=RECORDS,
    )


def test_e02_every_able_member_has_been_out_of_work_for_three_months(profile):
    profile(
        {"zero_employment": {1: True, 2: False, 3: False, 4: False}},
        population_register=PEOPLE,
        employment=RECORDS,
    )


def test_e03_insurance_stopped_three_months_ago_without_a_new_employer(profile):
    profile(
        {"insurance_stopped": {"a": True, "c": False, "d": False, "e": False, "f": False}},
        population_register=PEOPLE,
        employment="""
        person | record_type  | amount | happened_on
        a      | stopped      |      - | 2026-04-01
        c      | stopped      |      - | 2026-04-02
        d      | stopped      |      - | 2026-03-01
        d      | contribution |   2000 | 2026-05-01
        e      | stopped      |      - | 2026-03-01
        e      | pension      |   2000 | 2026-04-01
        f      | stopped      |      - | 2026-03-01
        """,
    )


def test_e04_a_person_recognised_as_hard_to_employ(profile):
    profile(
        {"hard_to_employ": {"a": True, "c": False}, "n_hard_to_employ": {1: 1}},
        population_register=PEOPLE,
        employment="""
        person | record_type | happened_on | hard_to_employ
        a      | unemployed  | 2026-03-01  | yes
        c      | unemployed  | 2025-03-01  | yes
        """,
    )


def test_e06_a_break_within_the_twelve_months_is_no_stable_job(profile):
    year = "person | record_type | amount | happened_on" + year_of("contribution", "a", 3000)
    gap = year.replace("2025-12-01", "2025-06-01")  # twelve of thirteen months
    profile({"stable_job": {"a": "none"}}, population_register=PEOPLE, employment=gap)


def test_e06_the_last_months_may_still_be_on_their_way_unless_the_job_was_left(profile):
    year = "person | record_type | amount | happened_on" + year_of("contribution", "a", 3000)
    late = year.replace("2026-06-01", "2025-06-01").replace("2026-05-01", "2025-05-01")
    profile({"stable_job": {"a": "stable"}}, population_register=PEOPLE, employment=late)
    left = late + "\na | stopped | - | 2026-05-01"
    profile({"stable_job": {"a": "none"}}, population_register=PEOPLE, employment=left)


@pytest.mark.slow
def test_e06_contributions_in_each_of_twelve_months_make_a_stable_job(profile):
    profile(
        {"stable_job": {"a": "stable", "c": "none"}, "n_stable_jobs": {1: 1, 2: 0}},
        population_register=PEOPLE,
        employment="person | record_type | amount | happened_on"
        + year_of("contribution", "a", 3000)
        + "\nc | contribution | 3000 | 2026-06-01",
    )


def test_work_is_unknown_without_the_employment_feed(profile):
    profile(
        {
            "unemployed_without_income": {"a": None},
            "stable_job": {"a": None},
            "zero_employment": {1: None},
            "insurance_stopped": {"a": None},
        },
        population_register=PEOPLE,
    )
