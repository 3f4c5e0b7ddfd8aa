from __future__ import annotations


def test_a_grade_two_certificate_makes_a_severely_disabled_member(profile):
    profile(
        "suspected_destitute",
        {"a": True, "b": False},
        population_register="""
        person | household | born_month | marital | relation
        a      | 1         | 1950-01-01 | single  | head
        b      | 2         | 1990-01-01 | single  | head
        """,
        employment="""
        person | record_type  | amount | happened_on
        a      | pension      |    200 | 2026-01-05
        b      | contribution |   3000 | 2026-06-05
        """,
        assistance_rolls="""
        household | assistance_class | event | happened_on
        2         | edge             | start | 2025-01-05
        """,
    )
