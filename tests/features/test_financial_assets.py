"""Accounts count once a household and for a year; nobody asked is unknown, nothing held is zero."""

from __future__ import annotations

PEOPLE = """
    person | household | born_month
    a      | 1         | 1980-01-01
    b      | 1         | 1982-01-01
    c      | 1         | 2015-01-01
    d      | 2         | 1970-01-01
    e      | 2         | 1971-01-01
    f      | 3         | 1971-01-01
    g      | 4         | 1971-01-01
    h      | 5         | 1971-01-01
"""
ANSWERS = """
    person | asset | institution | kind      | role         | amount | happened_on
    a      | x1    | bank        | deposit   | holder       |  30000 | 2026-03-31
    b      | x1    | bank        | deposit   | joint_holder |  30000 | 2026-03-31
    a      | x2    | insurer     | insurance | holder       | 200000 | 2026-03-31
    b      | x3    | bank        | deposit   | holder       |   9000 | 2025-12-31
    b      | x3    | bank        | deposit   | holder       |   5000 | 2026-03-31
    d      | x4    | securities  | stock     | holder       |  10000 | 2026-03-31
    f      | -     | bank        | none      | -            |      - | 2026-03-31
    g      | x5    | bank        | deposit   | holder       |  99999 | 2024-03-31
    h      | x6    | bank        | deposit   | holder       | 900000 | 2026-03-31
"""


def test_a_joint_account_counts_once_and_a_newer_answer_replaces(profile):
    profile(
        {
            "financial_assets": {1: 35000.0, 2: 10000.0, 3: 0.0, 4: None},
            "assets_complete": {1: True, 2: False, 3: True, 4: False},
        },
        population_register=PEOPLE,
        financial_assets=ANSWERS,
    )


def test_part_of_the_family_asked_speaks_only_where_it_is_certain(profile):
    profile(
        {"financial_months": {1: 35000 / 3 / 700, 2: None, 3: 0.0, 4: None, 5: 900000 / 700}},
        population_register=PEOPLE,
        financial_assets=ANSWERS,
    )


def test_a_county_without_the_feed_knows_nothing(profile):
    profile({"financial_months": {1: None}}, population_register=PEOPLE)
