"""What was paid to a person makes good costs, or is money that is still there."""

from __future__ import annotations

import pytest

from data.feeds.compensation import features as compensation

PAID = """
    person | payer   | purpose      | amount | happened_on
    a      | insurer | medical      | 6000   | 2026-03-01
    a      | charity | medical      | 4000   | 2026-05-01
    a      | insurer | medical      | 9000   | 2025-05-01
    b      | insurer | maturity     | 30000  | 2026-01-10
    b      | court   | injury_death | 5000   | 2026-02-10
    b      | insurer | property     | 8000   | 2026-02-10
"""
PEOPLE = """
    person | household
    a      | 1
    c      | 1
    b      | 2
"""
CLAIMS = """
    person | settlement_no | visit_type | self_paid | happened_on
    a      | s1            | inpatient  | 20000     | 2026-02-20
    c      | s2            | inpatient  | 20000     | 2026-02-20
"""


def test_medical_costs_of_a_year_and_charity_count_apart(spec):
    spec(compensation.medical_compensated_12m, PAID, {"a": 10000.0, "b": 0.0, "z": 0.0})


def test_c08_half_of_the_own_costs_came_back(profile):
    """The wife's bill was not paid; who had no costs had nothing to be made good."""
    profile(
        {"compensated_share": {"a": 0.5, "c": 0.0, "b": 0.0}},
        population_register=PEOPLE,
        medical_claims=CLAIMS,
        compensation=PAID,
    )


def test_c08_is_unknown_where_nobody_tells_of_payments(profile):
    profile(
        {"compensated_share": {"a": None, "b": None}},
        population_register=PEOPLE,
        medical_claims=CLAIMS,
    )


def test_lump_sums_are_what_made_nothing_good(profile):
    profile(
        {
            "lump_sums_12m": {1: 0.0, 2: 35000.0},
            "charity_12m": {1: 4000.0, 2: 5000.0},
            "household_medical_compensated_12m": {1: 10000.0, 2: 0.0},
        },
        population_register=PEOPLE,
        compensation=PAID,
    )


ROLLS = """
    person | household | event | assistance_class | monthly_amount | happened_on
    a      | 1         | grant | emergency        | 900            | 2026-02-01
    a      | 1         | grant | emergency        | 900            | 2026-04-01
"""
VISIT = """
    household | unmet_need | happened_on
    1         | yes        | 2026-05-01
"""


@pytest.mark.slow
def test_h05_a_lump_sum_of_24_months_of_the_standard_a_head(profile):
    """35,000 yuan for one person against S of 700: fifty months."""
    profile(
        {"emergency_or_lump_sum": {1: "repeated", 2: "lump_sum"}},
        population_register=PEOPLE,
        assistance_rolls=ROLLS,
        home_visits=VISIT,
        compensation=PAID,
    )


def test_h05_who_is_still_in_need_after_two_grants_counts_as_that_first(profile):
    land = PAID + "    a | land | land_home | 90000 | 2026-03-01\n"
    profile(
        {"lump_sum_months": {1: 64.2857142857}, "emergency_or_lump_sum": {1: "repeated"}},
        population_register=PEOPLE,
        assistance_rolls=ROLLS,
        home_visits=VISIT,
        compensation=land,
    )


@pytest.mark.slow
def test_h05_without_the_feed_stays_what_it_was(profile):
    profile(
        {"emergency_or_lump_sum": {1: "repeated", 2: "none"}},
        population_register=PEOPLE,
        assistance_rolls=ROLLS,
        home_visits=VISIT,
    )
