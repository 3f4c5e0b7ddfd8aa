"""Indicators of categories B, G and H."""

from __future__ import annotations

import pytest

from tests.features.test_income import WORK, year_of

pytestmark = pytest.mark.slow


def alone(*people):
    return "person | household | born_month | marital" + "".join(
        f"\n{p} | {n} | 1985-01-01 | single" for n, p in enumerate(people, 1)
    )


def two_years(person, now, before):
    earlier = year_of("contribution", person, before)
    earlier = earlier.replace("2025-", "2024-").replace("2026-", "2025-")
    return year_of("contribution", person, now) + earlier


NO_ROLLS = """
    household | assistance_class | event | happened_on
    99        | dibao            | start | 2020-01-01
"""


def test_b01_b02_g01_income_is_held_against_the_lines(profile):
    profile(
        {
            "income_to_standard": {1: 600 / 700, 2: 1.0, 3: 1.5, 4: 2.0, 5: None},
            "income_per_head_month": {1: 600.0, 5: None},
            "income_to_average": {1: 600 * 12 / 20_000, 4: 1400 * 12 / 20_000},
            "edge_band": {1: "none", 2: "first", 3: "second", 4: "none", 5: None},
        },
        lines={"k": 2.0},
        population_register=alone("a", "b", "c", "d", "e"),
        assistance_rolls=NO_ROLLS,
        employment=WORK
        + year_of("contribution", "a", 600)
        + year_of("contribution", "b", 700)
        + year_of("contribution", "c", 1050)
        + year_of("contribution", "d", 1400),
    )


def test_g01_without_a_wider_edge_the_second_band_is_empty(profile):
    profile(
        {"edge_band": {1: "none"}},
        lines={"k": 1.5},
        population_register=alone("c"),
        assistance_rolls=NO_ROLLS,
        employment=WORK + year_of("contribution", "c", 1050),
    )


def test_b01_b02_speak_where_the_whole_range_says_the_same(profile):
    profile(
        {
            # a earns 3000 and b's income is unknown: at least 1500 a head
            "income_to_standard": {1: 1500 / 700, 2: None},
            "income_to_average": {1: 1500 * 12 / 20_000, 2: None},
            "edge_band": {1: "none", 2: None},
            "income_per_head_month": {1: None, 2: None},
        },
        population_register="""
        person | household | born_month | relation | marital
        a      | 1         | 1985-01-01 | head     | married
        b      | 1         | 1985-01-01 | spouse   | married
        c      | 2         | 1985-01-01 | head     | single
        """,
        assistance_rolls=NO_ROLLS,
        employment=WORK + year_of("contribution", "a", 3000),
    )


def test_b03_a_fall_counts_while_income_is_below_twice_the_standard(profile):
    profile(
        {"income_fall_if_low": {1: 0.5, 2: 1.0}},
        population_register=alone("a", "b"),
        assistance_rolls=NO_ROLLS,
        employment=WORK + two_years("a", 1000, 2000) + two_years("b", 2000, 4000),
    )


def test_b03_an_unknown_income_before_or_now_is_not_no_fall(profile):
    profile(
        {"income_fall_if_low": {1: None, 2: None}},
        population_register=alone("c", "d"),
        assistance_rolls=NO_ROLLS,
        # c: nothing is on file of the year before; d: nothing of this one
        employment=WORK
        + year_of("contribution", "c", 1000)
        + two_years("d", 0, 2000).replace("d | contribution | 0 ", "z | contribution | 0 "),
    )


def test_b03_the_most_there_can_be_now_against_the_least_there_was(profile):
    profile(
        {"income_fall_if_low": {1: 1000 / 2500}},
        population_register=alone("a"),
        assistance_rolls=NO_ROLLS,
        # the year before is not known, but was at least what a visit of that year found
        employment=WORK + year_of("contribution", "a", 1000),
        home_visits="""
        household | happened_on | income_month
        1         | 2025-03-15  | 2500
        """,
    )


def test_b04_a_shortage_that_b01_or_g01_counts_is_not_counted_again(profile):
    profile(
        {"monitoring_line_status": {1: "none", 2: "none", 3: "below_line", 4: "none", 5: None}},
        # M is twice S here, so that the edge band ends below it
        lines={"M": 2 * 700 * 12},
        population_register=alone("a", "b", "c", "d", "e"),
        assistance_rolls=NO_ROLLS,
        employment=WORK
        + year_of("contribution", "a", 600)
        + year_of("contribution", "b", 800)
        + year_of("contribution", "c", 1200)
        + year_of("contribution", "d", 1500),
    )


def test_b04_the_monitoring_roll_is_a_rural_matter(profile):
    profile(
        {"monitoring_line_status": {1: "monitored", 3: "none", 4: "none", 5: None, 6: "monitored"}},
        population_register="""
        person | household | born_month | urban_rural | marital
        a      | 1         | 1985-01-01 | rural       | single
        c      | 3         | 1985-01-01 | rural       | single
        d      | 4         | 1985-01-01 | urban       | single
        e      | 5         | 1985-01-01 | rural       | single
        f      | 6         | 1985-01-01 | rural       | single
        """,
        assistance_rolls="""
        household | assistance_class | event | happened_on
        1         | monitored        | start | 2025-01-01
        3         | monitored        | start | 2025-01-01
        3         | monitored        | end   | 2026-01-01
        4         | monitored        | start | 2025-01-01
        6         | monitored        | start | 2025-01-01
        """,
        employment=WORK
        + year_of("contribution", "a", 3000)
        + year_of("contribution", "c", 3000)
        + year_of("contribution", "d", 300),
    )


def test_b05_declared_wages_are_zero_without_any_and_unknown_without_the_feed(profile):
    people = alone("a", "b")
    work = WORK + year_of("contribution", "a", 1400)
    profile(
        {"declared_wage_to_standard": {1: 2.0, 2: 0.0}}, population_register=people, employment=work
    )
    profile({"declared_wage_to_standard": {1: None}}, population_register=people)


def test_g02_a_severely_disabled_or_gravely_ill_member_of_an_edge_family(profile):
    profile(
        {"single_dibao_candidate": {"a": True, "b": False, "c": True, "d": False, "e": False}},
        population_register="""
        person | household | born_month | marital
        a      | 1         | 1985-01-01 | single
        b      | 1         | 1985-01-01 | single
        c      | 2         | 1985-01-01 | single
        d      | 3         | 1985-01-01 | single
        e      | 4         | 1985-01-01 | single
        """,
        assistance_rolls="""
        household | assistance_class | event | happened_on
        1         | edge             | start | 2025-01-01
        3         | edge             | start | 2025-01-01
        3         | dibao            | start | 2025-06-01
        """,
        disability_certificates="""
        person | category | grade
        a      | mental   | 3
        d      | mental   | 3
        e      | mental   | 3
        """,
        medical_claims="""
        person | happened_on | listed_disease
        c      | 2026-01-01  | yes
        """,
        employment=WORK + year_of("contribution", "c", 800) + year_of("contribution", "e", 5000),
    )


def test_g03_leaving_dibao_or_a_refusal_within_24_months(profile):
    profile(
        {"left_or_refused_24m": {1: True, 2: True, 3: False, 4: False, 5: False}},
        population_register=alone("a", "b", "c", "d", "e"),
        assistance_rolls="""
        household | assistance_class | event   | happened_on
        1         | tekun            | end     | 2025-01-01
        2         | edge             | refused | 2025-01-01
        3         | edge             | end     | 2025-01-01
        4         | dibao            | end     | 2024-06-30
        5         | dibao            | end     | 2025-01-01
        5         | dibao            | start   | 2025-03-01
        """,
    )


def test_h01_h02_h03_rigid_spending_is_held_against_income(profile):
    spent = 6000 + 3000 + 1200
    profile(
        {
            "rigid_expenditure_year": {1: float(spent)},
            "rigid_ratio": {1: spent / 12_000},
            "income_after_rigid_to_standard": {1: (12_000 - spent) / 12 / 700},
            "rigid_after_applicable": {1: True, 2: False, 3: None},
            "rehab_burden": {1: 1200 / 12_000},
            "medical_burden": {1: 0.5, 3: 0.0},
            "education_burden": {1: 0.25},
        },
        population_register=alone("a", "b", "c"),
        assistance_rolls=NO_ROLLS,
        employment=WORK + year_of("contribution", "a", 1000) + year_of("contribution", "b", 600),
        medical_claims="""
        person | happened_on | self_paid
        a      | 2026-01-01  | 6000
        """,
        school_rolls="""
        person | stage   | annual_fee
        a      | college | 3000
        """,
        disability_certificates="""
        person | category | grade | rehab_cost_year
        a      | physical | 4     | 1200
        """,
    )


def test_h01_is_held_against_the_local_line(profile):
    spent = """
        person | happened_on | self_paid
        a      | 2026-01-01  | 7200
        """
    rest = {
        "population_register": alone("a"),
        "assistance_rolls": NO_ROLLS,
        "employment": WORK + year_of("contribution", "a", 1000),
        "medical_claims": spent,
        "school_rolls": "person | stage\nzz | primary",
        "disability_certificates": "person | category | grade\nzz | physical | 4",
    }
    profile({"rigid_over_theta": {1: 0.0}}, lines={"theta": 0.6}, **rest)
    profile({"rigid_over_theta": {1: -0.2}}, lines={"theta": 0.8}, **rest)


def test_h01_counts_living_costs_where_the_place_does(profile):
    profile(
        # own costs 6000 and living costs of S a month, over 12 000
        {"rigid_ratio": {1: (6000 + 700 * 12) / 12_000}},
        lines={"ratio_base": 1.0},
        population_register=alone("a"),
        assistance_rolls=NO_ROLLS,
        employment=WORK + year_of("contribution", "a", 1000),
        medical_claims="person | happened_on | self_paid\na | 2026-01-01 | 6000",
        school_rolls="person | stage\nzz | primary",
        disability_certificates="person | category | grade\nzz | physical | 4",
    )


def test_c02_with_unknown_income_speaks_only_where_the_range_says_the_same(profile):
    # an able adult without record may earn two average incomes, 40 000 a year
    profile(
        {"medical_burden": {1: 0.3, 2: None, 3: 0.0}},
        population_register=alone("a", "b", "c"),
        assistance_rolls=NO_ROLLS,
        employment=WORK + "\nz | pension | 180 | 2026-01-05",
        medical_claims="""
        person | happened_on | self_paid
        a      | 2026-01-01  | 18000
        b      | 2026-01-01  | 3000
        """,
    )


def test_h02_does_not_count_the_low_income_that_g01_counts(profile):
    spent = """
        person | happened_on | self_paid
        b      | 2026-01-01  | 3600
        c      | 2026-01-01  | 6000
        """
    profile(
        # a spends nothing: edge band before and after; b falls below S; c from 2S into the band
        {"rigid_after_applicable": {1: False, 2: True, 3: True}},
        population_register=alone("a", "b", "c"),
        assistance_rolls=NO_ROLLS,
        employment=WORK
        + year_of("contribution", "a", 900)
        + year_of("contribution", "b", 900)
        + year_of("contribution", "c", 1400),
        medical_claims=spent,
        school_rolls="person | stage\nzz | primary",
        disability_certificates="person | category | grade\nzz | physical | 4",
    )


def test_h01_is_unknown_while_one_of_its_departments_has_not_delivered(profile):
    profile(
        {"rigid_ratio": {1: None}},
        population_register=alone("a"),
        assistance_rolls=NO_ROLLS,
        employment=WORK + year_of("contribution", "a", 1000),
    )


TWO_GRANTS = """
    household | assistance_class | event | happened_on
    1         | emergency        | grant | 2025-08-01
    1         | emergency        | grant | 2026-06-01
    2         | emergency        | grant | 2025-08-01
    2         | emergency        | grant | 2026-06-01
    3         | emergency        | grant | 2025-06-01
    3         | emergency        | grant | 2026-06-01
    4         | emergency        | grant | 2025-08-01
    4         | emergency        | grant | 2026-06-01
"""


def test_h05_two_emergency_grants_within_a_year_and_still_in_need(profile):
    profile(
        {"repeat_emergency_aid": {1: True, 2: False, 3: False, 4: None}},
        population_register=alone("a", "b", "c", "d"),
        assistance_rolls=TWO_GRANTS,
        home_visits="""
        household | happened_on | unmet_need
        1         | 2026-05-01  | yes
        2         | 2026-06-15  | no
        3         | 2026-06-15  | yes
        """,
    )


def test_h05_an_income_below_the_standard_shows_that_need_goes_on(profile):
    profile(
        {"repeat_emergency_aid": {1: True}},
        population_register=alone("a"),
        assistance_rolls=TWO_GRANTS,
        employment=WORK + year_of("contribution", "a", 500),
    )
