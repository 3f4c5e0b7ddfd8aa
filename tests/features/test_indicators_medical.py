"""Indicators C01 to C07."""

from __future__ import annotations

import pytest

PEOPLE = """
    person | household | born_month
    a      | 1         | 1985-01-01
    b      | 2         | 1985-01-01
    c      | 3         | 1985-01-01
    d      | 4         | 1985-01-01
"""
ROLLS = """
    household | assistance_class | event | happened_on
    1         | dibao            | start | 2025-01-01
    2         | edge             | start | 2025-01-01
"""


def test_c01_own_costs_of_a_year_against_the_local_mean_income(profile):
    profile(
        {"self_paid_to_average": {"a": 0.5, "b": 0.0}},
        population_register=PEOPLE,
        medical_claims="""
        person | happened_on | self_paid
        a      | 2026-01-01  | 10000
        """,
    )


@pytest.mark.slow
def test_c03_one_stay_of_twelve_standards_or_eight_on_a_roll(profile):
    profile(
        {"large_single_admission": {"a": True, "b": False, "c": False, "d": True}},
        population_register=PEOPLE,
        assistance_rolls=ROLLS,
        medical_claims="""
        person | happened_on | self_paid | visit_type
        a      | 2026-01-01  | 5600      | inpatient
        b      | 2026-01-01  | 5599      | inpatient
        c      | 2026-01-01  | 5600      | inpatient
        d      | 2026-01-01  | 8400      | inpatient
        """,
    )


@pytest.mark.slow
def test_c04_a_listed_disease_within_90_days_of_the_settlement_not_of_the_delivery(profile):
    profile(
        {"new_listed_disease_90d": {"a": True, "b": False, "c": False, "d": False}},
        population_register=PEOPLE,
        medical_claims="""
        person | happened_on | known_on   | listed_disease | disease_group
        a      | 2026-05-01  | 2026-06-28 | yes            | cancer
        b      | 2026-02-01  | 2026-06-28 | yes            | cancer
        c      | 2026-02-01  | 2026-02-28 | yes            | cancer
        c      | 2026-06-01  | 2026-06-28 | yes            | cancer
        d      | 2026-06-01  | 2026-06-28 | no             | other
        """,
    )


def test_c04_is_unknown_without_claims(profile):
    profile({"new_listed_disease_90d": {"a": None}}, population_register=PEOPLE)


def test_c05_three_admissions_or_sixty_days(profile):
    profile(
        {"frequent_or_long_admissions": {"a": True, "b": True, "c": False}},
        population_register=PEOPLE,
        medical_claims="""
        person | happened_on | visit_type | admitted_on | discharged_on
        a      | 2026-01-01  | inpatient  | 2026-01-01  | 2026-01-02
        a      | 2026-02-01  | inpatient  | 2026-01-01  | 2026-01-02
        a      | 2026-03-01  | inpatient  | 2026-01-01  | 2026-01-02
        b      | 2026-03-02  | inpatient  | 2026-01-01  | 2026-03-02
        c      | 2026-03-01  | inpatient  | 2026-01-01  | 2026-03-01
        """,
    )


@pytest.mark.slow
def test_c06_no_cover_of_any_kind(profile):
    profile(
        {"uninsured": {"a": False, "b": False, "c": False, "d": True}, "n_uninsured": {4: 1, 1: 0}},
        population_register=PEOPLE,
        employment="""
        person | record_type      | happened_on | ended_on   | amount
        a      | resident_medical | 2026-01-01  | 2026-12-31 | -
        b      | contribution     | 2026-05-01  | -          | 3000
        c      | pension          | 2026-01-05  | -          | 2000
        d      | pension          | 2026-01-05  | -          | 200
        d      | resident_medical | 2025-01-01  | 2025-12-31 | -
        """,
    )


@pytest.mark.slow
def test_c07_costs_past_the_deductible_without_any_medical_aid(profile):
    profile(
        {"medical_aid_due_unpaid": {"a": True, "b": False, "c": False}},
        population_register=PEOPLE,
        assistance_rolls=ROLLS,
        medical_claims="""
        person | happened_on | self_paid | medical_aid_paid
        a      | 2026-04-01  | 701       | 0
        b      | 2026-04-01  | 2000      | 0
        c      | 2026-04-01  | 9000      | 0
        """,
    )


def test_c07_aid_for_an_earlier_bill_does_not_answer_a_later_one(profile):
    profile(
        {"medical_aid_due_unpaid": {"a": True, "b": True}},
        population_register=PEOPLE,
        assistance_rolls=ROLLS,
        medical_claims="""
        person | happened_on | self_paid | medical_aid_paid
        a      | 2025-09-01  | 300       | 900
        a      | 2026-03-01  | 900       | 0
        b      | 2025-09-01  | 300       | 900
        b      | 2026-03-01  | 2001      | 0
        """,
    )


def test_c07_a_bill_of_more_than_a_year_and_sixty_days_ago_is_closed(profile):
    profile(
        {"medical_aid_due_unpaid": {"a": False}},
        population_register=PEOPLE,
        assistance_rolls=ROLLS,
        medical_claims="""
        person | happened_on | self_paid | medical_aid_paid
        a      | 2025-04-15  | 900       | 0
        """,
    )


def test_c07_waits_sixty_days_and_ends_with_aid_after_the_bill(profile):
    profile(
        {"medical_aid_due_unpaid": {"a": False, "b": False}},
        population_register=PEOPLE,
        assistance_rolls=ROLLS,
        medical_claims="""
        person | happened_on | self_paid | medical_aid_paid
        a      | 2026-05-01  | 900       | 0
        b      | 2026-04-01  | 9000      | 0
        b      | 2026-05-20  | 100       | 300
        """,
    )
