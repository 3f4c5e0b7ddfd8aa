"""Indicators A01 to A10, as the policy puts them."""

from __future__ import annotations

import pytest

from tests.features.test_income import year_of

pytestmark = pytest.mark.slow

NO_ROLLS = """
    household | assistance_class | event | happened_on
    99        | dibao            | start | 2020-01-01
"""
NO_WORK = """
    person | record_type | amount | happened_on
    zz     | pension     |    200 | 2026-01-05
"""


VISITED = """
    household | happened_on | income_month | transfer_income | family_help
    1         | 2026-01-01  | 300          | 200             | no
    2         | 2026-01-01  | 300          | 200             | no
    3         | 2026-01-01  | 300          | 200             | no
"""


def test_a01_an_unmarried_elder_alone_with_little_income_may_be_destitute(profile):
    profile(
        # c has an employee's pension, d is on destitute support already, e can work
        {"suspected_destitute": {"a": True, "c": False, "d": False, "e": False}},
        population_register="""
        person | household | born_month | marital
        a      | 1         | 1950-01-01 | single
        c      | 3         | 1950-01-01 | single
        d      | 2         | 1950-01-01 | single
        e      | 5         | 1990-01-01 | single
        """,
        assistance_rolls="""
        household | assistance_class | event | happened_on
        2         | tekun            | start | 2024-01-01
        """,
        employment="""
        person | record_type | amount | happened_on
        a      | pension     |    200 | 2026-01-05
        c      | pension     |   2000 | 2026-01-05
        """,
        home_visits=VISITED,
    )


def test_a01_is_unknown_while_income_is(profile):
    profile(
        {"suspected_destitute": {"a": None}},
        population_register="""
        person | household | born_month | marital
        a      | 1         | 1950-01-01 | single
        """,
        assistance_rolls=NO_ROLLS,
        employment=NO_WORK + "\na | pension | 200 | 2026-01-05",
    )


def test_a01_of_those_once_married_a_visit_tells_whether_children_elsewhere_help(profile):
    profile(
        # b is helped, c was not asked, d receives more than the pension from somebody
        {"suspected_destitute": {"a": True, "b": False, "c": None, "d": False}},
        population_register="""
        person | household | born_month | marital
        a      | 1         | 1950-01-01 | widowed
        b      | 2         | 1950-01-01 | widowed
        c      | 3         | 1950-01-01 | widowed
        d      | 4         | 1950-01-01 | widowed
        """,
        assistance_rolls=NO_ROLLS,
        employment=NO_WORK + "\na | pension | 200 | 2026-01-05\nd | pension | 200 | 2026-01-05",
        home_visits="""
        household | happened_on | income_month | transfer_income | family_help
        1         | 2026-01-01  | 300          | 200             | no
        2         | 2026-01-01  | 300          | 200             | yes
        3         | 2026-01-01  | 300          | 200             | -
        4         | 2026-01-01  | 500          | 500             | no
        """,
    )


def test_a01_a_brothers_family_owes_no_support_and_a_frail_parent_cannot_give_it(profile):
    profile(
        {"suspected_destitute": {"a": True, "b": True, "c": False}},
        population_register="""
        person | household | born_month | marital | relation
        a      | 1         | 1962-01-01 | single  | sibling
        h      | 1         | 1975-01-01 | married | head
        b      | 2         | 1978-01-01 | single  | head
        p      | 2         | 1950-01-01 | widowed | parent
        c      | 3         | 1978-01-01 | single  | head
        q      | 3         | 1960-01-01 | widowed | parent
        """,
        disability_certificates="""
        person | category | grade
        b      | mental   | 2
        c      | mental   | 2
        """,
        assistance_rolls=NO_ROLLS,
        employment=NO_WORK,
        home_visits=VISITED,
    )


def test_a01_a_parent_of_seventy_supports_only_with_a_mean_income_of_his_own(profile):
    rest = {
        "population_register": """
        person | household | born_month | marital | relation
        b      | 1         | 1978-01-01 | single  | head
        p      | 1         | 1950-01-01 | widowed | parent
        """,
        "disability_certificates": "person | category | grade\nb | mental | 2",
        "assistance_rolls": NO_ROLLS,
    }
    pension = NO_WORK + "\np | pension | {} | 2026-01-05"
    # D is 20 000 a year, 1667 a month
    profile({"able_supporter": {"p": True}}, employment=pension.format(1667), **rest)
    profile({"able_supporter": {"p": False}}, employment=pension.format(1666), **rest)


def test_a01_on_dibao_nobody_of_sixty_is_asked_to_support_others(profile):
    rest = {
        "population_register": """
        person | household | born_month | marital | relation
        a      | 1         | 1985-01-01 | single  | child
        m      | 1         | 1962-01-01 | widowed | head
        """,
        "disability_certificates": "person | category | grade\na | mental | 2",
        "employment": NO_WORK,
        "home_visits": VISITED,
    }
    on = "household | assistance_class | event | happened_on\n1 | dibao | start | 2025-01-01"
    profile({"suspected_destitute": {"a": False}}, assistance_rolls=NO_ROLLS, **rest)
    profile({"suspected_destitute": {"a": True}}, assistance_rolls=on, **rest)


def test_a01_a_visit_that_found_enough_income_clears_the_suspicion(profile):
    profile(
        {"suspected_destitute": {"a": False}},
        population_register="""
        person | household | born_month | marital
        a      | 1         | 1950-01-01 | single
        """,
        assistance_rolls=NO_ROLLS,
        employment=NO_WORK,
        home_visits="""
        household | happened_on | income_month
        1         | 2026-01-01  | 900
        """,
    )


def test_a01_of_grandchildren_without_parents_here_support_is_what_a_visit_tells(profile):
    rest = {
        "population_register": """
        person | household | born_month | marital | relation
        a      | 1         | 2015-01-01 | single  | grandchild
        g      | 1         | 1950-01-01 | widowed | head
        """,
        "assistance_rolls": NO_ROLLS,
        "employment": NO_WORK + "\ng | pension | 200 | 2026-01-05",
    }
    profile({"suspected_destitute": {"a": None}}, **rest)
    profile({"suspected_destitute": {"a": True}}, home_visits=VISITED, **rest)


def test_a05_two_disabled_members_or_an_elder_beside_a_disabled_adult(profile):
    profile(
        {"several_disabled_or_aged_carer": {1: True, 2: True, 3: False, 4: False}},
        population_register="""
        person | household | born_month
        a      | 1         | 1985-01-01
        b      | 1         | 1985-01-01
        c      | 2         | 1985-01-01
        d      | 2         | 1955-01-01
        e      | 3         | 1985-01-01
        f      | 3         | 1955-01-01
        g      | 4         | 1985-01-01
        """,
        disability_certificates="""
        person | category | grade
        a      | physical | 4
        b      | physical | 4
        c      | physical | 3
        e      | physical | 3
        g      | physical | 3
        """,
        employment="""
        person | record_type  | amount | happened_on
        e      | contribution |   2000 | 2026-06-01
        """,
    )


def test_a06_the_very_old_are_eighty_or_more(profile):
    profile(
        {"very_old": {"a": True, "b": False}},
        population_register="""
        person | household | born_month
        a      | 1         | 1946-06-01
        b      | 1         | 1946-07-01
        """,
    )


def test_a07_one_adult_carer_or_three_minors(profile):
    profile(
        {
            "child_rearing_burden": {
                1: "single_parent",
                2: "many_minors",
                3: "none",
                4: "single_parent",
            }
        },
        population_register="""
        person | household | born_month | relation
        a      | 1         | 1985-01-01 | head
        b      | 1         | 2015-01-01 | child
        c      | 2         | 1985-01-01 | head
        d      | 2         | 1985-01-01 | spouse
        e      | 2         | 2012-01-01 | child
        f      | 2         | 2014-01-01 | child
        g      | 2         | 2016-01-01 | child
        h      | 3         | 1985-01-01 | head
        i      | 4         | 1985-01-01 | head
        j      | 4         | 2006-01-01 | child
        k      | 4         | 2015-01-01 | child
        """,
        school_rolls="""
        person | stage
        j      | university
        """,
    )


def test_a07_grandparents_who_raise_a_grandchild_are_no_single_parents(profile):
    profile(
        {"child_rearing_burden": {1: "none", 2: "single_parent", 3: "many_minors", 4: "none"}},
        population_register="""
        person | household | born_month | relation
        a      | 1         | 1960-01-01 | head
        b      | 1         | 2015-01-01 | grandchild
        c      | 2         | 1985-01-01 | head
        d      | 2         | 2015-01-01 | child
        e      | 3         | 1960-01-01 | head
        f      | 3         | 2012-01-01 | grandchild
        g      | 3         | 2014-01-01 | grandchild
        h      | 3         | 2016-01-01 | grandchild
        i      | 4         | 1985-01-01 | head
        j      | 4         | 1986-01-01 | spouse
        k      | 4         | 2015-01-01 | child
        """,
    )


def test_a08_what_was_earned_a_month_counts_not_the_sum_of_unequal_windows(profile):
    profile(
        {"lost_main_earner_12m": {1: True}},
        population_register="""
        person | household | born_month | relation
        a      | 1         | 1985-01-01 | head
        b      | 1         | 1985-01-01 | spouse
        """,
        deaths="person | happened_on\na | 2025-08-15",
        # a earned 4000 for two months before the death, b 3000 for a year
        employment="""
        person | record_type  | amount | happened_on
        a      | contribution |   4000 | 2025-07-01
        a      | contribution |   4000 | 2025-08-01"""
        + year_of("contribution", "b", 3000),
    )


def test_a08_without_any_pay_on_file_the_head_or_partner_is_the_main_earner(profile):
    profile(
        {"lost_main_earner_12m": {1: True, 2: False, 3: False}},
        population_register="""
        person | household | born_month | relation
        a      | 1         | 1985-01-01 | head
        b      | 1         | 1985-01-01 | spouse
        c      | 2         | 1960-01-01 | head
        d      | 2         | 1985-01-01 | child
        e      | 2         | 1990-01-01 | child
        f      | 3         | 1985-01-01 | head
        g      | 3         | 1985-01-01 | spouse
        """,
        deaths="""
        person | happened_on
        a      | 2026-03-01
        e      | 2026-03-01
        f      | 2026-03-01
        """,
        employment="person | record_type | amount | happened_on"
        + year_of("contribution", "g", 3000),
    )


def test_a08_the_top_earner_of_two_years_died_within_a_year(profile):
    profile(
        {"lost_main_earner_12m": {1: True, 2: False, 3: True, 4: False}},
        population_register="""
        person | household | born_month
        a      | 1         | 1985-01-01
        b      | 1         | 1985-01-01
        c      | 2         | 1985-01-01
        d      | 2         | 1985-01-01
        e      | 3         | 1985-01-01
        f      | 3         | 2015-01-01
        g      | 4         | 1985-01-01
        h      | 4         | 1985-01-01
        """,
        deaths="""
        person | happened_on
        a      | 2025-12-01
        c      | 2025-12-01
        e      | 2025-12-01
        g      | 2025-05-01
        """,
        employment="""
        person | record_type  | amount | happened_on
        a      | contribution |   3000 | 2025-11-01
        b      | contribution |   2000 | 2025-11-01
        c      | contribution |   2000 | 2025-11-01
        d      | contribution |   3000 | 2025-11-01
        g      | contribution |   3000 | 2025-04-01
        h      | contribution |   2000 | 2025-04-01
        """,
    )


def test_a09_labour_supply_counts_those_able_to_work(profile):
    profile(
        {
            "labour_supply": {1: "no_worker", 2: "high_dependency", 3: "all_able", 4: "normal"},
            "n_able_workers": {1: 0, 2: 1, 3: 2, 4: 1},
        },
        population_register="""
        person | household | born_month
        a      | 1         | 1985-01-01
        b      | 1         | 1950-01-01
        c      | 2         | 1985-01-01
        d      | 2         | 2015-01-01
        e      | 2         | 2016-01-01
        f      | 3         | 1985-01-01
        g      | 3         | 1990-01-01
        h      | 4         | 1985-01-01
        i      | 4         | 1950-01-01
        """,
        disability_certificates="""
        person | category | grade
        a      | vision   | 1
        """,
    )


def test_a09_does_not_count_what_a01_and_b01_count(profile):
    people = """
        person | household | born_month | marital
        a      | 1         | 1950-01-01 | widowed
        b      | 2         | 1950-01-01 | widowed
        c      | 3         | 1950-01-01 | widowed
        """
    profile(
        # below S by a visit; above it; unknown
        {"labour_counts": {1: False, 2: True, 3: True}},
        population_register=people,
        assistance_rolls=NO_ROLLS,
        employment=NO_WORK,
        home_visits="""
        household | happened_on | income_month
        1         | 2026-01-01  | 300
        2         | 2026-01-01  | 900
        """,
    )


def test_a10_a_public_payroll_or_a_pension_of_twice_the_standard(profile):
    profile(
        {"public_payroll_or_pension": {1: True, 2: True, 3: False}},
        population_register="""
        person | household
        a      | 1
        b      | 2
        c      | 3
        """,
        employment="""
        person | record_type  | amount | happened_on | employer_kind
        a      | contribution |   5000 | 2026-05-01  | public
        b      | pension      |   1400 | 2026-01-05  | -
        c      | pension      |   1399 | 2026-01-05  | -
        """,
    )


def test_a10_is_unknown_without_the_employment_feed(profile):
    profile(
        {"public_payroll_or_pension": {1: None}},
        population_register="""
        person | household
        a      | 1
        """,
    )
