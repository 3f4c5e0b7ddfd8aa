"""Insured work, joblessness, pensions, cover."""

from __future__ import annotations

from data.feeds.employment import features as employment
from features.engine import registry

RECORDS = """
    person | happened_on | record_type      | amount | employer_kind | ended_on   | hard_to_employ
    1      | 2026-06-01  | contribution     |   3000 | public        | -          | no
    1      | 2026-05-01  | contribution     |   3000 | public        | -          | no
    1      | 2025-06-01  | contribution     |   2500 | public        | -          | no
    2      | 2022-01-05  | pension          |    180 | -             | -          | no
    2      | 2026-01-05  | pension          |    200 | -             | -          | no
    3      | 2026-05-01  | benefit          |   1500 | -             | 2026-07-20 | no
    3      | 2026-06-01  | benefit          |   1500 | -             | 2026-07-20 | no
    4      | 2025-12-20  | stopped          |      - | enterprise    | -          | no
    4      | 2026-01-10  | unemployed       |      - | -             | -          | yes
    5      | 2026-01-01  | resident_medical |      - | -             | 2026-12-31 | no
    6      | 2025-01-01  | resident_medical |      - | -             | 2025-12-31 | no
"""


def feature(name):
    return registry().features[name]


def test_wages_sum_the_months_of_the_window(spec):
    spec(feature("wages_3m"), RECORDS, {1: 6000.0, 2: 0.0})
    spec(feature("wages_before_12m"), RECORDS, {1: 2500.0, 2: 0.0})
    spec(feature("contribution_months_24m"), RECORDS, {1: 3, 2: 0})


def test_the_newest_pension_counts(spec):
    spec(employment.pension_month, RECORDS, {2: 200.0, 1: 0.0})
    spec(employment.pension_month_before, RECORDS, {2: 0.0})


def test_benefit_adds_up_and_its_end_is_known(spec):
    spec(employment.benefit_12m, RECORDS, {3: 3000.0, 4: 0.0})
    spec(employment.benefit_days_left, RECORDS, {3: 20, 4: None})


def test_public_payroll_is_a_recent_contribution_from_a_public_body(spec):
    spec(employment.public_payroll, RECORDS, {1: True, 4: False})


def test_resident_cover_of_last_year_is_good_until_the_end_of_march(spec):
    spec(employment.resident_medical, RECORDS, {5: True, 6: False, 1: False})
    spec(employment.resident_medical, RECORDS, {6: True}, as_of="2026-03-31")


def test_hard_to_employ_is_remembered_for_a_year(spec):
    spec(employment.hard_to_employ, RECORDS, {4: True, 1: False})


PEOPLE = """
    person | household
    1      | 1
    4      | 1
    5      | 1
"""


def test_work_since_a_registration_ends_joblessness(profile):
    worked = (
        "\n    4      | 2026-04-01  | contribution     |   2000 | enterprise    | -          | no"
    )
    profile(
        {"registered_unemployed": {4: True, 1: False}, "insurance_ended": {4: True, 1: False}},
        population_register=PEOPLE,
        employment=RECORDS,
    )
    profile(
        {"registered_unemployed": {4: False}, "insurance_ended": {4: False}},
        population_register=PEOPLE,
        employment=RECORDS.rstrip() + worked,
    )
