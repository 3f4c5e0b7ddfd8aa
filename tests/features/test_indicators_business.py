"""B09, as far as home visits tell it."""

from __future__ import annotations


def test_b09_an_employer_and_an_urban_stall_but_not_a_farm(profile):
    profile(
        {"own_business": {1: "employer", 2: "self_employed", 3: "none", 4: "none", 5: None}},
        population_register="""
        person | household | urban_rural
        a      | 1         | rural
        b      | 2         | urban
        c      | 3         | rural
        d      | 4         | urban
        e      | 5         | urban
        """,
        home_visit_members="""
        person | household | happened_on | activity | job_kind
        a      | 1         | 2026-01-01  | employed | employer
        b      | 2         | 2026-01-01  | employed | own_account
        c      | 3         | 2026-01-01  | employed | own_account
        d      | 4         | 2026-01-01  | employed | employee
        """,
    )
