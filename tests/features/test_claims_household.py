"""Medical costs of a household."""

from __future__ import annotations

import pytest

HOME = """
    person | household | born_month
    a      | 1         | 1980-01-01
    b      | 1         | 2015-01-01
    c      | 2         | 1980-01-01
"""
BILLS = """
    person | happened_on | self_paid | total_cost | visit_type
    a      | 2026-05-01  |      1000 |       4000 | inpatient
    a      | 2025-08-01  |      3000 |       6000 | inpatient
    b      | 2026-05-01  |       500 |       1000 | outpatient
    b      | 2024-09-01  |      2000 |       4000 | inpatient
"""


@pytest.mark.slow
def test_costs_of_all_members_add_up(profile):
    profile(
        {
            "medical_self_paid_3m": {1: 1500.0, 2: 0.0},
            "medical_self_paid_12m": {1: 4500.0, 2: 0.0},
            "medical_self_paid_24m": {1: 6500.0, 2: 0.0},
            "medical_self_paid_change": {1: 4500 - 2000.0, 2: 0.0},
            "medical_recent_share": {1: 1500 / 4500, 2: None},
            "medical_self_paid_share": {1: 4500 / 11000, 2: None},
            "medical_per_head_to_standard": {1: 4500 / 2 / 12 / 700, 2: 0.0},
            "household_admissions_12m": {1: 2, 2: 0},
            "highest_self_paid_12m": {1: 4000.0, 2: 0.0},
            "n_admitted_12m": {1: 1, 2: 0},
            "minor_self_paid_12m": {1: 500.0, 2: 0.0},
            "working_age_self_paid_12m": {1: 4000.0, 2: 0.0},
        },
        population_register=HOME,
        medical_claims=BILLS,
    )


def test_without_claims_a_household_has_unknown_and_not_zero_costs(profile):
    profile(
        {"medical_self_paid_12m": {1: None}, "minor_self_paid_12m": {1: None}},
        population_register=HOME,
    )
