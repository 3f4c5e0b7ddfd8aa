"""Known income of a household, and when it must stay unknown."""

from __future__ import annotations

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


def test_pensioners_alone_have_a_known_income_without_a_visit(profile):
    profile(
        {"income_per_head_month": {1: 180.0}},
        population_register="""
        person | household | born_month
        a      | 1         | 1950-01-01
        """,
        assistance_rolls=ON_NO_ROLL,
        employment=WORK + "\na | pension | 180 | 2026-01-05",
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
    )


def test_an_unknown_income_stays_unknown_in_ratios(profile):
    profile(
        {"income_year_floored": {1: None}},
        population_register=COUPLE,
        assistance_rolls=ON_NO_ROLL,
        employment=WORK + year_of("contribution", "a", 3000),
    )


def test_last_years_income_is_what_was_recorded_then_and_what_visits_know(profile):
    before = "\na | contribution | 60000 | 2025-03-01\nb | contribution | 12000 | 2025-03-01"
    profile(
        {"income_month_before": {1: (60000 + 12000) / 12}},
        population_register=COUPLE,
        assistance_rolls=ON_NO_ROLL,
        employment=WORK
        + year_of("contribution", "a", 3000)
        + year_of("contribution", "b", 1000)
        + before,
    )
