"""What changed lately, and who was never visited."""

from __future__ import annotations

import pytest

ONE = """
    person | household | marital
    a      | 1         | single
    b      | 2         | single
"""
WORK = "person | record_type | amount | happened_on"


def months(person, amounts):
    """Contributions of the twelve months up to June 2026, oldest first."""
    days = [f"2025-{m:02}-01" for m in range(7, 13)] + [f"2026-{m:02}-01" for m in range(1, 7)]
    return "".join(
        f"\n{person} | contribution | {amount} | {day}"
        for day, amount in zip(days, amounts, strict=True)
        if amount
    )


def test_pay_lately_is_held_against_pay_before(profile):
    profile(
        {
            # 700 for 9 months and nothing for 3; the same the other way round
            "pay_change_3m": {1: -1.0, 2: 700 / 700},
            "pay_change_6m": {1: (3 * 700 - 6 * 700) / 6 / 700, 2: (3 * 700) / 6 / 700},
            "jobs_gained_6m": {1: -1, 2: 1},
        },
        population_register=ONE,
        employment=WORK + months("a", [700] * 9 + [0] * 3) + months("b", [0] * 9 + [700] * 3),
    )


def test_medical_costs_lately_are_held_against_those_before(profile):
    profile(
        {"medical_change_3m": {1: 2100 / 3 / 700, 2: -2.0}, "medical_change_6m": {1: 0.5, 2: -3.0}},
        population_register=ONE,
        medical_claims="""
        person | happened_on | self_paid
        a      | 2026-06-01  | 2100
        b      | 2025-09-01  | 12600
        """,
    )


@pytest.mark.slow
def test_a_pension_that_began_or_rose(profile):
    profile(
        {"pension_change": {1: 150.0, 2: 20.0}},
        population_register=ONE,
        employment=WORK
        + "\na | pension | 150 | 2026-01-05"
        + "\nb | pension | 180 | 2024-09-05\nb | pension | 200 | 2026-01-05",
    )


@pytest.mark.slow
def test_a_household_nobody_ever_visited(profile):
    profile(
        {"never_visited": {1: False, 2: True}, "days_since_visit": {1: 30, 2: None}},
        population_register=ONE,
        home_visits="""
        household | happened_on | members
        1         | 2026-05-31  | 3
        """,
    )
    profile({"never_visited": {1: None}}, population_register=ONE)


@pytest.mark.slow
def test_members_who_joined_or_left_since_the_visit(profile):
    profile(
        {"members_since_visit": {1: -2, 2: None}},
        population_register=ONE,
        home_visits="""
        household | happened_on | members
        1         | 2026-05-31  | 3
        """,
    )
