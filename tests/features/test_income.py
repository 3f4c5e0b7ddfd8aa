"""Known income of a household, and when it must stay unknown."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.slow

COUPLE = """
    person | household | relation | born_month
    a      | 1         | head     | 1985-01-01
    b      | 1         | spouse   | 1986-01-01
"""
ON_NO_ROLL = """
    household | assistance_class | event | happened_on
    9         | dibao            | start | 2020-01-01
"""


def year_of(kind, person, amount):
    months = [f"2025-{m:02}-01" for m in range(7, 13)] + [f"2026-{m:02}-01" for m in range(1, 7)]
    return "".join(f"\n{person} | {kind} | {amount} | {month}" for month in months)


WORK = "person | record_type | amount | happened_on"


def test_recorded_wages_pensions_and_benefit_make_the_income(profile):
    profile(
        {
            "recorded_income_month": {1: 3000 + 1200 + 500.0},
            "income_month": {1: 4700.0},
            "income_per_head_month": {1: 4700 / 2},
            "income_known": {1: True},
        },
        population_register=COUPLE,
        assistance_rolls=ON_NO_ROLL,
        employment=WORK
        + year_of("contribution", "a", 3000)
        + "\nb | benefit | 6000 | 2026-02-01"
        + "\nb | pension | 1200 | 2026-01-05",
    )


def test_an_able_adult_without_any_record_leaves_the_income_unknown(profile):
    profile(
        {"income_per_head_month": {1: None}, "n_able_without_record": {1: 1}},
        population_register=COUPLE,
        assistance_rolls=ON_NO_ROLL,
        employment=WORK + year_of("contribution", "a", 3000),
    )


def test_a_student_or_a_severely_disabled_member_need_not_have_a_record(profile):
    profile(
        {"income_per_head_month": {1: 1500.0}},
        population_register=COUPLE,
        assistance_rolls=ON_NO_ROLL,
        employment=WORK + year_of("contribution", "a", 3000),
        disability_certificates="""
        person | category | grade
        b      | physical | 1
        """,
    )


def test_a_visit_adds_what_the_records_do_not_show(profile):
    profile(
        {"income_month": {1: 3000 + 1000 + 400 + 100.0}},
        population_register=COUPLE,
        assistance_rolls=ON_NO_ROLL,
        employment=WORK + year_of("contribution", "a", 3000),
        home_visits="""
        household | happened_on | wage_income | business_income | property_income | transfer_income
        1         | 2024-09-01  | 4000        | 300             | 100             | 100
        """,
    )


def test_a_visit_within_a_year_counts_when_it_found_more(profile):
    visit = """
        household | happened_on | income_month
        1         | {day}  | {amount}
        """
    rest = {
        "population_register": COUPLE,
        "assistance_rolls": ON_NO_ROLL,
        "employment": WORK + year_of("contribution", "a", 3000),
    }
    more = visit.format(day="2025-07-01", amount=5000)
    less = visit.format(day="2025-07-01", amount=1000)
    profile({"income_month": {1: 5000.0}}, home_visits=more, **rest)
    profile({"income_month": {1: 3000.0}}, home_visits=less, **rest)


def test_a_refused_answer_tells_nothing(profile):
    profile(
        {"income_known": {1: False}, "income_month": {1: None}, "visited_24m": {1: True}},
        population_register=COUPLE,
        assistance_rolls=ON_NO_ROLL,
        employment=WORK + year_of("contribution", "a", 3000),
        home_visits="""
        household | happened_on | income_month
        1         | 2026-01-01  | -
        """,
    )


def test_an_employees_pension_tells_an_elders_income_and_a_resident_pension_does_not(profile):
    profile(
        {
            "income_per_head_month": {1: 1900.0, 2: None},
            "income_low_month": {1: 1900.0, 2: 180.0},
            "income_high_month": {1: 1900.0, 2: 20_000 / 12},
        },
        population_register="""
        person | household | born_month | marital
        a      | 1         | 1950-01-01 | widowed
        b      | 2         | 1950-01-01 | widowed
        """,
        assistance_rolls=ON_NO_ROLL,
        employment=WORK + "\na | pension | 1900 | 2026-01-05" + "\nb | pension |  180 | 2026-01-05",
    )


def test_a_lone_elder_with_a_small_pension_is_not_below_the_standard_until_a_visit_says_so(
    profile,
):
    elder = {
        "population_register": """
        person | household | born_month | marital
        a      | 1         | 1950-01-01 | widowed
        """,
        "assistance_rolls": ON_NO_ROLL,
        "employment": WORK + "\na | pension | 180 | 2026-01-05",
    }
    profile({"income_to_standard": {1: None}}, **elder)
    told = """
        household | happened_on | income_month | transfer_income
        1         | 2026-01-10  | 400          | 400
        """
    profile({"income_to_standard": {1: 400 / 700}}, home_visits=told, **elder)


def test_a_partner_or_parents_elsewhere_leave_the_income_unknown(profile):
    profile(
        {"relative_away": {1: True, 2: True, 3: False}, "income_known": {1: False, 3: True}},
        population_register="""
        person | household | relation   | born_month | marital
        a      | 1         | head       | 1985-01-01 | married
        b      | 2         | head       | 1960-01-01 | widowed
        c      | 2         | grandchild | 2015-01-01 | single
        d      | 3         | head       | 1985-01-01 | divorced
        """,
        assistance_rolls=ON_NO_ROLL,
        employment=WORK + year_of("contribution", "a", 3000) + year_of("contribution", "d", 3000),
    )


def test_nobody_lives_on_nothing(profile):
    profile(
        {"income_known": {1: False}, "income_to_standard": {1: None}},
        population_register="""
        person | household | born_month | marital
        a      | 1         | 1985-01-01 | single
        """,
        assistance_rolls=ON_NO_ROLL,
        employment=WORK + "\nz | pension | 180 | 2026-01-05",
        disability_certificates="""
        person | category | grade
        a      | physical | 1
        """,
    )


def test_what_a_visit_told_stands_until_a_job_is_lost_after_it(profile):
    rest = {
        "population_register": COUPLE,
        "assistance_rolls": ON_NO_ROLL,
        "home_visits": """
        household | happened_on | income_month | wage_income
        1         | 2026-01-15  | 5000         | 5000
        """,
    }
    worked = WORK + "\na | contribution | 3000 | 2025-12-01"
    profile({"income_known": {1: True}, "income_month": {1: 5000.0}}, employment=worked, **rest)
    profile(
        {
            "income_known": {1: False},
            "income_month": {1: None},
            "income_low_month": {1: 3000 / 12},
            "income_high_month": {1: 5000.0},
        },
        employment=worked + "\na | stopped | - | 2026-03-01",
        **rest,
    )


def test_a_job_found_again_after_the_visit_overtakes_nothing(profile):
    profile(
        {"income_known": {1: True}},
        population_register=COUPLE,
        assistance_rolls=ON_NO_ROLL,
        employment=WORK + "\na | stopped | - | 2026-03-01\na | contribution | 3000 | 2026-05-01",
        home_visits="""
        household | happened_on | income_month
        1         | 2026-01-15  | 5000
        """,
    )


def test_an_able_adult_without_record_may_earn_what_an_average_earner_does(profile):
    profile(
        {
            "income_low_month": {1: 3000.0},
            "income_high_month": {1: 3000 + 2 * 20_000 / 12},
            "income_to_standard": {1: 3000 / 2 / 700},  # certain to reach S, whatever b earns
            "income_range_width": {1: 2 * 20_000 / 12 / 2 / 700},
        },
        population_register=COUPLE,
        assistance_rolls=ON_NO_ROLL,
        employment=WORK + year_of("contribution", "a", 3000),
    )


def test_the_minimum_wage_bounds_an_earner_where_average_income_is_low(profile):
    profile(
        {"income_high_month": {1: 3000 + 4000.0}},
        lines={"W": 4000.0},
        population_register=COUPLE,
        assistance_rolls=ON_NO_ROLL,
        employment=WORK + year_of("contribution", "a", 3000),
    )


def test_a_flexible_workers_base_proves_no_income(profile):
    year = year_of("contribution", "a", 3000).replace("\n", "\nflexible | ").lstrip()
    profile(
        {"income_known": {1: False}, "income_low_month": {1: 0.0}},
        population_register="""
        person | household | born_month | marital
        a      | 1         | 1985-01-01 | single
        """,
        assistance_rolls=ON_NO_ROLL,
        employment=f"employer_kind | {WORK}\n{year}",
    )


def test_an_old_registration_as_unemployed_does_not_show_that_nothing_is_earned(profile):
    profile(
        {"income_on_file": {"a": True, "b": False, "c": True}},
        population_register="""
        person | household | born_month
        a      | 1         | 1985-01-01
        b      | 1         | 1985-01-01
        c      | 1         | 1985-01-01
        """,
        employment="""
        person | record_type | amount | happened_on | ended_on
        a      | unemployed  | -      | 2026-02-01  | -
        b      | unemployed  | -      | 2025-10-01  | -
        c      | unemployed  | -      | 2025-10-01  | -
        c      | benefit     | 1500   | 2026-06-01  | 2026-09-30
        """,
    )


def test_a_survey_without_rolls_divides_by_adult_equivalents(profile):
    visit = """
        household | happened_on | income_month | consumption_units
        1         | 2026-01-01  | 3000         | 1.5
        """
    profile({"income_per_head_month": {1: 2000.0}}, population_register=COUPLE, home_visits=visit)
    profile(
        {"income_per_head_month": {1: 1500.0}},
        population_register=COUPLE,
        home_visits=visit,
        assistance_rolls=ON_NO_ROLL,
    )


def test_a_household_without_income_is_a_hundredth_of_the_standard_in_ratios(profile):
    profile(
        {"income_month": {1: 0.0}, "income_year_floored": {1: 0.01 * 700 * 1 * 12}},
        population_register="""
        person | household | born_month
        a      | 1         | 1950-01-01
        """,
        assistance_rolls=ON_NO_ROLL,
        employment=WORK + "\nz | pension | 180 | 2026-01-05",
        home_visits="""
        household | happened_on | income_month
        1         | 2026-01-15  | 0
        """,
    )


def test_an_unknown_income_stays_unknown_in_ratios(profile):
    profile(
        {"income_year_floored": {1: None}},
        population_register=COUPLE,
        assistance_rolls=ON_NO_ROLL,
        employment=WORK + year_of("contribution", "a", 3000),
    )


def test_last_years_income_is_known_when_everybodys_was_on_file_or_a_visit_told_it(profile):
    def two_years(person, now, before):
        earlier = year_of("contribution", person, before)
        earlier = earlier.replace("2025-", "2024-").replace("2026-", "2025-")
        return year_of("contribution", person, now) + earlier

    rest = {"population_register": COUPLE, "assistance_rolls": ON_NO_ROLL}
    both = WORK + two_years("a", 3000, 5000) + two_years("b", 1000, 1000)
    profile({"income_month_before": {1: 6000.0}}, employment=both, **rest)
    one = WORK + two_years("a", 3000, 5000) + year_of("contribution", "b", 1000)
    profile(
        {"income_month_before": {1: None}, "income_low_month_before": {1: 5000.0}},
        employment=one,
        **rest,
    )
    visited = """
        household | happened_on | income_month
        1         | 2025-03-15  | 5500
        """
    profile({"income_month_before": {1: 5500.0}}, employment=one, home_visits=visited, **rest)
