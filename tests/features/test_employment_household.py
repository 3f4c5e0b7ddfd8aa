"""Work and pensions of a household."""

from __future__ import annotations

from tests.features.test_employment import PEOPLE, RECORDS


def test_what_members_earn_and_lose_adds_up(profile):
    profile(
        {
            "household_wages_3m": {1: 6000.0},
            "household_wages_12m": {1: 6000.0},
            "n_insured_workers": {1: 1},
            "n_unemployed": {1: 1},
            "n_hard_to_employ": {1: 1},
            "n_pensioners": {1: 0},
            "days_since_household_stop": {1: 192},
            "top_wages_12m": {1: 6000.0},
            "wage_change": {1: 6000 / 2500},
            "wage_recent_trend": {1: 4.0},
            "wages_per_head": {1: 6000 / 12 / 3},
        },
        population_register=PEOPLE,
        employment=RECORDS,
    )


def test_without_earlier_wages_there_is_no_change_to_speak_of(profile):
    profile({"wage_change": {1: None}}, population_register=PEOPLE, employment="""
        person | happened_on | record_type  | amount
        1      | 2026-06-01  | contribution |   3000
        """)  # fmt: skip
