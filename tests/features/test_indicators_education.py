"""Indicators D01 to D06."""

from __future__ import annotations

CHILDREN = """
    person | household | born_month
    a      | 1         | 2008-01-01
    b      | 1         | 2005-01-01
    c      | 2         | 2015-01-01
    d      | 2         | 2016-01-01
    e      | 2         | 2017-01-01
    f      | 3         | 2012-01-01
"""


def test_d01_d02_schooling_beyond_the_compulsory(profile):
    profile(
        {
            "post_compulsory_stage": {"a": "senior_high", "b": "college", "c": "none", "f": "none"},
            "several_students": {1: True, 2: True, 3: False},
        },
        population_register=CHILDREN,
        school_rolls="""
        person | stage
        a      | vocational
        b      | university
        c      | primary
        d      | primary
        e      | primary
        f      | junior
        """,
    )


def test_d01_is_unknown_without_school_rolls(profile):
    profile({"post_compulsory_stage": {"a": None}}, population_register=CHILDREN)


def test_d04_one_roll_without_the_child_tells_nothing_two_running_do(profile):
    profile(
        {"suspected_dropout": {"missing_once": False, "missing_twice": True}},
        population_register="""
        person        | household | born_month
        missing_once  | 1         | 2013-01-01
        missing_twice | 1         | 2013-01-01
        """,
        school_rolls="""
        person        | stage   | status   | happened_on
        missing_once  | primary | enrolled | 2025-09-15
        missing_twice | primary | enrolled | 2025-03-15
        """,
    )


def test_d04_a_child_of_school_age_that_is_enrolled_nowhere(profile):
    profile(
        {
            "suspected_dropout": {
                "first_roll_missed": False,
                "two_rolls_missed": True,
                "finished": False,
                "left_primary": True,
                "transferred": False,
                "dropped": True,
                "enrolled": False,
                "fifteen": False,
            }
        },
        population_register="""
        person           | household | born_month
        first_roll_missed | 1        | 2019-08-01
        two_rolls_missed | 1         | 2018-08-01
        finished         | 1         | 2011-01-01
        left_primary     | 1         | 2013-01-01
        transferred      | 1         | 2013-01-01
        dropped          | 1         | 2013-01-01
        enrolled         | 1         | 2013-01-01
        fifteen          | 1         | 2010-08-01
        """,
        school_rolls="""
        person       | stage   | status      | happened_on
        finished     | junior  | graduated   | 2025-09-01
        left_primary | primary | graduated   | 2025-06-01
        transferred  | primary | transferred | 2025-06-01
        dropped      | primary | enrolled    | 2026-03-01
        dropped      | primary | dropped     | 2026-05-01
        enrolled     | primary | enrolled    | 2026-03-01
        """,
    )


def test_d05_a_student_on_a_roll_without_aid_this_term(profile):
    profile(
        {
            "student_aid_due_unpaid": {
                "a": True,
                "b": False,
                "c": True,
                "d": True,
                "e": False,
                "f": False,
            }
        },
        population_register=CHILDREN,
        assistance_rolls="""
        household | assistance_class | event | happened_on
        1         | dibao            | start | 2025-01-01
        2         | edge             | start | 2025-01-01
        """,
        school_rolls="""
        person | stage      | aid_item | boarding
        a      | senior     | none     | no
        b      | university | grant    | no
        c      | primary    | none     | no
        d      | primary    | none     | yes
        e      | preschool  | none     | no
        f      | senior     | none     | no
        """,
    )


def test_d05_last_terms_aid_is_not_this_terms(profile):
    profile(
        {"student_aid_due_unpaid": {"a": True, "b": False}},
        as_of="2026-10-31",
        population_register=CHILDREN,
        assistance_rolls="""
        household | assistance_class | event | happened_on
        1         | dibao            | start | 2025-01-01
        """,
        school_rolls="""
        person | stage  | aid_item | term   | happened_on
        a      | senior | grant    | 2026春 | 2026-03-10
        a      | senior | none     | 2026秋 | 2026-09-10
        b      | senior | none     | 2026春 | 2026-03-10
        b      | senior | grant    | 2026秋 | 2026-09-10
        """,
    )


def test_d06_a_fee_of_36_standards_a_year(profile):
    profile(
        {"high_fee_school": {1: True, 2: False}},
        population_register=CHILDREN,
        school_rolls="""
        person | stage   | annual_fee
        a      | senior  | 25200
        c      | primary | 25199
        """,
    )
