"""Indicators of categories B, G and H."""

from __future__ import annotations

from tests.features.test_income import WORK, year_of


def alone(*people):
    return "person | household | born_month" + "".join(
        f"\n{p} | {n} | 1985-01-01" for n, p in enumerate(people, 1)
    )


NO_ROLLS = """
    household | assistance_class | event | happened_on
    99        | dibao            | start | 2020-01-01
"""


def test_b01_b02_g01_income_is_held_against_the_lines(profile):
    profile(
        {
            "income_to_standard": {1: 600 / 700, 2: 1.0, 3: 1.5, 4: 2.0, 5: None},
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


def test_b03_a_fall_counts_while_income_is_below_twice_the_standard(profile):
    profile(
        {"income_fall_if_low": {1: 0.5, 2: 1.0, 3: None}},
        population_register=alone("a", "b", "c"),
        assistance_rolls=NO_ROLLS,
        employment=WORK
        + year_of("contribution", "a", 1000)
        + "\na | contribution | 24000 | 2025-01-01"
        + year_of("contribution", "b", 2000)
        + "\nb | contribution | 48000 | 2025-01-01"
        + year_of("contribution", "c", 1000),
    )


def test_b04_the_monitoring_line_is_a_rural_matter(profile):
    profile(
        {
            "monitoring_line_status": {
                1: "monitored",
                2: "below_line",
                3: "none",
                4: "none",
                5: None,
                6: "monitored",
            }
        },
        population_register="""
        person | household | born_month | urban_rural
        a      | 1         | 1985-01-01 | rural
        b      | 2         | 1985-01-01 | rural
        c      | 3         | 1985-01-01 | rural
        d      | 4         | 1985-01-01 | urban
        e      | 5         | 1985-01-01 | rural
        f      | 6         | 1985-01-01 | rural
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
        + year_of("contribution", "b", 660)
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
        person | household | born_month
        a      | 1         | 1985-01-01
        b      | 1         | 1985-01-01
        c      | 2         | 1985-01-01
        d      | 3         | 1985-01-01
        e      | 4         | 1985-01-01
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
            "medical_burden": {1: 0.5, 3: None},
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


def test_h01_is_unknown_while_one_of_its_departments_has_not_delivered(profile):
    profile(
        {"rigid_ratio": {1: None}},
        population_register=alone("a"),
        assistance_rolls=NO_ROLLS,
        employment=WORK + year_of("contribution", "a", 1000),
    )


def test_h05_two_emergency_grants_within_a_year(profile):
    profile(
        {"repeat_emergency_aid": {1: True, 2: False}},
        population_register=alone("a", "b"),
        assistance_rolls="""
        household | assistance_class | event | happened_on
        1         | emergency        | grant | 2025-08-01
        1         | emergency        | grant | 2026-06-01
        2         | emergency        | grant | 2025-06-01
        2         | emergency        | grant | 2026-06-01
        """,
    )
